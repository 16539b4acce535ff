"""What every section that attacks membership needs first: the sets, and what the model answers."""

import numpy as np

from robust_emo.audits.context import AuditContext
from robust_emo.audits.membership.sets import MembershipSets, draw_sets
from robust_emo.errors import InputError
from robust_emo.statistics.membership import Floats

UNKNOWN = "not measured: the training data are unknown; name them with --train-data"
_CHUNK = 1024


def drawn(context: AuditContext, most: int) -> MembershipSets:
    """The same sets for every section of an audit.

    Args:
        context: its members must be known.
        most: of each kind.

    Raises:
        InputError: training data with labels that the model does not have.
        InsufficientDataError: as for :func:`draw_sets`.
    """
    members = context.members or ()
    known = set(context.engine.victim.labels)
    if unknown := sorted({label for example in members for label in example.labels} - known):
        raise InputError(f"the training data have labels that the model does not know: {', '.join(unknown)}")
    return draw_sets(members, context.nonmembers, most=most, seed=context.seed)


def logits_of(sets: MembershipSets, context: AuditContext, task: str) -> Floats:
    """(n, labels), in fp32 passes whatever the precision of the attacks; `task` names the progress."""
    found: list[Floats] = []
    context.progress.begin(task, len(sets.examples))
    try:
        for start in range(0, len(sets.examples), _CHUNK):
            texts = sets.texts[start : start + _CHUNK]
            found.append(context.engine.scores(texts).astype(np.float64))
            context.progress.advance(len(texts))
    finally:
        context.progress.end()
    return np.concatenate(found)
