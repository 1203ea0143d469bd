"""One function for each use case: checks the right, runs one transaction."""
