"""Why a changed text may not keep its emotion: the codes of the validity check in plain words."""

from collections import Counter
from collections.abc import Iterable

from robust_emo.types import AttackOutcome, Status

from . import numbers
from .language import later, say, say_counted
from .visible import shortened

REASON_WORDS = {
    "similarity": later("says something else"),
    "valence": later("the feeling turned round or went away"),
    "emotion": later("words of one emotion gave way to another's"),
    "negation": later("a negation came or went"),
    "antonym": later("a word became its opposite"),
    "contrast": later("an addition takes the emotion back"),
    "readability": later("too much cannot be read"),
    "judge": later("the judge model finds another emotion"),
}


def reason_words(code: str) -> str:
    """The reason in words; a code that is not ours as it stands."""
    return say(REASON_WORDS[code]) if code in REASON_WORDS else shortened(code)


def reasons_text(outcomes: Iterable[AttackOutcome]) -> str:
    """``3 of 9 checked successes may not keep the emotion: a negation came or went (2); …``; empty without any."""
    checked = [outcome for outcome in outcomes if outcome.status is Status.SUCCEEDED and outcome.valid is not None]
    invalid = [outcome for outcome in checked if outcome.valid is False]
    if not invalid:
        return ""
    counted = Counter(code for outcome in invalid for code in outcome.invalid_reasons)
    reasons = say("; ").join(_times(code, times) for code, times in counted.most_common())
    if not reasons:
        return say_counted(
            len(checked),
            "{invalid} of {n} checked success may not keep the emotion",
            "{invalid} of {n} checked successes may not keep the emotion",
            invalid=numbers.count(len(invalid)),
        )
    return say_counted(
        len(checked),
        "{invalid} of {n} checked success may not keep the emotion: {reasons}",
        "{invalid} of {n} checked successes may not keep the emotion: {reasons}",
        invalid=numbers.count(len(invalid)),
        reasons=reasons,
    )


def _times(code: str, times: int) -> str:
    return say("{reason} ({times})", reason=reason_words(code), times=numbers.count(times))
