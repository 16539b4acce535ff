"""What a private training promised, how that was counted, and what was tried before it."""

import math
from dataclasses import dataclass

from robust_emo.types import PrivacyLedger

from . import numbers
from .section_view import Fact

_FALSE_ALARMS = 0.01


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
    whose = "text" if ledger.unit == "example" else ledger.unit
    return LedgerView(
        promise=f"The model could have come about without any single {whose} nearly as well.",
        epsilon=numbers.general(ledger.epsilon),
        delta=numbers.general(ledger.delta),
        meaning=_meaning(ledger, whose),
        facts=(
            Fact("Hidden", f"each of {numbers.count(ledger.units)} units: one {whose} each"),
            Fact("Neighbours", ledger.neighbours),
            Fact("Accountant", ledger.accountant),
            Fact("Noise multiplier", numbers.general(ledger.noise_multiplier)),
            Fact("Clipping norm", numbers.general(ledger.max_grad_norm)),
            Fact("Steps", _steps(ledger)),
            Fact("Sampling", f"{ledger.sampling}, rate {numbers.general(ledger.sample_rate)}"),
            Fact("Trained parameters", numbers.count(ledger.trained_parameters)),
        ),
        integrity=tuple(IntegrityView(check.name, numbers.general(check.limit)) for check in ledger.integrity),
    )


def _steps(ledger: PrivacyLedger) -> str:
    lost = f", {numbers.count(ledger.lost_steps)} of them lost in an interruption" if ledger.lost_steps else ""
    return numbers.count(ledger.steps) + lost


def _meaning(ledger: PrivacyLedger, whose: str) -> str:
    # From about 4.6 on the bound is above 1, and e to the power of a large ε is no number.
    most = math.exp(min(ledger.epsilon, 10.0)) * _FALSE_ALARMS + ledger.delta
    accuses = f"A test of the weights that wrongly accuses one {whose} in a hundred"
    if most >= 1:
        return f"{accuses} is not limited by these two numbers alone: (ε, δ) allows it to find all that took part."
    return f"{accuses} finds at most {numbers.percent(most)} of those that took part."
