"""Reporters: projections of a finished audit. Each makes one file from an AuditReport and its outcomes."""
