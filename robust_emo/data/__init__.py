"""Labelled text: reading, label maps, splits, fingerprints, duplicates and the built-in sample."""
