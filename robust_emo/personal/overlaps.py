"""Which of several candidates for one place in a text wins."""

from bisect import bisect_left
from collections.abc import Iterable

from robust_emo.personal.finding import Candidate, Kind

_ORDER = {kind: place for place, kind in enumerate(Kind)}


def without_overlaps(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Candidates that do not overlap, in the order of the text: the longest first, then the most certain.

    What is left of a loser is searched again by :func:`robust_emo.personal.scanning.find`. Equal ones are decided by
    place and by the order of :class:`Kind`, so that the result never depends on the order of recognisers.
    """
    kept: list[tuple[int, int, Candidate]] = []
    starts: list[int] = []
    for candidate in sorted(candidates, key=_rank):
        place = bisect_left(starts, candidate.end)  # those before start within reach; the last ends latest
        if place and kept[place - 1][1] > candidate.start:
            continue
        starts.insert(place, candidate.start)
        kept.insert(place, (candidate.start, candidate.end, candidate))
    return [candidate for _, _, candidate in kept]


def _rank(candidate: Candidate) -> tuple[int, int, int, int]:
    return candidate.start - candidate.end, -candidate.certainty, candidate.start, _ORDER[candidate.kind]
