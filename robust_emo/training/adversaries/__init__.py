"""Adversarial training in embedding space: token vectors are moved within a ball so that the loss rises most."""
