"""The section: what is learnt from confidences, from explanations and from embeddings."""

import time
from collections.abc import Sequence
from dataclasses import replace

from robust_emo.audits.context import AuditContext
from robust_emo.audits.disclosure.areas import Shown, attacked, baseline, judge
from robust_emo.audits.disclosure.attributions import attribution_signals
from robust_emo.audits.disclosure.confidences import confidence_signals, predicted
from robust_emo.audits.disclosure.embeddings import EmbeddingLeakage, embedding_leakage
from robust_emo.audits.disclosure.figures import area_metrics, not_measured, recovery_metrics
from robust_emo.audits.disclosure.notes import area_notes, last_notes, recovery_notes
from robust_emo.audits.disclosure.recovery import NoWordsError
from robust_emo.audits.membership.asked import UNKNOWN, drawn, logits_of
from robust_emo.audits.membership.blind import blind_scores
from robust_emo.audits.membership.sets import InsufficientDataError, MembershipSets
from robust_emo.audits.membership.signals import Signal, gold_flags
from robust_emo.audits.membership.text_features import text_features
from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.models.encoder import SentenceEncoder
from robust_emo.plugins import PluginSpec
from robust_emo.types import Section


class Disclosure:
    """How much more an attacker learns from each thing that is shown of the model.

    Args:
        texts: members, and as many non-members, drawn at most; the same as for `membership`.
        least_texts: that a word must stand in to be guessed from embeddings, of those that the guess is learnt from.

    Raises:
        InputError: a value out of its range.
    """

    spec = PluginSpec(
        name="disclosure",
        version="1",
        summary="what rounded confidences, attributions and embeddings give away of the texts",
        paper="Shokri, Strobel & Zick 2021, Song & Raghunathan 2020",
        kind="privacy",
        needs_training_data=True,
    )

    def __init__(self, *, texts: int = 1000, least_texts: int = 5) -> None:
        for name, value, least in (("texts", texts, 50), ("least_texts", least_texts, 1)):
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise InputError(f"section disclosure: {name} must be a whole number of at least {least}, got {value}")
        self._texts, self._least_texts = texts, least_texts

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def run(self, context: AuditContext) -> Sequence[Section]:
        """One section; not measured where the training data are unknown, or too few are left without duplicates."""
        started = time.perf_counter()
        arguments = {"texts": self._texts, "least_texts": self._least_texts}
        section = Section("privacy", self.spec.name, self.spec.version, arguments)
        if context.members is None:
            return [replace(section, metrics=not_measured(), notes=(UNKNOWN,))]
        try:
            sets = drawn(context, self._texts)
        except InsufficientDataError as error:
            return [replace(section, error=str(error))]
        return [replace(self._measured(sets, context, section), seconds=time.perf_counter() - started)]

    def _measured(self, sets: MembershipSets, context: AuditContext, section: Section) -> Section:
        shown, missing = self._shown(sets, context)
        encoder = SentenceEncoder(str(context.engine.victim.batched.device))
        scores = blind_scores(sets, text_features(sets.texts, encoder))
        blind = baseline(Signal("blind", scores, "Das et al. 2024", "words and meaning of the text alone"), sets)
        judged = judge(shown, shown[0], blind, sets, one_source=context.holdout is not None)
        words, no_words = self._words(sets, context)
        return replace(
            section,
            metrics=(*area_metrics(shown, blind, sets), *recovery_metrics(words, sets, context.seed)),
            notes=(
                *area_notes(judged, shown, blind, sets),
                *missing,
                *(recovery_notes(words, sets) if words else no_words),
                *last_notes(context.manifest),
            ),
        )

    def _shown(self, sets: MembershipSets, context: AuditContext) -> tuple[list[Shown], tuple[str, ...]]:
        """Everything that was attacked, the logits first, and why anything was not."""
        victim = context.engine.victim
        logits = logits_of(sets, context, "disclosure: confidences")
        gold = gold_flags([example.labels for example in sets.examples], victim.labels)
        signals, missing = list(confidence_signals(logits, gold, victim.task)), tuple[str, ...]()
        try:
            said = predicted(logits, victim.task)
            signals += attribution_signals(sets, said, context.engine, context.progress)
        except PrerequisiteError as error:
            missing = (f"not measured: attributions: {error}",)
        return attacked(signals, sets, plugin=self.spec.name, seed=context.seed), missing

    def _words(self, sets: MembershipSets, context: AuditContext) -> tuple[EmbeddingLeakage | None, tuple[str, ...]]:
        try:
            return embedding_leakage(sets, context, plugin=self.spec.name, least=self._least_texts), ()
        except (PrerequisiteError, NoWordsError) as error:
            return None, (f"not measured: embeddings: {error}",)
