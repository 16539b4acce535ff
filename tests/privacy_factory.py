"""Realistic findings about privacy, for tests of reports."""

from dataclasses import replace

import numpy as np
from report_factory import proportion
from robust_emo_reports.metric_names import METRIC_NAMES

from robust_emo.audits.membership.figures import membership_metrics
from robust_emo.audits.membership.leakage import find_leak
from robust_emo.audits.membership.notes import membership_notes
from robust_emo.audits.membership.parts import find_parts
from robust_emo.audits.membership.sets import MembershipSets
from robust_emo.audits.membership.signals import Signal
from robust_emo.types import (
    Example,
    ExposedExample,
    IntegrityRecord,
    Metric,
    PersonalCount,
    PersonalKind,
    PrivacyLedger,
    Section,
)

LEDGER = PrivacyLedger(
    epsilon=2.998,
    delta=3.07e-5,
    noise_multiplier=8.32,
    sample_rate=1.0,
    steps=40,
    max_grad_norm=0.5,
    accountant="prv",
    unit="example",
    units=3257,
    neighbours="zero-out",
    sampling="full batch",
    trained_parameters=1540,
    integrity=(IntegrityRecord("gradients", 1e-4), IntegrityRecord("noise", 1.0)),
    lost_steps=2,
)


def membership_section(*, shift=1.0, texts=300):
    rng = np.random.default_rng(0)
    member = np.arange(2 * texts) < texts
    labels = ("joy", "anger")
    examples = tuple(Example(f"t{row}", f"text {row}", (labels[row % 2],)) for row in range(2 * texts))
    sets = MembershipSets(examples, member, np.arange(2 * texts) % 5, shared=3, near=2, repeated=1)
    signals = [
        Signal(name, rng.normal(size=2 * texts) + shift * member, "Nobody 2020", "what it is")
        for name in ("loss", "<b>quantile")
    ]
    found = find_leak(
        sets, signals, Signal("blind", rng.normal(size=2 * texts), "Nobody 2021", "words alone"), one_source=True
    )
    found = replace(found, exposed=(ExposedExample("<script>alert(1)</script>", ("joy",), 0.0),))
    return Section(
        "privacy",
        "membership",
        "1",
        {"texts": texts},
        metrics=membership_metrics(found, sets, signals, find_parts(sets, signals, labels)),
        notes=membership_notes(found, sets, None),
        membership=found,
    )


def disclosure_section() -> Section:
    """Everything that the report has a place for."""
    sources = "embedding_recovery_f1", "base_recovery_f1", "frequent_words_f1", "embedding_recovery_precision"
    names = [name for name in METRIC_NAMES if "_from_" in name or "_change_by_" in name or name.startswith(sources)]
    metrics = tuple(Metric(name, 0.57, 0.51, 0.63, 400, 0.95, False, method="bootstrap") for name in names)
    return Section(
        "privacy", "disclosure", "1", {"texts": 400}, metrics=metrics, notes=("Guessed by ridge regression.",)
    )


def personal_section() -> Section:
    """In training and in audited texts."""
    counts = (
        PersonalCount("training", 3000, 61, (PersonalKind("name", 40, 44), PersonalKind("email", 22, 25))),
        PersonalCount("audited", 1200, 9, (PersonalKind("phone", 9, 9),)),
    )
    metrics = tuple(
        proportion(f"{count.of}_texts_with_personal_data", count.touched, count.texts, better=False) for count in counts
    )
    return Section("privacy", "personal-data", "1", {"recogniser": "built-in"}, metrics=metrics, personal=counts)
