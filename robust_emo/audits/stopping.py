"""Stopping as soon as the verdict is certain: when the audit looks, and what is said of it."""

from collections.abc import Sequence

from robust_emo.types import Threshold

LOOK_EVERY = 24
"""Examples between two looks at whether the verdict is certain: enough to fill the model's batches."""
STOPPING = "examples attacked, in random order"
"""Stands in the note of every audit that may stop early."""


def stopping_note(attacked: int, drawn: int) -> str:
    """When and why attacking stopped."""
    end = "attacking did not stop early"
    if attacked < drawn:
        end = "attacking stopped there, since every check of the policy on evasion was certain"
    return (
        f"{attacked} of {drawn} {STOPPING}, with a look after every {LOOK_EVERY}: {end}; intervals hold at all looks "
        "together (anytime-valid)"
    )


def stopping_warnings(thresholds: Sequence[Threshold], drawn: int) -> tuple[str, ...]:
    """One line where an audit of that many attacked examples can never stop early, with the reasons."""
    checks = [threshold for threshold in thresholds if threshold.section.split("/")[0] == "evasion"]
    reasons = []
    if drawn <= LOOK_EVERY:
        reasons.append(f"the first look comes after {LOOK_EVERY}")
    if any(check.min_n > drawn for check in checks):
        reasons.append(f"the policy asks for at least {max(check.min_n for check in checks)}")
    if any(check.decision != "confident" for check in checks):
        reasons.append("the policy judges evasion on a value without its interval")
    if any(check.max_regression is not None for check in checks):
        reasons.append("the policy compares evasion with an earlier audit")
    if not checks:
        reasons.append("the policy has no check on evasion")
    if not reasons:
        return ()
    return (f"--stop-when-certain can never stop early on {drawn} attacked examples: {'; '.join(reasons)}",)
