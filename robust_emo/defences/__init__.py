"""Input defences: what is done to a text before the model reads it, as a part of the model."""
