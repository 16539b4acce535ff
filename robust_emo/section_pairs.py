"""The sections of two audits side by side, and why some cannot stand there."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.personal.hidden_names import is_hidden
from robust_emo.types import AuditReport, Metric, Section

HIDDEN_GROUPS = "groups whose names are hidden: the number of one may be another group's in the other audit"
"""Why they are not compared, though their section is."""


@dataclass(frozen=True, slots=True)
class SectionOfBoth:
    """One section as the old and the new audit have it; None where one has not."""

    old: Section | None
    new: Section | None
    why_not: str | None
    """What keeps their numbers from being held against each other; None where nothing does."""


def sections_of_both(
    old: AuditReport, new: AuditReport, *, names: tuple[str, str] = ("old", "new")
) -> tuple[SectionOfBoth, ...]:
    """Every section of either audit, in the order of the old one.

    Args:
        old: the one.
        new: the other.
        names: how a reader calls the two.
    """
    sides = [{(section.kind, section.plugin): section for section in report.sections} for report in (old, new)]
    other_data = old.run.data.sha256 != new.run.data.sha256
    pairs = [(sides[0].get(key), sides[1].get(key)) for key in dict.fromkeys((*sides[0], *sides[1]))]
    return tuple(SectionOfBoth(*pair, _why_not(pair, names, other_data=other_data)) for pair in pairs)


def metric_pairs(old: Section, new: Section) -> list[tuple[Metric | None, Metric | None]]:
    """The metrics of either, by name and emotion or group, but for groups whose names are hidden."""
    sides = [
        {(metric.name, metric.label): metric for metric in section.metrics if not is_hidden(metric.label)}
        for section in (old, new)
    ]
    return [(sides[0].get(key), sides[1].get(key)) for key in dict.fromkeys((*sides[0], *sides[1]))]


def left_out(pairs: Sequence[SectionOfBoth]) -> list[tuple[Section, str]]:
    """What is not compared, whole sections and hidden groups of others, and why."""
    found = []
    for pair in pairs:
        section = pair.old or pair.new
        if section and pair.why_not:
            found.append((section, pair.why_not))
        elif pair.old and pair.new and _has_hidden_groups(pair.old, pair.new):
            found.append((pair.old, HIDDEN_GROUPS))
    return found


def _has_hidden_groups(old: Section, new: Section) -> bool:
    return any(is_hidden(metric.label) for section in (old, new) for metric in section.metrics)


def _why_not(pair: tuple[Section | None, Section | None], names: tuple[str, str], *, other_data: bool) -> str | None:
    before, after = pair
    if before is None or after is None:
        return f"only in the audit {names[1] if before is None else names[0]}"
    for section, name in zip((before, after), names, strict=True):
        if section.error is not None:
            return f"stopped with an error in the audit {name}: {section.error}"
    if other_data:
        return "the audits are of other data"
    if (before.version, before.args) != (after.version, after.args):
        return "run in another version or with other arguments"
    if _ran_on_leftovers(before) or _ran_on_leftovers(after):
        return "ran only on what earlier attacks had left, which are not the same texts"
    return None


def _ran_on_leftovers(section: Section) -> bool:
    return any(metric.name == "accuracy_left" for metric in section.metrics)
