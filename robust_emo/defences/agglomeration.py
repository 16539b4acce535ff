"""Words put into clusters, so that the typos of a word fall into few of them and each cluster says much.

The agglomerative clusters of Jones, Jia, Raghunathan & Liang 2020, "Robust Encodings". A clustering costs

    gamma * (what it blurs) + (1 - gamma) * (into how many clusters typos scatter)

Scatter is the number of clusters that the typos of a word reach. Blur is the squared distance of a word, as a one-hot
vector, from the mean of its cluster. Both are means over words by how probable these are.
"""

import heapq
from collections.abc import Sequence
from typing import NamedTuple

_ROUNDING = 1e-15


def representatives(probabilities: Sequence[float], reached: Sequence[Sequence[int]], gamma: float) -> list[int]:
    """For each word the index of the most probable word of its cluster, the first of them in a tie.

    Two clusters are merged, where a word of one has a typo that is taken for a word of the other, roughly the pair
    that saves most first, until no such merger makes the clustering cheaper.

    Args:
        probabilities: of the words, all above 0, in descending order.
        reached: for each word, which words its typos are taken for, itself included.
        gamma: in [0, 1]. 0 makes clusters of all words that typos connect; 1 leaves every word alone.
    """
    clusters = _Clusters(probabilities, reached, gamma)
    while mergers := clusters.mergers():
        _merge_cheapest(clusters, mergers)
    first = list(range(len(probabilities)))
    for members in clusters.members:
        for member in members:
            first[member] = min(members)
    return first


def _merge_cheapest(clusters: "_Clusters", queue: "list[_Merger]") -> None:
    """Merge until no merger of the queue pays; one that pays only since another cluster has grown is not found."""
    heapq.heapify(queue)
    while queue and queue[0].change < 0:
        queued = heapq.heappop(queue)
        if queued.other not in clusters.shared[queued.one]:
            continue  # one of them is gone
        current = clusters.merger(queued.one, queued.other)
        if current.change > queued.change:
            heapq.heappush(queue, current)  # one of them has grown since
        elif current.change < 0:
            for pair in clusters.merge(queued.one, queued.other):
                heapq.heappush(queue, clusters.merger(*pair))


class _Merger(NamedTuple):
    """By how much putting two clusters together changes the cost."""

    change: float
    one: int
    other: int


class _Clusters:
    """A clustering in the making; a cluster is called by the index of one of its words, one that is gone is empty."""

    def __init__(self, probabilities: Sequence[float], reached: Sequence[Sequence[int]], gamma: float) -> None:
        self._probabilities = probabilities
        self._gamma = gamma
        self._mass = list(probabilities)
        self._squares = [probability**2 for probability in probabilities]
        self._reached = [set(row) for row in reached]
        self._reaching: list[set[int]] = [set() for _ in probabilities]
        for word, row in enumerate(reached):
            for other in row:
                self._reaching[other].add(word)
        self.members = [[index] for index in range(len(probabilities))]
        self.shared: list[dict[int, float]] = [{} for _ in probabilities]
        """For each cluster those it may be merged with, and how probable words are whose typos reach both."""
        for word, row in enumerate(reached):
            for other in row:
                if other != word:
                    self._join(word, other)

    def mergers(self) -> list[_Merger]:
        """All that make the clustering cheaper by more than what is lost in rounding."""
        pairs = ((one, other) for one, near in enumerate(self.shared) for other in near if one < other)
        return [merger for pair in pairs if (merger := self.merger(*pair)).change < -_ROUNDING]

    def merger(self, one: int, other: int) -> _Merger:
        """What merging the two, in ascending order, would change."""
        mass, squares = self._mass, self._squares
        blur = squares[one] / mass[one] + squares[other] / mass[other]
        blur -= (squares[one] + squares[other]) / (mass[one] + mass[other])
        return _Merger(self._gamma * blur - (1 - self._gamma) * self.shared[one][other], one, other)

    def merge(self, one: int, other: int) -> list[tuple[int, int]]:
        """Put the one that fewer words reach into the other; returns pairs that now share more."""
        into, gone = sorted((one, other), key=lambda cluster: (-len(self._reaching[cluster]), cluster))
        for near in self.shared[gone]:
            del self.shared[near][gone]
        neighbours = set(self.shared[gone]) - {into}
        changed = neighbours - set(self.shared[into])
        for word in sorted(self._reaching[gone] - self._reaching[into]):
            for near in self._reached[word] & self.shared[into].keys():
                self.shared[into][near] = self.shared[near][into] = self.shared[into][near] + self._probabilities[word]
                changed.add(near)
        for word in self._reaching[gone]:
            self._reached[word].discard(gone)
            self._reached[word].add(into)
        self._reaching[into] |= self._reaching[gone]
        self.members[into] += self.members[gone]
        self._mass[into] += self._mass[gone]
        self._squares[into] += self._squares[gone]
        self.members[gone], self._reaching[gone], self.shared[gone] = [], set(), {}
        for near in sorted(neighbours):
            self._join(into, near)
        return [(min(into, near), max(into, near)) for near in sorted(changed)]

    def _join(self, one: int, other: int) -> None:
        """Let the two be merged one day."""
        if other not in self.shared[one]:
            both = sorted(self._reaching[one] & self._reaching[other])
            self.shared[one][other] = self.shared[other][one] = sum(self._probabilities[word] for word in both)
