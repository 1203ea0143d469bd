"""Ballots: keyed twice, looked at a third time, taken as a set."""
