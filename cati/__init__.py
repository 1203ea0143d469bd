"""CATI: telephone interviews on satisfaction with government units."""
