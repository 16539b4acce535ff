"""Letters with accents, strokes and hooks that a reader takes for the plain ones: hąppy, ƙind, ħate.

Eger et al. 2019, "Text Processing Like Humans Do: Visually Attacking and Shielding NLP Systems", with greedy search
over words in place of random noise. Unlike the look-alikes of :mod:`.homoglyphs` they are seen, and tables of
confusable characters do not make them plain.
"""

import random
import unicodedata
from collections.abc import Sequence
from functools import cache

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackBudget

from .character_edits import editable_span
from .spellings import SpellingAttack
from .stop_words import is_stop_word

_MARKS = "\u0300\u0301\u0302\u0303\u0307\u0308\u030c\u0323\u0328"
# Strokes, hooks and tails are parts of a letter: Unicode does not take them apart, so that dropping accents keeps them.
_HOOKED = (
    "aⱥ bƀɓ cȼƈ dđɗ eɇ fƒ gǥɠ hħɦ iɨ jɉʝ kƙⱪ lłɫ mɱ nɲŋ oøɵ pᵽƥ qʠɋ rɍɽ sʂȿ tŧƭ uʉ vʋ wⱳ yƴɏ zƶʐ "
    "AȺ BɃƁ CȻƇ DĐƊ EɆ FƑ GǤƓ HĦⱧ IƗ JɈ KƘⱩ LŁȽ MⱮ NƝŊ OØƟ PƤⱣ QɊ RɌⱤ SⱾ TŦƬ UɄ VƲ WⱲ YƳɎ ZƵȤ"
)


class Diacritics(SpellingAttack):
    """In each important word one letter gets an accent, a stroke or a hook, the one that helps most.

    Latin letters only; function words, a leading # or @ and other scripts stay.
    """

    spec = PluginSpec(
        name="diacritics",
        version="1",
        summary="letters with accents, strokes and hooks that are read as the plain ones",
        paper="Eger 2019",
        family="unicode",
        languages=("en",),
    )
    budget = AttackBudget(max_edit_distance=30)

    def editable(self, word: str) -> bool:
        """Words with a Latin letter that are no function words."""
        return bool(word) and not is_stop_word(word.lower()) and any(map(variants, word))

    def spellings(self, word: str, rng: random.Random) -> Sequence[str]:
        """Each variant of the letter at each place; nothing is random."""
        return [word[:i] + other + word[i + 1 :] for i in editable_span(word) for other in variants(word[i])]

    def notes(self) -> Sequence[str]:
        """What a tokenizer may undo."""
        return (
            "Tokenizers that drop accents undo those; strokes and hooks get through to any model. The texts look "
            "foreign to a reader, and say the same.",
        )


@cache
def variants(letter: str) -> tuple[str, ...]:
    """A Latin letter with accents, strokes and hooks; empty for anything else."""
    if not (letter.isascii() and letter.isalpha()):
        return ()
    accented = (unicodedata.normalize("NFC", letter + mark) for mark in _MARKS)
    hooked = next((entry[1:] for entry in _HOOKED.split() if entry[0] == letter), "")
    return (*(character for character in accented if len(character) == 1), *hooked)
