"""Suspected shortcuts: single words that bear no emotion and all but decide one (Geirhos et al. 2020)."""

from collections import Counter
from collections.abc import Sequence

from robust_emo.audits.authors import authors
from robust_emo.audits.explanation.attributed_text import AttributedText
from robust_emo.audits.explanation.word_kinds import bears_emotion
from robust_emo.audits.metrics import CONFIDENCE
from robust_emo.personal.placeholders import MASKS
from robust_emo.statistics import bootstrap_mean, wilson
from robust_emo.types import SuspectedShortcut

_MASKS = frozenset(MASKS.values())
LEAST_SHARE = 0.25
"""Of the absolute attribution in the texts with the word."""
LEAST_FACTOR = 2.0
"""So many times what equal weights would give: in a text of three words, each has a third."""
LEAST_RATE = 0.7
"""Of the texts with the word must be predicted to be one emotion, and more than of the texts without it."""


def suspected_shortcuts(texts: Sequence[AttributedText], *, seed: int) -> tuple[SuspectedShortcut, ...]:
    """Words of any kind but those that bear emotion, all lower bounds above the LEAST constants; largest share first.

    Suspected only: a topic that people write of with one emotion looks the same from here. At least nine texts with a
    word are needed for its rate (Wilson's bound). Many words are tried, each with two bounds at 95%, and the margins
    are what keeps false alarms rare.

    Args:
        texts: each attributed to the emotion that is predicted for it.
        seed: of the bootstrap of shares, by text, or by author where authors are known.
    """
    counted = [text for text in texts if text.weights is not None]
    labels = Counter(text.label for text in counted)
    holding: dict[str, list[tuple[AttributedText, list[int]]]] = {}
    for text in counted:
        for word, places in text.places().items():
            if not any(bears_emotion(text.kinds[place], word) for place in places):
                holding.setdefault(word, []).append((text, places))
    found = (_judged(those, labels, len(counted), seed) for _, those in sorted(holding.items()))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (-one.share, one.word, one.label)))


def _judged(
    holding: Sequence[tuple[AttributedText, list[int]]], labels: Counter[str], texts: int, seed: int
) -> SuspectedShortcut | None:
    n = len(holding)
    (label, count), *_ = Counter(text.label for text, _ in holding).most_common(1)
    rate = wilson(count, n, CONFIDENCE)
    elsewhere = (labels[label] - count) / max(1, texts - n)
    if rate is None or rate.low < LEAST_RATE or rate.low <= elsewhere:
        return None
    shares = [_spoken(text, places) for text, places in holding]
    expected = sum(len(places) / len(text.kinds) for text, places in holding) / n
    clusters = authors([text.example for text, _ in holding])
    bounds = bootstrap_mean(shares, seed=seed, confidence=CONFIDENCE, clusters=clusters)
    if bounds is None or bounds.low < max(LEAST_SHARE, LEAST_FACTOR * expected):
        return None
    forms = {text.shown[places[0]] for text, places in holding}  # personal in one text, hidden for all
    shown = min(forms, key=lambda form: (form not in _MASKS, form))
    return SuspectedShortcut(shown, label, sum(shares) / n, bounds.low, bounds.high, count / n, rate.low, n)


def _spoken(text: AttributedText, places: Sequence[int]) -> float:
    """Share of the absolute attribution with which these segments speak for the prediction."""
    weights = text.weights
    return 0.0 if weights is None else max(0.0, float(weights[list(places)].sum()))
