"""`robust-emo report`: render a finished audit again, in other formats."""

from collections.abc import Collection
from pathlib import Path

import click

from robust_emo.cli._options import comma_separated, language_option
from robust_emo.cli._text import say
from robust_emo.cli._tracking import check_tracker, log_to_tracker, tracker_option

_EPILOG = """\b
Examples:
  robust-emo report my_model-audit/audit.json --format html,sarif --out reports
  robust-emo report my_model-audit/audit.json --format card --out my_model
"""


@click.command("report", epilog=_EPILOG)
@click.argument("audit", metavar="AUDIT.JSON")
@click.option(
    "--format",
    "formats",
    callback=comma_separated,
    default="html",
    show_default=True,
    help="See `robust-emo list reporters`.",
)
@language_option
@click.option("--out", type=click.Path(path_type=Path), help="Output directory.  [default: beside audit.json]")
@tracker_option
@click.option("-q", "--quiet", is_flag=True, help="Print nothing.")
def command(
    audit: str, formats: tuple[str, ...], language: str, out: Path | None, tracker: str | None, quiet: bool
) -> None:
    """Render a finished audit; outcomes.jsonl must lie beside it.

    Files of the same name are replaced, but a model card is merged with the README.md that is there.
    """  # fmt: skip
    from robust_emo.atomic import write_atomically
    from robust_emo.audit_file import read_audit
    from robust_emo.audits.outcomes import read_outcomes
    from robust_emo.errors import InputError
    from robust_emo.report_files import load_reporter, rendered

    check_tracker(tracker)
    file = Path(audit) / "audit.json" if Path(audit).is_dir() else Path(audit)
    folder = file.parent
    beside = _beside(file, out or folder, formats)
    reporters = [load_reporter(name, language, beside=beside) for name in dict.fromkeys(formats)]
    report = read_audit(audit)
    if not (folder / "outcomes.jsonl").is_file():
        raise InputError(f"no outcomes.jsonl beside {audit}; the examples of the report come from it")
    outcomes = read_outcomes(folder / "outcomes.jsonl")
    target = out or folder
    target.mkdir(parents=True, exist_ok=True)
    contents = {target / reporter.filename: rendered(reporter, report, outcomes, target) for reporter in reporters}
    for path, content in contents.items():
        write_atomically(path, content)
        if not quiet:
            say(str(path))
    if tracker:
        page = [path for path in contents if path.name == "report.html"]
        log_to_tracker(report, [file, *page], folder=folder, quiet=quiet)


def _beside(audit: Path, target: Path, formats: Collection[str]) -> frozenset[str]:
    """Names of the audit's files in the folder that reports go to; those of another audit there are none of its."""
    here = audit.parent.is_dir() and target.resolve() == audit.parent.resolve()
    found = {path.name for path in audit.parent.iterdir()} - {"audit.json"} if here else set()
    return frozenset(found | ({"audit.json"} if "json" in formats or (here and audit.name == "audit.json") else set()))
