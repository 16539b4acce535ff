"""The worst examples: successes that keep the emotion and changed least, with what they changed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from robust_emo.types import AttackOutcome, Status

from . import numbers
from .invalid_reasons import reason_words
from .language import later, say, say_counted
from .visible import shortened
from .word_diff import WordDiff, word_diff

MAX_MARKUP = 250_000
"""Rough bytes of HTML that all examples together may take; a page with hostile texts stays a page."""

_VALIDITIES = {True: (0, "valid"), None: (1, "unchecked"), False: (2, "invalid")}
"""Rank and name."""
_VALIDITY_TEXTS = {
    "valid": later("judged to keep its emotion"),
    "unchecked": later("not checked"),
    "invalid": later("may not keep its emotion"),
}


@dataclass(frozen=True, slots=True)
class ExampleView:
    """One successful attack."""

    attack: str
    example_id: str
    gold: str
    before: str
    after: str
    words: int
    words_text: str
    queries: int
    queries_text: str
    validity: str
    """``valid``, ``invalid`` or ``unchecked``."""
    validity_text: str
    """``judged to keep its emotion``, ``may not keep its emotion: a negation came or went`` or ``not checked``."""
    rank: int
    """Place among the validities: 0 valid, 1 not checked, 2 invalid."""
    diff: WordDiff


@dataclass(frozen=True, slots=True)
class ExamplesView:
    """What is shown of all successes."""

    shown: tuple[ExampleView, ...]
    recorded: bool
    """Whether there are outcomes at all; a report made again may lack outcomes.jsonl."""
    shown_text: str
    total_text: str
    attacks: tuple[str, ...]
    emotions: tuple[str, ...]
    validities: tuple[tuple[str, str], ...]
    """Name and text of those that occur."""
    masked: bool


def examples_view(outcomes: Sequence[AttackOutcome], *, recorded: bool, limit: int, masked: bool) -> ExamplesView:
    """Choose and compare.

    Args:
        outcomes: of all attacks that change the prediction.
        recorded: whether the audit came with outcomes.
        limit: most examples shown. They are taken from the attacks in turn, each attack's worst first, so that
            no attack fills the list alone; then ordered by validity, words changed and queries. At least a quarter of
            the places is for those that may not keep their emotion, where there are so many.
        masked: hide names, handles, e-mail addresses, links and numbers of people.
    """
    successes = [outcome for outcome in outcomes if outcome.status is Status.SUCCEEDED]
    shown, size = [], 0
    for outcome in _chosen(successes, limit):
        view = _example_view(outcome, masked=masked)
        size += 1_200 + markup_size(view.diff)
        if size > MAX_MARKUP:
            break
        shown.append((_badness(outcome), view))
    ordered = tuple(view for _, view in sorted(shown, key=lambda pair: pair[0]))
    found = {view.validity for view in ordered}
    return ExamplesView(
        shown=ordered,
        recorded=recorded,
        shown_text=numbers.count(len(ordered)),
        total_text=numbers.count(len(successes)),
        attacks=tuple(sorted({view.attack for view in ordered})),
        emotions=tuple(sorted({view.gold for view in ordered}, key=lambda name: (name != label_names(()), name))),
        validities=tuple((name, say(text)) for name, text in _VALIDITY_TEXTS.items() if name in found),
        masked=masked,
    )


def _badness(outcome: AttackOutcome) -> tuple[int, int, int, str, str]:
    rank, _ = _VALIDITIES[outcome.valid]
    return (rank, outcome.words_perturbed or 0, outcome.num_queries or 0, outcome.plugin, outcome.example_id)


def _chosen(successes: Sequence[AttackOutcome], limit: int) -> list[AttackOutcome]:
    """Three quarters that keep the emotion or were not checked; the rest lets a reader judge the check."""
    doubted = [outcome for outcome in successes if outcome.valid is False]
    others = [outcome for outcome in successes if outcome.valid is not False]
    places = min(len(doubted), max(limit // 4, limit - len(others)))
    return _in_turn(others)[: limit - places] + _in_turn(doubted)[:places]


def _in_turn(successes: Iterable[AttackOutcome]) -> list[AttackOutcome]:
    ranked: list[tuple[int, AttackOutcome]] = []
    rank: dict[str, int] = defaultdict(int)
    for outcome in sorted(successes, key=_badness):
        ranked.append((rank[outcome.plugin], outcome))
        rank[outcome.plugin] += 1
    return [outcome for _, outcome in sorted(ranked, key=lambda pair: (pair[0], _badness(pair[1])))]


def _example_view(outcome: AttackOutcome, *, masked: bool) -> ExampleView:
    words = outcome.words_perturbed
    rank, _ = _VALIDITIES[outcome.valid]
    validity, validity_text = validity_of(outcome)
    return ExampleView(
        attack=outcome.plugin,
        example_id=shortened(outcome.example_id),
        gold=label_names(outcome.label),
        before=label_names(outcome.predicted or ()),
        after=label_names(outcome.predicted_after or ()),
        words=words or 0,
        words_text=say("not measured")
        if words is None
        else say_counted(words, "{n} word changed", "{n} words changed"),
        queries=outcome.num_queries or 0,
        queries_text=say_counted(outcome.num_queries or 0, "{n} query", "{n} queries"),
        validity=validity,
        validity_text=validity_text,
        rank=rank,
        diff=word_diff(outcome.original, outcome.perturbed or "", masked=masked),
    )


def validity_of(outcome: AttackOutcome) -> tuple[str, str]:
    """Name of the validity (``valid``, ``invalid`` or ``unchecked``), and the same in words with its reasons."""
    _, validity = _VALIDITIES[outcome.valid]
    found = say(_VALIDITY_TEXTS[validity])
    reasons = say(", ").join(map(reason_words, outcome.invalid_reasons))
    return validity, say("{found}: {reasons}", found=found, reasons=reasons) if reasons else found


def label_names(labels: Sequence[str]) -> str:
    """Emotions of one text, as they are shown."""
    return shortened(", ".join(labels)) if labels else say("(no emotion)")


def markup_size(diff: WordDiff) -> int:
    """Rough bytes of HTML that both texts take."""
    pieces = (*diff.original, *diff.perturbed)
    return sum(24 + sum(24 + 2 * len(glyphs.text) for glyphs in piece.glyphs) for piece in pieces)
