"""Letters stored in another order than they are displayed, the third of the four kinds of imperceptible changes.

Boucher, Shumailov, Anderson & Papernot 2022, "Bad Characters: Imperceptible NLP Attacks", with greedy search over
words in place of their genetic search.
"""

import random
import unicodedata
from collections.abc import Sequence

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget
from robust_emo.words import Words

from .character_edits import editable_span, is_ideograph
from .spellings import SpellingAttack

_LRO, _RLO, _POP = "\u202d", "\u202e", "\u202c"  # left-to-right and right-to-left override, and their end
_ISOLATE, _POP_ISOLATE = "\u2066", "\u2069"
_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

# Displayed from right to left inside. The isolate shields the letters around from that; the outer override makes the
# whole as left-to-right as the letters were that it stands for, so that digits, punctuation and right-to-left words
# beside it stay where they are (Unicode Standard Annex 9).
_OPEN, _CLOSE = _LRO + _ISOLATE + _RLO, _POP + _POP_ISOLATE + _POP


class BidirectionalReorderings(SpellingAttack):
    """Per word two neighbouring letters swapped, or the whole word reversed, and displayed in the old order.

    Only letters that are written from left to right, one by one: words in Arabic or Hebrew, letters with combining
    marks and emoji stay. A Chinese, Japanese or Korean character is swapped with the next one. Texts that hold
    direction controls already are left alone.
    """

    spec = PluginSpec(
        name="bidi",
        version="1",
        summary="letters swapped and displayed in order by direction controls, unchanged to the eye",
        paper="Boucher 2022",
        family="unicode",
    )
    budget = AttackBudget(max_edit_distance=5 * (len(_OPEN + _CLOSE) + 2))
    """Five swaps, the most in the paper's experiments, of two letters and six controls each."""

    def editable(self, word: str) -> bool:
        """Words with two letters to swap, and ideographs."""
        return is_ideograph(word) or bool(self.spellings(word, random.Random(0)))

    def spellings(self, word: str, rng: random.Random) -> Sequence[str]:
        """Every swap of neighbouring letters and the whole word reversed; nothing is random."""
        if not _CONTROLS.isdisjoint(word):
            return []
        span = editable_span(word)
        starts = [i for i in span[:-1] if word[i] != word[i + 1] and _moves(word, i, i + 2)]
        found = [word[:i] + _reversed(word[i : i + 2]) + word[i + 2 :] for i in starts]
        if len(span) > 2 and span.stop == len(word) and _moves(word, span.start, span.stop):
            found.append(word[: span.start] + _reversed(word[span.start :]))
        return found

    def options(self, words: Words, index: int, rng: random.Random) -> list[Words]:
        """Texts to try for one word; none in a text that came with controls of its own."""
        if any(not _CONTROLS.isdisjoint(gap) for gap in words.gaps):
            return []
        after = index + 1
        if not is_ideograph(words[index]):
            return super().options(words, index, rng)
        if after == len(words) or words.gaps[after] or not is_ideograph(words[after]) or words[after] == words[index]:
            return []
        return [words.replace(index, _OPEN + words[after]).replace(after, words[index] + _CLOSE)]

    def notes(self) -> Sequence[str]:
        """What a reader cannot see in the examples."""
        return (
            "The perturbed texts look like the originals where text is displayed by the Unicode bidirectional "
            "algorithm; the stored order differs, and so does what the model reads.",
        )


def _reversed(letters: str) -> str:
    return _OPEN + letters[::-1] + _CLOSE


def _moves(word: str, start: int, end: int) -> bool:
    """Whether every character of the stretch is a left-to-right letter that no mark after it belongs to."""
    return all(c.isalpha() and unicodedata.bidirectional(c) == "L" for c in word[start:end]) and not any(
        unicodedata.category(c)[0] == "M" for c in word[start : end + 1]
    )
