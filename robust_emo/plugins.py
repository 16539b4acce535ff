"""Plug-in protocols and their discovery through entry points. Built-in plug-ins come in the same way.

The protocols of reporters stand in `reporters.py`.

Groups: ``robust_emo.attacks``, ``robust_emo.normalisers``, ``robust_emo.sections``, ``robust_emo.reporters``,
``robust_emo.comparison_reporters``, ``robust_emo.history_reporters``, ``robust_emo.explanation_reporters``. An entry
point names a class; it is made with keyword arguments only and its instance carries a :class:`PluginSpec`. An entry
point of ``robust_emo.attack_families`` names an :class:`AttackFamily`: many attacks called ``family:member``.
"""

import difflib
import inspect
import json
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from robust_emo.errors import PluginError
from robust_emo.types import AttackBudget, Example, Objective, Section
from robust_emo.unknown_name import unknown_name

if TYPE_CHECKING:  # the engine is heavy, and listing plug-ins must not load it
    from robust_emo.audits.context import AuditContext
    from robust_emo.engine.goal import Goal
    from robust_emo.engine.requests import Query

Kind = Literal[
    "attacks",
    "attack_families",
    "normalisers",
    "sections",
    "reporters",
    "comparison_reporters",
    "history_reporters",
    "explanation_reporters",
]


@dataclass(frozen=True, slots=True)
class PluginSpec:
    """Who a plug-in is. `name` must equal its entry point's name."""

    name: str
    version: str
    """Changes whenever results may change; part of audit.json."""
    summary: str
    """One line for `robust-emo list`."""
    paper: str = ""
    """First author and year of the source, empty for our own work."""
    family: str = ""
    """Of attacks: one of :data:`FAMILIES`; empty for other plug-ins and where none fits."""
    languages: tuple[str, ...] = ()
    """Of attacks: ISO 639-1 codes of the languages it can change, e.g. ``("en",)``; empty for any."""
    white_box: bool = False
    """Of attacks: asks for gradients, which somebody outside cannot have."""
    kind: str = ""
    """Of sections: the kind that they measure, where it is not called like the section."""
    needs_training_data: bool = False
    """Of sections: measures nothing where nobody knows what the model was trained on."""
    objective: Objective = Objective.CHANGE
    """Of attacks: what it is after."""


FAMILIES = ("characters", "unicode", "words", "gradients", "sentences", "emotion", "chinese")
"""What attacks change, in the order they are listed; `gradients` for those that search by them."""


class Attack(Protocol):
    """Searches a perturbation of one example. Never grades itself: the core re-queries what it returns."""

    spec: PluginSpec
    budget: AttackBudget
    """Default budget; profiles tighten it."""

    async def perturb(
        self, example: Example, query: "Query", *, goal: "Goal", budget: AttackBudget, rng: random.Random
    ) -> str | None:
        """Return a perturbed text that should reach the goal, or None.

        Must take all its randomness from `rng` and keep no state between examples: the result of an example
        may depend on (seed, plug-in, example) only.
        """
        ...

    def problems(self) -> Sequence[str]:
        """What is missing for this attack to run (each with the command that adds it); empty when ready."""
        ...

    def arguments(self) -> Mapping[str, Any]:
        """Hyperparameters that make the attack repeatable; stored in audit.json."""
        ...

    def notes(self) -> Sequence[str]:
        """What a reader must know, e.g. which resource stood in for which."""
        ...


class LearntAttack(Attack, Protocol):
    """What a :class:`LearningAttack` makes of the examples it saw."""

    def learnt(self) -> Sequence[tuple[str, str]]:
        """What was found, for people to read: pairs of what it is for (such as an emotion) and what it is.

        Goes into audit.json beside the half it was learnt on.
        """
        ...


@runtime_checkable
class LearningAttack(Attack, Protocol):
    """An attack that first looks at many examples, such as a search for one trigger that works on all.

    The core splits all examples of a run in two halves and lets it learn once on each; each half is attacked with what
    was learnt on the other.
    """

    async def learn(
        self, examples: Sequence[Example], query: "Query", *, goals: Sequence["Goal"], rng: random.Random
    ) -> LearntAttack:
        """The attack to run on examples that are not among `examples`; carries the same spec and budget.

        Args:
            examples: those that the model gets right; `goals` belongs to them, one each.
            query: unlimited; what is asked here counts for no example.
            goals: one per example.
            rng: depends on (seed, plug-in, half) only.
        """
        ...


@runtime_checkable
class WordEditor(Protocol):
    """An attack that says what it may put in the place of one word, so that a training can draw from it."""

    spec: PluginSpec

    def word_edits(self, word: str, rng: random.Random) -> Sequence[str]:
        """Words that may stand in for `word`; none where it stays. May depend on the arguments only."""
        ...


class AttackFamily(Protocol):
    """Attacks that are made from one source on demand, called ``family:member``."""

    spec: PluginSpec

    def members(self) -> Mapping[str, str]:
        """One-line summary by member name, in alphabetical order; must not import anything heavy."""
        ...

    def make(self, member: str, **arguments: Any) -> Attack:  # noqa: ANN401 - hyperparameters of the member
        """The attack ``family:member``, its spec named so.

        Raises:
            PluginError: its package cannot be imported.
        """
        ...


class AuditSection(Protocol):
    """One part of an audit: measures, never prints."""

    spec: PluginSpec

    def problems(self) -> Sequence[str]:
        """What is missing for this section to run (each with the command that adds it); empty when ready."""
        ...

    def run(self, context: "AuditContext") -> Sequence[Section]:
        """Measure and return one or more finished sections."""
        ...


def available(kind: Kind) -> dict[str, EntryPoint]:
    """Registered plug-ins of one kind by name, in alphabetical order.

    Raises:
        PluginError: two packages registered the same name.
    """
    found: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=f"robust_emo.{kind}"), key=lambda point: point.name):
        other = found.setdefault(point.name, point)
        if other.value != point.value:
            raise PluginError(
                f"two plug-ins are called '{point.name}' in {kind}: {other.value} and {point.value}; "
                "uninstall one of the packages"
            )
    return found


def load(kind: Kind, name: str, /, **arguments: Any) -> Any:  # noqa: ANN401 - the protocol depends on `kind`
    """Make the plug-in `name` with keyword arguments; an attack called ``family:member`` is made by its family.

    Raises:
        PluginError: unknown name (with the nearest match), import failure, or bad arguments.
    """
    family, colon, member = name.partition(":")
    if kind == "attacks" and colon:
        return _member(load("attack_families", family), member, **arguments)
    factory = _factory(kind, name)
    what = f"{kind.removesuffix('s')} {name}"
    if unknown := [argument for argument in arguments if argument not in _taken(factory, arguments)]:
        raise PluginError(_no_such_argument(what, unknown[0], list(inspect.signature(factory).parameters)))
    try:
        plugin = factory(**arguments)
    except TypeError as error:
        raise PluginError(_unfit_arguments(what, arguments, error)) from error
    if plugin.spec.name != name:
        raise PluginError(f"entry point '{name}' in {kind} makes a plug-in that calls itself '{plugin.spec.name}'")
    return plugin


def takes(kind: Kind, name: str, argument: str) -> bool:
    """Whether :func:`load` may give the plug-in `name` this argument.

    Raises:
        PluginError: unknown name or import failure.
    """
    return argument in _taken(_factory(kind, name), (argument,))


def _factory(kind: Kind, name: str) -> Callable[..., Any]:
    points = available(kind)
    if name not in points:
        listed_by = "robust-emo list attacks" if kind == "attacks" else ""
        raise PluginError(unknown_name(kind.removesuffix("s"), name, points, listed_by=listed_by))
    try:
        factory: Callable[..., Any] = points[name].load()
    except Exception as error:
        raise PluginError(
            f"{kind.removesuffix('s')} '{name}' ({points[name].value}) cannot be imported: {error}"
        ) from error
    return factory


def _member(family: AttackFamily, member: str, /, **arguments: Any) -> Attack:  # noqa: ANN401
    known = family.members()
    if member not in known:
        message = unknown_name(f"attack of {family.spec.name}", member, known, listed_by="robust-emo list attacks")
        raise PluginError(message)
    try:
        return family.make(member, **arguments)
    except TypeError as error:
        what, taken = f"attack {family.spec.name}:{member}", list(family.make(member).arguments())
        unknown = [argument for argument in arguments if argument not in taken]
        message = _no_such_argument(what, unknown[0], taken) if unknown else _unfit_arguments(what, arguments, error)
        raise PluginError(message) from error


def _taken(factory: Callable[..., Any], arguments: Iterable[str]) -> set[str]:
    """Those of `arguments` that may be given by keyword."""
    parameters = inspect.signature(factory).parameters.values()
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return set(arguments)
    return {parameter.name for parameter in parameters if parameter.kind is not parameter.POSITIONAL_ONLY}


def _no_such_argument(what: str, argument: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(argument, known, n=1)
    hint = f" (did you mean '{near[0]}'?)" if near else ""
    return f"{what} has no argument '{argument}'; it has {', '.join(known) or 'none'}{hint}"


def _unfit_arguments(what: str, arguments: Mapping[str, Any], error: TypeError) -> str:
    given = ", ".join(f"{name}={json.dumps(value, default=str)}" for name, value in arguments.items()) or "no arguments"
    return f"{what} does not work with {given}: {error}"


def attack_names() -> dict[str, str]:
    """Every attack that can be loaded by name, members of families too, with what makes it; nothing heavy is imported.

    Raises:
        PluginError: as for :func:`available`, or a family that cannot be loaded.
    """
    names = {name: point.value for name, point in available("attacks").items()}
    for name, point in available("attack_families").items():
        names |= {f"{name}:{member}": point.value for member in load("attack_families", name).members()}
    return names
