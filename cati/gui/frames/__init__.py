"""Lists: what units handed in, what of it can be used, and what is missing."""
