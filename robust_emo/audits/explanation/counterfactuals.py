"""Minimal counterfactuals (Wachter et al. 2017): the smallest edit found that changes the emotion and still reads well.

Smallest of what the attacks found: no attack tries all edits, so that a smaller one may exist.
"""

from collections.abc import Iterable, Sequence

from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.engine.goal_choice import UNTARGETED, GoalChoice
from robust_emo.engine.grading import ValidityCheck
from robust_emo.personal.masking import masked, masked_edited
from robust_emo.personal.recognisers import BUILT_IN, Recogniser
from robust_emo.plugins import Attack
from robust_emo.types import AttackBudget, AttackOutcome, Counterfactual, Example, Status
from robust_emo.words import edit_distance


def minimal_counterfactuals(
    outcomes: Iterable[AttackOutcome], *, recognisers: Sequence[Recogniser] = BUILT_IN
) -> tuple[Counterfactual, ...]:
    """Per example the valid success with the fewest words changed, then characters; fewest words first.

    Left out are successes whose validity was not checked, those that keep the prediction (input reduction), and those
    that differ from the original in personal data alone, where masked texts would show no difference.

    Args:
        outcomes: of any attacks on any examples.
        recognisers: of what is personal.
    """
    best: dict[str, Counterfactual] = {}
    for outcome in sorted(filter(_changes_the_answer, outcomes), key=_size):
        if outcome.example_id not in best and (found := _shown(outcome, recognisers)) is not None:
            best[outcome.example_id] = found
    return tuple(best.values())


def search_counterfactual(
    engine: Engine,
    attacks: Sequence[Attack],
    text: str,
    *,
    seed: int,
    validity: ValidityCheck,
    goal: GoalChoice = UNTARGETED,
    limit: AttackBudget | None = None,
    recognisers: Sequence[Recogniser] = BUILT_IN,
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
        recognisers: of what is personal, and masked in both texts.

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
    return next(iter(minimal_counterfactuals(outcomes, recognisers=recognisers)), None)


def _changes_the_answer(outcome: AttackOutcome) -> bool:
    before, after = outcome.predicted, outcome.predicted_after
    won = outcome.status is Status.SUCCEEDED and outcome.valid is True and outcome.perturbed is not None
    return won and before is not None and after is not None and set(before) != set(after)


def _size(outcome: AttackOutcome) -> tuple[int, int, str, str, str]:
    """Words changed, then characters; equal ones by name."""
    edited = outcome.perturbed or ""
    characters = edit_distance(outcome.original, edited)
    return outcome.words_perturbed or 0, characters, outcome.example_id, outcome.plugin, edited


def _shown(outcome: AttackOutcome, recognisers: Sequence[Recogniser]) -> Counterfactual | None:
    edited, before, after = outcome.perturbed or "", outcome.predicted or (), outcome.predicted_after or ()
    original = masked(outcome.original, recognisers=recognisers)
    changed = masked_edited(outcome.original, edited, recognisers=recognisers)
    if original == changed:
        return None
    return Counterfactual(
        outcome.example_id, original, changed, before, after, outcome.plugin, outcome.words_perturbed or 0
    )
