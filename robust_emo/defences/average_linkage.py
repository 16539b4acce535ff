"""Clusters of things that are similar on average, from a sparse table of similarities."""

import heapq
from collections.abc import Mapping


def average_linkage(similar: Mapping[str, Mapping[str, float]], *, least: float, unlisted: float) -> list[list[str]]:
    """Join the two clusters whose members are most similar on average, again and again (Sokal & Michener 1958).

    Only clusters that a listed pair connects are joined. Deterministic: of equals the first in the alphabet.

    Args:
        similar: for each thing how similar it is to others; a pair may be listed on either side or both.
        least: average similarity below which two clusters stay apart.
        unlisted: similarity of a pair that is not listed.

    Returns:
        Clusters of two or more, members and clusters in alphabetical order.
    """
    clusters = _Clusters(similar, unlisted)
    queue = [(-clusters.average(one, other), one, other) for one, near in clusters.sums.items() for other in near]
    queue = [entry for entry in queue if entry[1] < entry[2]]
    heapq.heapify(queue)
    while queue and -queue[0][0] >= least:
        queued, one, other = heapq.heappop(queue)
        if other not in clusters.sums.get(one, {}):
            continue  # one of them has been joined to a third
        current = -clusters.average(one, other)
        if current != queued:  # one of them has grown since
            heapq.heappush(queue, (current, one, other))
            continue
        joined = clusters.join(one, other)
        for near in clusters.sums[joined]:
            first, second = sorted((joined, near))
            heapq.heappush(queue, (-clusters.average(first, second), first, second))
    return sorted(sorted(members) for members in clusters.members.values() if len(members) > 1)


class _Clusters:
    """A clustering in the making; a cluster is called by one of its members."""

    def __init__(self, similar: Mapping[str, Mapping[str, float]], unlisted: float) -> None:
        self._unlisted = unlisted
        names = sorted({*similar, *(other for near in similar.values() for other in near)})
        self.members: dict[str, list[str]] = {name: [name] for name in names}
        self.sums: dict[str, dict[str, float]] = {name: {} for name in names}
        """Of the similarities of all listed pairs between two clusters, less `unlisted` each."""
        for one, near in similar.items():
            for other, similarity in near.items():
                self.sums[one][other] = self.sums[other][one] = similarity - unlisted

    def average(self, one: str, other: str) -> float:
        """Similarity of a member of the one to a member of the other."""
        pairs = len(self.members[one]) * len(self.members[other])
        return self._unlisted + self.sums[one][other] / pairs

    def join(self, one: str, other: str) -> str:
        """Make one cluster of two; returns what it is called."""
        into, gone = sorted((one, other), key=lambda name: (-len(self.sums[name]), name))
        del self.sums[into][gone]
        for near, total in self.sums.pop(gone).items():
            if near != into:
                del self.sums[near][gone]
                self.sums[into][near] = self.sums[near][into] = self.sums[into].get(near, 0.0) + total
        self.members[into] += self.members.pop(gone)
        return into
