"""Self-diagnosis: signs that the attacks were hindered, so that a good number says little."""

from dataclasses import dataclass

from robust_emo.types import AuditReport, Flag

from .language import later, say
from .masking import mask
from .visible import shortened


@dataclass(frozen=True, slots=True)
class FlagView:
    """One sign."""

    raised: bool | None
    state: str
    """``raised``, ``not raised`` or ``not looked at``."""
    title: str
    meaning: str
    """What it would mean if it were raised."""
    detail: str
    """What was seen."""

    @property
    def sentence(self) -> str:
        """What it is, what was seen, and what that would mean."""
        return say("{title}: {detail}. {meaning}", title=self.title, detail=self.detail, meaning=self.meaning).strip()


_STATES = {True: later("raised"), False: later("not raised"), None: later("not looked at")}
_MEANINGS = {
    "randomised_model": (
        later("The model answers differently when asked twice"),
        later("An attack cannot tell a change that helps from chance, so it finds fewer than there are."),
    ),
    "saturated_softmax": (
        later("The model is so sure that nothing moves"),
        later("Probabilities that round to 0 and 1 do not show an attack which change brings it nearer."),
    ),
    "zero_gradients": (
        later("The model's gradients are zero"),
        later("Attacks that see inside the model follow its gradients; without any they stand still."),
    ),
    "black_box_beats_white_box": (
        later("The model's gradients mislead"),
        later(
            "Words chosen by the gradient hurt less than words drawn at random, so attacks that follow it find "
            "too little."
        ),
    ),
    "too_few_queries": (
        later("Attacks ran out of queries"),
        later("Attacks that were cut short say little about what a patient attacker would find."),
    ),
    "attacks_did_not_apply": (
        later("The attacks did not apply to the texts"),
        later(
            "Texts in which no attack finds anything that it can change count as withstood without having been tried."
        ),
    ),
    "privacy_promise_broken": (
        later("More leaks than the privacy ledger promises"),
        later("The training or its accounting has a bug: what is promised to the people behind the texts is not kept."),
    ),
    "defence_not_aimed_at": (
        later("No attack aimed at some known gaps of the defence"),
        later(
            "Whoever knows the defence goes where it does nothing; attacks that go elsewhere say little about "
            "him, so that this is no adaptive evaluation of these gaps."
        ),
    ),
}


def raised_flags(report: AuditReport) -> tuple[FlagView, ...]:
    """Signs to warn of, of all sections that ran to their end."""
    ran = [section for section in report.sections if section.error is None]
    return tuple(flag_view(flag) for section in ran for flag in section.flags if flag.raised)


def flag_view(flag: Flag) -> FlagView:
    """Put a flag into words; flags that are not ours keep their name and have no meaning."""
    state, detail = say(_STATES[flag.raised]), mask(flag.detail)
    if flag.name not in _MEANINGS:
        return FlagView(flag.raised, state, shortened(flag.name.replace("_", " ").capitalize()), "", detail)
    title, meaning = _MEANINGS[flag.name]
    return FlagView(flag.raised, state, say(title), say(meaning), detail)
