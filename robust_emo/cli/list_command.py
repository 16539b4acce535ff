"""`robust-emo list`: what there is to choose from."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import click

from robust_emo.cli._text import printable, say

if TYPE_CHECKING:
    from robust_emo.plugins import Attack

_KINDS = (
    "attacks", "ensembles", "methods", "normalisers", "recipes", "sections", "reporters", "profiles", "bases",
    "policies",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the list."""

    name: str
    summary: str
    error: str | None = None
    """Why a plug-in cannot be loaded; null when it can."""

    def columns(self) -> tuple[str, ...]:
        """What stands between name and summary."""
        return ()


@dataclass(frozen=True, slots=True)
class AttackChoice(Choice):
    """One attack."""

    family: str = ""
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes; empty for any."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Hyperparameters and what they are unless --attack-arg sets them."""
    needs: tuple[str, ...] = ()
    """What is missing on this machine, each with what adds it; empty when the attack can run."""

    def columns(self) -> tuple[str, ...]:
        """Family and languages."""
        return (self.family, ", ".join(self.languages) or "any")


@click.command("list", epilog="Example:  robust-emo list attacks")
@click.argument("kind", type=click.Choice(_KINDS), metavar="KIND", default="attacks")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(kind: str, as_json: bool) -> None:
    """List attacks, profiles, base encoders and other choices.

    KIND is attacks (the default), ensembles, methods (of `explain`), normalisers, recipes, sections, reporters,
    profiles, bases or policies.
    Attacks are listed with family, languages and what they lack on this machine; with --json also with their
    hyperparameters. A plug-in that cannot be loaded is listed with the reason.
    """
    choices = _choices(kind)
    if as_json:
        say(json.dumps([asdict(choice) for choice in choices], indent=2, default=str))
        return
    for line in _lines(choices):
        say(printable(line))


def _lines(choices: list[Choice]) -> Iterator[str]:
    rows = [(choice.name, *(choice.columns() if choice.error is None else ())) for choice in choices]
    widths = [max(len(row[i]) for row in rows if i < len(row)) for i in range(max(map(len, rows), default=0))]
    for choice, row in zip(choices, rows, strict=True):
        text = choice.summary if choice.error is None else f"cannot be loaded: {choice.error}"
        yield "  ".join([*(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)), text])
        for need in choice.needs if isinstance(choice, AttackChoice) else ():
            yield f"{'':<{widths[0]}}  cannot run here: {need}"


def _choices(kind: str) -> list[Choice]:
    if kind == "profiles":
        from robust_emo.profile import profile_names, read_profile

        return [Choice(name, read_profile(name).summary) for name in profile_names()]
    if kind == "ensembles":
        from robust_emo.ensemble import ensemble_names, read_ensemble

        return [Choice(name, read_ensemble(name).summary) for name in ensemble_names()]
    if kind == "recipes":
        from robust_emo.hardening.recipe_file import read_recipe, recipe_names

        return [Choice(name, read_recipe(name).summary) for name in recipe_names()]
    if kind == "bases":
        from robust_emo.models.bases import known_bases

        return [Choice(name, summary) for name, summary in known_bases().items()]
    if kind == "policies":
        from robust_emo.policy import built_in_policies

        return [Choice(name, "built in") for name in built_in_policies()]
    if kind == "methods":
        from robust_emo.audits.explanation.methods import METHODS

        return [Choice(name, _summary(entry.summary, entry.paper)) for name, entry in METHODS.items()]
    return _attacks() if kind == "attacks" else _plugins(kind)


def _plugins(kind: str) -> list[Choice]:
    from robust_emo import plugins

    group: plugins.Kind = kind  # type: ignore[assignment]  # click.Choice allows nothing else
    choices = []
    for name in plugins.available(group):
        try:
            spec = plugins.load(group, name).spec
        except Exception as error:  # somebody else's code: it must not hide the others
            choices.append(Choice(name, "", _reason(error)))
        else:
            choices.append(Choice(name, _summary(spec.summary, spec.paper)))
    return choices


def _reason(error: Exception) -> str:
    from robust_emo.errors import RobustEmoError

    return str(error) if isinstance(error, RobustEmoError) else f"{type(error).__name__}: {error}"


def _summary(summary: str, paper: str) -> str:
    return f"{summary} ({paper})" if paper else summary


def _attacks() -> list[Choice]:
    from robust_emo import plugins

    choices: list[Choice] = [_attack(name) for name in plugins.available("attacks")]
    for name in plugins.available("attack_families"):
        try:
            members = plugins.load("attack_families", name).members()
        except Exception as error:  # as above
            choices.append(Choice(f"{name}:", "", _reason(error)))
        else:
            choices += [_attack(f"{name}:{member}") for member in members]
    return choices


def _attack(name: str) -> AttackChoice:
    from robust_emo import plugins

    try:
        attack: Attack = plugins.load("attacks", name)
        needs = tuple(problem.removeprefix(f"attack {name}").lstrip(": ") for problem in attack.problems())
        arguments = dict(attack.arguments())
    except Exception as error:  # as above
        return AttackChoice(name, "", _reason(error))
    spec = attack.spec
    return AttackChoice(
        name,
        _summary(spec.summary, spec.paper),
        family=spec.family,
        languages=spec.languages,
        arguments=arguments,
        needs=needs,
    )
