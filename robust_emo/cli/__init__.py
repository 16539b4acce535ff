"""The command line: one file per command, the only place that prints. Heavy imports stay inside the functions."""
