"""Texts that were never tried: the attack found nothing in them that it can change and asked the model nothing."""

from collections.abc import Sequence

from robust_emo.types import AttackOutcome, Status

UNTRIED = "never tried:"
"""Stands in the note of every section that counts such texts."""


def attacked(outcome: AttackOutcome) -> bool:
    """Whether an attack was let loose on the text, whatever became of it."""
    crashed_before = outcome.status is Status.ERRORED and outcome.predicted is None
    return outcome.status is not Status.SKIPPED and not crashed_before


def untried(outcome: AttackOutcome) -> bool:
    """Whether the attack failed without a question to the model, and not for want of a query budget."""
    return outcome.status is Status.FAILED and outcome.num_queries == 0 and not outcome.out_of_queries


def count_untried(rows: Sequence[Sequence[AttackOutcome]]) -> tuple[int, int]:
    """Texts that no attack tried, and texts whose fate is known, of those that could be attacked.

    Args:
        rows: per text the outcomes of the attacks that ran on it.
    """
    known = [row for row in rows if _succeeded(row) or all(outcome.status is Status.FAILED for outcome in row)]
    return sum(all(map(untried, row)) for row in known), len(known)


def untried_note(rows: Sequence[Sequence[AttackOutcome]], who: str = "the attack") -> tuple[str, ...]:
    """A note where some texts were never tried: they count as withstood, which says nothing good of the model.

    Args:
        rows: as for :func:`count_untried`.
        who: found nothing to change.
    """
    count, n = count_untried(rows)
    if not count:
        return ()
    thing = "anything" if who.startswith("no ") else "nothing"
    were, them = ("was", "it") if count == 1 else ("were", "them")
    return (f"{count} of {n} attacked texts {were} {UNTRIED} {who} found {thing} in {them} that it can change",)


def _succeeded(row: Sequence[AttackOutcome]) -> bool:
    return any(outcome.status is Status.SUCCEEDED for outcome in row)
