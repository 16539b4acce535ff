"""Texts that one of two models gets right and the other wrong, with what the attack made of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from robust_emo.types import AttackOutcome, AuditComparison, ComparedText, Status

from . import numbers
from .examples_view import MAX_MARKUP, label_names, markup_size, validity_of
from .language import later, say, say_counted
from .visible import shortened
from .word_diff import Piece, WordDiff, word_diff

_CLEAN, _WORST = "clean_accuracy_attacked", "worst_case_accuracy"
AS_WRITTEN, ALL_ATTACKS = later("as written"), later("all attacks together")


@dataclass(frozen=True, slots=True)
class SideView:
    """What became of the text in one audit."""

    right: bool
    sentence: str
    """``read as joy, then as anger: 2 words changed, 37 queries``."""
    changed: tuple[Piece, ...]
    """The text that turned the model wrong; empty where none did."""
    validity: str
    """``valid``, ``invalid`` or ``unchecked``; empty without a changed text."""
    validity_text: str


@dataclass(frozen=True, slots=True)
class ChangedText:
    """One text under one attack."""

    attack: str
    """Or `AS_WRITTEN`, or `ALL_ATTACKS`, whatever the language."""
    attack_name: str
    won: bool
    gold: str
    example_id: str
    original: tuple[Piece, ...]
    before: SideView
    after: SideView


@dataclass(frozen=True, slots=True)
class WonLostView:
    """What is shown of all texts that changed sides."""

    shown: tuple[ChangedText, ...]
    """Lost ones first."""
    won: str
    lost: str
    total: str
    by_attack: tuple[tuple[str, ...], ...]
    """Attack, won and lost: all of them, shown or not."""
    attacks: tuple[tuple[str, str], ...]
    """Of those shown, with their names."""
    emotions: tuple[str, ...]
    masked: bool


@dataclass(frozen=True, slots=True)
class _Found:
    attack: str
    won: bool
    text: ComparedText
    old: AttackOutcome
    new: AttackOutcome

    @property
    def order(self) -> tuple[int, str]:
        """Successes that changed least come first: they tell most."""
        outcome = self.old if self.won else self.new
        return (outcome.words_perturbed or 0, self.text.example_id)


def won_lost_view(comparison: AuditComparison, *, limit: int, masked: bool) -> WonLostView:
    """Choose and compare.

    A text that only one model reads right as written counts once, whatever attacks it met.

    Args:
        comparison: of two audits.
        limit: most texts shown. They are taken in turn from those won and those lost under each attack, so that no
            group fills the list alone.
        masked: hide names, handles, e-mail addresses, links and numbers of people.
    """
    groups: dict[tuple[bool, str], list[_Found]] = defaultdict(list)
    for found in _changes(comparison):
        groups[found.won, found.attack].append(found)
    shown = _shown(_in_turn(groups.values())[:limit], masked=masked)
    attacks = [AS_WRITTEN, *(measure.attack for measure in comparison.measures if measure.attack), ALL_ATTACKS]
    totals = {won: sum(len(group) for key, group in groups.items() if key[0] is won) for won in (True, False)}
    return WonLostView(
        shown=tuple(sorted(shown, key=lambda view: view.won)),
        won=numbers.count(totals[True]),
        lost=numbers.count(totals[False]),
        total=numbers.count(totals[True] + totals[False]),
        by_attack=tuple(
            (attack_name(attack), *(numbers.count(len(groups.get((won, attack), ()))) for won in (True, False)))
            for attack in attacks
            if (True, attack) in groups or (False, attack) in groups
        ),
        attacks=tuple(sorted({(view.attack, view.attack_name) for view in shown})),
        emotions=tuple(sorted({view.gold for view in shown})),
        masked=masked,
    )


def attack_name(attack: str) -> str:
    """As it is shown: `AS_WRITTEN` and `ALL_ATTACKS` in the language of the page."""
    return say(attack) if attack in (AS_WRITTEN, ALL_ATTACKS) else shortened(attack)


def _changes(comparison: AuditComparison) -> Iterator[_Found]:
    """As written, then attack by attack; the worst case where attacks are not compared one by one."""
    measures: list[tuple[str, str | None]] = [
        (measure.measure, measure.attack) for measure in comparison.measures if measure.attack
    ]
    for text in comparison.texts:
        was, now = text.right.get(_CLEAN, (None, None))
        if was is not None and now is not None and was != now:
            yield _Found(AS_WRITTEN, now, text, text.old_worst, text.new_worst)
            continue
        for measure, attack in measures or [(_WORST, None)]:
            was, now = text.right.get(measure, (None, None))
            if was is None or now is None or was == now:
                continue
            if attack is None:
                yield _Found(ALL_ATTACKS, now, text, text.old_worst, text.new_worst)
            else:
                yield _Found(attack, now, text, text.old[attack], text.new[attack])


def _in_turn(groups: Iterable[list[_Found]]) -> list[_Found]:
    ranked = [
        (rank, number, found)
        for number, group in enumerate(groups)
        for rank, found in enumerate(sorted(group, key=lambda found: found.order))
    ]
    return [found for *_, found in sorted(ranked, key=lambda entry: entry[:2])]


def _shown(chosen: Sequence[_Found], *, masked: bool) -> list[ChangedText]:
    """As many as the page can hold."""
    shown, size = [], 0
    for found in chosen:
        view, diff = _changed_text(found, masked=masked)
        size += 1_200 + markup_size(diff)
        if size > MAX_MARKUP:
            break
        shown.append(view)
    return shown


def _changed_text(found: _Found, *, masked: bool) -> tuple[ChangedText, WordDiff]:
    text, as_written = found.text, found.attack == AS_WRITTEN
    broken = None if as_written else (found.old if found.won else found.new).perturbed
    diff = word_diff(text.original, text.original if broken is None else broken, masked=masked)
    before, after = (
        _as_written(outcome, right=right)
        if as_written
        else _attacked(outcome, diff, everything=found.attack == ALL_ATTACKS)
        for outcome, right in ((found.old, not found.won), (found.new, found.won))
    )
    return ChangedText(
        attack=shortened(found.attack),
        attack_name=attack_name(found.attack),
        won=found.won,
        gold=label_names(text.label),
        example_id=shortened(text.example_id),
        original=diff.original,
        before=before,
        after=after,
    ), diff


def _as_written(outcome: AttackOutcome, *, right: bool) -> SideView:
    return SideView(right, say("read as {emotion}", emotion=label_names(outcome.predicted or ())), (), "", "")


def _attacked(outcome: AttackOutcome, diff: WordDiff, *, everything: bool) -> SideView:
    if outcome.status is not Status.SUCCEEDED:
        return SideView(True, _withstood(outcome, everything=everything), (), "", "")
    validity, validity_text = validity_of(outcome)
    return SideView(
        right=False,
        sentence=_fell(outcome, everything=everything),
        changed=diff.perturbed,
        validity=validity,
        validity_text=validity_text,
    )


def _withstood(outcome: AttackOutcome, *, everything: bool) -> str:
    emotion, asked = label_names(outcome.predicted or ()), outcome.num_queries
    if everything:
        return say("read as {emotion} and withstood every attack", emotion=emotion)
    if asked is None and outcome.out_of_queries:
        return say("read as {emotion} and withstood the attack, after which the attack had none left", emotion=emotion)
    if asked is None:
        return say("read as {emotion} and withstood the attack", emotion=emotion)
    if outcome.out_of_queries:
        return say_counted(
            asked,
            "read as {emotion} and withstood {n} query, after which the attack had none left",
            "read as {emotion} and withstood {n} queries, after which the attack had none left",
            emotion=emotion,
        )
    return say_counted(
        asked,
        "read as {emotion} and withstood {n} query",
        "read as {emotion} and withstood {n} queries",
        emotion=emotion,
    )


def _fell(outcome: AttackOutcome, *, everything: bool) -> str:
    spent = say_counted(outcome.words_perturbed or 0, "{n} word changed", "{n} words changed")
    if outcome.num_queries is not None:
        asked = say_counted(outcome.num_queries, "{n} query", "{n} queries")
        spent = say("{words}, {queries}", words=spent, queries=asked)
    before, after = label_names(outcome.predicted or ()), label_names(outcome.predicted_after or ())
    if not everything:
        return say("read as {before}, then as {after}: {spent}", before=before, after=after, spent=spent)
    attack = shortened(outcome.plugin)
    return say(
        "read as {before}, then by {attack} as {after}: {spent}", before=before, attack=attack, after=after, spent=spent
    )
