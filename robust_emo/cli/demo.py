"""`robust-emo demo`: the whole way on the built-in sample, offline."""

import time
from pathlib import Path

import click

from robust_emo.cli._text import say

_FEW = ("texts=40", "closely=10", "sanity_texts=4")
"""Explained texts: a demo is over in minutes."""


@click.command("demo", epilog="Example:  robust-emo demo --out demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("robust-emo-demo"),
    show_default=True,
    help="Gets model/ and audit/ with report.html.",
)
@click.option("--threads", type=click.IntRange(1), help="CPU threads.  [default: OMP_NUM_THREADS, or all]")
@click.option("--overwrite", is_flag=True, help="Replace an earlier demo.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bars.")
def command(out: Path, threads: int | None, overwrite: bool, quiet: bool) -> None:
    """Train on the built-in sample, audit, report: offline, quick.

    The sample is small (about 950 English texts over six emotions, written for this project), so the numbers show
    what an audit looks like and not how good such a model can be. The exit code tells whether the demo ran; the
    audit's own verdict, and the exit code that `robust-emo audit` would end with, are printed.
    """  # fmt: skip
    from robust_emo.audit import run_audit
    from robust_emo.cli._options import use_threads
    from robust_emo.cli._progress import bars
    from robust_emo.cli._summary import summary
    from robust_emo.preflight import AuditRequest
    from robust_emo.section_choice import SectionArgument

    use_threads(threads)
    started = time.monotonic()
    _train(out / "model", overwrite=overwrite, quiet=quiet)
    few = [SectionArgument.parse(f"explanation.{setting}") for setting in _FEW]
    given = " ".join(f"--section-arg {argument}" for argument in few)
    say(f"\n2/2 audit (robust-emo audit {out / 'model'} --out {out / 'audit'} {given})")
    with bars(quiet=quiet) as progress:
        request = AuditRequest(model=str(out / "model"), out=out / "audit", section_arguments=tuple(few))
        finished = run_audit(request, progress)
    say(summary(finished))
    say(f"\nDone in {time.monotonic() - started:.0f} s. Open {out / 'audit' / 'report.html'} in a browser.")


def _train(model: Path, *, overwrite: bool, quiet: bool) -> None:
    from robust_emo.cli._training_progress import ProgressBar
    from robust_emo.data.builtin import sample_path
    from robust_emo.training.corpus import Reading
    from robust_emo.training.train import train

    sample = sample_path("en")
    say(f"1/2 train (robust-emo train {sample} --group-column author --out {model})")
    progress = ProgressBar(quiet=quiet)
    try:
        trained = train(
            str(sample),
            model,
            reading=Reading(group_column="author"),
            device="auto",
            overwrite=overwrite,
            observer=progress,
        )
    finally:
        progress.close()
    test = trained.manifest.metrics["test"]
    say(f"test macro F1 {test.macro_f1:.3f}, accuracy {test.accuracy:.3f} (n={test.n}, authors not trained on)")
