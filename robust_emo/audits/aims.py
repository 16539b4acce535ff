"""Which known gaps of an input defence the attacks of an audit aimed at, and the flag for those that none did."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from robust_emo.audits.untried import attacked, untried
from robust_emo.types import AdaptiveInfo, AttackOutcome, Flag, NormaliserGaps, Status

NOT_AIMED_AT = "defence_not_aimed_at"
"""Name of the flag for a defence with gaps that no attack aimed at."""


def with_aims(adaptive: AdaptiveInfo | None, outcomes: Sequence[AttackOutcome]) -> AdaptiveInfo | None:
    """The same with the attacks that aimed at the defence: each found something to change in one text or more.

    Args:
        adaptive: None without a defence.
        outcomes: of all attacks of the audit.
    """
    if adaptive is None:
        return None
    tried = {outcome.plugin for outcome in outcomes if _tried(outcome)}
    return replace(adaptive, aimed=tuple(name for name in adaptive.attacks if name in tried))


def not_aimed_at(adaptive: AdaptiveInfo, outcomes: Sequence[AttackOutcome]) -> Flag:
    """Who knows the defence goes for its gaps: attacks that go elsewhere say nothing about him.

    Counted by the rule by which reports mark the gaps. With gaps that no attack is named for, nobody can say that all
    were aimed at.
    """
    if not any(map(attacked, outcomes)):
        return Flag(NOT_AIMED_AT, None, "no text could be attacked")
    found = with_aims(adaptive, outcomes)
    counts = [_counted(each, found) for each in adaptive.normalisers if each.known and each.known.targets]
    missed = [f"{each.missed} of {each.gaps} gaps of {each.normaliser}" for each in counts if each.missed]
    unnamed = [f"{each.unnamed} of {each.gaps} gaps of {each.normaliser}" for each in counts if each.unnamed]
    unknown = [each.normaliser for each in adaptive.normalisers if not (each.known and each.known.targets)]
    parts = (
        f"known gaps that no attack of this audit aimed at: {', '.join(missed)}" if missed else "",
        f"no attack is named for {', '.join(unnamed)}" if unnamed else "",
        f"no attack is named for gaps of {', '.join(unknown)}" if unknown else "",
    )
    aimed = ", ".join(each.normaliser for each in counts)
    detail = "; ".join(filter(None, parts)) or f"an attack of this audit aimed at each known gap of {aimed}"
    return Flag(NOT_AIMED_AT, True if missed else None if unnamed or unknown else False, detail)


@dataclass(frozen=True, slots=True)
class _Counted:
    """Gaps of one normaliser; the way through it is one where no attack is named that goes around."""

    normaliser: str
    gaps: int
    missed: int
    """That attacks are named for, and none of the audit aimed at."""
    unnamed: int
    """That nobody named an attack for: whether attackers get through there is not known."""


def _counted(found: NormaliserGaps, adaptive: AdaptiveInfo | None) -> _Counted:
    known = found.known
    targets, gaps = (known.targets, known.gaps) if known else ((), ())
    missed = sum(not (adaptive and adaptive.aims_at(each)) for each in targets)
    unnamed = sum(not gap.attacks for gap in gaps)
    return _Counted(found.normaliser, len(targets) + unnamed, missed, unnamed)


def _tried(outcome: AttackOutcome) -> bool:
    """Whether the attack found something to change: one that crashed before its first question did not."""
    crashed = outcome.status is Status.ERRORED and outcome.num_queries == 0
    return attacked(outcome) and not untried(outcome) and not crashed
