"""Which of many heat maps a reviewer is shown."""

import random
from collections.abc import Sequence
from itertools import islice

import numpy as np

from robust_emo.arrays import FloatArray
from robust_emo.audits.context import AuditContext
from robust_emo.audits.explanation.explaining import Explainer, of_examples
from robust_emo.audits.explanation.randomness import seed_of
from robust_emo.audits.explanation.target import Target
from robust_emo.types import AttackedPair, AttackOutcome, Example, Explanation, Status, Task, Trust

_PAIRS = 6
_OTHERS = 2
"""Emotions beside the first that one text is explained for, at most."""


def chosen_for_showing(explanations: Sequence[Explanation], count: int, seed: int) -> list[Explanation]:
    """A third each of those least to be trusted, of wrong answers, and of all, by chance; in the order given."""
    order = list(range(len(explanations)))
    random.Random(seed_of(seed, "shown")).shuffle(order)
    doubtful = [place for place in order if explanations[place].trust is not Trust.TRUSTED]
    doubtful.sort(key=lambda place: explanations[place].trust is not Trust.UNRELIABLE)
    wrong = [place for place in order if set(explanations[place].predicted) != set(explanations[place].label or ())]
    third = count // 3
    chosen = dict.fromkeys((*doubtful[:third], *wrong[:third]))
    for place in order:
        if len(chosen) >= count:
            break
        chosen[place] = None
    return [explanations[place] for place in sorted(chosen)]


def with_other_emotions(
    explainer: Explainer, shown: Sequence[Explanation], *, sanity: float | None, learnt: bool | None
) -> list[Explanation]:
    """Each followed by what speaks for other emotions of the same text: the true one where the answer is wrong, and the
    runner-up; in multi-label data the predicted ones and the true ones. They are judged by all but stability and
    sensitivity."""
    victim = explainer.engine.victim
    logits = explainer.engine.scores([each.text for each in shown])
    others = [other_emotions(each, row, victim.labels, victim.task) for each, row in zip(shown, logits, strict=True)]
    asked = [(each, Target(label)) for each, own in zip(shown, others, strict=True) for label in own]
    if not asked:
        return list(shown)
    readings = explainer.readings([each.text for each, _ in asked], [target for _, target in asked])
    examples = [Example(each.example_id or "", each.text, each.label or ()) for each, _ in asked]
    maps = of_examples(explainer.heat_maps(readings), examples)
    made = (explainer.explanation(each, sanity=sanity, learnt=learnt) for each in maps)
    return [one for each, own in zip(shown, others, strict=True) for one in (each, *islice(made, len(own)))]


def other_emotions(explanation: Explanation, logits: FloatArray, labels: Sequence[str], task: Task) -> list[str]:
    """Emotions that a text is to be explained for beside the one that it is, the most interesting first.

    Args:
        explanation: of the text, with its true emotions.
        logits: (labels,).
        labels: of the model.
        task: whether there may be several emotions.
    """
    order = [labels[int(place)] for place in np.argsort(-logits, kind="stable")]
    true = [label for label in order if label in (explanation.label or ())]
    if task is Task.MULTI_LABEL:
        wanted = [*(label for label in order if label in explanation.predicted), *true]
    else:
        wanted = [*true, *order[:2]]
    return [label for label in dict.fromkeys(wanted) if label != explanation.target][:_OTHERS]


def attacked_pairs(
    context: AuditContext, explainer: Explainer, *, sanity: float | None, learnt: bool | None
) -> list[AttackedPair]:
    """What attacks made the model look at: successes with the fewest changed words, of different attacks, none of them
    known to say something else. Both texts are explained for what the model answers to each."""
    found = _clearest(context)
    examples = [
        Example(outcome.example_id, text, outcome.label)
        for outcome in found
        for text in (outcome.original, str(outcome.perturbed))
    ]
    if not examples:
        return []
    maps = explainer.heat_maps(explainer.readings([each.text for each in examples], [None] * len(examples)))
    shown = [explainer.explanation(each, sanity=sanity, learnt=learnt) for each in of_examples(maps, examples)]
    return [
        AttackedPair(outcome.plugin, before, after)
        for outcome, before, after in zip(found, shown[::2], shown[1::2], strict=True)
    ]


def _clearest(context: AuditContext) -> list[AttackOutcome]:
    outcomes = context.journal.outcomes(context.attacks, context.attacked)
    good = [each for each in outcomes if each.status is Status.SUCCEEDED and each.perturbed and each.valid is not False]
    good.sort(key=lambda each: each.words_perturbed if each.words_perturbed is not None else len(each.original))
    chosen: list[AttackOutcome] = []
    for each in good:  # one of each attack, and no text twice
        if len(chosen) < _PAIRS and all(
            each.plugin != other.plugin and each.example_id != other.example_id for other in chosen
        ):
            chosen.append(each)
    return chosen
