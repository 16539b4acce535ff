"""Personal data in the texts, kind by kind, and what to do about it."""

from dataclasses import dataclass

from robust_emo.types import PersonalCount, Section

from . import numbers
from .section_view import SectionView, section_view
from .visible import shortened, visible

_NAMES = {
    "name": "Names of people",
    "email": "E-mail addresses",
    "handle": "Handles (@name)",
    "link": "Links",
    "account": "Accounts behind the name of a service",
    "id": "Numbers that a state gives",
    "card": "Numbers of payment cards",
    "iban": "Bank accounts (IBAN)",
    "ip": "IP addresses",
    "phone": "Phone numbers",
}


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of personal data."""

    name: str
    cells: tuple[tuple[str, str], ...]
    """Per set of texts: texts with it, and findings."""


@dataclass(frozen=True, slots=True)
class PersonalView:
    """One section of personal data."""

    section: SectionView
    finding: str
    sets: tuple[str, ...]
    """Which texts were counted, the heads of the columns."""
    rows: tuple[KindRow, ...]
    """Empty where nothing was found."""
    trained_on: bool
    """Whether something was found in training texts."""


def personal_view(section: Section) -> PersonalView:
    """View of a section that counted personal data."""
    counts = section.personal
    kinds = dict.fromkeys(found.kind for count in counts for found in count.kinds)
    order = list(_NAMES)
    ranked = sorted(kinds, key=lambda kind: order.index(kind) if kind in order else len(order))
    return PersonalView(
        section=section_view(section),
        finding=personal_finding(counts),
        sets=tuple(f"{count.of.capitalize()} texts" for count in counts),
        rows=tuple(KindRow(_name(kind), tuple(_cell(count, kind) for count in counts)) for kind in ranked),
        trained_on=any(count.of == "training" and count.touched for count in counts),
    )


def personal_finding(counts: tuple[PersonalCount, ...]) -> str:
    """In how many texts something was found, in one sentence."""
    if not any(each.touched for each in counts):
        looked_at = " and ".join(f"{numbers.count(each.texts)} {each.of} texts" for each in counts)
        return f"No personal data was found in {looked_at}. Patterns miss some, so that this is no proof."
    parts = [f"in {numbers.count(each.touched)} of {numbers.count(each.texts)} {each.of} texts" for each in counts]
    return f"Personal data was found {' and '.join(parts)}."


def _cell(count: PersonalCount, kind: str) -> tuple[str, str]:
    found = next((each for each in count.kinds if each.kind == kind), None)
    return (numbers.count(found.texts), numbers.count(found.findings)) if found else ("0", "0")


def _name(kind: str) -> str:
    return _NAMES.get(kind) or shortened(visible(kind))
