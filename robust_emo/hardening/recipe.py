"""Recipes: what is done to harden a model, and what is measured before and after."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from robust_emo.errors import InputError
from robust_emo.section_choice import SectionArgument
from robust_emo.training.sampling import Sampling
from robust_emo.unknown_name import unknown_name

_STRICT: dict[str, Any] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class NormaliserChoice:
    """One step of the input defence."""

    __pydantic_config__ = _STRICT

    normaliser: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AttackShare:
    """One attack in the loop."""

    __pydantic_config__ = _STRICT

    attack: str
    share: float
    """Of the training texts that it attacks in each round, in (0, 1]."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    max_queries: int = 150
    """On one text."""


@dataclass(frozen=True, slots=True)
class AdversaryChoice:
    """What moves the token vectors while the model is trained; see `train --method adversarial`."""

    __pydantic_config__ = _STRICT

    adversary: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EditorChoice:
    """An attack whose edits of words are drawn from."""

    __pydantic_config__ = _STRICT

    attack: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorstOfKChoice:
    """Perturbs every text at every step and trains on the worst of a few; see :mod:`robust_emo.training.worst_of_k`."""

    __pydantic_config__ = _STRICT

    attack: tuple[EditorChoice, ...]
    """Each text is perturbed by one of them, drawn anew at every step."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """See :class:`~robust_emo.training.worst_of_k.Sampling`."""


@dataclass(frozen=True, slots=True)
class Training:
    """Rounds of attacking and fine-tuning."""

    __pydantic_config__ = _STRICT

    attack: tuple[AttackShare, ...] = ()
    """Each text is attacked by one of them at most in a round."""
    adversary: AdversaryChoice | None = None
    """Also moves the token vectors of every batch; None leaves them."""
    worst_of_k: WorstOfKChoice | None = None
    """Also perturbs the words of every batch; None leaves them."""
    outcomes: bool = False
    """Whether texts of finished audits (`--outcomes`) must be given, and are enough; otherwise they may be given."""
    remember: bool = False
    """Train on what all rounds so far found, and not on what this one found alone."""
    rounds: int = 2
    epochs: int = 1
    """Per round, over the training texts and what was found."""
    learning_rate: float | None = None
    """Peak rate; None: half of the one that the parent was trained with."""
    batch_size: int | None = None
    """Texts per step; None: as the parent was trained."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What is measured before and after."""

    __pydantic_config__ = _STRICT

    profile: str = "standard"
    attacks: tuple[str, ...] = ()
    """Empty: those of the profile."""
    examples: int | None = None
    """Attacked texts; None: as many as the profile says."""
    arguments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Settings of the profile's sections other than their own, by section and name."""

    @property
    def section_arguments(self) -> tuple[SectionArgument, ...]:
        """`arguments` as an audit takes them."""
        return tuple(
            SectionArgument(section, name, value)
            for section, own in self.arguments.items()
            for name, value in own.items()
        )


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is hardened."""

    __pydantic_config__ = _STRICT

    name: str
    version: str
    summary: str
    sha256: str
    """Of the file."""
    defence: tuple[NormaliserChoice, ...] = ()
    """In the order of application."""
    measure: Measurement = Measurement()
    training: Training | None = None
    """None leaves the weights as they are."""

    @property
    def title(self) -> str:
        """Name and version, e.g. ``fast 1``."""
        return f"{self.name} {self.version}"


def sampling(choice: WorstOfKChoice) -> Sampling:
    """How the worst of k is looked for.

    Raises:
        InputError: an argument that it does not have, or a value out of its range.
    """
    known = [each.name for each in fields(Sampling)]
    for name in choice.arguments:
        if name not in known:
            raise InputError(unknown_name("argument of worst_of_k", name, known))
    return Sampling(**choice.arguments)
