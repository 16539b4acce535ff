"""Self-diagnosis of an evasion run: reasons why its numbers may flatter the model.

After the checklists of Carlini et al. 2019 ("On evaluating adversarial robustness") and the flags of AutoAttack (Croce
and Hein 2020). A raised flag does not say that the model is robust or not; it says that these attacks cannot tell.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from robust_emo.audits.context import AuditContext
from robust_emo.plugins import Attack
from robust_emo.statistics.comparison import mcnemar
from robust_emo.types import AttackOutcome, Example, Flag, Status

_LOOKED_AT = 64
"""Examples asked for the flags that need the model: more would change no flag."""
_SHARE = 0.1
"""A flag about examples is raised when it is true of more than a tenth of them."""
_SATURATED = 1e-6
"""A winning probability nearer to 1 than this leaves float32 little to climb."""


def diagnose(
    context: AuditContext, attacks: Sequence[Attack], outcomes: Mapping[str, Sequence[AttackOutcome]]
) -> tuple[Flag, ...]:
    """All flags, raised or not.

    Args:
        attacks: those that ran.
        outcomes: by attack.
    """
    looked_at = context.attacked[:_LOOKED_AT]
    return (
        _randomised(context, looked_at),
        _saturated(context, looked_at),
        _no_gradients(context, looked_at),
        _black_box_stronger(attacks, outcomes),
        _too_few_queries(outcomes),
    )


def _randomised(context: AuditContext, examples: Sequence[Example]) -> Flag:
    """The same question twice, past every cache."""
    victim, texts = context.engine.victim, [example.text for example in examples]
    different = int(np.any(victim.logits(texts) != victim.logits(texts), axis=1).sum()) if texts else 0
    return Flag(
        "randomised_model",
        different > 0 if texts else None,
        f"{different} of {len(texts)} texts got another answer when asked again",
    )


def _saturated(context: AuditContext, examples: Sequence[Example]) -> Flag:
    """Probabilities that round to certainty hide which change brings an attack nearer."""
    predictions = context.engine.victim.predictions(context.engine.scores([example.text for example in examples]))
    sure = sum(min(max(p, 1 - p) for p in found.probabilities) > 1 - _SATURATED for found in predictions)
    return _of_examples("saturated_softmax", sure, len(predictions), "with probabilities that round to 0 and 1")


def _no_gradients(context: AuditContext, examples: Sequence[Example]) -> Flag:
    """White-box attacks walk along gradients; where these are 0 they stand still."""
    victim = context.engine.victim
    goals = [context.goal.bind(example, victim.labels, victim.task) for example in examples]
    gradients = victim.gradients([example.text for example in examples], [goal.target() for goal in goals])
    flat = sum(not np.any(found.values) for found in gradients)
    return _of_examples("zero_gradients", flat, len(gradients), "with a gradient of exactly 0")


def _black_box_stronger(attacks: Sequence[Attack], outcomes: Mapping[str, Sequence[AttackOutcome]]) -> Flag:
    """Who sees the gradients should not do worse than who does not: then the gradients mislead."""
    white = [attack.spec.name for attack in attacks if attack.spec.white_box]
    black = [a.spec.name for a in attacks if not a.spec.white_box and a.spec.family == "words"]
    if not white or not black:
        return Flag("black_box_beats_white_box", None, "needs a white-box attack and a black-box one on words")
    by_white, by_black = _broken(white, outcomes), _broken(black, outcomes)
    both = by_white.keys() & by_black.keys()
    only_black = sum(by_black[key] and not by_white[key] for key in both)
    only_white = sum(by_white[key] and not by_black[key] for key in both)
    raised = only_black > only_white and mcnemar(only_black, only_white) < 0.05
    detail = (
        f"of {len(both)} texts that both saw, {only_black} fell to black-box attacks on words alone and "
        f"{only_white} to white-box attacks alone"
    )
    return Flag("black_box_beats_white_box", raised, detail)


def _broken(names: Sequence[str], outcomes: Mapping[str, Sequence[AttackOutcome]]) -> dict[str, bool]:
    """By example, whether any of the attacks broke it; examples that all of them attempted."""
    attempts = [
        {
            o.example_id: o.status is Status.SUCCEEDED
            for o in outcomes[name]
            if o.status in (Status.SUCCEEDED, Status.FAILED)
        }
        for name in names
    ]
    common = set.intersection(*(set(found) for found in attempts))
    return {key: any(found[key] for found in attempts) for key in common}


def _too_few_queries(outcomes: Mapping[str, Sequence[AttackOutcome]]) -> Flag:
    """An attack that is cut short says little about what a patient one would find."""
    failed = [o for found in outcomes.values() for o in found if o.status is Status.FAILED]
    cut = sum(outcome.out_of_queries for outcome in failed)
    return _of_examples("too_few_queries", cut, len(failed), "stopped by their query budget", "failed attacks")


def _of_examples(name: str, count: int, n: int, what: str, unit: str = "texts") -> Flag:
    return Flag(name, count > _SHARE * n if n else None, f"{count} of {n} {unit} {what}")
