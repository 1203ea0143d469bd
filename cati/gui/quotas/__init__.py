"""Quotas: every cell with what is done and what is left, as a map."""
