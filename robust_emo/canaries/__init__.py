"""Texts that fair coins put into a training or leave out, so that what the model gives away can be measured later."""
