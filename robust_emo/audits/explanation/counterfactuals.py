"""Minimal counterfactuals (Wachter et al. 2017): the smallest edit found that changes the emotion and still reads well.

Smallest of what the attacks found: no attack tries all edits, so that a smaller one may exist.
"""

from collections.abc import Iterable, Sequence

from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.engine.goal_choice import UNTARGETED, GoalChoice
from robust_emo.engine.grading import ValidityCheck
from robust_emo.personal.finding import Certainty
from robust_emo.personal.masking import masked
from robust_emo.personal.placeholders import MASKS
from robust_emo.personal.scanning import find
from robust_emo.plugins import Attack
from robust_emo.types import AttackBudget, AttackOutcome, Counterfactual, Example, Status
from robust_emo.words import edit_distance


def minimal_counterfactuals(outcomes: Iterable[AttackOutcome]) -> tuple[Counterfactual, ...]:
    """Per example the valid success with the fewest words changed, then characters; fewest words first.

    Left out are successes whose validity was not checked, those that keep the prediction (input reduction), and those
    that differ from the original in personal data alone, where masked texts would show no difference.

    Args:
        outcomes: of any attacks on any examples.
    """
    best: dict[str, tuple[tuple[int, int, str, str], Counterfactual]] = {}
    for outcome in outcomes:
        found = _counterfactual(outcome)
        if found is None or outcome.perturbed is None:
            continue
        characters = edit_distance(outcome.original, outcome.perturbed)
        rank = (found.words_changed, characters, outcome.plugin, outcome.perturbed)
        if outcome.example_id not in best or rank < best[outcome.example_id][0]:
            best[outcome.example_id] = (rank, found)
    return tuple(found for _, found in sorted(best.values(), key=lambda pair: (*pair[0][:2], pair[1].example_id)))


def search_counterfactual(
    engine: Engine,
    attacks: Sequence[Attack],
    text: str,
    *,
    seed: int,
    validity: ValidityCheck,
    goal: GoalChoice = UNTARGETED,
    limit: AttackBudget | None = None,
) -> Counterfactual | None:
    """Search the smallest counterfactual of one text; None where no attack found a valid one.

    What the model predicts now stands in for the true emotion.

    Args:
        engine: of the model.
        attacks: searched with, each on its own; none that learns from other texts.
        text: to change.
        seed: of the attacks.
        validity: must accept what is found.
        goal: such as one emotion that the text is to be changed to.
        limit: tightens the attacks' own budgets.

    Raises:
        InputError: the goal names an emotion that the model does not know.
    """
    goal.check(engine.victim.labels, engine.victim.task)
    predicted = engine.victim.predictions(engine.scores([text]))[0].labels
    example = Example("text", text, predicted)
    outcomes = [
        outcome
        for attack in attacks
        for outcome in attack_examples(engine, attack, [example], seed=seed, limit=limit, goal=goal, validity=validity)
    ]
    return next(iter(minimal_counterfactuals(outcomes)), None)


def _counterfactual(outcome: AttackOutcome) -> Counterfactual | None:
    changed, before, after = outcome.perturbed, outcome.predicted, outcome.predicted_after
    if outcome.status is not Status.SUCCEEDED or outcome.valid is not True:
        return None
    if changed is None or before is None or after is None or set(before) == set(after):
        return None
    original, changed = masked(outcome.original), _masked_like(outcome.original, changed)
    if original == changed:
        return None
    return Counterfactual(
        outcome.example_id, original, changed, before, after, outcome.plugin, outcome.words_perturbed or 0
    )


def _masked_like(original: str, changed: str) -> str:
    """`changed` with personal data masked, also what is only seen to be such in the original."""
    for finding in find(original, certainty=Certainty.POSSIBLE):
        changed = changed.replace(finding.text, MASKS[finding.kind])
    return masked(changed)
