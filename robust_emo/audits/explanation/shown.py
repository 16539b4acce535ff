"""Which of many heat maps a reviewer is shown."""

import random
from collections.abc import Sequence

from robust_emo.audits.context import AuditContext
from robust_emo.audits.explanation.explaining import Explainer
from robust_emo.audits.explanation.randomness import seed_of
from robust_emo.types import AttackedPair, AttackOutcome, Explanation, Status, Trust

_PAIRS = 6


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


def attacked_pairs(
    context: AuditContext, explainer: Explainer, *, sanity: float | None, learnt: bool | None
) -> list[AttackedPair]:
    """What attacks made the model look at: successes with the fewest changed words, of different attacks, none of them
    known to say something else. Both texts are explained for what the model answers to each."""
    found = _clearest(context)
    texts = [text for outcome in found for text in (outcome.original, str(outcome.perturbed))]
    if not texts:
        return []
    maps = explainer.heat_maps(explainer.readings(texts, [None] * len(texts)))
    shown = [explainer.explanation(each, sanity=sanity, learnt=learnt) for each in maps]
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
