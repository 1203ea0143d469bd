"""What one PC holds and runs, without a window."""
