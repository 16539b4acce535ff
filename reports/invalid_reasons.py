"""Why a changed text may not keep its emotion: the codes of the validity check in plain words."""

from collections import Counter
from collections.abc import Iterable

from robust_emo.types import AttackOutcome, Status

from . import numbers
from .visible import shortened

REASON_WORDS = {
    "similarity": "says something else",
    "valence": "the feeling turned round or went away",
    "emotion": "words of one emotion gave way to another's",
    "negation": "a negation came or went",
    "antonym": "a word became its opposite",
    "contrast": "an addition takes the emotion back",
    "readability": "too much cannot be read",
    "judge": "the judge model finds another emotion",
}


def reason_words(code: str) -> str:
    """The reason in words; a code that is not ours as it stands."""
    return REASON_WORDS.get(code) or shortened(code)


def reasons_text(outcomes: Iterable[AttackOutcome]) -> str:
    """``3 of 9 checked successes may not keep the emotion: 2 a negation came or went, 1 …``; empty without any."""
    checked = [outcome for outcome in outcomes if outcome.status is Status.SUCCEEDED and outcome.valid is not None]
    invalid = [outcome for outcome in checked if outcome.valid is False]
    if not invalid:
        return ""
    counted = Counter(code for outcome in invalid for code in outcome.invalid_reasons)
    reasons = "; ".join(f"{reason_words(code)} ({numbers.count(times)})" for code, times in counted.most_common())
    share = f"{numbers.count(len(invalid))} of {numbers.plural(len(checked), 'checked success', 'checked successes')}"
    return f"{share} may not keep the emotion{': ' if reasons else ''}{reasons}"
