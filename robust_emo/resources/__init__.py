"""Lexical resources: the one place that finds them. Nothing is downloaded unless `fetch` is asked to."""
