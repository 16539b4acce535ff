"""`robust-emo history`: the audits of a folder over time."""

import json
from pathlib import Path

import click

from robust_emo.cli._options import comma_separated, language_option
from robust_emo.cli._text import plural, printable, say

_EPILOG = """\b
Examples:
  robust-emo history audits
  robust-emo history audits --model my_model --metric accuracy,recall --html trend.html
  robust-emo history audits --forget gone
"""


@click.command("history", epilog=_EPILOG)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--model", metavar="NAME", help="Only this one: its name, its path, or 6 digits or more of its SHA-256.")
@click.option(
    "--metric",
    "metrics",
    callback=comma_separated,
    metavar="A,B",
    help="Instead of the main ones: accuracy, 'recall [joy]', evasion/pruthi/attack_success_rate.",
)
@click.option(
    "--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Also write a page for people."
)
@language_option
@click.option("--no-save", is_flag=True, help="Remember nothing: DIR stays as it is.")
@click.option(
    "--forget",
    multiple=True,
    metavar="SHA|gone",
    help="Take an audit whose file is gone out of the history, or all of these; repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(
    folder: Path,
    model: str | None,
    metrics: tuple[str, ...] | None,
    html: Path | None,
    language: str,
    no_save: bool,
    forget: tuple[str, ...],
    as_json: bool,
) -> None:
    """List the audits below DIR over time.

    Every audit.json up to six folders below DIR is read and remembered in DIR/robust-emo-history.sqlite, numbers
    without texts. An audit whose file was deleted or replaced stays and is marked as gone. Numbers can be held against
    each other only under the same letter: same data, labels and settings. Nothing is tested here;
    `robust-emo compare` tests two audits on the same texts.
    """
    from robust_emo.atomic import write_atomically
    from robust_emo.errors import InputError
    from robust_emo.history.collect import forget as forget_audits
    from robust_emo.history.collect import read_history
    from robust_emo.report_files import load_reporter

    if forget:
        if no_save or html or model or metrics or as_json:
            raise click.UsageError("--forget stands alone")
        _told(len(forget_audits(folder, forget)))
        return
    reporter = load_reporter("html", language, kind="history_reporters") if html else None
    history = read_history(folder, model=model, metrics=metrics or (), save=not no_save)
    for problem in history.problems:
        click.echo(printable(problem), err=True)
    if not history.audits:
        raise InputError(f"no audit below {folder}; expected audit.json files of robust-emo audit")
    if html and reporter:
        html.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(html, reporter.render(history))
    if as_json:
        from robust_emo.cli._history import document

        say(json.dumps(document(history), indent=2))
        return
    from robust_emo.cli._history import history_lines

    for line in (*history_lines(history), *(["", f"Page: {html}"] if html else [])):
        say(printable(line))


def _told(forgotten: int) -> None:
    say(f"forgot {plural(forgotten, 'audit', 'audits')}" if forgotten else "no audit is gone: nothing to forget")
