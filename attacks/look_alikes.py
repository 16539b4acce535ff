"""What an attack may put in place of a character, or beside it, without a trace on the screen."""

from robust_emo.look_alikes import look_alikes

__all__ = ["invisible", "look_alikes"]

ZERO_WIDTH_SPACE, WORD_JOINER = "\u200b", "\u2060"
NON_JOINER, JOINER, SOFT_HYPHEN = "\u200c", "\u200d", "\u00ad"


def invisible(word: str) -> tuple[str, ...]:
    """Characters that may be put inside or after `word` without a trace on the screen.

    Joiners and the soft hyphen only in ASCII words: elsewhere they can change ligatures or merge emoji.
    """
    if word.isascii():
        return (ZERO_WIDTH_SPACE, WORD_JOINER, NON_JOINER, JOINER, SOFT_HYPHEN)
    return (ZERO_WIDTH_SPACE, WORD_JOINER)
