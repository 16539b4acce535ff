"""One text with its personal data replaced, and where everything went."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from robust_emo.personal.finding import Certainty, Finding, Kind
from robust_emo.personal.placeholders import MASKS
from robust_emo.personal.recognisers import BUILT_IN, Recogniser
from robust_emo.personal.scanning import ALL_KINDS, find

Replacement = Callable[[Finding], str]


@dataclass(frozen=True, slots=True)
class Moved:
    """One replaced stretch: offsets in code points of the old text and of the new one."""

    kind: Kind
    start: int
    end: int
    new_start: int
    new_end: int


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A text after the replacements, which stand in its order."""

    text: str
    findings: tuple[Finding, ...]
    moved: tuple[Moved, ...]


def mask_of(finding: Finding) -> str:
    """The mask of a finding's kind."""
    return MASKS[finding.kind]


def rewrite(
    text: str,
    replacement: Replacement,
    *,
    recognisers: Sequence[Recogniser] = BUILT_IN,
    kinds: Collection[Kind] = ALL_KINDS,
    certainty: Certainty = Certainty.LIKELY,
) -> Rewritten:
    """Replace every finding in `text`; what stands between them is kept exactly."""
    return replaced(text, find(text, recognisers=recognisers, kinds=kinds, certainty=certainty), replacement)


def replaced(text: str, findings: Sequence[Finding], replacement: Replacement) -> Rewritten:
    """Replace what was found in `text`, in its order and without overlaps."""
    pieces: list[str] = []
    moved: list[Moved] = []
    done = length = 0
    for finding in findings:
        put = replacement(finding)
        kept = text[done : finding.start]
        length += len(kept)
        moved.append(Moved(finding.kind, finding.start, finding.end, length, length + len(put)))
        pieces += (kept, put)
        done, length = finding.end, length + len(put)
    return Rewritten("".join((*pieces, text[done:])), tuple(findings), tuple(moved))
