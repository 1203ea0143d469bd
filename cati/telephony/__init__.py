"""Ways to dial a number."""
