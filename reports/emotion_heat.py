"""Which emotions break: success rates by gold emotion, for all attacks together and for each."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from robust_emo.types import AttackOutcome, Status

from . import numbers
from .heat import HeatCell, HeatTable, level_of
from .language import say
from .visible import shortened

FEW = 10
"""Cells that rest on fewer examples than this are greyed."""
_FEW_WORDS = 3
_Counts = Mapping[str, Counter[Status]]


def emotion_heat(
    by_attack: Mapping[str, Sequence[AttackOutcome]], labels: tuple[str, ...], *, apart: Iterable[str]
) -> HeatTable | None:
    """The table; None without outcomes. A text with several emotions counts for each.

    Args:
        by_attack: outcomes of the attacks that change the prediction.
        labels: in the model's order; other gold labels follow.
        apart: attacks with a row of their own. One that ran on survivors has none: it met other texts of each emotion.
    """
    seen = {label for outcomes in by_attack.values() for outcome in outcomes for label in outcome.label}
    if not seen:
        return None
    ordered = tuple(label for label in labels if label in seen) + tuple(sorted(seen - set(labels)))
    every = [outcome for outcomes in by_attack.values() for outcome in outcomes]
    rows = [
        (say("all, ≤ 3 words"), by_emotion(every, few_words=True)),
        (say("all, any words"), by_emotion(every, few_words=False)),
        *((shortened(name), _alone(by_attack[name])) for name in apart if by_attack[name]),
    ]
    cells = [(name, tuple(_cell(counted.get(label, Counter())) for label in ordered)) for name, counted in rows]
    return HeatTable(tuple(map(shortened, ordered)), tuple(cells))


def _alone(outcomes: Sequence[AttackOutcome]) -> _Counts:
    counted: dict[str, Counter[Status]] = defaultdict(Counter)
    for outcome in outcomes:
        for label in outcome.label:
            counted[label][outcome.status] += 1
    return counted


def by_emotion(outcomes: Iterable[AttackOutcome], *, few_words: bool) -> Mapping[str, Counter[Status]]:
    """Texts of each gold emotion by one status each: broken by any attack, else unknown where one crashed, else held.

    Args:
        outcomes: of all attacks.
        few_words: whether only attacks that changed at most three words count.
    """
    statuses: dict[str, set[Status]] = defaultdict(set)
    gold: dict[str, tuple[str, ...]] = {}
    for outcome in outcomes:
        late = few_words and not within_few_words(outcome)
        held = outcome.status is Status.SUCCEEDED and late
        statuses[outcome.example_id].add(Status.FAILED if held else outcome.status)
        gold[outcome.example_id] = outcome.label
    counted: dict[str, Counter[Status]] = defaultdict(Counter)
    order = (Status.SKIPPED, Status.SUCCEEDED, Status.ERRORED, Status.FAILED)
    for example, found in statuses.items():
        for label in gold[example]:
            counted[label][min(found, key=order.index)] += 1
    return counted


def within_few_words(outcome: AttackOutcome) -> bool:
    """Whether an attack changed at most three words; False where nobody counted."""
    return outcome.words_perturbed is not None and outcome.words_perturbed <= _FEW_WORDS


def _cell(counted: Mapping[Status, int]) -> HeatCell:
    attempted = counted[Status.SUCCEEDED] + counted[Status.FAILED]
    if not attempted:
        return HeatCell("–", "n = 0", 0, faint=True)
    share = counted[Status.SUCCEEDED] / attempted
    few = attempted < FEW
    return HeatCell(
        numbers.percent(share, 0), f"n = {numbers.count(attempted)}", 0 if few else level_of(share), faint=few
    )
