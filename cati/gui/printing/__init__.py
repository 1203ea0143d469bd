"""Printing: tables and certificates on A4, as PDF files that the system's viewer shows and prints."""
