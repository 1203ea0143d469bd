"""The manual in the window: what each screen is for, and the chapters to read."""
