"""What somebody who knows an input defence can aim at, and which attacks do."""

from collections.abc import Mapping
from dataclasses import dataclass

from robust_emo.types._json import JSON_FORM


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that a normaliser is known to let through."""

    __pydantic_config__ = JSON_FORM

    text: str
    """One plain sentence."""
    attacks: tuple[str, ...] = ()
    """Names of the attacks that aim at it; empty where none is known."""


@dataclass(frozen=True, slots=True)
class KnownGaps:
    """What those who made a normaliser say of its limits."""

    __pydantic_config__ = JSON_FORM

    through: tuple[str, ...]
    """Names of the attacks that make what it undoes: they go through the normaliser, in search of what slips by."""
    gaps: tuple[Gap, ...]
    """What it is not made to undo."""

    @property
    def targets(self) -> tuple[tuple[str, ...], ...]:
        """Of each gap that attacks are named for, their names; where there is none, of the way through."""
        around = tuple(gap.attacks for gap in self.gaps if gap.attacks)
        return around or ((self.through,) if self.through else ())

    @property
    def aims(self) -> tuple[str, ...]:
        """Names of the attacks that aim at its gaps; those that go through it where none does."""
        return tuple(dict.fromkeys(name for target in self.targets for name in target))


@dataclass(frozen=True, slots=True)
class NormaliserGaps:
    """One normaliser of a defence and what is known of its limits."""

    __pydantic_config__ = JSON_FORM

    normaliser: str
    version: str
    known: KnownGaps | None
    """Null where its authors name none, which does not say that there are none."""


@dataclass(frozen=True, slots=True)
class AdaptiveInfo:
    """Adaptive evaluation of a defended model: what attackers who know its defence aim at."""

    __pydantic_config__ = JSON_FORM

    normalisers: tuple[NormaliserGaps, ...]
    """In the order in which they are applied."""
    not_runnable: Mapping[str, str]
    """Of the attacks that these name, by name why one cannot run where the audit ran."""
    command: str | None = None
    """The command line that runs those of the other attacks that did not run on all texts; null where all did."""
    aimed: tuple[str, ...] | None = None
    """Those that found something to change in one text of the audit or more; null where that was not recorded."""

    @property
    def attacks(self) -> tuple[str, ...]:
        """Each attack that goes through a normaliser or aims at a gap of one, once, in order."""
        known = [each.known for each in self.normalisers if each.known]
        named = (name for each in known for names in (each.through, each.aims) for name in names)
        return tuple(dict.fromkeys(named))

    def aims_at(self, attacks: tuple[str, ...]) -> bool | None:
        """Whether the audit aimed at a gap that `attacks` are named for; None where that was not recorded."""
        return None if self.aimed is None else not set(self.aimed).isdisjoint(attacks)
