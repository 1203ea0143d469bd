"""The operator's console: queue card, question, dispositions, recorder bar."""
