"""`robust-emo list`: what there is to choose from."""

import json
from dataclasses import asdict, dataclass

import click

from robust_emo.cli._text import printable, say

_KINDS = ("attacks", "ensembles", "sections", "reporters", "profiles", "bases", "policies")


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the list."""

    name: str
    summary: str
    error: str | None = None
    """Why a plug-in cannot be loaded; null when it can."""


@click.command("list", epilog="Example:  robust-emo list attacks")
@click.argument("kind", type=click.Choice(_KINDS), metavar="KIND", default="attacks")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(kind: str, as_json: bool) -> None:
    """List attacks, profiles, base encoders and other choices.

    KIND is attacks (the default), ensembles, sections, reporters, profiles, bases or policies. A plug-in that cannot
    be loaded is listed with the reason.
    """
    choices = _choices(kind)
    if as_json:
        say(json.dumps([asdict(choice) for choice in choices], indent=2))
        return
    width = max((len(choice.name) for choice in choices), default=0)
    for choice in choices:
        text = choice.summary if choice.error is None else f"cannot be loaded: {choice.error}"
        say(f"{choice.name:<{width}}  {printable(text)}")


def _choices(kind: str) -> list[Choice]:
    if kind == "profiles":
        from robust_emo.profile import profile_names, read_profile

        return [Choice(name, read_profile(name).summary) for name in profile_names()]
    if kind == "ensembles":
        from robust_emo.ensemble import ensemble_names, read_ensemble

        return [Choice(name, read_ensemble(name).summary) for name in ensemble_names()]
    if kind == "bases":
        from robust_emo.models.bases import known_bases

        return [Choice(name, summary) for name, summary in known_bases().items()]
    if kind == "policies":
        from robust_emo.policy import built_in_policies

        return [Choice(name, "built in") for name in built_in_policies()]
    return [*_plugins(kind), *_families()] if kind == "attacks" else _plugins(kind)


def _plugins(kind: str) -> list[Choice]:
    from robust_emo import plugins
    from robust_emo.errors import RobustEmoError

    group: plugins.Kind = kind  # type: ignore[assignment]  # click.Choice allows nothing else
    choices = []
    for name in plugins.available(group):
        try:
            spec = plugins.load(group, name).spec
        except RobustEmoError as error:  # somebody else's plug-in must not hide the others
            choices.append(Choice(name, "", str(error)))
        else:
            choices.append(Choice(name, f"{spec.summary}{f' ({spec.paper})' if spec.paper else ''}"))
    return choices


def _families() -> list[Choice]:
    """Members of families of attacks; none of them is loaded."""
    from robust_emo import plugins
    from robust_emo.errors import RobustEmoError

    choices = []
    for name in plugins.available("attack_families"):
        try:
            members = plugins.load("attack_families", name).members()
        except RobustEmoError as error:
            choices.append(Choice(f"{name}:", "", str(error)))
        else:
            choices += [Choice(f"{name}:{member}", summary) for member, summary in members.items()]
    return choices
