"""What a reader of two compared audits must know: where they differ in more than the model."""

from collections.abc import Callable, Mapping
from functools import partial

from robust_emo.audits.worst_case import ENSEMBLE, worst_case_arguments
from robust_emo.statistics.sequential import METHOD
from robust_emo.types import AuditReport, DataInfo, RunInfo


def comparison_notes(old: AuditReport, new: AuditReport, *, names: tuple[str, str] = ("old", "new")) -> tuple[str, ...]:
    """One sentence each; none where only the models differ.

    Args:
        old: the one.
        new: the other.
        names: how a reader calls the two.
    """
    if old == new:
        return ("both are the same audit: whatever it says, it equals itself",)
    notes = ["both audits are of the same model"] if old.run.model_sha256 == new.run.model_sha256 else []
    notes += [
        f"the audits differ in {name}, {before} and {after}: {consequence}"
        for name, before, after, consequence in (
            _settings(old.run, new.run) if old.attacked or new.attacked else _settings_without_attacks(old.run, new.run)
        )
        if before != after
    ]
    sides = dict(zip(names, (old, new), strict=True))
    notes += _unrecorded(sides)
    notes += _attacks(sides)
    methods = {metric.method for report in (old, new) for section in report.sections for metric in section.metrics}
    if METHOD in methods:
        notes.append("with --stop-when-certain the results decide how many texts there are; p and intervals assume not")
    return tuple(notes)


Setting = tuple[str, str, str, str]
"""Name, both values, and what it means for a reader where they differ."""


def _settings_without_attacks(old: RunInfo, new: RunInfo) -> list[Setting]:
    both = partial(_setting, old, new)
    trained_on = both("training data", lambda run: _sha(run.train_data), "who was trained on is asked of other texts")
    return [
        both("data", lambda run: _sha(run.data), "what was measured of them is of other texts"),
        *([trained_on] if old.train_data and new.train_data else []),
        both("held out texts", lambda run: _sha(run.holdout_data), "non-members are other texts"),
        both("labels", lambda run: "/".join(sorted(run.labels)), "a right answer may be another one"),
        both("task", lambda run: run.task.value, "a right answer may be another one"),
        both("seed", lambda run: str(run.seed), "texts that are drawn are others"),
        both("the longest input", lambda run: f"{run.max_length} tokens", "longer texts were cut elsewhere"),
        both("the version of robust-emo", lambda run: run.robust_emo, "what is measured may have changed"),
    ]


def _setting(old: RunInfo, new: RunInfo, name: str, show: Callable[[RunInfo], str], consequence: str) -> Setting:
    return (name, show(old), show(new), consequence)


def _sha(data: DataInfo | None) -> str:
    return "not recorded" if data is None else f"sha256 {data.sha256[:12]}"


def _settings(old: RunInfo, new: RunInfo) -> list[Setting]:
    both = partial(_setting, old, new)
    only_common = "attacks are compared on the texts that both attacked"
    return [
        both("data", lambda run: _sha(run.data), f"{only_common}; texts as written are tested where both have them"),
        both("labels", lambda run: "/".join(sorted(run.labels)), "a right answer may be another one"),
        both("task", lambda run: run.task.value, "a right answer may be another one"),
        both("seed", lambda run: str(run.seed), f"{only_common}, and attacks that draw at random drew other edits"),
        both("profile", lambda run: f"{run.profile} {run.profile_version}", "budgets may differ"),
        both("the number of attacked texts", lambda run: str(run.attacked_examples), only_common),
        both("the longest input", lambda run: f"{run.max_length} tokens", "longer texts were cut elsewhere"),
        both("the version of robust-emo", lambda run: run.robust_emo, "what is measured may have changed"),
    ]


def _unrecorded(sides: Mapping[str, AuditReport]) -> list[str]:
    """Of a private model no audit records the training texts, so that two audits without them are not thereby alike."""
    missing = [name for name, report in sides.items() if report.run.train_data is None]
    robustness = any(report.attacked for report in sides.values()) and not any(
        section.kind == "privacy" for report in sides.values() for section in report.sections
    )
    if not missing or robustness:  # which no training text decides
        return []
    texts = (
        "training texts, and texts held out of them,"
        if any(report.run.privacy for report in sides.values())
        else "training texts"
    )
    return [
        f"{texts} are not recorded in the audit {' and '.join(missing)} and may be others: "
        "who was trained on may be asked of other texts"
    ]


def _attacks(sides: Mapping[str, AuditReport]) -> list[str]:
    (first, old), (second, new) = ((side, _by_attack(report)) for side, report in sides.items())
    missing = {first: [name for name in old if name not in new], second: [name for name in new if name not in old]}
    notes = [f"results of {', '.join(names)} are only in the audit {side}" for side, names in missing.items() if names]
    shared = [name for name in old if name in new]
    if other := [name for name in shared if old[name] != new[name]]:
        notes.append(f"{', '.join(other)}: run in another version or with other arguments, so not compared")
    if worst_case_arguments(sides[first]) != worst_case_arguments(sides[second]):
        notes.append("the worst case is over other attacks, so not compared")
    return notes


def _by_attack(report: AuditReport) -> Mapping[str, object]:
    """Version and arguments of the attacks that ran to their end."""
    return {
        section.plugin: (section.version, section.args)
        for section in report.sections
        if section.kind == "evasion" and section.plugin != ENSEMBLE and section.error is None
    }
