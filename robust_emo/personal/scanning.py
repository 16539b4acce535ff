"""Personal data of one text, and counts over many."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from robust_emo.personal.finding import Candidate, Certainty, Finding, Kind
from robust_emo.personal.folded import BARRIER, Folded
from robust_emo.personal.overlaps import without_overlaps
from robust_emo.personal.placeholders import anonymised
from robust_emo.personal.recognisers import BUILT_IN, Recogniser

ALL_KINDS = frozenset(Kind)
_ROUNDS = 8
"""What a finding covered may come to light when it is gone; after so many times a text is taken for hostile."""


@dataclass(frozen=True, slots=True)
class PersonalData:
    """How much personal data stands in texts; it holds no value."""

    texts: int
    """Texts that were looked at."""
    touched: int
    """Texts with at least one finding."""
    findings: tuple[tuple[Kind, int], ...]
    """Findings by kind, those of the order of :class:`Kind` that occur."""
    touched_by_kind: tuple[tuple[Kind, int], ...]
    """Texts with at least one finding of the kind."""

    @classmethod
    def of(cls, found: Iterable[Sequence[Finding]]) -> "PersonalData":
        """Count the findings of texts, one sequence a text."""
        texts, touched, findings, having = 0, 0, Counter[Kind](), Counter[Kind]()
        for each in found:
            texts, touched = texts + 1, touched + bool(each)
            findings.update(finding.kind for finding in each)
            having.update({finding.kind for finding in each})
        counts = (tuple((kind, count[kind]) for kind in Kind if count[kind]) for count in (findings, having))
        return cls(texts, touched, *counts)


def scan(
    texts: Iterable[str], *, recognisers: Sequence[Recogniser] = BUILT_IN, kinds: Collection[Kind] = ALL_KINDS
) -> PersonalData:
    """Count what :func:`find` finds in texts. It is a lower bound: patterns miss some, and find some that is none."""
    return PersonalData.of(find(text, recognisers=recognisers, kinds=kinds) for text in texts)


def find(
    text: str,
    *,
    recognisers: Sequence[Recogniser] = BUILT_IN,
    kinds: Collection[Kind] = ALL_KINDS,
    certainty: Certainty = Certainty.LIKELY,
) -> tuple[Finding, ...]:
    """Personal data in a text, in its order and without overlaps.

    Masks and surrogates are none. What is found is covered and the rest searched again, until nothing is left: a text
    with placeholders in place of its findings has no further ones.

    Args:
        text: as written; offsets are those of this text.
        recognisers: what to ask.
        kinds: all others are left alone, and searched for nothing else.
        certainty: the least.
    """
    folded = Folded.of(text)
    folded = folded.without(match.span() for match in anonymised(folded.text))
    found: list[Finding] = []
    for _ in range(_ROUNDS):
        winners = _winners(folded.text, recognisers, certainty)
        if not winners:
            break
        found += (_finding(folded, winner) for winner in winners if winner.kind in kinds)
        folded = folded.without((winner.start, winner.end) for winner in winners)
    return tuple(sorted(found, key=lambda finding: finding.start))


def _winners(text: str, recognisers: Sequence[Recogniser], least: Certainty) -> list[Candidate]:
    candidates = (candidate for recogniser in recognisers for candidate in recogniser(text))
    return without_overlaps(
        candidate
        for candidate in candidates
        if candidate.certainty >= least and BARRIER not in text[candidate.start : candidate.end]
    )


def _finding(folded: Folded, winner: Candidate) -> Finding:
    start, end = folded.span(winner.start, winner.end)
    read = folded.text[winner.start : winner.end].casefold()
    if winner.kind in (Kind.PHONE, Kind.ID, Kind.CARD, Kind.IBAN):
        read = "".join(filter(str.isalnum, read))
    return Finding(winner.kind, start, end, folded.original[start:end], winner.certainty, " ".join(read.split()))
