"""Whole neighbourhoods of words, cut where texts seldom are, each read as one word."""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from robust_emo.defences.clustered_words import ClusteredWords
from robust_emo.defences.everyday_words import NEGATIONS
from robust_emo.defences.readings import signed_valence
from robust_emo.defences.word_model import WordModel
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.stop_words import is_stop_word
from robust_emo.types import Gap, KnownGaps
from robust_emo.word_neighbours import word_neighbours

_LEAST_PROBABILITY = 1e-6  # of two words together: words that no text has are neighbours, too
_SEED = 0  # the search for communities visits words in an order that is drawn
_MOST = 10_000


class WordCommunities(ClusteredWords):
    """Cuts the graph of near words into communities (Louvain; Blondel, Guillaume, Lambiotte & Lefebvre 2008).

    Average linkage joins what is similar and leaves neighbours on both sides of every border; an attacker needs just
    one of them. Communities are cut where few neighbours are, and an edge weighs as much as its two words are probable
    (the square root of it), so that borders run where texts seldom are. Function words and negations stay as they are,
    and words of opposite valence (VADER; Hutto & Gilbert 2014) are in no community together.

    Args:
        clusters: see :class:`~robust_emo.defences.clustered_words.ClusteredWords`.
        resolution: of modularity (Reichardt & Bornholdt 2006), above 0 and at most 10,000. Lower makes fewer and larger
            communities: fewer exchanges get through, and more of the meaning is lost.

    Raises:
        InputError: an unreadable file, or an argument out of its range.
    """

    spec = PluginSpec(
        name="word-communities",
        version="1",
        summary="one word for all words of a neighbourhood of meanings",
        paper="Blondel 2008",
        languages=("en",),
    )
    packages: ClassVar[tuple[str, ...]] = ("symspellpy", "vaderSentiment", "networkx")

    def __init__(self, *, clusters: Path | None = None, resolution: float = 40) -> None:
        super().__init__(clusters)
        if type(resolution) not in (int, float) or not 0 < resolution <= _MOST:
            raise InputError(
                f"normaliser {self.spec.name}: resolution must be a number above 0 and at most {_MOST}, "
                f"got {resolution}"
            )
        self.resolution = float(resolution)

    def clustered(self, lexicon: Mapping[str, int]) -> Sequence[Sequence[str]]:
        """Of all words of the table but function words; which are together depends on how frequent they are."""
        import networkx

        model = WordModel(lexicon)
        words = sorted({*word_neighbours(), *(near for row in word_neighbours().values() for near, _ in row)})
        number = {word: place for place, word in enumerate(word for word in words if not _stays(word))}
        graph = networkx.Graph()
        graph.add_nodes_from(number.values())
        for word, row in sorted(word_neighbours().items()):
            for near, _ in row:
                if word in number and near in number and not _opposed(word, near):
                    probability = model.probability(word) + model.probability(near)
                    graph.add_edge(number[word], number[near], weight=math.sqrt(probability + _LEAST_PROBABILITY))
        found = networkx.community.louvain_communities(graph, resolution=self.resolution, seed=_SEED)
        names = list(number)
        return sorted(part for members in found for part in _agreeing([names[place] for place in sorted(members)]))

    def arguments(self) -> Mapping[str, Any]:
        """The file and what the communities were made with."""
        return {"clusters": self.clusters, "resolution": self.resolution}

    def known_gaps(self) -> KnownGaps:
        """What gets through, and which attacks aim at it."""
        return KnownGaps(
            through=("synonyms",),
            gaps=(
                Gap("Neighbours of the table that lie in two communities stay apart.", ("synonyms",)),
                Gap("Words of a community that mean different things are one to the model (fear, ghost)."),
                Gap("Near words of another source than its table are in no community.", ("pwws", "a2t", "bae")),
                Gap("A misspelt word is in no cluster.", ("deepwordbug-strong",)),
            ),
        )


def _stays(word: str) -> bool:
    return is_stop_word(word) or word in NEGATIONS


def _opposed(word: str, other: str) -> bool:
    """Whether one is good and the other bad."""
    return signed_valence(word) * signed_valence(other) < 0


def _agreeing(words: Sequence[str]) -> Iterator[list[str]]:
    """One community, or two where it has words of opposite valence: those without one stay with the more."""
    good, bad = ({word for word in words if sign * signed_valence(word) > 0} for sign in (1, -1))
    fewer = min(good, bad, key=len)
    for part in ([word for word in words if word not in fewer], sorted(fewer)):
        if len(part) > 1:
            yield part
