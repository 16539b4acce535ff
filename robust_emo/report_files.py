"""The files that reporters make of a finished audit."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from robust_emo.errors import PluginError
from robust_emo.plugins import Kind, available, load, takes
from robust_emo.reporters import MergingReporter, Reporter
from robust_emo.types import AttackOutcome, AuditReport


def load_reporter(
    name: str,
    language: str,
    *,
    kind: Kind = "reporters",
    beside: Collection[str] | None = None,
) -> Any:  # noqa: ANN401 - as `load`
    """The reporter `name`, told the language and what lies beside its file, where it takes them.

    Args:
        name: of the reporter.
        language: for its argument of this name, such as ``en`` or ``zh``.
        kind: reporters, comparison_reporters or history_reporters.
        beside: for its argument of this name: names of the files that lie where its own is written; None: the reporter
            takes it that all of the audit do.

    Raises:
        InputError: the reporter does not know the language.
        PluginError: as :func:`~robust_emo.plugins.load`.
    """
    told: dict[str, object] = {"language": language}
    if beside is not None:
        told["beside"] = beside
    return load(kind, name, **{argument: value for argument, value in told.items() if takes(kind, name, argument)})


def older_reports(folder: Path) -> list[Path]:
    """Files in `folder` that reporters made of an audit before, which must not pass for those of the next.

    Files that a reporter merges with what is there, such as a README.md, belong to their author and are not among them;
    nor are those of a reporter that cannot be loaded.
    """
    found = []
    for name in available("reporters"):
        try:
            reporter: Reporter = load("reporters", name)
        except PluginError:  # nobody has asked for it
            continue
        if not isinstance(reporter, MergingReporter) and (folder / reporter.filename).is_file():
            found.append(folder / reporter.filename)
    return found


def rendered(reporter: Reporter, report: AuditReport, outcomes: Sequence[AttackOutcome], folder: Path) -> bytes:
    """Content for `reporter.filename` in `folder`; merged with the file that is there where the reporter can.

    Raises:
        InputError: the reporter cannot keep what is there.
        OSError: it cannot be read.
    """
    file = folder / reporter.filename
    if isinstance(reporter, MergingReporter) and file.exists():
        return reporter.merge(report, outcomes, file.read_bytes())
    return reporter.render(report, outcomes)
