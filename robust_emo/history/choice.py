"""Which audits and which numbers of a history are shown."""

from collections.abc import Iterable, Sequence

from robust_emo.errors import InputError
from robust_emo.types import PastAudit, PastMetric
from robust_emo.unknown_name import unknown_name

MAIN = (
    *("accuracy", "macro_f1", "micro_f1", "worst_case_accuracy_3_words", "attack_success_rate"),
    *("membership_auc", "epsilon"),
)
"""Metrics that are shown unless others are asked for, of all texts together."""
_LEAST_DIGITS = 6
"""Of a fingerprint that stands for a model or an audit."""


def chosen_metrics(audits: Iterable[PastAudit], wanted: Sequence[str]) -> tuple[str, ...]:
    """Full names of the numbers that are asked for, in that order; the main ones where none is.

    Args:
        audits: those of the history.
        wanted: each ``accuracy``, ``recall [joy]``, ``clean/recall`` or ``clean/recall [joy]``: what is left open
            stands for all.

    Raises:
        InputError: no audit has such a number.
    """
    found = {metric.name: metric for audit in audits for metric in audit.metrics}
    if not wanted:
        main = (name for key in MAIN for name, each in found.items() if each.metric.name == key)
        return tuple(name for name in main if found[name].metric.label is None)
    names: list[str] = []
    for key in wanted:
        matching = [name for name, metric in found.items() if key in _called(metric)]
        if not matching:
            raise InputError(unknown_name("metric", key, {metric.metric.name for metric in found.values()}))
        names += matching
    return tuple(dict.fromkeys(names))


def _called(metric: PastMetric) -> set[str]:
    short = metric.name.removeprefix(f"{metric.section}/")
    return {metric.name, short, metric.metric.name, f"{metric.section}/{metric.metric.name}"}


def audits_of(audits: Sequence[PastAudit], model: str | None) -> list[PastAudit]:
    """Those of one model; all of them where none is named.

    Args:
        audits: those of the history.
        model: the last part of its path, all of the path, or at least six digits of its fingerprint.

    Raises:
        InputError: no audit is of that model.
    """
    if model is None:
        return list(audits)
    found = [audit for audit in audits if model in (audit.model, _last(audit.model)) or _begins(audit, model)]
    if not found:
        raise InputError(unknown_name("model", model, {_last(audit.model) for audit in audits}))
    return found


def to_forget(audits: Sequence[PastAudit], wanted: Sequence[str]) -> list[PastAudit]:
    """The audits that a history shall forget.

    Args:
        audits: those of the history.
        wanted: each the beginning of the SHA-256 of an audit whose file is gone, or ``gone`` for all of these.

    Raises:
        InputError: there is no such audit, there are several, or its file is still there, to be read again.
    """
    found: list[PastAudit] = []
    for key in wanted:
        if key == "gone":
            found += [audit for audit in audits if audit.gone]
            continue
        matching = [audit for audit in audits if len(key) >= _LEAST_DIGITS and audit.sha256.startswith(key)]
        if len(matching) != 1:
            raise InputError(
                f"--forget {key} means {len(matching)} audits of this history; expected 'gone', or the first "
                f"{_LEAST_DIGITS} or more digits of the SHA-256 of one"
            )
        if not matching[0].gone:
            raise InputError(f"--forget {key}: {matching[0].path} is still there and would be read again; delete it")
        found += matching
    return found


def _last(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _begins(audit: PastAudit, digits: str) -> bool:
    return len(digits) >= _LEAST_DIGITS and audit.model_sha256.startswith(digits)
