"""Programmes: a workbook is looked at, loaded, and its questionnaire walked through."""
