"""Near duplicates: texts that say the same but for a few characters, such as a tweet and its quotation."""

from collections.abc import Sequence

import numpy as np

from robust_emo.data.duplicates import fold

_CHARACTERS = 5
_BLOCK = 512  # texts compared at once


def near_duplicates(texts: Sequence[str], others: Sequence[str], *, least_overlap: float = 0.7) -> list[bool]:
    """Which of `texts` share most of their runs of five characters with one of `others` (Broder 1997).

    Args:
        texts: n texts.
        others: those to compare with; every pair is compared, so that none is missed.
        least_overlap: Jaccard similarity of the sets of runs, in (0, 1], from which two texts are near duplicates.

    Returns:
        n flags. Texts of less than five characters are near duplicates of equal ones alone.
    """
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer

    if not texts or not others:
        return [False] * len(texts)
    vectoriser = CountVectorizer(
        analyzer="char", ngram_range=(_CHARACTERS, _CHARACTERS), binary=True, lowercase=False, dtype=np.int32
    )
    padded = [fold(text).ljust(_CHARACTERS) for text in (*texts, *others)]
    runs = csr_matrix(vectoriser.fit_transform(padded))
    mine, theirs = runs[: len(texts)], runs[len(texts) :].T.tocsc()
    sizes = np.asarray(runs.sum(axis=1)).ravel()
    found: list[bool] = []
    for start in range(0, len(texts), _BLOCK):
        shared = (mine[start : start + _BLOCK] @ theirs).tocoo()
        union = sizes[start + shared.row] + sizes[len(texts) + shared.col] - shared.data
        near = np.zeros(min(_BLOCK, len(texts) - start), dtype=np.bool_)
        near[shared.row[shared.data >= least_overlap * union]] = True
        found += near.tolist()
    return found
