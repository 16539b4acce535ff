"""`robust-emo audit`: attack, measure, judge, report."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from robust_emo.cli._options import (
    attack_options,
    comma_separated,
    data_file,
    data_options,
    engine_options,
    language_option,
    resolve_device,
    section_argument_option,
    use_threads,
)
from robust_emo.cli._scope_options import scope_options, take_scope
from robust_emo.cli._text import printable, say
from robust_emo.cli._tracking import check_tracker, log_to_tracker, tracker_option
from robust_emo.errors import ExitCode, RobustEmoError

if TYPE_CHECKING:
    from robust_emo.audit import FinishedAudit
    from robust_emo.preflight import AuditRequest
    from robust_emo.progress import Progress

_EPILOG = """\b
Examples:
  robust-emo audit my_model
  robust-emo audit some_model --data test.csv --profile quick --policy policy.toml --out audit
"""


@click.command("audit", epilog=_EPILOG)
@click.argument("model", metavar="MODEL_DIR")
@data_options
@click.option("--train-data", metavar="FILE", help="Training data, to count audited texts that were trained on.")
@click.option("--profile", default="standard", show_default=True, help="quick, standard or full; fixed and versioned.")
@click.option(
    "--attacks",
    callback=comma_separated,
    metavar="A,B",
    help="Instead of the profile's: attacks; one ensemble such as emo-standard-v1; or adaptive, which stands for those "
    "that aim at the model's own input defence.",
)
@attack_options
@click.option("--judge", metavar="DIR", help="Classifier that must still see the emotion in a perturbed text.")
@click.option(
    "--stop-when-certain",
    is_flag=True,
    help="Attack in random order and stop as soon as the verdict is certain; intervals hold at every look.",
)
@click.option("--sections", callback=comma_separated, metavar="A,B", help="Instead of the profile's sections.")
@section_argument_option
@click.option("--examples", type=click.IntRange(1), metavar="N", help="Attacked examples, instead of the profile's.")
@click.option("--policy", default="minimal", show_default=True, metavar="FILE", help="TOML file, or a built-in name.")
@click.option(
    "--baseline",
    metavar="AUDIT",
    help="Earlier audit of the same data, for max_regression; the report tells what changed.",
)
@scope_options
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Output directory; a finished audit in it is replaced.  [default: MODEL_DIR-audit]",
)
@click.option(
    "--format",
    "formats",
    callback=comma_separated,
    default="html",
    show_default=True,
    help="Reports beside audit.json; see `robust-emo list reporters`.",
)
@language_option
@tracker_option
@click.option("--seed", type=click.IntRange(0), help="Instead of the profile's seed.")
@engine_options
@click.option("--pool", type=click.IntRange(1), default=256, show_default=True, help="Examples attacked at once.")
@click.option(
    "--cache/--no-cache",
    default=True,
    show_default=True,
    help="Keep the model's answers on disk for the next run (hashes of texts, never texts).",
)
@click.option("--resume", is_flag=True, help="Continue a killed audit in --out; ends in the same audit.json.")
@click.option("--restart", is_flag=True, help="Throw a killed audit in --out away and start over.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print audit.json instead of the summary.")
def command(
    model: str,
    data: str | None,
    train_data: str | None,
    out: Path | None,
    formats: tuple[str, ...],
    examples: int | None,
    device: str,
    threads: int | None,
    tracker: str | None,
    quiet: bool,
    as_json: bool,
    **rest: Any,  # noqa: ANN401 - options named as the fields of AuditRequest
) -> int:
    """Attack the classifier in MODEL_DIR, measure, judge, report.

    A model made by `robust-emo train` knows its test data; any other `save_pretrained` directory needs --data.
    Writes audit.json, outcomes.jsonl, answers.jsonl and report.html.

    Exit codes: 0 the policy is met, 1 it is not, 2 wrong usage or input, 3 inconclusive or incomplete, 130 interrupted.
    """  # fmt: skip
    from robust_emo.cli._progress import bars
    from robust_emo.data_file import DataFile
    from robust_emo.preflight import AuditRequest

    check_tracker(tracker)
    columns = {key: rest.pop(key) for key in ("text_column", "label_column", "id_column", "group_column", "label_map")}
    request = AuditRequest(
        model=model,
        out=out or Path(f"{model.rstrip('/')}-audit"),
        data=data_file(data, columns),
        train_data=DataFile(train_data) if train_data else None,
        formats=formats,
        attacked_examples=examples,
        device=resolve_device(device),
        scope=take_scope(rest),
        **rest,
    )
    use_threads(threads)
    with bars(quiet=quiet) as progress:
        finished = _run(request, progress)
    if as_json:
        say((request.out / "audit.json").read_text(encoding="utf-8"), nl=False)
    elif not quiet:
        from robust_emo.cli._summary import summary

        say(summary(finished))
    code = _logged(finished, request.out, quiet=quiet or as_json) if tracker else finished.exit_code
    return int(code)


def _logged(finished: "FinishedAudit", out: Path, *, quiet: bool) -> ExitCode:
    """An audit that could not be logged is written all the same, and is not complete."""
    files = [file for file in finished.files if file.name in ("audit.json", "report.html")]
    try:
        log_to_tracker(finished.report, files, folder=out, quiet=quiet)
    except RobustEmoError as error:
        click.echo(printable(f"robust-emo: {error}"), err=True)
        return finished.exit_code or ExitCode.INCONCLUSIVE
    return finished.exit_code


def _run(request: "AuditRequest", progress: "Progress") -> "FinishedAudit":
    from robust_emo.audit import run_plan
    from robust_emo.audits.journal import FILENAME
    from robust_emo.enough_texts import too_few_notes
    from robust_emo.older_audit import replaced_audit
    from robust_emo.preflight import prepare

    plan = prepare(request)
    notes = (replaced_audit(request.out), *too_few_notes(plan))
    try:
        return run_plan(plan, progress, notes=[note for note in notes if note])
    except KeyboardInterrupt:
        if not (request.out / FILENAME).exists():
            raise
        click.echo(
            f"\ninterrupted; what was measured is kept in {request.out}: repeat the command with --resume", err=True
        )
        raise
