"""What an attacker can tell of who was in the training data."""

from dataclasses import dataclass

from robust_emo.types._json import JSON_FORM


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its interval."""

    __pydantic_config__ = JSON_FORM

    value: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True)
class RocPoint:
    """One threshold."""

    __pydantic_config__ = JSON_FORM

    false_positive_rate: float
    true_positive_rate: float


@dataclass(frozen=True, slots=True)
class MembershipAttack:
    """One way to tell members from non-members."""

    __pydantic_config__ = JSON_FORM

    name: str
    paper: str
    meaning: str
    """What it looks at."""
    members: int
    """That it was tried on."""
    nonmembers: int
    auc: Rate
    """Area under the curve, with an interval that holds for all attacks of the section together."""
    found_1pct: Rate | None
    """Members found by a threshold that one other text of a hundred exceeds, read from texts apart; null where
    the non-members are too few for it."""
    wronged_1pct: Rate | None
    """Non-members that are really above it."""
    found_01pct: Rate | None
    """At one of a thousand; null below ten thousand non-members."""
    advantage: Rate
    """Members found minus non-members wronged, by the threshold that does best on texts apart."""
    over_blind: Rate | None
    """Area minus that of the blind baseline on the same texts; null for the baseline itself."""
    p_value: float
    """That there is no leak, corrected over all attacks and both tests of each (Holm)."""
    roc: tuple[RocPoint, ...]


@dataclass(frozen=True, slots=True)
class ExposedExample:
    """A training text that stands out."""

    __pydantic_config__ = JSON_FORM

    example_id: str
    labels: tuple[str, ...]
    share_above: float
    """Of the non-members, those that the attack takes for a member more readily."""


@dataclass(frozen=True, slots=True)
class Membership:
    """Members of the training data against others."""

    __pydantic_config__ = JSON_FORM

    leaks: bool
    """Whether an attack tells members from non-members, beyond what the texts themselves tell."""
    sets_differ: bool
    """Whether the blind baseline, which never asks the model, tells them apart."""
    one_source: bool
    """Whether they were dealt out by chance; else attacks are held against the baseline, whatever it tells."""
    members: int
    nonmembers: int
    shared: int
    """Non-members left out: their text is a member, too."""
    near_duplicates: int
    """Non-members left out: a member is nearly the same text."""
    repeated: int
    """Texts left out: they repeat an earlier one of their own set."""
    blind: MembershipAttack
    """Tells them apart by words and meaning alone."""
    attacks: tuple[MembershipAttack, ...]
    detectable_auc: float
    """An area from which on a leak would be found with a chance of 80%."""
    detectable_found_1pct: float | None
    """A share of members found at one false alarm of a hundred, likewise; null where such a rate is not supported,
    where the sets differ, and where authors are known."""
    exposed: tuple[ExposedExample, ...]
    """The members that stand out most, the first one most."""
