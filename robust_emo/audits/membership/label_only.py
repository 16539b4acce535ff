"""An attacker who sees labels alone: how often does the right label stand when the text is disturbed?"""

import random
from collections.abc import Sequence

import numpy as np

from robust_emo.audits.membership.sets import MembershipSets
from robust_emo.audits.membership.signals import Signal
from robust_emo.engine.engine import Engine
from robust_emo.engine.grading import example_rng
from robust_emo.progress import Progress
from robust_emo.words import Words, joined

_CHUNK = 1024  # disturbed texts asked at once
_LOST = 0.3
"""Share of the words that a disturbance takes away."""


def disturbed(text: str, rng: random.Random) -> str:
    """The text with three words of ten gone, at least one, and two neighbours exchanged; a single word stays."""
    words = Words.of(text).words
    if len(words) < 2:
        return text
    kept = sorted(rng.sample(range(len(words)), min(len(words) - 1, round(len(words) * (1 - _LOST)))))
    shown = [words[position] for position in kept]
    if len(shown) > 1:
        first = rng.randrange(len(shown) - 1)
        shown[first], shown[first + 1] = shown[first + 1], shown[first]
    return joined(shown)


def label_only_signal(
    sets: MembershipSets, engine: Engine, *, plugin: str, seed: int, times: int, progress: Progress
) -> Signal:
    """Share of `times` disturbances, and of the text as it is, under which the prediction is right (Choquette-Choo et
    al. 2021, with words in the place of pixels).
    """
    asked: list[str] = []
    for example in sets.examples:
        rng = example_rng(seed, plugin, example.id)
        asked += [example.text, *(disturbed(example.text, rng) for _ in range(times))]
    right = _right(asked, sets, engine, times + 1, progress)
    return Signal(
        "label-only",
        right.reshape(len(sets.examples), times + 1).mean(axis=1),
        "Choquette-Choo et al. 2021",
        "how often the predicted emotion stays right when words are taken away",
    )


def _right(
    asked: Sequence[str], sets: MembershipSets, engine: Engine, each: int, progress: Progress
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    found: list[float] = []
    progress.begin("membership: labels", len(asked))
    try:
        for start in range(0, len(asked), _CHUNK):
            texts = asked[start : start + _CHUNK]
            for position, prediction in enumerate(engine.victim.predictions(engine.scores(texts)), start):
                found.append(float(set(prediction.labels) == set(sets.examples[position // each].labels)))
            progress.advance(len(texts))
    finally:
        progress.end()
    return np.array(found)
