"""The field: today's floor, and all cases, attempts and recordings."""
