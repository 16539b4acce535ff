"""Does the word that denies get attribution where putting it in, or taking it out, changes the predicted emotion?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust_emo.audits.explanation.attribution import Attribution
from robust_emo.audits.explanation.explanation_metrics import mean_over_texts
from robust_emo.audits.explanation.methods import Method
from robust_emo.audits.explanation.negating import Denial, denial
from robust_emo.audits.explanation.reading import Reading, read
from robust_emo.audits.explanation.target import Target, predicted_target
from robust_emo.audits.metrics import proportion
from robust_emo.engine.engine import Engine
from robust_emo.progress import Progress
from robust_emo.types import Example, Metric


@dataclass(frozen=True, slots=True)
class NegationShift:
    """What negations do to answers, and to explanations of these."""

    tried: int
    """Texts that a rule could deny, or take the denial from, and that the model reads as far as that."""
    changed: int
    """Of these, texts for which the predicted emotion changed."""
    found: tuple[bool, ...]
    """Of each changed text that was explained, whether the negation is above the mean absolute attribution."""
    by_chance: tuple[float, ...]
    """For each of them, the share of its words of which that is true."""
    places: tuple[int, ...] = ()
    """Which of the texts that were given they are."""

    def metrics(self, examples: Sequence[Example], seed: int) -> tuple[Metric, ...]:
        """Shares of texts: how often the answer changed, how often that is explained by the negation, and how often
        it would be if its place were drawn by lot.

        Args:
            examples: the texts that were given, whose authors may be known.
            seed: of the bootstrap.
        """
        explained = [examples[place] for place in self.places]
        return (
            proportion("negation_changes_prediction", self.changed, self.tried, higher_is_better=None),
            proportion("negation_attributed", sum(self.found), len(self.found), higher_is_better=True),
            mean_over_texts(
                "negation_attributed_by_chance", self.by_chance, explained, higher_is_better=None, seed=seed
            ),
        )


def negation_shift(
    engine: Engine, method: Method, texts: Sequence[str], *, most: int | None = None, progress: Progress | None = None
) -> NegationShift:
    """Deny texts by rule and explain, where the answer changed, why the denied text gets its emotion and not the other.

    A model need not change its answer: the denial of anger is no emotion in particular. Multi-label models are asked
    for the emotion with the highest logit.

    Args:
        engine: of the model.
        method: explains.
        texts: any; those that no rule fits are passed over.
        most: changed texts that are explained, the first ones; None for all.
        progress: advanced by one per explained text.

    Raises:
        InputError: the method does not apply to this model.
    """
    victim = engine.victim
    denials = [
        (place, found)
        for place, text in enumerate(texts)
        if (found := denial(text)) and len(victim.readable(found.negated)) >= found.end
    ]
    logits = engine.scores([text for _, each in denials for text in (each.plain, each.negated)])
    answers = [predicted_target(row, victim.labels).label for row in logits]
    pairs = zip(denials, answers[::2], answers[1::2], strict=True)
    changed = [(*each, Target(after, against=before)) for each, before, after in pairs if before != after]
    explained = changed[:most]
    readings: list[Reading] = [read(victim, each.negated, target) for _, each, target in explained]
    attributions = method.attribute(engine, readings, progress) if readings else []
    judged = [_above_mean(each, found) for (_, each, _), found in zip(explained, attributions, strict=True)]
    return NegationShift(
        tried=len(denials),
        changed=len(changed),
        found=tuple(found for found, _ in judged),
        by_chance=tuple(chance for _, chance in judged),
        places=tuple(place for place, _, _ in explained),
    )


def _above_mean(each: Denial, attribution: Attribution) -> tuple[bool, float]:
    """Whether a segment of the negation is above the mean, and the share of all segments that are."""
    magnitudes = np.abs(attribution.values)
    above = magnitudes > magnitudes.mean()
    spans = attribution.segments.spans
    places = [place for place, (start, end) in enumerate(spans) if start < each.end and end > each.start]
    return bool(above[places].any()), float(above.mean())
