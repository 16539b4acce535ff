"""How many texts a policy asks for and an audit will have: with fewer, a check is inconclusive whatever is measured."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from robust_emo.types import Threshold

if TYPE_CHECKING:
    from robust_emo.preflight import Plan

_OF_GOLD = ("recall", "f1")
"""Metrics of an emotion that count the texts labelled so."""


def least_attacked(thresholds: Iterable[Threshold]) -> int:
    """Texts to attack at least, for the checks of evasion among these; 0 where they do not say."""
    return max((each.min_n for each in thresholds if _kind(each) == "evasion"), default=0)


def too_few_notes(plan: "Plan") -> tuple[str, ...]:
    """One line for each number of texts that is too small for checks of the policy, known before the work.

    Said of texts as written and of attacks only: how many texts other sections will count, nobody knows before.
    """
    short: dict[tuple[int, int], list[str]] = {}
    for each in plan.policy.thresholds:
        have = _texts(plan, each)
        if 0 < have < each.min_n:
            short.setdefault((each.min_n, have), []).append(each.metric)
    return (
        *(
            f"{_asked(plan, least)} {' and '.join(dict.fromkeys(metrics))}; this run has {have}, so "
            f"{'that check' if len(metrics) == 1 else 'these checks'} will be inconclusive"
            for (least, have), metrics in short.items()
        ),
        *_of_emotions(plan),
    )


def _texts(plan: "Plan", threshold: Threshold) -> int:
    """How many the check can rest on at most; 0 where its section does not run, or nobody knows."""
    kind, texts = _kind(threshold), len(plan.dataset.examples)
    if kind not in ("clean", "evasion") or kind not in {section.spec.name for section in plan.sections}:
        return 0
    return min(plan.attacked_examples, texts) if kind == "evasion" else texts


def _of_emotions(plan: "Plan") -> Iterator[str]:
    labels = Counter(label for example in plan.dataset.examples for label in example.labels)
    for each in plan.policy.thresholds:
        counted = _kind(each) == "clean" and each.per_class and each.metric in _OF_GOLD
        if not counted or _texts(plan, each) < each.min_n:  # of all texts there are too few: that is said already
            continue
        few = [f"{count} of {label}" for label, count in sorted(labels.items()) if count < each.min_n]
        if few:
            which = "that check" if len(few) == 1 else "these checks"
            asked = _asked(plan, each.min_n)
            yield (
                f"{asked} {each.metric} for each emotion; this run has {', '.join(few)}, so {which} will be "
                "inconclusive"
            )


def _asked(plan: "Plan", least: int) -> str:
    return f"the policy {plan.policy.name} asks for at least {least} examples of"


def _kind(threshold: Threshold) -> str:
    return threshold.section.split("/")[0]
