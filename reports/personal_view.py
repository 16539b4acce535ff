"""Personal data in the texts, kind by kind, and what to do about it."""

from dataclasses import dataclass

from robust_emo.types import PersonalCount, Section

from . import numbers
from .language import later, say
from .section_view import SectionView, section_view
from .visible import shortened, visible

_NAMES = {
    "name": later("Names of people"),
    "email": later("E-mail addresses"),
    "handle": later("Handles (@name)"),
    "link": later("Links"),
    "account": later("Accounts behind the name of a service"),
    "id": later("Numbers that a state gives"),
    "card": later("Numbers of payment cards"),
    "iban": later("Bank accounts (IBAN)"),
    "ip": later("IP addresses"),
    "phone": later("Phone numbers"),
}
_COLUMNS = {"training": later("Training texts with it"), "audited": later("Audited texts with it")}
_LOOKED_AT = {"training": later("{texts} training texts"), "audited": later("{texts} audited texts")}
_TOUCHED = {
    "training": later("in {touched} of {texts} training texts"),
    "audited": later("in {touched} of {texts} audited texts"),
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
        sets=tuple(say(_COLUMNS[count.of]) for count in counts),
        rows=tuple(KindRow(_name(kind), tuple(_cell(count, kind) for count in counts)) for kind in ranked),
        trained_on=any(count.of == "training" and count.touched for count in counts),
    )


def personal_finding(counts: tuple[PersonalCount, ...]) -> str:
    """In how many texts something was found, in one sentence."""
    if not any(each.touched for each in counts):
        looked_at = say(" and ").join(say(_LOOKED_AT[each.of], texts=numbers.count(each.texts)) for each in counts)
        return say(
            "No personal data was found in {looked_at}. Patterns miss some, so that this is no proof.",
            looked_at=looked_at,
        )
    places = [
        say(_TOUCHED[each.of], touched=numbers.count(each.touched), texts=numbers.count(each.texts)) for each in counts
    ]
    return say("Personal data was found {places}.", places=say(" and ").join(places))


def _cell(count: PersonalCount, kind: str) -> tuple[str, str]:
    found = next((each for each in count.kinds if each.kind == kind), None)
    return (numbers.count(found.texts), numbers.count(found.findings)) if found else ("0", "0")


def _name(kind: str) -> str:
    return say(_NAMES[kind]) if kind in _NAMES else shortened(visible(kind))
