"""Words of nearly one meaning, read as one word."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from robust_emo.defences.average_linkage import average_linkage
from robust_emo.defences.clustered_words import ClusteredWords
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import Gap, KnownGaps
from robust_emo.word_neighbours import word_neighbours

# A word has ten neighbours at most, so that a pair may be missing from the table and similar all the same; pairs are
# listed from 0.6 on.
_UNLISTED = 0.4


class WordClusters(ClusteredWords):
    """Joins words as long as those of a cluster are similar on average.

    Args:
        clusters: see :class:`~robust_emo.defences.clustered_words.ClusteredWords`.
        least_similarity: average cosine of the words of two clusters that are joined, in [0.4, 1]. Lower joins more:
            fewer exchanges get through, and more of the meaning is lost.

    Raises:
        InputError: an unreadable file, or an argument out of its range.
    """

    spec = PluginSpec(
        name="word-clusters",
        version="1",
        summary="one word for all words of nearly one meaning",
        paper="Wang 2021",
        languages=("en",),
    )

    def __init__(self, *, clusters: Path | None = None, least_similarity: float = 0.45) -> None:
        super().__init__(clusters)
        if type(least_similarity) not in (int, float) or not _UNLISTED <= least_similarity <= 1:
            raise InputError(
                f"normaliser {self.spec.name}: least_similarity must be a number from {_UNLISTED:g} to 1, "
                f"got {least_similarity}"
            )
        self.least_similarity = float(least_similarity)

    def clustered(self, lexicon: Mapping[str, int]) -> Sequence[Sequence[str]]:
        """Of all words of the table, whatever the training texts hold."""
        similar = {word: dict(near) for word, near in word_neighbours().items()}
        return average_linkage(similar, least=self.least_similarity, unlisted=_UNLISTED)

    def arguments(self) -> Mapping[str, Any]:
        """The file and what the clusters were made with."""
        return {"clusters": self.clusters, "least_similarity": self.least_similarity}

    def known_gaps(self) -> KnownGaps:
        """What gets through, and which attacks aim at it."""
        return KnownGaps(
            through=("synonyms",),
            gaps=(
                Gap("Neighbours of the table that lie in two clusters stay apart.", ("synonyms",)),
                Gap("Near words of another source than its table are in no cluster.", ("pwws", "a2t", "bae")),
                Gap("A misspelt word is in no cluster.", ("deepwordbug-strong",)),
            ),
        )
