"""What somebody who holds a text can tell of whether the model was trained on it."""
