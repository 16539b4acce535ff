"""Private training of weights inside the encoder: per-sample gradients, Poisson samples. Experimental."""
