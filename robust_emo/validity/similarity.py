"""How much of what the original says is still said.

English: cosine of sentence embeddings (Reimers & Gurevych 2019) by the bundled MiniLM, which is not the victim.
Chinese: that encoder knows hardly any Chinese (it finds no difference between "I hate" and "I love this film"), so the
share of the original's characters that are still there is taken.
"""

from collections import Counter

from robust_emo.engine.requests import Query
from robust_emo.validity.alignment import Alignment
from robust_emo.validity.chinese_reading import is_han


async def sentence_similarity(original: str, read: str, alignment: Alignment, query: Query) -> float:
    """Cosine in [-1, 1] of the original and the part of the perturbed text that resembles it most.

    Additions do not count: where the original stands whole in the perturbed text the answer is 1, and otherwise the
    better of the whole text and of what lies between the first and the last word that stayed.

    Args:
        read: the perturbed text as a reader takes it.
        alignment: of `original` and `read`.
    """
    if alignment.contains_original:
        return 1.0
    start, end = alignment.kept
    options = list(dict.fromkeys((read, read[start:end] or read)))
    vectors = await query.embeddings([original, *options])
    return float((vectors[1:] @ vectors[0]).max())


def characters_kept(original: str, read: str) -> float:
    """Share in [0, 1] of the Chinese characters of the original that the other text has, wherever they stand."""
    wanted = Counter(filter(is_han, original))
    if not wanted:
        return 1.0
    return sum((wanted & Counter(read)).values()) / wanted.total()
