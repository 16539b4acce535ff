"""Chinese characters that look alike, and what left-right characters fall apart into. Both tables are our own."""

from functools import cache
from importlib.resources import files

SQUEEZED = frozenset("人心言食金")
"""Components that are squeezed on the left of a character (亻 忄 讠 饣 钅) and written in full when standing alone."""


@cache
def similar_characters() -> dict[str, tuple[str, ...]]:
    """By character: others with nearly its shape, from `resources/zh_look_alikes.txt` (one group per line)."""
    found: dict[str, dict[str, None]] = {}
    for group in _table("zh_look_alikes.txt").split():
        for character in group:
            found.setdefault(character, {}).update(dict.fromkeys(group))
    return {character: tuple(other for other in others if other != character) for character, others in found.items()}


@cache
def components() -> dict[str, str]:
    """By character: its left and right part, each a character in its own right, from `resources/zh_components.txt`.

    An entry of that table is three characters: the whole, its left part, its right part.
    """
    return {entry[0]: entry[1:] for entry in _table("zh_components.txt").split()}


def _table(name: str) -> str:
    return (files(__package__) / "resources" / name).read_text(encoding="utf-8")
