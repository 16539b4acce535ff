"""`robust-emo harden`: a trained model in, a harder one out, with what that gained and cost."""

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from robust_emo.cli._options import data_file, data_options, resolve_device, use_threads
from robust_emo.cli._text import printable, say

if TYPE_CHECKING:
    from robust_emo.hardening.harden import Hardened, HardenRequest


@click.command("harden", no_args_is_help=True, epilog="Example:  robust-emo harden my_model --out my_model-hard")
@click.argument("model", metavar="MODEL_DIR")
@click.option("--out", type=click.Path(path_type=Path), metavar="MODEL_DIR2", help="Default: MODEL_DIR-RECIPE.")
@click.option("--recipe", default="fast", show_default=True, metavar="NAME|FILE", help="See `robust-emo list recipes`.")
@data_options
@click.option("--train-data", metavar="FILE", help="What the model was trained on, where its manifest does not say.")
@click.option("--examples", type=click.IntRange(1), metavar="N", help="Texts attacked before and after.")
@click.option("--seed", type=click.IntRange(0), help="Of the measurement, instead of its profile's.")
@click.option("--measure/--no-measure", default=True, show_default=True, help="Audit both models and compare.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda, cuda:1, mps.")
@click.option("--threads", type=click.IntRange(1), help="CPU threads.  [default: OMP_NUM_THREADS, or all]")
@click.option("--resume", is_flag=True, help="Keep what an interrupted run of the same command finished.")
@click.option("--overwrite", is_flag=True, help="Replace MODEL_DIR2.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(
    model: str,
    out: Path | None,
    recipe: str,
    data: str | None,
    train_data: str | None,
    device: str,
    threads: int | None,
    quiet: bool,
    as_json: bool,
    **rest: Any,  # noqa: ANN401 - options named as the fields of HardenRequest
) -> int:
    """Make the classifier in MODEL_DIR harder to mislead; measure it.

    The new model in MODEL_DIR2 carries its input defence in its manifest: `audit`, `attack` and robust_emo.pipeline
    apply it, and attacks query all of it. Both models are audited in MODEL_DIR2-hardening and compared text by text, on
    one page for people in its comparison.html.
    """
    from robust_emo.cli._progress import bars
    from robust_emo.errors import ExitCode
    from robust_emo.hardening.harden import HardenRequest, harden
    from robust_emo.preflight import DataFile

    columns = {key: rest.pop(key) for key in ("text_column", "label_column", "id_column", "group_column", "label_map")}
    request = HardenRequest(
        model=model,
        out=out or Path(f"{model.rstrip('/')}-{Path(recipe).stem}"),
        recipe=recipe,
        data=data_file(data, columns),
        train_data=DataFile(train_data) if train_data else None,
        device=resolve_device(device),
        **rest,
    )
    use_threads(threads)
    with bars(quiet=quiet) as progress:
        try:
            hardened = harden(request, progress)
        except KeyboardInterrupt:
            click.echo("\ninterrupted; repeat the command with --resume to keep what was finished", err=True)
            raise
    _say(request, hardened, as_json=as_json, quiet=quiet)
    crashed = hardened.comparison is not None and hardened.page is None
    return int(ExitCode.INCONCLUSIVE if crashed else ExitCode.PASS)


def _say(request: "HardenRequest", hardened: "Hardened", *, as_json: bool, quiet: bool) -> None:
    if as_json:
        say(json.dumps(_as_json(request, hardened), indent=2, ensure_ascii=False))
    elif not quiet:
        for line in _lines(request, hardened):
            say(printable(line))


def _lines(request: "HardenRequest", hardened: "Hardened") -> list[str]:
    from robust_emo.cli._comparison import comparison_lines

    steps = ", ".join(step.name for step in hardened.manifest.defence)
    lines = [f"{request.out}: recipe {hardened.recipe.title}; input defence: {steps}"]
    lines += [f"note: {note}" for note in hardened.notes]
    for name, after in hardened.manifest.metrics.items():
        before = hardened.parent.metrics.get(name) if hardened.parent else None
        was = f" (was {before.accuracy:.3f}, {before.macro_f1:.3f})" if before else ""
        lines.append(f"{name}: accuracy {after.accuracy:.3f}, macro F1 {after.macro_f1:.3f}{was}, n={after.n}")
    if hardened.comparison:
        lines += [f"note: {note}" for note in hardened.comparison.notes]
        lines += ["", *comparison_lines(hardened.comparison.measures)]
        pages = [str(hardened.page)] if hardened.page else []
        pages += [f"{request.audits}/{name}/report.html" for name in ("before", "after")]
        lines += ["", f"Reports: {', '.join(pages)}"]
    return [*lines, f"Next: robust-emo audit {request.out}"]


def _as_json(request: "HardenRequest", hardened: "Hardened") -> dict[str, Any]:
    return {
        "model": str(request.out),
        "recipe": hardened.recipe.title,
        "defence": [dataclasses.asdict(step) for step in hardened.manifest.defence],
        "metrics": {name: dataclasses.asdict(scores) for name, scores in hardened.manifest.metrics.items()},
        "comparison": [dataclasses.asdict(measure) for measure in hardened.comparison.measures]
        if hardened.comparison
        else [],
        "page": str(hardened.page) if hardened.page else None,
        "notes": hardened.notes,
    }
