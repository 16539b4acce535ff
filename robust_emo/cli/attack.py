"""`robust-emo attack`: one attack on some texts, for a quick look in the terminal."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from robust_emo.cli._options import attack_options, data_file, data_options, engine_options, resolve_device, use_threads
from robust_emo.cli._text import plural, printable, say

if TYPE_CHECKING:
    from robust_emo.attack_choice import AttackArgument
    from robust_emo.data_file import DataFile
    from robust_emo.engine.goal_choice import GoalChoice
    from robust_emo.models.batched import Precision
    from robust_emo.models.victim import Victim
    from robust_emo.plugins import Attack
    from robust_emo.types import AttackOutcome, Example

_EPILOG = """\b
Examples:
  robust-emo attack my_model --attack deepwordbug --text "I can't wait to see you all again"
  robust-emo attack my_model --attack unicode --data test.csv --examples 20
  robust-emo attack my_model --attack unicode --data test.csv --smooth deletion:0.8
"""


@click.command("attack", epilog=_EPILOG)
@click.argument("model", metavar="MODEL_DIR")
@click.option("--attack", "name", required=True, metavar="NAME", help="See `robust-emo list attacks`.")
@click.option("--text", "texts", multiple=True, help="A text to attack; may be given several times.")
@click.option("--label", help="True emotion of the texts.  [default: what the model predicts]")
@data_options
@attack_options
@click.option("--examples", type=click.IntRange(1), default=10, show_default=True, help="Drawn from --data.")
@click.option("--max-queries", type=click.IntRange(1), help="Queries per text.  [default: the attack's own budget]")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--smooth", metavar="MECHANISM:RATE", help="Attack the model smoothed by hiding words, as certificates do."
)
@click.option(
    "--smooth-samples",
    type=click.IntRange(1),
    metavar="N",
    help="Ways to hide words, per query; all where there are no more.  [default: 100]",
)
@engine_options
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per text, as in outcomes.jsonl.")
def command(
    model: str,
    name: str,
    texts: tuple[str, ...],
    label: str | None,
    data: str | None,
    examples: int,
    max_queries: int | None,
    goal: "GoalChoice",
    attack_arguments: "tuple[AttackArgument, ...]",
    seed: int,
    smooth: str | None,
    smooth_samples: int | None,
    device: str,
    precision: "Precision",
    threads: int | None,
    max_length: int | None,
    quiet: bool,
    as_json: bool,
    **columns: str | None,
) -> int:
    """Attack texts, or examples of a file, and show the outcomes."""
    from robust_emo.engine.attacking import attack_examples
    from robust_emo.engine.engine import Engine
    from robust_emo.errors import ExitCode
    from robust_emo.models.checks import check_model_directory
    from robust_emo.models.loading import load_classifier
    from robust_emo.models.victim import Victim
    from robust_emo.types import Status
    from robust_emo.validity.checker import ValidityChecker

    if bool(texts) == bool(data):
        raise click.UsageError("expected either --text or --data")
    if not all(text.strip() for text in texts):
        raise click.UsageError("expected a --text that is not blank")
    if smooth_samples and not smooth:
        raise click.UsageError("--smooth-samples needs --smooth")
    check_model_directory(model)
    attack = _ready(name, attack_arguments, max_queries)
    file = data_file(data, columns)
    use_threads(threads)
    make: Callable[..., Victim] = _smoothed(smooth, smooth_samples or 100, seed, attack) if smooth else Victim
    victim = make(load_classifier(model), device=resolve_device(device), precision=precision, max_length=max_length)
    goal.check(victim.labels, victim.task)
    chosen = _from_file(file, victim, examples, seed) if file else _from_texts(texts, label, victim)
    found = attack_examples(Engine(victim), attack, chosen, seed=seed, goal=goal, validity=ValidityChecker())
    outcomes, interrupted = _collected(found, name, len(chosen), quiet=quiet)
    ordered = [outcomes[example.id] for example in chosen if example.id in outcomes]
    _show(ordered, label_is_guessed=bool(texts) and label is None, as_json=as_json)
    if interrupted:
        click.echo(f"interrupted: {len(ordered)} of {len(chosen)} examples attacked", err=True)
        return int(ExitCode.INTERRUPTED)
    crashed = any(outcome.status is Status.ERRORED for outcome in ordered)
    return int(ExitCode.INCONCLUSIVE if crashed else ExitCode.PASS)


def _ready(name: str, arguments: "Sequence[AttackArgument]", max_queries: int | None) -> "Attack":
    """The attack with its arguments and budget, nothing that it needs being absent."""
    from robust_emo.attack_choice import check_arguments, load_attack
    from robust_emo.errors import PreflightError

    check_arguments(arguments, [name], None)
    attack = load_attack(name, arguments)
    if problems := attack.problems():
        raise PreflightError(problems)
    if max_queries is not None:
        attack.budget = replace(attack.budget, max_queries=max_queries)
    return attack


def _smoothed(smooth: str, samples: int, seed: int, attack: "Attack") -> "Callable[..., Victim]":
    """Makes the smoothed model in the place of the model."""
    from robust_emo.ablation import Ablation
    from robust_emo.engine.smoothed_victim import SmoothedVictim
    from robust_emo.errors import InputError

    if attack.spec.white_box:
        raise InputError(f"--smooth: a smoothed model has no gradients, which '{attack.spec.name}' needs")
    return partial(SmoothedVictim, ablation=Ablation.parse(smooth), samples=samples, seed=seed)


def _collected(
    found: "Iterator[AttackOutcome]", name: str, total: int, *, quiet: bool
) -> "tuple[dict[str, AttackOutcome], bool]":
    """Outcomes by example, and whether Ctrl-C ended the run: what was done until then is kept."""
    from robust_emo.cli._progress import bars

    outcomes = {}
    with bars(quiet=quiet) as progress:
        progress.begin(name, total)
        try:
            for outcome in found:
                outcomes[outcome.example_id] = outcome
                progress.advance()
        except KeyboardInterrupt:
            return outcomes, True
    return outcomes, False


def _show(outcomes: "Sequence[AttackOutcome]", *, label_is_guessed: bool, as_json: bool) -> None:
    from robust_emo.audits.untried import untried_note

    for outcome in outcomes:
        say(_as_json(outcome) if as_json else _as_text(outcome, label_is_guessed=label_is_guessed))
    if not as_json and len(outcomes) > 1:
        say(_totals(outcomes))
    for warning in untried_note([[outcome] for outcome in outcomes]):
        if as_json:
            click.echo(f"warning: {warning}", err=True)
        else:
            say(f"warning: {warning}")


def _from_texts(texts: Sequence[str], label: str | None, victim: "Victim") -> "list[Example]":
    from robust_emo.errors import InputError
    from robust_emo.types import Example
    from robust_emo.unknown_name import unknown_name

    if label is not None and label not in victim.labels:
        raise InputError(unknown_name("label", label, victim.labels))
    predictions = victim.predictions(victim.logits(texts))
    return [
        Example(f"text-{number}", text, prediction.labels if label is None else (label,))
        for number, (text, prediction) in enumerate(zip(texts, predictions, strict=True), 1)
    ]


def _from_file(file: "DataFile", victim: "Victim", examples: int, seed: int) -> "list[Example]":
    from robust_emo.data.splits import draw_stratified
    from robust_emo.data_file import read_data

    return list(draw_stratified(read_data(file, victim.task, victim.labels).examples, examples, seed))


def _as_json(outcome: "AttackOutcome") -> str:
    from robust_emo.audits.outcomes import dump_outcome

    return dump_outcome(outcome).decode().rstrip()


def _as_text(outcome: "AttackOutcome", *, label_is_guessed: bool) -> str:
    label = ", ".join(outcome.label) or "none"
    lines = [f"{outcome.status.upper()}  {outcome.example_id}  label: {label}"]
    if label_is_guessed:
        lines.append(f"  no --label: the model's answer {label} is taken as right")
    lines.append(f"  {', '.join(outcome.predicted or ()) or 'none'}: {outcome.original}")
    if outcome.perturbed is not None:
        lines.append(
            f"  {', '.join(outcome.predicted_after or ()) or 'none'}: {_marked(outcome.original, outcome.perturbed)}"
        )
        words = plural(outcome.words_perturbed, "word", "words")
        lines.append(f"  {words} changed, {_queries(outcome)}{_validity(outcome)}")
    elif outcome.error is not None:
        lines.append(f"  {outcome.error}")
    else:
        lines.append(f"  {_queries(outcome)}")
    return "\n".join(printable(line) for line in lines)


def _queries(outcome: "AttackOutcome") -> str:
    return plural(outcome.num_queries, "query", "queries")


def _validity(outcome: "AttackOutcome") -> str:
    if outcome.valid is None:
        return ""
    return (
        ", keeps the emotion" if outcome.valid else f", may not keep the emotion: {', '.join(outcome.invalid_reasons)}"
    )


def _marked(original: str, perturbed: str) -> str:
    """Characters that are new and not ASCII get their code point, since many look like another."""
    known = set(original)
    return "".join(char if char.isascii() or char in known else f"{char}[U+{ord(char):04X}]" for char in perturbed)


def _totals(outcomes: "Sequence[AttackOutcome]") -> str:
    from robust_emo.statistics import wilson
    from robust_emo.types import Status

    count = {status: sum(outcome.status is status for outcome in outcomes) for status in Status}
    attempted = count[Status.SUCCEEDED] + count[Status.FAILED]
    left_out = f"{count[Status.SKIPPED]} skipped (wrong before), {count[Status.ERRORED]} errored"
    interval = wilson(count[Status.SUCCEEDED], attempted)
    if interval is None:
        return f"attack success rate not measured: nothing was attempted; {left_out}"
    rate = count[Status.SUCCEEDED] / attempted
    return (
        f"attack success rate {rate:.1%}, 95% interval {interval.low:.1%} to {interval.high:.1%}, n={attempted}; "
        f"{left_out}"
    )
