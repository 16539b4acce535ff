"""Which keys lie side by side on a QWERTY keyboard, and the attack that hits them.

Belinkov & Bisk 2018, "Synthetic and Natural Noise Both Break Neural Machine Translation": one letter of a word
replaced by a neighbour on the keyboard. Their noise is random; here the model chooses, so that it is the worst case.
"""

import random
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget

from .character_edits import editable_span
from .spellings import SpellingAttack
from .stop_words import is_stop_word

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
# Each row sits half a key to the right of the one above, so a key touches two keys of the row above (same column
# and the next one) and two of the row below (the column before and the same one).


@cache
def neighbours(key: str) -> tuple[str, ...]:
    """Letters and digits next to `key`, in its case; empty for what is not on the main rows.

    >>> neighbours("g")
    ('f', 'h', 't', 'y', 'v', 'b')
    """
    for number, row in enumerate(_ROWS):
        column = row.find(key.lower())
        if column < 0:
            continue
        places = [(number, column - 1), (number, column + 1), (number - 1, column), (number - 1, column + 1)]
        places += [(number + 1, column - 1), (number + 1, column)]
        near = [_ROWS[r][c] for r, c in places if 0 <= r < len(_ROWS) and 0 <= c < len(_ROWS[r])]
        return tuple(letter.upper() if key.isupper() else letter for letter in near)
    return ()


class KeyboardSlips(SpellingAttack):
    """In each word that matters one letter is the key beside it; greedy over words.

    Function words and single letters stay, and so do digits, which say something else when they are changed.

    Args:
        slips_per_word: random slips tried per word, at least 1; a word of five letters has about 25.

    Raises:
        InputError: `slips_per_word` below 1.
    """

    spec = PluginSpec(
        name="keyboard",
        version="1",
        summary="hits the key beside the right one, once a word",
        paper="Belinkov 2018",
        family="characters",
    )
    budget = AttackBudget(max_word_share=0.3)

    def __init__(self, *, slips_per_word: int = 12) -> None:
        if slips_per_word < 1:
            raise InputError(f"attack keyboard: slips_per_word must be at least 1, got {slips_per_word}")
        self.slips_per_word = slips_per_word

    def editable(self, word: str) -> bool:
        """Words of two characters or more with a letter of the keyboard."""
        return len(editable_span(word)) > 1 and not is_stop_word(word) and bool(_slips(word))

    def spellings(self, word: str, rng: random.Random) -> Sequence[str]:
        """Random slips."""
        slips = _slips(word)
        return rng.sample(slips, min(self.slips_per_word, len(slips)))

    def arguments(self) -> Mapping[str, Any]:
        """How many slips are tried."""
        return {"slips_per_word": self.slips_per_word}

    def notes(self) -> Sequence[str]:
        """Where the attack can do nothing."""
        return (
            "Slips are those of a QWERTY keyboard: words in other scripts and emoji are left unchanged and count as "
            "withstood.",
        )


def _slips(word: str) -> list[str]:
    return [
        word[:i] + key + word[i + 1 :] for i in editable_span(word) if word[i].isalpha() for key in neighbours(word[i])
    ]
