"""The rule by which a heat map is trusted, read with caution, or not believed."""

from dataclasses import dataclass

from robust_emo.types import HeatMapQuality, Trust

LARGEST_GAP = 0.05
LARGEST_CHANCE = 0.025
"""A map without reason passes for one with reason in one text of 40."""
NEARLY_PERFECT = 0.1
LEAST_EFFECT = 0.1
LEAST_CORRELATION = 0.3
LARGEST_INFIDELITY = 0.7
LEAST_STABILITY = 0.5
LARGEST_SENSITIVITY = 0.5
FEWEST_WORDS = 5
"""With four words one ranking of 24 is right: a random one may well be."""
LARGEST_SANITY = 0.5


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a heat map beside its quality."""

    words: int
    windows: int = 1
    completeness_gap: float | None = None
    explains: bool = True
    """False of methods that do not say what moved the answer."""
    sanity: float | None = None
    """Mean rank correlation with the attributions of a model that is random in all layers; None: not measured."""
    learnt: bool | None = None
    """Whether the model is known to be better than guessing; None: not measured."""


def trust(quality: HeatMapQuality, circumstances: Circumstances) -> tuple[Trust, tuple[str, ...]]:
    """The label of a heat map and the reasons why it is not better; none where it is trusted."""
    disbelieved = tuple(_disbelieved(quality, circumstances))
    doubted = tuple(_doubted(quality, circumstances))
    if disbelieved:
        return Trust.UNRELIABLE, (*disbelieved, *doubted)
    return (Trust.CAUTION, doubted) if doubted else (Trust.TRUSTED, ())


def reasons_for_all(*, explains: bool, sanity: float | None, learnt: bool | None) -> tuple[str, ...]:
    """Why no heat map of a method and a model is believed, whatever the text.

    Args:
        explains: False of methods that do not say what moved the answer.
        sanity: mean rank correlation with the attributions of a model that is random in all layers.
        learnt: whether the model is known to be better than guessing.
    """
    reasons = []
    if not explains:
        reasons.append("this method does not say what moved the answer")
    if sanity is not None and sanity > LARGEST_SANITY:
        reasons.append(f"a model with random weights gets much the same heat maps (rank correlation {sanity:.2f})")
    if learnt is False:
        reasons.append("the model is no better than guessing, so that there is nothing to explain")
    return tuple(reasons)


def _disbelieved(quality: HeatMapQuality, circumstances: Circumstances) -> list[str]:
    reasons = list(
        reasons_for_all(explains=circumstances.explains, sanity=circumstances.sanity, learnt=circumstances.learnt)
    )
    gap, chance = circumstances.completeness_gap, quality.infidelity_by_chance
    if gap is not None and gap > LARGEST_GAP:
        reasons.append(f"the attributions miss the change of the answer by {_percent(gap)} (at most {LARGEST_GAP:.0%})")
    if circumstances.words >= FEWEST_WORDS and _by_luck(quality) and not _foretells(quality):
        reasons.append(f"the same attributions dealt to the words by lot foretell as well (p = {chance:.2g})")
    if quality.infidelity is None:
        reasons.append("leaving words out changes nothing at all: the answer depends on none of them")
    return reasons


def _by_luck(quality: HeatMapQuality) -> bool:
    return quality.infidelity_by_chance is not None and quality.infidelity_by_chance > LARGEST_CHANCE


def _foretells(quality: HeatMapQuality) -> bool:
    """All but perfectly. Where the answer hangs on one word of eight, one lot in eight is as right as the map is."""
    return quality.infidelity is not None and quality.infidelity <= NEARLY_PERFECT


def _doubted(quality: HeatMapQuality, circumstances: Circumstances) -> list[str]:
    reasons = []
    if circumstances.windows > 1:
        reasons.append("the text is longer than the model reads: a part of it alone moved the answer")
    if circumstances.words < FEWEST_WORDS:
        reasons.append(f"fewer than {FEWEST_WORDS} words: no ranking can be told from a random one")
    if circumstances.words >= FEWEST_WORDS and _by_luck(quality) and _foretells(quality):
        reasons.append("it foretells what leaving words out does, but too few words matter to tell that from luck")
    if quality.infidelity_by_chance is None and quality.infidelity is not None and circumstances.words >= FEWEST_WORDS:
        reasons.append("so many words have the same attribution that no ranking can be told from a random one")
    if quality.comprehensiveness is not None and quality.comprehensiveness < LEAST_EFFECT:
        reasons.append(
            f"without the highest words the answer hardly changes ({quality.comprehensiveness:+.2f} of probability)"
        )
    for value, limit, text in (
        (quality.leave_one_out_correlation, LEAST_CORRELATION, "leaving out one word at a time says something else"),
        (quality.stability, LEAST_STABILITY, "edits that change nothing change the ranking"),
    ):
        if value is not None and value < limit:
            reasons.append(f"{text} (rank correlation {value:.2f})")
    for value, limit, text in (
        (quality.infidelity, LARGEST_INFIDELITY, "the attributions foretell badly what leaving words out does"),
        (quality.max_sensitivity, LARGEST_SENSITIVITY, "moving the token vectors a little changes the attributions"),
    ):
        if value is not None and value > limit:
            reasons.append(f"{text} ({value:.2f})")
    return reasons


def _percent(share: float) -> str:
    return f"{share:.0%}" if share < 10 else "more than 1000%"
