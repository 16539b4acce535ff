"""Which known gaps of an input defence the attacks of an audit aimed at, and the flag for those that none did."""

from collections.abc import Sequence
from dataclasses import replace

from robust_emo.audits.untried import attacked, untried
from robust_emo.types import AdaptiveInfo, AttackOutcome, Flag

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
    tried = {outcome.plugin for outcome in outcomes if attacked(outcome) and not untried(outcome)}
    return replace(adaptive, aimed=tuple(name for name in adaptive.attacks if name in tried))


def not_aimed_at(adaptive: AdaptiveInfo, outcomes: Sequence[AttackOutcome]) -> Flag:
    """Who knows the defence goes for its gaps: attacks that go elsewhere say nothing about him.

    Counted are the gaps that an attack is named for, by the rule by which reports mark them.
    """
    if not any(map(attacked, outcomes)):
        return Flag(NOT_AIMED_AT, None, "no text could be attacked")
    found = with_aims(adaptive, outcomes)
    gaps = {each.normaliser: each.known.targets for each in adaptive.normalisers if each.known and each.known.targets}
    met = {name: sum(bool(found and found.aims_at(each)) for each in targets) for name, targets in gaps.items()}
    missed = [f"{len(gaps[name]) - n} of {len(gaps[name])} of {name}" for name, n in met.items() if n < len(gaps[name])]
    unnamed = [each.normaliser for each in adaptive.normalisers if each.normaliser not in gaps]
    parts = (
        f"known gaps that no attack of this audit aimed at: {', '.join(missed)}" if missed else "",
        f"no attack is named for gaps of {', '.join(unnamed)}" if unnamed else "",
    )
    detail = "; ".join(filter(None, parts)) or f"an attack of this audit aimed at each known gap of {', '.join(gaps)}"
    return Flag(NOT_AIMED_AT, True if missed else None if unnamed else False, detail)
