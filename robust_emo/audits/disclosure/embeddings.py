"""What the model's embeddings give away of the words of a text, beside its base and beside no embedding at all."""

import random
from dataclasses import dataclass

import numpy as np

from robust_emo.arrays import FloatArray
from robust_emo.audits.context import AuditContext
from robust_emo.audits.disclosure.recovery import Counts, Division, divided, recovered
from robust_emo.audits.membership.sets import MembershipSets
from robust_emo.errors import PrerequisiteError
from robust_emo.models.base_encoder import base_vectors, recorded_sha256
from robust_emo.statistics.membership import Flags


@dataclass(frozen=True, slots=True)
class EmbeddingLeakage:
    """Words guessed for all n texts from one thing each."""

    model: Counts
    """From the model's embeddings."""
    frequent: Counts
    """From nothing: the most frequent words for every text."""
    base: Counts | None
    """From the embeddings of the untouched base."""
    no_base: str | None
    """Why there are none."""
    division: Division
    public: Flags
    """(n,), the half of the non-members that no inverter learnt from."""
    members: Flags
    """(n,), the members by authors that no inverter learnt from."""
    base_checked: bool
    """Whether the base has the fingerprint that training wrote down; False where it wrote none."""


def embedding_leakage(sets: MembershipSets, context: AuditContext, *, plugin: str, least: int) -> EmbeddingLeakage:
    """Embed all texts, learn three inverters, guess.

    Args:
        sets: members and non-members.
        context: of the audit.
        plugin: part of the seed.
        least: texts that a word of the vocabulary must stand in.

    Raises:
        PrerequisiteError: the model has no embeddings.
        NoWordsError: there is no vocabulary.
    """
    victim = context.engine.victim
    context.progress.begin("disclosure: embeddings", 2)
    try:
        division = divided(sets, victim.readable, least, random.Random(f"{plugin} halves {context.seed}"))
        model = recovered(victim.embeddings(sets.texts).astype(np.float64), division)
        context.progress.advance()
        base, no_base = _of_base(sets, context, division)
        context.progress.advance()
    finally:
        context.progress.end()
    return EmbeddingLeakage(
        model=model,
        frequent=recovered(np.empty((len(sets.examples), 0)), division),
        base=base,
        no_base=no_base,
        division=division,
        public=~sets.member & ~division.known,
        members=sets.member & ~division.known,
        base_checked=recorded_sha256(context.manifest) is not None,
    )


def _of_base(sets: MembershipSets, context: AuditContext, division: Division) -> tuple[Counts | None, str | None]:
    victim = context.engine.victim
    try:
        found: FloatArray = base_vectors(context.manifest, victim, victim.encode(sets.texts))
    except PrerequisiteError as error:
        return None, str(error)
    return recovered(found.astype(np.float64), division), None
