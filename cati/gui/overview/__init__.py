"""The overview: where the programme stands, what is missing, and the one next thing to do."""
