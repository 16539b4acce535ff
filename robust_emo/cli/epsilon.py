"""`robust-emo epsilon`: what private training would cost, without training."""

import json
from typing import TYPE_CHECKING

import click

from robust_emo.cli._text import say
from robust_emo.errors import InputError

if TYPE_CHECKING:
    from robust_emo.training.private.accounting import Accountant, NoisySteps

_MEANING = {
    "prv": "an upper bound, the tightest of the three; what `train` counts with",
    "rdp": "an upper bound, looser",
    "gdp": "an approximation; may be too low",
}


@click.command(no_args_is_help=True)
@click.option("--noise-multiplier", type=float, metavar="X", help="Deviation of the noise over the clipping norm.")
@click.option("--epsilon", "target", type=float, metavar="X", help="Instead: finds the noise that costs this much.")
@click.option("--sample-rate", type=float, metavar="SHARE", help="Chance of a unit to be in a step, in (0, 1].")
@click.option("--batch-size", type=click.IntRange(1), metavar="N", help="Expected; with --units instead of a rate.")
@click.option("--units", type=click.IntRange(1), metavar="N", help="Texts, or authors, in the training data.")
@click.option("--steps", type=int, required=True, metavar="N", help="Noisy steps in all.")
@click.option("--delta", type=float, metavar="X", help="Default: a tenth of one over --units.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(
    noise_multiplier: float | None,
    target: float | None,
    sample_rate: float | None,
    batch_size: int | None,
    units: int | None,
    steps: int,
    delta: float | None,
    as_json: bool,
) -> None:
    """What noisy steps cost in ε, without training.

    By three accountants side by side, for steps of the Gaussian mechanism on Poisson samples, as DP-SGD takes them;
    neighbouring data sets differ in one unit, which is there or nulled.

    \b
    Examples:
      robust-emo epsilon --noise-multiplier 1.1 --batch-size 64 --units 3257 --steps 500
      robust-emo epsilon --epsilon 8 --sample-rate 1 --units 3257 --steps 40
    """
    from robust_emo.training.private.accounting import NoisySteps, delta_for, noise_for

    rate = _rate(sample_rate, batch_size, units)
    if units is not None:
        delta = delta_for(units, delta)
    if delta is None:
        raise InputError("give --delta, or --units for a delta of a tenth of one over them")
    if (noise_multiplier is None) == (target is None):
        raise InputError("give either --noise-multiplier, whose cost is counted, or --epsilon, for which it is found")
    if noise_multiplier is None:
        assert target is not None  # noqa: S101 - checked above
        noise_multiplier = noise_for(target, delta=delta, sample_rate=rate, steps=steps)
    spent = NoisySteps(noise_multiplier, rate, steps)
    found = _counted(spent, delta)
    if as_json:
        document = {
            "noise_multiplier": noise_multiplier,
            "sample_rate": rate,
            "steps": steps,
            "delta": delta,
            "epsilon": found,
        }
        say(json.dumps(document, indent=2))
        return
    say(f"noise multiplier {noise_multiplier:.5g}, sample rate {rate:.5g}, {steps} steps, delta {delta:.3g}")
    for name, value in found.items():
        shown = "not computed" if value is None else f"{value:.4g}"
        say(f"epsilon {shown:>12}  {name}: {_MEANING[name]}")


def _rate(sample_rate: float | None, batch_size: int | None, units: int | None) -> float:
    if (sample_rate is None) == (batch_size is None):
        raise InputError("give either --sample-rate, or --batch-size and --units")
    if sample_rate is not None:
        return sample_rate
    assert batch_size is not None  # noqa: S101 - checked above
    if units is None or batch_size > units:
        raise InputError(f"--batch-size needs --units, and no more than these, got {batch_size} of {units}")
    return batch_size / units


def _counted(spent: "NoisySteps", delta: float) -> dict["Accountant", float | None]:
    """ε by accountant; None where one of the other two gives no number."""
    from robust_emo.training.private.accounting import ACCOUNTANTS, epsilon

    found: dict[Accountant, float | None] = {"prv": epsilon(spent, delta=delta, accountant="prv")}
    for name in ACCOUNTANTS[1:]:
        try:
            found[name] = epsilon(spent, delta=delta, accountant=name)
        except InputError:
            found[name] = None
    return found
