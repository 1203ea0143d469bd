"""Pure rules and frozen data: no files, no database, no window."""
