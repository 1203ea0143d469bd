"""Review: an interview is heard, looked at, and decided on."""
