"""Misreadings of scanned text: characters that optical character recognition takes for each other."""

import random
from collections.abc import Sequence

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget

from .character_edits import editable_span
from .spellings import SpellingAttack
from .stop_words import is_stop_word

# Each entry: shapes that are read as each other, chosen from what the strokes have in common.
_ALIKE = """
0 O o | 1 l I i | 5 S s | 8 B | 2 Z z | 6 G b | 9 g q | 4 A | 7 T | c e | C G | D O | E F | P R | V Y | U V
h b | f t | i j | n r | u v | v y | a o
rn m | nn m | cl d | vv w | VV W | ri n | li h | ii u
"""


def _pairs() -> dict[str, tuple[str, ...]]:
    pairs: dict[str, tuple[str, ...]] = {}
    for entry in _ALIKE.replace("\n", "|").split("|"):
        shapes = entry.split()
        for shape in shapes:
            pairs[shape] = (*pairs.get(shape, ()), *(other for other in shapes if other != shape))
    return pairs


_READ_AS = _pairs()
_LONGEST = max(map(len, _READ_AS))


class OcrMisreadings(SpellingAttack):
    """In each word that matters one shape is read as another one, at one place or wherever it occurs in the word.

    Function words and words of one character stay, and so do words without a letter: a misread number says something
    else. Two letters may become one (rn, m) and the other way round.
    """

    spec = PluginSpec(
        name="ocr",
        version="1",
        summary="confuses characters as a scanner does (0 and O, rn and m)",
        family="characters",
    )
    budget = AttackBudget(max_word_share=0.3)

    def editable(self, word: str) -> bool:
        """Words of two characters or more with a letter in them and a shape that is misread."""
        lettered = len(editable_span(word)) > 1 and any(character.isalpha() for character in word)
        return lettered and not is_stop_word(word) and bool(misreadings(word))

    def spellings(self, word: str, rng: random.Random) -> Sequence[str]:
        """Every misreading; nothing is random."""
        return misreadings(word)

    def notes(self) -> Sequence[str]:
        """Where the attack can do nothing."""
        return (
            "The table of misreadings covers Latin letters and digits: words in other scripts and emoji are left "
            "unchanged and count as withstood.",
        )


def misreadings(word: str) -> list[str]:
    """Spellings of `word` with one shape misread, once or throughout; a leading # or @ stays.

    >>> misreadings("rn4")
    ['nn4', 'm4', 'rr4', 'rri4', 'rnA']
    """
    found = []
    for start in editable_span(word):
        for end in range(start + 1, min(start + _LONGEST, len(word)) + 1):
            shape = word[start:end]
            for other in _READ_AS.get(shape, ()):
                found.append(word[:start] + other + word[end:])
                found.append(word.replace(shape, other))
    return list(dict.fromkeys(found))
