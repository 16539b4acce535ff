"""Many checks at once: what one in so many would look like by chance fails nothing."""

from collections.abc import Sequence
from dataclasses import replace

from robust_emo.gate.evidence import p_value
from robust_emo.types import Verdict, VerdictStatus
from robust_emo.verdict_text import among_so_many


def corrected(verdicts: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Failures that chance explains among so many checks become inconclusive (Holm 1979).

    So a model all of whose true values are just allowed fails in at most (1 - confidence) / 2 of its audits, however
    many checks the policy has. Passes need no correction: the gate passes where all checks do, and that a true value on
    the bad side gets through is as unlikely as that its own check passes (Berger 1982). Numbers without chance, checks
    of a value alone, and bounds whose level cannot be changed are judged by themselves.

    Args:
        verdicts: of one policy, each judged by itself.
    """
    surprises = {place: found for place, each in enumerate(verdicts) if (found := surprise(each)) is not None}
    judged = list(verdicts)
    withdrawn = False
    for rank, place in enumerate(sorted(surprises, key=surprises.__getitem__)):
        # Step-down: once one may be chance, so may all that are less surprising.
        withdrawn = withdrawn or surprises[place] * (len(surprises) - rank) > 1
        if withdrawn and judged[place].status is VerdictStatus.FAIL:
            judged[place] = _withdrawn(judged[place], len(surprises))
    return tuple(judged)


def surprise(verdict: Verdict) -> float | None:
    """p-value as a share of what the check allows; None of checks that stand outside the family."""
    threshold, metric, bound = verdict.threshold, verdict.metric, verdict.threshold.bound
    if threshold.decision == "point" or metric is None or bound is None or verdict.status is VerdictStatus.NOT_MEASURED:
        return None
    if metric.n < threshold.min_n or not 0 < metric.confidence < 1:
        return None
    found = p_value(metric, bound)
    return None if found is None else found / (1 - metric.confidence)


def _withdrawn(verdict: Verdict, checks: int) -> Verdict:
    text = among_so_many(verdict.explanation, checks)
    return replace(verdict, status=VerdictStatus.INCONCLUSIVE, explanation=text)
