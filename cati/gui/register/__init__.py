"""What units hand in, complaints about them, problems found, and indicators: entered and decided."""
