"""Scores: the ranking with its intervals, how it comes about, and who approved it."""
