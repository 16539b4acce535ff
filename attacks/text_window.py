"""The words around one word, with what stands between them."""

from robust_emo.words import Words


def window(words: Words, index: int, size: int) -> str:
    """The `size` words around the one at `index` as a text, fewer where the text has fewer; at an end the first or
    last ones.
    """
    start = max(0, min(index - (size - 1) // 2, len(words) - size))
    end = min(len(words), start + size)
    parts = (gap + word for gap, word in zip(("", *words.gaps[start + 1 : end]), words.words[start:end], strict=True))
    return "".join(parts)
