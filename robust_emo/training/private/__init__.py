"""Differentially private training: what was promised, and for whom."""
