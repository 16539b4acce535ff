"""Emoji and emoticons exchanged for others that say the same, removed, or joined by neutral ones."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from robust_emo.plugins import PluginSpec

from .best_of import VariantAttack
from .emoji_table import EMOJI, EMOTICON, NEUTRAL, group_of, stand_ins
from .language import language_of
from .text_edits import Edit


class EmojiSwap(VariantAttack):
    """An emoji for one of the same group, an emoji less, or a neutral thing such as 📌 more.

    Skin tones, flags and joined emoji are one emoji each. Emoji outside of the table are never exchanged or removed,
    except for their skin tone. The last sign of a text without letters stays: nothing else there tells the emotion.

    Args:
        max_edits: changes on top of each other, at least 1.
    """

    spec = PluginSpec(
        name="emoji",
        version="1",
        summary="swaps emoji and emoticons for others that say the same, removes them, adds neutral ones",
        family="emotion",
    )

    def variants(self, text: str) -> Iterable[str]:
        """One swap, removal or insertion."""
        signs = list(_signs(text))
        removable = any(character.isalpha() for character in text) or len(signs) > 1
        for start, end in signs:
            for other in stand_ins(text[start:end]):
                yield _swapped(text, start, end, other)
            if removable and group_of(text[start:end]) is not None:
                yield _removed(text, start, end)
        gap = "" if language_of(text) == "zh" or text[-1:].isspace() else " "
        for sign in NEUTRAL if text.strip() else ():
            yield f"{text}{gap}{sign}"
            yield f"{sign}{gap}{text}"

    def notes(self) -> Sequence[str]:
        """What the table is."""
        return (
            "Which emoji say the same is a table of our own, by Unicode names and common use; emoji whose reading "
            "depends on the context are in no group and stay. A removed emoji may have been the only sign of the "
            "emotion: read the examples.",
        )


def _signs(text: str) -> Iterator[tuple[int, int]]:
    """Spans of emoji and emoticons in text order."""
    found = (match.span() for match in chain(EMOJI.finditer(text), EMOTICON.finditer(text)))
    return iter(sorted(found))


def _swapped(text: str, start: int, end: int, other: str) -> str:
    """With `other` in the span; an emoticon, other than an emoji, needs blanks around it to be read as one."""
    if EMOJI.fullmatch(other):
        return Edit(start, end, other).of(text)
    before = " " if start and not text[start - 1].isspace() else ""
    after = " " if end < len(text) and not text[end].isspace() else ""
    return Edit(start, end, before + other + after).of(text)


def _removed(text: str, start: int, end: int) -> str:
    """Without the span, and without one of two blanks around it."""
    left, right = text[:start], text[end:]
    if left[-1:].isspace() and (not right or right[0].isspace()):
        left = left[:-1]
    return left + (right.lstrip(" ") if not left else right)
