"""What the authors of normalisers say of their limits, for the audit of a model that carries them."""

from collections.abc import Sequence
from typing import Any

from robust_emo.defences.input_defence import InputDefence
from robust_emo.defences.normaliser import CandidNormaliser
from robust_emo.errors import PluginError
from robust_emo.types import Gap, KnownGaps, NormaliserGaps


def known_gaps(defence: InputDefence) -> tuple[NormaliserGaps, ...]:
    """The gaps of each normaliser, in the order in which they are applied.

    Raises:
        PluginError: a normaliser crashes when asked, or answers something else.
    """
    return tuple(
        NormaliserGaps(each.spec.name, each.spec.version, _asked(each) if isinstance(each, CandidNormaliser) else None)
        for each in defence.normalisers
    )


def _asked(normaliser: CandidNormaliser) -> KnownGaps:
    name = normaliser.spec.name
    try:
        known: Any = normaliser.known_gaps()
    except Exception as error:
        raise PluginError(f"normaliser '{name}' cannot name its gaps: {type(error).__name__}: {error}") from error
    if not isinstance(known, KnownGaps) or not all(isinstance(gap, Gap) for gap in known.gaps):
        raise PluginError(f"normaliser '{name}': expected a KnownGaps with Gaps from known_gaps(), got {known!r:.200}")
    lists = (known.through, *(gap.attacks for gap in known.gaps))
    if not all(map(_names, lists)) or not all(type(gap.text) is str for gap in known.gaps):
        raise PluginError(
            f"normaliser '{name}': expected texts and rows of names of attacks from known_gaps(), got {known!r:.200}"
        )
    return KnownGaps(tuple(known.through), tuple(Gap(gap.text, tuple(gap.attacks)) for gap in known.gaps))


def _names(found: object) -> bool:
    return isinstance(found, Sequence) and not isinstance(found, str) and all(type(name) is str for name in found)
