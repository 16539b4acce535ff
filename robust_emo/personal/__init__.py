"""Personal data in texts: finding it, counting it, and putting placeholders or surrogates in its place."""
