"""`robust-emo resources`: lexical resources, where they are, and how to get the others."""

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from robust_emo.cli._text import say

if TYPE_CHECKING:
    from robust_emo.resources.resource import Resource


@click.command("resources", epilog="Example:  robust-emo resources fetch wordnet pos-tagger")
@click.argument("action", type=click.Choice(["list", "fetch"]), default="list", metavar="[list|fetch]")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR",
              help="Where to fetch to.  [default: the first folder in NLTK_DATA, or ~/nltk_data]")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(action: str, names: tuple[str, ...], folder: Path | None, as_json: bool) -> None:
    """Show lexical resources, or fetch those named.

    Lists WordNet, stop words, taggers and word lists with version and place; attacks say in the report which of them
    they used. Nothing is ever downloaded but by `fetch`, which takes NAMEs from the list. Exit code 2 when a resource
    cannot be fetched.
    """
    from robust_emo.resources.catalogue import find, find_all
    from robust_emo.resources.fetch import fetch

    if action == "fetch":
        if not names:
            raise click.UsageError("name what to fetch; 'robust-emo resources' lists what there is")
        shown = fetch(names, folder)
    else:
        if folder is not None:
            raise click.UsageError("--to says where to fetch to: robust-emo resources fetch NAME --to DIR")
        shown = [find(name) for name in names] or find_all()
    if as_json:
        say(json.dumps([_as_json(resource) for resource in shown], indent=2))
        return
    for resource in shown:
        _show(resource)


def _as_json(resource: "Resource") -> dict[str, object]:
    path = str(resource.path) if resource.path else None
    return dataclasses.asdict(resource) | {"path": path, "found": resource.found}


def _show(resource: "Resource") -> None:
    mark, colour = ("ok", "green") if resource.found else ("!!", "red") if resource.problem else ("--", "yellow")
    what = f"{resource.title} {resource.version}".rstrip()
    where = f"{resource.source}: {resource.path}" if resource.found else resource.problem or resource.needed_for
    say(f"{click.style(mark, fg=colour)} {resource.name:<17} {what} ({where})")
    if not resource.found and not resource.problem:
        say(f"   {'':<17} add it: {resource.command}")
