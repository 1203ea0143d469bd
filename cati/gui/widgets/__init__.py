"""Painted parts shared by all screens."""
