"""Characters without a trace on the screen, and where they may stand."""

import unicodedata

ZERO_WIDTH_SPACE, WORD_JOINER = "\u200b", "\u2060"
NON_JOINER, JOINER, SOFT_HYPHEN = "\u200c", "\u200d", "\u00ad"
GRAPHEME_JOINER, UNASSIGNED = "\u034f", "\u2065"

ZERO_WIDTH = (ZERO_WIDTH_SPACE, NON_JOINER, JOINER, WORD_JOINER, GRAPHEME_JOINER, UNASSIGNED)
"""Never wider than nothing. The first three are those of Boucher et al. 2022. Tokenizers that drop format characters
(category Cf) drop the first four; the fifth is a mark (Mn), and the last one, reserved and to be displayed as nothing
(Default_Ignorable_Code_Point), has no category that they look for."""

_SHAPED = ("R", "AL", "NSM")  # bidirectional classes: letters that join their neighbours, marks on another character


def invisible(word: str) -> tuple[str, ...]:
    """Zero-width characters and the soft hyphen that may be put inside or after `word`.

    Joiners and the soft hyphen only in ASCII words: elsewhere they can change ligatures or merge emoji.
    """
    if word.isascii():
        return (ZERO_WIDTH_SPACE, WORD_JOINER, NON_JOINER, JOINER, SOFT_HYPHEN)
    return (ZERO_WIDTH_SPACE, WORD_JOINER)


def seams(word: str, span: range) -> range:
    """Indices within `span` before which something invisible may stand, or the end of the word where there is none.

    Between the parts of an emoji, after a letter that joins the next one (Arabic) and before a combining mark it
    would show.
    """
    plain = any(character.isalnum() for character in word) and not any(
        unicodedata.category(character)[0] == "M" or unicodedata.bidirectional(character) in _SHAPED
        for character in word
    )
    return span[1:] if plain and len(span) > 1 else range(len(word), len(word) + 1)
