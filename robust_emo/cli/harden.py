"""`robust-emo harden`: a trained model in, a harder one out, with what that gained and cost."""

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from robust_emo.cli._options import data_files, data_options, language_option, resolve_device, use_threads
from robust_emo.cli._text import printable, say

if TYPE_CHECKING:
    from robust_emo.hardening.harden import Hardened
    from robust_emo.hardening.request import HardenRequest


@click.command("harden", no_args_is_help=True, epilog="Example:  robust-emo harden my_model --out my_model-hard")
@click.argument("model", metavar="MODEL_DIR")
@click.option("--out", type=click.Path(path_type=Path), metavar="MODEL_DIR2", help="Default: MODEL_DIR-RECIPE.")
@click.option("--recipe", default="fast", show_default=True, metavar="NAME|FILE", help="See `robust-emo list recipes`.")
@data_options
@click.option(
    "--train-data",
    metavar="FILE",
    help="What the model was trained on, where its manifest does not say; columns and label map are those of --data.",
)
@click.option(
    "--outcomes",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="AUDIT_DIR",
    help="Finished audit of the model on its own training data; its valid perturbed texts are trained on as well. "
    "Needs a recipe that trains; repeatable.",
)
@click.option("--examples", type=click.IntRange(1), metavar="N", help="Texts attacked before and after.")
@click.option(
    "--seed",
    type=click.IntRange(0),
    help="Of the measurement, instead of its profile's, and of the rounds of a recipe that trains.  [default there: 0]",
)
@click.option("--measure/--no-measure", default=True, show_default=True, help="Audit both models and compare.")
@language_option
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda, cuda:1, mps.")
@click.option("--threads", type=click.IntRange(1), help="CPU threads.  [default: OMP_NUM_THREADS, or all]")
@click.option("--resume", is_flag=True, help="Keep what an interrupted run of the same command finished.")
@click.option("--restart", is_flag=True, help="Throw away what an interrupted run left in MODEL_DIR2-hardening.")
@click.option("--overwrite", is_flag=True, help="Replace MODEL_DIR2.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(
    model: str,
    out: Path | None,
    device: str,
    threads: int | None,
    quiet: bool,
    as_json: bool,
    **rest: Any,  # noqa: ANN401 - how to read data, and options named as the fields of HardenRequest
) -> int:
    """Make the classifier in MODEL_DIR harder to mislead; measure it.

    The new model in MODEL_DIR2 carries its input defence in its manifest: `audit`, `attack` and robust_emo.pipeline
    apply it, and attacks query all of it. Both models are audited in MODEL_DIR2-hardening and compared text by text, on
    one page for people in its comparison.html.

    Exit codes: 0 done, 2 wrong usage or input, 3 something is missing in the measurement, 130 interrupted.
    """
    from robust_emo.cli._progress import bars
    from robust_emo.errors import ExitCode
    from robust_emo.hardening.harden import harden
    from robust_emo.hardening.request import HardenRequest

    data, train_data = data_files(rest)
    request = HardenRequest(
        model=model,
        out=out or _beside(model, Path(rest["recipe"]).stem),
        device=resolve_device(device),
        data=data,
        train_data=train_data,
        **rest,
    )
    use_threads(threads)
    with bars(quiet=quiet) as progress, _resumable():
        hardened = harden(request, progress)
    _say(request, hardened, as_json=as_json, quiet=quiet)
    return int(ExitCode.INCONCLUSIVE if hardened.incomplete else ExitCode.PASS)


def _beside(model: str, suffix: str) -> Path:
    """The default of --out; `.` and `..` have no name to put anything behind."""
    path = Path(model)
    named = path.resolve() if path.name in ("", "..") else path
    return named.with_name(f"{named.name}-{suffix}")


@contextmanager
def _resumable() -> Iterator[None]:
    """Whoever stops the work learns how it goes on."""
    from robust_emo.training.interruption import TrainingInterrupted

    try:
        yield
    except TrainingInterrupted as interruption:
        raise TrainingInterrupted(f"{interruption}; continue with the same command and --resume") from None
    except KeyboardInterrupt:
        click.echo("\ninterrupted; repeat the command with --resume to keep what was finished", err=True)
        raise


def _say(request: "HardenRequest", hardened: "Hardened", *, as_json: bool, quiet: bool) -> None:
    if as_json:
        say(json.dumps(_as_json(request, hardened), indent=2, ensure_ascii=False))
    elif not quiet:
        for line in _lines(request, hardened):
            say(printable(line))


def _lines(request: "HardenRequest", hardened: "Hardened") -> list[str]:
    from robust_emo.cli._comparison import comparison_lines

    steps = ", ".join(step.name for step in hardened.manifest.defence) or "none"
    lines = [f"{request.out}: recipe {hardened.recipe.title}; input defence: {steps}"]
    if hardened.manifest.rounds:
        lines.append(f"training: {hardened.manifest.trained_by}")
    lines += [f"note: {note}" for note in hardened.notes]
    for name, after in hardened.manifest.metrics.items():
        was, rewritten = _was(hardened, name), _rewritten(after.rewritten)
        lines.append(
            f"{name}: accuracy {after.accuracy:.3f}, macro F1 {after.macro_f1:.3f}{was}, n={after.n}{rewritten}"
        )
    lines += [f"incomplete: {missing}" for missing in hardened.incomplete]
    if hardened.comparison:
        lines += [f"note: {note}" for note in hardened.comparison.notes]
        lines += ["", *comparison_lines(hardened.comparison.measures)]
        pages = [str(hardened.page)] if hardened.page else []
        pages += [f"{request.audits}/{name}/report.html" for name in ("before", "after")]
        lines += ["", f"Reports: {', '.join(pages)}"]
    return [*lines, f"Next: robust-emo audit {request.out}"]


def _was(hardened: "Hardened", name: str) -> str:
    """What the parent came to on the same texts."""
    parent, data = hardened.parent, hardened.manifest.data
    if parent is None or name not in parent.metrics or name not in parent.data or name not in data:
        return ""
    if parent.data[name].sha256 != data[name].sha256:
        return ""
    return f" (was {parent.metrics[name].accuracy:.3f}, {parent.metrics[name].macro_f1:.3f})"


def _rewritten(texts: int | None) -> str:
    return "" if texts is None else f"; the defence rewrites {texts} of them"


def _as_json(request: "HardenRequest", hardened: "Hardened") -> dict[str, Any]:
    return {
        "model": str(request.out),
        "recipe": hardened.recipe.title,
        "trained_by": hardened.manifest.trained_by,
        "defence": [dataclasses.asdict(step) for step in hardened.manifest.defence],
        "metrics": {name: dataclasses.asdict(scores) for name, scores in hardened.manifest.metrics.items()},
        "comparison": [dataclasses.asdict(measure) for measure in hardened.comparison.measures]
        if hardened.comparison
        else [],
        "page": str(hardened.page) if hardened.page else None,
        "notes": hardened.notes,
        "incomplete": hardened.incomplete,
    }
