"""Opinions in words: coded under one hand, sent to the units, answered."""
