"""Characters of the keyboard that writers put for letters because they look alike: 0 for o, @ for a."""

from robust_emo.look_alikes import look_alikes

_WRITTEN = {
    **{"a": "@", "b": "8", "e": "3", "g": "9", "i": "1", "l": "1", "o": "0", "s": "$", "t": "7", "z": "2"},
    **{"A": "4", "B": "8", "E": "3", "G": "6", "I": "1", "O": "0", "S": "5", "T": "7", "Z": "2"},
}


def visually_similar(character: str) -> tuple[str, ...]:
    """The character that writers put for `character`, and one of the same shape in another script, where known."""
    written = _WRITTEN.get(character)
    return (*((written,) if written else ()), *look_alikes(character)[:1])
