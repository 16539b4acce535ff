"""Explanations: what moved the model, word by word, and whether that may be believed."""
