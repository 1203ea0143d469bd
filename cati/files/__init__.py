"""Office files in and out."""
