"""Audit sections: one file each; they run and measure, and never print."""
