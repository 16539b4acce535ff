"""What a private training promised, how that was counted, and what was tried before it."""

import math
from dataclasses import dataclass

from robust_emo.types import PrivacyLedger

from . import numbers
from .language import say
from .ledger_names import ledger_name
from .section_view import Fact

_FALSE_ALARMS = 0.01
_TEXT = "example"
"""Unit of a training that hides single texts; any other is the name of a group column."""


@dataclass(frozen=True, slots=True)
class IntegrityView:
    """One measurement before the training, which was in its limit."""

    name: str
    limit: str


@dataclass(frozen=True, slots=True)
class LedgerView:
    """The ledger in words."""

    promise: str
    epsilon: str
    delta: str
    meaning: str
    """What it says of a test that accuses one in a hundred wrongly."""
    facts: tuple[Fact, ...]
    integrity: tuple[IntegrityView, ...]


def ledger_view(ledger: PrivacyLedger) -> LedgerView:
    """View of the ledger of a privately trained model."""
    return LedgerView(
        promise=_promise(ledger),
        epsilon=numbers.general(ledger.epsilon),
        delta=numbers.general(ledger.delta),
        meaning=_meaning(ledger),
        facts=(
            Fact(say("Hidden"), _hidden(ledger)),
            Fact(say("Neighbours"), ledger_name(ledger.neighbours)),
            Fact(say("Accountant"), ledger.accountant),
            Fact(say("Noise multiplier"), numbers.general(ledger.noise_multiplier)),
            Fact(say("Clipping norm"), numbers.general(ledger.max_grad_norm)),
            Fact(say("Steps"), _steps(ledger)),
            Fact(
                say("Sampling"),
                say("{how}, rate {rate}", how=ledger_name(ledger.sampling), rate=numbers.general(ledger.sample_rate)),
            ),
            Fact(say("Trained parameters"), numbers.count(ledger.trained_parameters)),
        ),
        integrity=tuple(
            IntegrityView(ledger_name(check.name), numbers.general(check.limit)) for check in ledger.integrity
        ),
    )


def _promise(ledger: PrivacyLedger) -> str:
    if ledger.unit == _TEXT:
        return say("The model could have come about without any single text nearly as well.")
    return say("The model could have come about without any single {unit} nearly as well.", unit=ledger.unit)


def _hidden(ledger: PrivacyLedger) -> str:
    units = numbers.count(ledger.units)
    if ledger.unit == _TEXT:
        return say("each of {units} units: one text each", units=units)
    return say("each of {units} units: one {unit} each", units=units, unit=ledger.unit)


def _steps(ledger: PrivacyLedger) -> str:
    steps, lost = numbers.count(ledger.steps), numbers.count(ledger.lost_steps)
    if not ledger.lost_steps:
        return steps
    return say("{steps}, {lost} of them lost in an interruption", steps=steps, lost=lost)


def _meaning(ledger: PrivacyLedger) -> str:
    # From about 4.6 on the bound is above 1, and e to the power of a large ε is no number.
    most = math.exp(min(ledger.epsilon, 10.0)) * _FALSE_ALARMS + ledger.delta
    if ledger.unit == _TEXT:
        unlimited = say(
            "A test of the weights that wrongly accuses one text in a hundred is not limited by these two numbers "
            "alone: (ε, δ) allows it to find all that took part."
        )
        limited = say(
            "A test of the weights that wrongly accuses one text in a hundred finds at most {share} of those that took "
            "part.",
            share=numbers.percent(most),
        )
    else:
        unlimited = say(
            "A test of the weights that wrongly accuses one {unit} in a hundred is not limited by these two numbers "
            "alone: (ε, δ) allows it to find all that took part.",
            unit=ledger.unit,
        )
        limited = say(
            "A test of the weights that wrongly accuses one {unit} in a hundred finds at most {share} of those that "
            "took part.",
            unit=ledger.unit,
            share=numbers.percent(most),
        )
    return unlimited if most >= 1 else limited
