"""The wrong-reason audit: how much of what moves the model falls on words that should not decide an emotion."""

from collections.abc import Iterator, Sequence

import numpy as np

from robust_emo.audits.authors import authors
from robust_emo.audits.explanation.attributed_text import AttributedText
from robust_emo.audits.explanation.word_kinds import SUSPECT, WordKind
from robust_emo.audits.metrics import CONFIDENCE
from robust_emo.statistics import bootstrap_mean
from robust_emo.types import AttributionShare

FLAG_FACTOR = 1.5
"""So many times what equal weights would give must the lower bound of a flagged kind's share be above."""
FLAG_SHARE = 0.10
"""And at least so much of the attribution, lest words that hardly matter are flagged."""


def attribution_shares(texts: Sequence[AttributedText], *, seed: int) -> tuple[AttributionShare, ...]:
    """Share of the absolute attribution by kind of word: over all texts, by predicted emotion, right and wrong ones.

    A kind of :data:`~robust_emo.audits.explanation.word_kinds.SUSPECT` is flagged where, in the texts that have it,
    the lower bound of its share is above FLAG_FACTOR times what equal weights would give, and at least FLAG_SHARE.
    Kinds that no text of a group has are left out of it, as are texts in which nothing moved the model.

    Args:
        texts: each attributed to the emotion that is predicted for it.
        seed: of the bootstrap, by text, or by author where authors are known.
    """
    counted = [text for text in texts if text.weights is not None]
    groups: list[tuple[str | None, bool | None, list[AttributedText]]] = [(None, None, counted)]
    for label in sorted({text.label for text in counted}):
        groups.append((label, None, [text for text in counted if text.label == label]))
    for right in (True, False):
        groups.append((None, right, [text for text in counted if text.right is right]))
    return tuple(row for label, right, group in groups for row in _rows(label, right, group, seed))


def _rows(
    label: str | None, right: bool | None, texts: Sequence[AttributedText], seed: int
) -> Iterator[AttributionShare]:
    for kind in WordKind:
        having = [text for text in texts if kind in text.kinds]
        if having:
            yield _row(kind, label, right, having, len(texts), seed)


def _row(
    kind: WordKind, label: str | None, right: bool | None, having: Sequence[AttributedText], of: int, seed: int
) -> AttributionShare:
    shares = [_share(text, [position for position, one in enumerate(text.kinds) if one is kind]) for text in having]
    expected = sum(text.kinds.count(kind) / len(text.kinds) for text in having) / len(having)
    clusters = authors([text.example for text in having])
    bounds = bootstrap_mean(shares, seed=seed, confidence=CONFIDENCE, clusters=clusters)
    flagged = kind in SUSPECT and bounds is not None and bounds.low >= max(FLAG_SHARE, FLAG_FACTOR * expected)
    return AttributionShare(
        category=kind.value,
        label=label,
        right=right,
        share=sum(shares) / len(shares),
        ci_low=bounds.low if bounds else None,
        ci_high=bounds.high if bounds else None,
        expected=expected,
        n=len(having),
        overall=sum(shares) / of,
        flagged=flagged,
    )


def _share(text: AttributedText, places: Sequence[int]) -> float:
    """Share of the absolute attribution that falls on these segments of a text in which something moved the model."""
    magnitudes = np.abs(text.attribution.values)
    return float(magnitudes[list(places)].sum() / magnitudes.sum())
