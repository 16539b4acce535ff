"""Options that state what the audited model is for."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from robust_emo.types import Modality, Scope

Command = TypeVar("Command", bound=Callable[..., Any])
_LONGEST = 1_000
"""Characters of a statement, so that all of it fits on the page."""


def scope_options(command: Command) -> Command:
    """--intended-use, --modality and --jurisdiction; :func:`take_scope` makes them one."""
    for option in reversed(
        (
            click.option("--intended-use", callback=_statement, metavar="TEXT",
                         help="What the model is for, by whom and on whose texts; stands in the report."),
            click.option("--modality", type=click.Choice([each.value for each in Modality]),
                         help="What emotions are inferred from: written text alone, speech turned into text, or text "
                         "beside voice, face or other signals of a person; stands in the report."),
            click.option("--jurisdiction", callback=_statement, metavar="TEXT",
                         help="Where the model is used or sold, such as EU; stands in the report."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def take_scope(options: dict[str, Any]) -> Scope:
    """Takes the three out of `options`."""
    modality = options.pop("modality")
    return Scope(
        intended_use=options.pop("intended_use"),
        modality=Modality(modality) if modality else None,
        jurisdiction=options.pop("jurisdiction"),
    )


def _statement(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """One line of text; an empty one would read as if somebody had stated something."""
    if value is None:
        return None
    text = " ".join(value.split())
    if not 0 < len(text) <= _LONGEST:
        expected = f"expected 1 to {_LONGEST:,} characters"
        raise click.BadParameter(f"{expected}, got {len(text):,}; leave it out to state nothing")
    return text
