"""`robust-emo privacy`: what an attacker can tell of who was in the training data."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from robust_emo.cli._options import (
    comma_separated,
    data_files,
    engine_options,
    resolve_device,
    section_argument_option,
    use_threads,
)
from robust_emo.cli._scope_options import scope_options, take_scope
from robust_emo.cli._text import say
from robust_emo.errors import InputError

if TYPE_CHECKING:
    from robust_emo.section_choice import SectionArgument

_EPILOG = """\b
Examples:
  robust-emo privacy my_model
  robust-emo privacy some_model --members train.csv --nonmembers held_out.csv --out some_model-privacy
  robust-emo privacy my_model --disclosure
"""
_SETTINGS = ("texts", "reference_models", "reference_minutes", "reference")
"""Options that are arguments of the section `membership`."""


@click.command("privacy", epilog=_EPILOG)
@click.argument("model", metavar="MODEL_DIR")
@click.option("--members", "train_data", metavar="FILE", help="Texts it was trained on.  [default: as it recorded]")
@click.option("--nonmembers", "data", metavar="FILE", help="Others from the same source.  [default: its test data]")
@click.option("--text-column", metavar="NAME", help="Column of the texts, in both files, where not found by name.")
@click.option("--label-column", metavar="NAME", help="Column of the labels.")
@click.option("--id-column", metavar="NAME", help="Column of unique ids; '' for none.")
@click.option("--group-column", metavar="NAME", help="Column of authors or speakers.")
@click.option("--label-map", metavar="FILE", help="JSON or CSV: the data's labels to the model's.")
@click.option("--texts", type=click.IntRange(50), metavar="N", help="Of each kind, drawn at most.  [default: 1000]")
@click.option(
    "--reference-models",
    type=click.IntRange(2),
    metavar="K",
    help="Even; trained by the model's own recipe on halves of the texts, each as costly as the model was.",
)
@click.option(
    "--reference-minutes",
    type=click.FloatRange(0, min_open=True),
    metavar="M",
    help="For all of them together; those that are finished then are used.  [default: no limit]",
)
@click.option("--reference", metavar="DIR", help="A model with the same labels that never saw the members.")
@click.option("--disclosure", is_flag=True,
              help="Also what rounded confidences, attributions and embeddings give away.")  # fmt: skip
@section_argument_option
@click.option("--policy", default="privacy", show_default=True, metavar="FILE", help="TOML file, or a built-in name.")
@scope_options
@click.option("--out", type=click.Path(path_type=Path), help="Output directory.  [default: MODEL_DIR-privacy]")
@click.option("--format", "formats", callback=comma_separated, default="html", show_default=True,
              help="Reports beside audit.json.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Draws the texts.")
@engine_options
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print audit.json instead of the summary.")
def command(
    model: str,
    out: Path | None,
    device: str,
    threads: int | None,
    quiet: bool,
    as_json: bool,
    disclosure: bool,
    **rest: Any,  # noqa: ANN401 - options named as the fields of AuditRequest
) -> int:
    """Try to tell the training texts of a model from others.

    A baseline that never asks the model is always tried first: where it tells the two sets apart they differ by
    themselves, and attacks are held against it. Writes audit.json and report.html, as an audit does.

    Exit codes: 0 the policy is met, 1 it is not, 2 wrong usage or input, 3 inconclusive or insufficient data.
    """
    from robust_emo.audit import run_audit
    from robust_emo.cli._progress import bars
    from robust_emo.data_file import DataOptions
    from robust_emo.preflight import AuditRequest
    from robust_emo.section_choice import SectionArgument

    named = ("--nonmembers", "--members")
    nonmembers, members = data_files(rest, named=named)
    settings = {name: rest.pop(name) for name in _SETTINGS}
    given = [SectionArgument("membership", name, value) for name, value in settings.items() if value is not None]
    if disclosure and settings["texts"] is not None:
        given.append(SectionArgument("disclosure", "texts", settings["texts"]))
    section_arguments = rest.pop("section_arguments")
    _check_named_once(given, section_arguments)
    request = AuditRequest(
        model=model,
        out=out or Path(f"{model.rstrip('/')}-privacy"),
        data=nonmembers,
        train_data=members,
        data_options=DataOptions("privacy", *named),
        sections=("ledger", "membership", "personal-data", *(["disclosure"] if disclosure else [])),
        section_arguments=(*given, *section_arguments),
        device=resolve_device(device),
        scope=take_scope(rest),
        restart=True,
        **rest,
    )
    use_threads(threads)
    with bars(quiet=quiet) as progress:
        finished = run_audit(request, progress)
    if as_json:
        say((request.out / "audit.json").read_text(encoding="utf-8"), nl=False)
    elif not quiet:
        from robust_emo.cli._summary import summary

        say(summary(finished))
    return int(finished.exit_code)


def _check_named_once(by_option: "Sequence[SectionArgument]", others: "Sequence[SectionArgument]") -> None:
    """Of two values of one setting, one would be left out without a word.

    Raises:
        InputError: an option and a section argument set the same.
    """
    options = {(each.section, each.name): f"--{each.name.replace('_', '-')}" for each in by_option}
    for each in others:
        if option := options.get((each.section, each.name)):
            raise InputError(f"{option} and --section-arg {each} set the same: give one of them")
