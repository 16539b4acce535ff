"""Chinese characters that negate."""

NEGATIONS = frozenset("不没沒别別无無未非勿莫否")
"""Neither written in place of another character nor exchanged: either would turn what the text says."""
