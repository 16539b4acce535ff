"""Self-diagnosis of an evasion run: reasons why its numbers may flatter the model.

After the checklists of Carlini et al. 2019 ("On evaluating adversarial robustness") and the flags of AutoAttack (Croce
and Hein 2020). A raised flag does not say that the model is robust or not; it says that these attacks cannot tell.
"""

import random
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from robust_emo.audits.aims import not_aimed_at
from robust_emo.audits.context import AuditContext
from robust_emo.audits.untried import attacked, count_untried
from robust_emo.engine.goal import Goal
from robust_emo.engine.grading import described
from robust_emo.engine.requests import Place, Query
from robust_emo.engine.scheduler import Job
from robust_emo.errors import concerns_the_whole_run
from robust_emo.statistics.comparison import mcnemar
from robust_emo.types import AttackOutcome, Example, Flag, Status
from robust_emo.words import Words

_LOOKED_AT = 64
"""Examples asked for the flags that need the model: more would change no flag."""
_SHARE = 0.1
"""A flag about examples is raised when it is true of more than a tenth of them."""
_OFFERED = 32
"""Words offered in a duel."""
_SIGNIFICANT = 0.05
_SATURATED = 1e-6
"""A winning probability nearer to 1 than this leaves float32 little to climb."""


Look = Callable[[AuditContext, Sequence[Example]], Flag]


def diagnose(context: AuditContext, rows: Sequence[Sequence[AttackOutcome]]) -> tuple[Flag, ...]:
    """All flags, raised or not, about the examples that could be attacked: right as written, and the goal makes sense.

    Args:
        rows: per example the outcomes of the attacks that ran on it.
    """
    let_loose_on = {outcome.example_id for row in rows for outcome in row if attacked(outcome)}
    looked_at = [example for example in context.attacked if example.id in let_loose_on][:_LOOKED_AT]
    looks = {
        "randomised_model": _randomised,
        "saturated_softmax": _saturated,
        "zero_gradients": _no_gradients,
        "black_box_beats_white_box": _black_box_stronger,
    }
    flags = [_looked(name, look, context, looked_at) for name, look in looks.items()]
    outcomes = [outcome for row in rows for outcome in row]
    aimed = (not_aimed_at(context.adaptive, outcomes),) if context.adaptive else ()
    return (*flags, _too_few_queries(outcomes), _did_not_apply(rows), *aimed)


def _looked(name: str, look: Look, context: AuditContext, examples: Sequence[Example]) -> Flag:
    """A model without gradients or offsets can be attacked all the same: what could not be looked at is said."""
    try:
        return look(context, examples)
    except Exception as error:
        if concerns_the_whole_run(error):
            raise
        return Flag(name, None, f"could not be looked at: {described(error)}")


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


def _black_box_stronger(context: AuditContext, examples: Sequence[Example]) -> Flag:
    """Who sees the gradients must not do worse than who draws lots: then the gradients mislead.

    A duel on equal terms: at a random word of each text, the exchange that the gradient likes best among some words of
    other texts against a random one of the same words.
    """
    victim = context.engine.victim
    words = sorted({word for example in examples for word in Words.of(example.text).words if word.isalpha()})
    duels = {
        example.id: partial(_duel, context.goal.bind(example, victim.labels, victim.task), example, words, context.seed)
        for example in examples
    }
    query = Query(max_queries=None, unknown_token=victim.unknown_token)
    found = []
    for done in context.engine.run(Job(key, partial(duel, query)) for key, duel in duels.items()):
        if done.error is not None:
            raise done.error
        found.append(done.result)
    decided = [gradient_won for gradient_won in found if gradient_won is not None]
    lost = decided.count(False)
    p_value = mcnemar(lost, len(decided) - lost)
    return Flag(
        "black_box_beats_white_box",
        lost > len(decided) / 2 and p_value < _SIGNIFICANT if decided else None,
        f"in {lost} of {len(decided)} duels a random exchange of a word hurt more than the one the gradient chose",
    )


async def _duel(goal: Goal, example: Example, words: Sequence[str], seed: int, query: Query) -> bool | None:
    """Whether the exchange of the gradient comes nearer to the goal; None for a tie or without a word to exchange."""
    text = Words.of(example.text)
    rng = random.Random(f"{seed}\0duel\0{example.id}")
    if not len(text) or len(words) < 2:
        return None
    index, offered = rng.choice(text.indices), rng.sample(words, min(_OFFERED, len(words)))
    start = sum(map(len, text.gaps[: index + 1])) + sum(map(len, text.words[:index]))
    place = Place(start, start + len(text[index]), tuple(offered))
    ((ranked,),) = await query.flips([example.text], [goal.target()], [[place]], top_k=1)
    logits = await query.scores([text.replace(index, word).text for word in (ranked[0][0], rng.choice(offered))])
    gradient, lot = goal.progress(logits)
    return None if gradient == lot else bool(gradient > lot)


def _too_few_queries(outcomes: Sequence[AttackOutcome]) -> Flag:
    """An attack that is cut short says little about what a patient one would find."""
    failed = [outcome for outcome in outcomes if outcome.status is Status.FAILED]
    cut = sum(outcome.out_of_queries for outcome in failed)
    return _of_examples("too_few_queries", cut, len(failed), "stopped by their query budget", "failed attacks")


def _did_not_apply(rows: Sequence[Sequence[AttackOutcome]]) -> Flag:
    """A text that no attack can change counts as withstood: attacks made for it may find much."""
    count, n = count_untried(rows)
    return _of_examples("attacks_did_not_apply", count, n, "never tried by any attack", "attacked texts")


def _of_examples(name: str, count: int, n: int, what: str, unit: str = "texts") -> Flag:
    return Flag(name, count > _SHARE * n if n else None, f"{count} of {n} {unit} {what}")
