"""What an attack learnt on one half of the texts and attacked the other half with."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.types import Learnt

from .language import later, say, say_counted
from .masking import mask
from .visible import shortened, visible

_NO_EMOTION = later("no emotion")
"""What attacks call texts without any."""


@dataclass(frozen=True, slots=True)
class LearntView:
    """One thing learnt, as plain text that is safe to show."""

    where: str
    """``half 1, 43 texts``."""
    tried_on: str
    """The other half."""
    subject: str
    content: str


def learnt_view(learnt: Sequence[Learnt]) -> tuple[LearntView, ...]:
    """One row per thing, in the order of the audit."""
    return tuple(
        LearntView(
            where=say_counted(item.n, "half {half}, {n} text", "half {half}, {n} texts", half=item.half),
            tried_on=say("half {half}", half=3 - item.half),
            subject=say(_NO_EMOTION) if item.subject == _NO_EMOTION else _shown(item.subject),
            content=_shown(item.content),
        )
        for item in learnt
    )


def _shown(text: str) -> str:
    return shortened(visible(mask(text)))
