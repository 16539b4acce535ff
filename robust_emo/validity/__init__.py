"""Emotion validity: whether a perturbed text still expresses the same emotion to a reader."""
