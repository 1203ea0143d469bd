"""Exports: what leaves the program, for whom, people masked or not, and everything that has left."""
