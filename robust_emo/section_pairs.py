"""The sections of two audits side by side, and why some cannot stand there."""

from dataclasses import dataclass

from robust_emo.types import AuditReport, Section


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
