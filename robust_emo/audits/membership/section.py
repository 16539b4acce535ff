"""The section: draws the sets, asks the model, computes every signal, judges them together."""

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from robust_emo.audits.context import AuditContext
from robust_emo.audits.membership.asked import UNKNOWN, drawn, logits_of
from robust_emo.audits.membership.blind import blind_scores
from robust_emo.audits.membership.expected_loss import probe_log_odds, quantile_signal
from robust_emo.audits.membership.figures import membership_metrics, not_measured
from robust_emo.audits.membership.label_only import label_only_signal
from robust_emo.audits.membership.leakage import find_leak
from robust_emo.audits.membership.notes import membership_notes
from robust_emo.audits.membership.parts import find_parts, part_notes
from robust_emo.audits.membership.reference_cost import shortfall
from robust_emo.audits.membership.reference_signals import reference_signals
from robust_emo.audits.membership.references import given_reference, recipe_of, train_references
from robust_emo.audits.membership.sets import InsufficientDataError, MembershipSets
from robust_emo.audits.membership.signals import (
    Signal,
    class_signal,
    difference_signal,
    gold_flags,
    log_odds,
    loss_signal,
    margin_signal,
)
from robust_emo.audits.membership.text_features import text_features
from robust_emo.errors import InputError
from robust_emo.models.checks import check_model_directory
from robust_emo.models.encoder import SentenceEncoder
from robust_emo.models.manifest import Manifest
from robust_emo.plugins import PluginSpec
from robust_emo.statistics.membership import Floats
from robust_emo.types import ExposedExample, Section

_MOST_EXPOSED = 10


class MembershipInference:
    """Whether training texts can be told from others by what the model answers.

    Args:
        texts: members, and as many non-members, drawn at most.
        disturbances: of each text for the attacker who sees labels alone; 0 leaves that attack out.
        reference_models: to train by the model's own recipe on halves of the texts, an even number; each costs about
            as much as the model did.
        reference_minutes: for all of them, by the clock; those that are finished then are used, an even number. None
            for no limit.
        reference: directory of a model with the same labels that never saw the members.

    Raises:
        InputError: a value out of its range.
    """

    spec = PluginSpec(
        name="membership",
        version="1",
        summary="whether training texts can be told from others, beside a baseline that never asks the model",
        paper="Shokri et al. 2017, Carlini et al. 2022",
        kind="privacy",
        needs_training_data=True,
    )

    def __init__(
        self,
        *,
        texts: int = 1000,
        disturbances: int = 8,
        reference_models: int = 0,
        reference_minutes: float | None = None,
        reference: str | None = None,
    ) -> None:
        counts = ("texts", texts, 50), ("disturbances", disturbances, 0), ("reference_models", reference_models, 0)
        for name, value, least in counts:
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise InputError(f"section membership: {name} must be a whole number of at least {least}, got {value}")
        if reference_models % 2:
            raise InputError(
                f"section membership: reference_models must be even, got {reference_models}: two share out the texts"
            )
        _check_minutes(reference_minutes, reference_models)
        self._texts, self._disturbances = texts, disturbances
        self._reference_models, self._reference = reference_models, reference
        self._reference_minutes = reference_minutes

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def model_problems(self, directory: Path, manifest: Manifest | None) -> Sequence[str]:
        """Reference models that cannot be made or loaded."""
        try:
            if self._reference_models:
                recipe_of(manifest)
            if self._reference is not None:
                check_model_directory(self._reference)
        except InputError as error:
            return (f"section {self.spec.name}: {error}",)
        return ()

    def run(self, context: AuditContext) -> Sequence[Section]:
        """One section; not measured where the training data are unknown, or too few are left without duplicates."""
        started = time.perf_counter()
        section = Section("privacy", self.spec.name, self.spec.version, self._arguments())
        if context.members is None:
            return [replace(section, metrics=not_measured(context.engine.victim.labels), notes=(UNKNOWN,))]
        try:
            sets = drawn(context, self._texts)
        except InsufficientDataError as error:
            return [replace(section, error=str(error))]
        return [replace(self._measured(sets, context, section), seconds=time.perf_counter() - started)]

    def _measured(self, sets: MembershipSets, context: AuditContext, section: Section) -> Section:
        victim = context.engine.victim
        gold = gold_flags([example.labels for example in sets.examples], victim.labels)
        signals, blind, missing = self._signals(sets, gold, context)
        membership = find_leak(sets, signals, blind, one_source=context.holdout is not None)
        by_text = next(signal for signal in signals if signal.name == "quantile")
        private = context.manifest is not None and context.manifest.privacy is not None
        membership = replace(membership, exposed=() if private else _exposed(by_text, sets))
        parts = find_parts(sets, signals, victim.labels)
        notes = membership_notes(membership, sets, context.manifest, held_out=context.holdout is not None)
        return replace(
            section,
            metrics=membership_metrics(membership, sets, signals, parts),
            membership=membership,
            notes=(*notes, *missing, *part_notes(parts, differ=membership.sets_differ)),
        )

    def _signals(
        self, sets: MembershipSets, gold: Floats, context: AuditContext
    ) -> tuple[list[Signal], Signal, Sequence[str]]:
        """Those of the attacks, the blind baseline's, and notes on what was left out."""
        engine = context.engine
        logits, task = logits_of(sets, context, self.spec.name), engine.victim.task
        odds = log_odds(logits, gold, task)
        features = text_features(sets.texts, SentenceEncoder(str(engine.victim.batched.device)))
        probe = probe_log_odds(sets, features, gold, task)
        signals = [
            loss_signal(odds),
            margin_signal(logits, gold, task),
            class_signal(odds, sets),
            difference_signal("difficulty", odds, probe, "how much surer it is than a head on the public base encoder"),
            quantile_signal(odds, sets, features, gold, probe),
        ]
        of_references, missing = self._by_references(sets, odds, gold, context)
        signals += of_references
        if self._disturbances:
            signals.append(
                label_only_signal(
                    sets,
                    engine,
                    plugin=self.spec.name,
                    seed=context.seed,
                    times=self._disturbances,
                    progress=context.progress,
                )
            )
        blind = Signal("blind", blind_scores(sets, features), "Das et al. 2024", "words and meaning of the text alone")
        return signals, blind, missing

    def _by_references(
        self, sets: MembershipSets, odds: Floats, gold: Floats, context: AuditContext
    ) -> tuple[Sequence[Signal], Sequence[str]]:
        """Of a given model, and of those that are trained; with a note where not all could be."""
        victim, signals, missing = context.engine.victim, list[Signal](), tuple[str, ...]()
        if self._reference is not None:
            given = given_reference(self._reference, sets, victim.labels, victim.task)
            of_given = log_odds(given.logits, gold, victim.task)
            meaning = "how much surer it is than the given reference model"
            signals.append(difference_signal("reference", odds, of_given, meaning))
        if self._reference_models:
            count, minutes = self._reference_models, self._reference_minutes
            trained = train_references(context, sets, count, plugin=self.spec.name, minutes=minutes)
            missing = shortfall(len(trained), count, minutes)
            signals += reference_signals(odds, trained, gold, victim.task) if trained else ()
        return signals, missing

    def _arguments(self) -> dict[str, object]:
        return {
            "texts": self._texts,
            "disturbances": self._disturbances,
            "reference_models": self._reference_models,
            "reference_minutes": self._reference_minutes,
            "reference": self._reference,
        }


def _check_minutes(minutes: float | None, models: int) -> None:
    if minutes is None:
        return
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes < math.inf:
        raise InputError(f"section membership: reference_minutes must be a number above 0, got {minutes}")
    if not models:
        raise InputError("section membership: reference_minutes says nothing without reference_models")


def _exposed(signal: Signal, sets: MembershipSets) -> tuple[ExposedExample, ...]:
    """The members with the highest values, those of equal values in the data's order."""
    others = np.sort(signal.values[~sets.member])
    rows = np.flatnonzero(sets.member)
    highest = rows[np.argsort(-signal.values[rows], kind="stable")][:_MOST_EXPOSED]
    above = len(others) - np.searchsorted(others, signal.values[highest], side="right")
    return tuple(
        ExposedExample(sets.examples[row].id, sets.examples[row].labels, float(count) / len(others))
        for row, count in zip(highest, above, strict=True)
    )
