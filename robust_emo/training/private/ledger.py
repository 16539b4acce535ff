"""What a private training promises, once its checks have held."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.training.corpus import Corpus
from robust_emo.training.private.fine_tuning.settings import FineTuning
from robust_emo.training.private.integrity import IntegrityCheck
from robust_emo.training.private.settings import Plan, PrivateSettings
from robust_emo.types import IntegrityRecord, PrivacyLedger


@dataclass(frozen=True, slots=True)
class PrivateCheck:
    """A training that was not started."""

    plan: Plan
    checks: tuple[IntegrityCheck, ...]
    """All of them hold."""


def ledger_of(
    plan: Plan,
    corpus: Corpus,
    settings: PrivateSettings | FineTuning,
    checks: Sequence[IntegrityCheck],
    trained: int,
    sampling: str = "full batch",
    lost_steps: int = 0,
) -> PrivacyLedger:
    """What the manifest says of a training whose checks have held."""
    return PrivacyLedger(
        epsilon=plan.epsilon,
        delta=plan.delta,
        noise_multiplier=plan.steps.noise_multiplier,
        sample_rate=plan.steps.sample_rate,
        steps=plan.steps.steps,
        max_grad_norm=settings.max_grad_norm,
        accountant="prv",
        unit="example" if settings.unit == "example" else corpus.reading.group_column or "group",
        units=plan.units,
        neighbours="zero-out",
        sampling=sampling,
        trained_parameters=trained,
        integrity=tuple(IntegrityRecord(check.name, check.limit) for check in checks),
        lost_steps=lost_steps,
    )
