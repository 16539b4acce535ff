"""Whether attributions stay when a text is edited without changing what it says or what the model answers.

After Alvarez-Melis & Jaakkola 2018 and Ghorbani, Abid & Zou 2019, by edits that people make.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from robust_emo.audits.explanation.attribution import Attribution, Values
from robust_emo.audits.explanation.harmless_edits import harmless_edits
from robust_emo.audits.explanation.methods import Method
from robust_emo.audits.explanation.ranks import random_overlap, rank_correlation, top_overlap
from robust_emo.audits.explanation.reading import Reading, read
from robust_emo.engine.engine import Engine
from robust_emo.progress import Progress

EDITS = 3
"""Per text."""


@dataclass(frozen=True, slots=True)
class Stability:
    """Of one text."""

    correlation: float
    """Spearman's, of the words that both texts have, mean over edits."""
    overlap: float
    """Share of the highest of these words in common, mean over edits."""
    random_overlap: float
    """What that is, on average, for a random ranking."""
    edits: int
    """That left the prediction as it was, and could be ranked."""


def stability(
    engine: Engine,
    method: Method,
    readings: Sequence[Reading],
    attributions: Sequence[Attribution],
    *,
    seed: int,
    edits: int = EDITS,
    progress: Progress | None = None,
) -> list[Stability | None]:
    """How alike each text's attributions are to those of edits of it.

    Args:
        engine: of the model.
        method: that made `attributions`.
        readings: texts with their targets.
        attributions: of the texts as they are.
        seed: of the edits, which depend on it and on the text alone.
        edits: at most so many per text, of those that leave the prediction as it is.
        progress: advanced by one per edit.

    Returns:
        None for a text of which no edit could be ranked.
    """
    edited = _unchanged_answers(engine, readings, seed, edits)
    asked = [read(engine.victim, text, readings[owner].target) for owner, text in edited]
    changed = method.attribute(engine, asked, progress)
    found: list[list[tuple[float, float, float]]] = [[] for _ in readings]
    for (owner, _), new in zip(edited, changed, strict=True):
        likeness = _likeness(attributions[owner], new)
        if likeness is not None:
            found[owner].append(likeness)
    return [_mean(edits) if edits else None for edits in found]


def _unchanged_answers(engine: Engine, readings: Sequence[Reading], seed: int, most: int) -> list[tuple[int, str]]:
    """(position of the text, edit) of edits that the model answers as it answers the text."""
    candidates = [
        (owner, text)
        for owner, reading in enumerate(readings)
        for text in harmless_edits(reading.text, random.Random(f"{seed}/stability/{reading.text}"))
    ]
    victim = engine.victim
    before = [each.labels for each in victim.predictions(engine.scores([each.text for each in readings]))]
    after = victim.predictions(engine.scores([text for _, text in candidates])) if candidates else []
    kept: list[tuple[int, str]] = []
    counts = [0] * len(readings)
    for (owner, text), prediction in zip(candidates, after, strict=True):
        if prediction.labels == before[owner] and counts[owner] < most:
            kept.append((owner, text))
            counts[owner] += 1
    return kept


def _likeness(old: Attribution, new: Attribution) -> tuple[float, float, float] | None:
    """Correlation, overlap, and what that is for a random ranking."""
    left, right = _aligned(old, new)
    correlation = rank_correlation(left, right)
    return None if correlation is None else (correlation, top_overlap(left, right), random_overlap(len(left)))


def _aligned(old: Attribution, new: Attribution) -> tuple[Values, Values]:
    """Values of the words that both have, in the order of the text."""
    words = [[word.lower() for word in each.segments.words] for each in (old, new)]
    blocks = SequenceMatcher(a=words[0], b=words[1], autojunk=False).get_matching_blocks()
    left = [place for block in blocks for place in range(block.a, block.a + block.size)]
    right = [place for block in blocks for place in range(block.b, block.b + block.size)]
    return old.values[left], new.values[right]


def _mean(edits: Sequence[tuple[float, float, float]]) -> Stability:
    correlation, overlap, by_chance = np.mean(np.array(edits), axis=0)
    return Stability(float(correlation), float(overlap), float(by_chance), len(edits))
