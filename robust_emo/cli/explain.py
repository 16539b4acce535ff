"""`robust-emo explain`: what moved the model, word by word, and whether that may be believed."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from robust_emo.cli._options import (
    comma_separated,
    data_files,
    data_options,
    engine_options,
    resolve_device,
    use_threads,
)
from robust_emo.cli._text import say

if TYPE_CHECKING:
    from robust_emo.data_file import DataFile
    from robust_emo.models.batched import Precision
    from robust_emo.models.victim import Victim
    from robust_emo.plugins import Attack
    from robust_emo.reporters import ExplanationReporter
    from robust_emo.types import Example

_EPILOG = """\b
Examples:
  robust-emo explain my_model --text "I can't wait to see you all again"
  robust-emo explain my_model --text "so proud, and so tired" --target joy --against sadness
  robust-emo explain my_model --data test.csv --examples 50 --out heat_maps.csv
"""
_PICTURES = ("png", "svg")


@click.command("explain", epilog=_EPILOG, no_args_is_help=True)
@click.argument("model", metavar="MODEL_DIR")
@click.option("--text", "texts", multiple=True, help="A text to explain; may be given several times.")
@data_options
@click.option("--examples", type=click.IntRange(1), default=20, show_default=True, help="Drawn from --data.")
@click.option("--method", default="integrated-gradients", show_default=True, help="See `robust-emo list methods`.")
@click.option(
    "--baseline",
    "baselines",
    callback=comma_separated,
    metavar="A,B",
    help="Of integrated gradients: pad, mask, mean, zero; several are averaged.  [default: pad]",
)
@click.option(
    "--target",
    metavar="LABEL",
    help="The emotion to explain, or `true`: that of the data.  [default: the most probable]",
)
@click.option("--against", metavar="LABEL", help="Explain why the target rather than this emotion.")
@click.option(
    "--closely",
    type=click.IntRange(0),
    default=5,
    show_default=True,
    help="Texts that are also edited, moved and explained with random weights, at ten times the cost.",
)
@click.option("--show-raw", is_flag=True, help="Show personal data in the texts.  [default: masked]")
@click.option(
    "--recogniser",
    type=click.Choice(["built-in", "presidio"]),
    default="built-in",
    show_default=True,
    help="Of personal data; presidio asks Microsoft Presidio too (extra robust-emo[presidio]).",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    multiple=True,
    metavar="FILE",
    help="Also write .json, .csv, .html, .svg or .png (these two: of a single text); repeatable.",
)
@click.option(
    "--counterfactual",
    "attacks",
    callback=comma_separated,
    metavar="A,B",
    help="Also search the smallest edit that changes the answer, by these attacks, such as synonyms,deepwordbug.",
)
@click.option("--train-data", metavar="FILE", help="Also name the training texts behind each answer.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@engine_options
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for one --text, else a list of them.")
def command(
    model: str,
    texts: tuple[str, ...],
    data: str | None,
    examples: int,
    method: str,
    baselines: tuple[str, ...] | None,
    target: str | None,
    against: str | None,
    closely: int,
    show_raw: bool,
    recogniser: str,
    out: tuple[Path, ...],
    attacks: tuple[str, ...] | None,
    train_data: str | None,
    seed: int,
    device: str,
    precision: "Precision",
    threads: int | None,
    max_length: int | None,
    quiet: bool,
    as_json: bool,
    **columns: str | None,
) -> None:
    """Explain what a model answers, and say whether to believe it.

    Each heat map carries a label: trusted, caution or unreliable, with the reasons.
    """  # fmt: skip
    from robust_emo import plugins
    from robust_emo.atomic import write_atomically
    from robust_emo.cli._explanation_text import as_text
    from robust_emo.cli._progress import bars
    from robust_emo.data_file import read_data
    from robust_emo.engine.engine import Engine
    from robust_emo.explaining import Question, explained, with_counterfactuals, with_training_texts
    from robust_emo.models.checks import check_model_directory
    from robust_emo.models.loading import load_classifier
    from robust_emo.models.victim import Victim
    from robust_emo.personal.choice import recognisers_called

    if bool(texts) == bool(data):
        raise click.UsageError("expected either --text or --data")
    if not all(text.strip() for text in texts):
        raise click.UsageError("expected a --text that is not blank")
    question = Question(method, target, against, baselines or (), seed, show_raw, recogniser, closely)
    recognisers = recognisers_called(recogniser)
    writers = [_writer(path, len(texts) or examples) for path in dict.fromkeys(out)]
    check_model_directory(model)
    options = {"data": data, "train_data": train_data, **columns}
    file, train = data_files(options)
    searching = [_ready(name) for name in attacks or ()]
    use_threads(threads)
    victim = Victim(load_classifier(model), device=resolve_device(device), precision=precision, max_length=max_length)
    chosen = _from_file(file, victim, examples, seed) if file else _from_texts(texts)
    with bars(quiet=quiet) as progress:
        engine = Engine(victim)
        found = explained(engine, chosen, question, progress, labelled=file is not None)
        if searching:
            found = with_counterfactuals(engine, chosen, found, searching, seed=seed, recognisers=recognisers)
        if train:
            known = read_data(train, victim.task, victim.labels).examples
            found = with_training_texts(engine, chosen, found, known, recognisers=recognisers)
    for path, each in zip(dict.fromkeys(out), writers, strict=True):
        write_atomically(path, each.render(found))
    if as_json:
        writer: ExplanationReporter = plugins.load("explanation_reporters", "json", single=len(texts) == 1)
        say(writer.render(found).decode().rstrip())
        return
    for number, explanation in enumerate(found):
        say(("\n" if number else "") + as_text(explanation))
        if searching and explanation.counterfactual is None:
            say("  no edit was found that changes the answer and reads well")
    for path in dict.fromkeys(out):
        say(f"Written: {path}")


def _writer(path: Path, count: int) -> "ExplanationReporter":
    """What writes a file with this ending."""
    from robust_emo import plugins
    from robust_emo.errors import InputError

    if not path.parent.is_dir():
        raise InputError(f"--out {path}: there is no directory {path.parent}")
    name = path.suffix.removeprefix(".").lower()
    known = plugins.available("explanation_reporters")
    if name not in known:
        endings = ", ".join(f".{ending}" for ending in known)
        raise InputError(f"--out {path}: expected a name that ends in one of {endings}")
    writer: ExplanationReporter = plugins.load("explanation_reporters", name)
    if name in _PICTURES and count != 1:
        raise InputError(f"--out {path}: a picture shows one text, and {count} are explained; name one --text")
    return writer


def _ready(name: str) -> "Attack":
    """The attack, nothing that it needs being absent."""
    from robust_emo.attack_choice import load_attack
    from robust_emo.errors import InputError, PreflightError
    from robust_emo.plugins import LearningAttack

    attack = load_attack(name, ())
    if problems := attack.problems():
        raise PreflightError(problems)
    if isinstance(attack, LearningAttack):
        raise InputError(f"--counterfactual {name}: it learns from many texts first, and is not for single ones")
    return attack


def _from_texts(texts: Sequence[str]) -> "list[Example]":
    from robust_emo.types import Example

    return [Example(f"text-{number}", text, ()) for number, text in enumerate(texts, 1)]


def _from_file(file: "DataFile", victim: "Victim", examples: int, seed: int) -> "list[Example]":
    from robust_emo.data.splits import draw_stratified
    from robust_emo.data_file import read_data

    return list(draw_stratified(read_data(file, victim.task, victim.labels).examples, examples, seed))
