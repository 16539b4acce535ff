"""Attributed texts made by hand, for tests of what is told of many."""

from collections.abc import Mapping, Sequence

import numpy as np

from robust_emo.audits.explanation.attributed_text import AttributedText
from robust_emo.audits.explanation.attribution import Attribution
from robust_emo.audits.explanation.segments import Segments
from robust_emo.audits.explanation.target import Target
from robust_emo.types import Example


def attributed(
    text: str,
    label: str,
    values: Mapping[str, float] | Sequence[float],
    *,
    right: bool = True,
    number: int = 0,
    group: str | None = None,
) -> AttributedText:
    """A text with attributions by word, 0.1 for those not named, or one for each segment."""
    segments = Segments.of(text)
    if isinstance(values, Mapping):
        values = [values.get(word, 0.1) for word in segments.words]
    attribution = Attribution(segments, Target(label), np.array(values, dtype=np.float64))
    return AttributedText.of(Example(f"t{number}", text, (label,), group), attribution, right=right)
