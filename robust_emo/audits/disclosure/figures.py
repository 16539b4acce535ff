"""The numbers of a disclosure section that policies can ask for."""

from collections.abc import Sequence

import numpy as np

from robust_emo.audits.disclosure import attributions, confidences
from robust_emo.audits.disclosure.areas import Shown, change, share_found
from robust_emo.audits.disclosure.embeddings import EmbeddingLeakage
from robust_emo.audits.disclosure.recovery import LEAST_MEMBERS, authors_of, f1, precision, recall
from robust_emo.audits.membership.sets import MembershipSets
from robust_emo.audits.metrics import CONFIDENCE, measured
from robust_emo.statistics import Interval, bootstrap_totals
from robust_emo.statistics.membership import Flags, Floats
from robust_emo.types import Metric

SHOWN = (
    confidences.LOGITS,
    *confidences.ROUNDED,
    confidences.LABEL,
    attributions.NORM,
    attributions.VARIANCE,
)
"""Things that are shown, by the last part of their metrics' names."""
GROUPS = ("", "_members")
"""Of texts that nobody trained on, and of training texts."""


def area_metrics(shown: Sequence[Shown], blind: Shown, sets: MembershipSets) -> tuple[Metric, ...]:
    """Of everything that was attacked, the logits first; what was not is null."""
    by_name = {each.name: each for each in shown}
    logits = by_name[confidences.LOGITS]
    areas, shares, changes = list[Metric](), list[Metric](), list[Metric]()
    for name in SHOWN:
        each = by_name.get(name)
        areas.append(_area(each, sets, name))
        shares.append(_share(each, sets, name))
        if each is not logits:
            changes += _changes(each, logits, sets, name)
    interval = blind.interval(sets)
    baseline = measured("blind_auc", blind.auc.value, interval, len(sets.examples), higher_is_better=None)
    return (*areas, *shares, *changes, baseline)


def recovery_metrics(found: EmbeddingLeakage | None, sets: MembershipSets, seed: int) -> tuple[Metric, ...]:
    """Of the words that come back; all null without."""
    rows = (None, None) if found is None else (found.public, _enough(found.members))
    return tuple(
        metric for group, own in zip(GROUPS, rows, strict=True) for metric in _recovered(found, own, sets, seed, group)
    )


def _enough(members: Flags) -> Flags | None:
    return members if members.sum() >= LEAST_MEMBERS else None


def not_measured() -> tuple[Metric, ...]:
    """All of them without any value."""
    changed = [name for name in SHOWN if name != confidences.LOGITS]
    names = [
        *(f"membership_auc_from_{name}" for name in SHOWN),
        *(f"tpr_at_fpr_1pct_from_{name}" for name in SHOWN),
        *(f"{what}_change_by_{name}" for name in changed for what in ("membership_auc", "tpr_at_fpr_1pct")),
    ]
    return (
        *(_lower(name, None, None, 0) for name in names),
        measured("blind_auc", None, None, 0, higher_is_better=None),
        *(metric for group in GROUPS for metric in _unrecovered(group)),
    )


def _area(shown: Shown | None, sets: MembershipSets, name: str) -> Metric:
    name = f"membership_auc_from_{name}"
    if shown is None:
        return _lower(name, None, None, 0)
    return _lower(name, shown.auc.value, shown.interval(sets), len(sets.examples))


def _share(shown: Shown | None, sets: MembershipSets, name: str) -> Metric:
    name = f"tpr_at_fpr_1pct_from_{name}"
    if shown is None or shown.accused is None:
        return _lower(name, None, None, 0 if shown is None else sets.members)
    return _lower(name, shown.accused.true_positive_rate, share_found(shown), sets.members)


def _changes(shown: Shown | None, logits: Shown, sets: MembershipSets, name: str) -> tuple[Metric, Metric]:
    area, found = f"membership_auc_change_by_{name}", f"tpr_at_fpr_1pct_change_by_{name}"
    if shown is None:
        return _lower(area, None, None, 0), _lower(found, None, None, 0)
    seen = change(shown, logits, sets)
    return (
        _lower(area, seen.area, seen.area_interval, len(sets.examples)),
        _lower(found, seen.found, seen.found_interval, sets.members),
    )


def _recovered(
    found: EmbeddingLeakage | None, rows: Flags | None, sets: MembershipSets, seed: int, group: str
) -> tuple[Metric, ...]:
    """One bootstrap of whole texts, or authors, for all numbers, so that differences are paired."""
    if found is None or rows is None:
        return _unrecovered(group)
    sources = [found.model, found.frequent, *([found.base] if found.base else [])]
    columns = np.hstack([source.of_rows(rows).columns for source in sources])

    def statistics(sums: Floats) -> Floats:  # in the order of _NAMES
        own, *others = np.split(sums, len(sources), axis=-1)
        beside = [number for other in others for number in (f1(other), f1(own) - f1(other))]
        return np.stack([precision(own), recall(own), f1(own), *beside], axis=-1)

    sums = columns.sum(axis=0)
    if not sums[0] + sums[2]:  # no word that could be recovered
        return _unrecovered(group)
    values = [float(value) for value in statistics(sums[None])[0]]
    bounds = bootstrap_totals(statistics, columns, seed=seed, confidence=CONFIDENCE, clusters=authors_of(sets, rows))
    known = zip(_NAMES, values, bounds or [None] * len(values), strict=False)  # the last two need a base
    measured_ones = [_of_words(name + group, value, interval, int(rows.sum())) for name, value, interval in known]
    return (*measured_ones, *_unrecovered(group)[len(measured_ones) :])


_NAMES = (
    "embedding_recovery_precision",
    "embedding_recovery_recall",
    "embedding_recovery_f1",
    "frequent_words_f1",
    "embedding_recovery_f1_over_frequent",
    "base_recovery_f1",
    "embedding_recovery_f1_over_base",
)
_YARDSTICKS = ("frequent_words_f1", "base_recovery_f1")
"""Say nothing of the model, so that they have no good side."""


def _unrecovered(group: str) -> tuple[Metric, ...]:
    return tuple(_of_words(name + group, None, None, 0) for name in _NAMES)


def _of_words(name: str, value: float | None, interval: Interval | None, n: int) -> Metric:
    yardstick = name.startswith(_YARDSTICKS)
    return measured(name, value, interval, n, higher_is_better=None if yardstick else False)


def _lower(name: str, value: float | None, interval: Interval | None, n: int) -> Metric:
    return measured(name, value, interval, n, higher_is_better=False)
