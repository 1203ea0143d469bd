"""The system: users and rights, copies and examination, the audit log."""
