"""Words of similar meaning, read as one word: who exchanges one for the other changes nothing.

The idea of robust encodings (Jones, Jia, Raghunathan & Liang 2020) and of synonym encoding (Wang, Jin, Yang & He 2021,
"Natural Language Adversarial Defense through Synonym Encoding"), with clusters of the project's own table of word
neighbours.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from robust_emo.defences.average_linkage import average_linkage
from robust_emo.defences.english import check_english
from robust_emo.defences.everyday_words import NEGATIONS
from robust_emo.defences.lexicon import count_words
from robust_emo.defences.rewriting import Replacement
from robust_emo.defences.versions import package_versions, unicode_version
from robust_emo.defences.word_by_word import word_by_word
from robust_emo.defences.word_model import WordModel
from robust_emo.defences.word_valence import opposed, word_valence
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import Gap, KnownGaps
from robust_emo.word_neighbours import word_neighbours

# A word has ten neighbours at most, so that a pair may be missing from the table and similar all the same; pairs are
# listed from 0.6 on.
_UNLISTED = 0.4


class WordClusters:
    """Each word of a cluster becomes the one that is commonest in the training texts.

    Handles, the # of hashtags, emoji, contractions, negations and words without neighbours stay, and a pleasant word is
    in no cluster with an unpleasant one (VADER; Hutto & Gilbert 2014). It stands behind the speller: a misspelt word is
    in no cluster.

    Args:
        clusters: file with the representatives of the model's own words; None: those of plain English are used.
        least_similarity: average cosine of the words of two clusters that are joined, in [0.4, 1]. Lower joins more:
            fewer exchanges get through, and more of the meaning is lost.

    Raises:
        InputError: an unreadable file, or an argument out of its range.
    """

    spec = PluginSpec(
        name="word-clusters",
        version="2",
        summary="one word for all words of nearly one meaning",
        paper="Wang 2021",
        languages=("en",),
    )

    def __init__(self, *, clusters: Path | None = None, least_similarity: float = 0.45) -> None:
        if clusters is not None and not isinstance(clusters, Path):
            raise InputError(
                f"normaliser {self.spec.name}: the clusters are learnt from the training data, they cannot be named"
            )
        if type(least_similarity) not in (int, float) or not _UNLISTED <= least_similarity <= 1:
            raise InputError(
                f"normaliser {self.spec.name}: least_similarity must be a number from {_UNLISTED:g} to 1, "
                f"got {least_similarity}"
            )
        self.clusters = clusters
        self.least_similarity = float(least_similarity)
        self._learnt = _read(clusters) if clusters else None

    @classmethod
    def learn(
        cls,
        texts: Iterable[str],
        folder: Path,
        *,
        groups: Iterable[str | None] | None = None,
        **arguments: Any,  # noqa: ANN401 - as __init__
    ) -> "WordClusters":
        """Make it with the common words of `texts` as representatives, in a file that it writes into `folder`.

        Raises:
            InputError: as above, or the texts are in another language written in Latin letters.
        """
        texts, path, plain = list(texts), folder / "clusters.tsv", cls(**arguments)
        check_english(texts, cls.spec.name)
        found = representatives(count_words(texts, groups=groups), least_similarity=plain.least_similarity)
        path.write_bytes("".join(f"{word}\t{first}\n" for word, first in found.items()).encode())
        return cls(**{"clusters": path, **arguments})

    def replacements(self, text: str) -> Sequence[Replacement]:
        """One per word that another one stands for."""
        return word_by_word(text, self._representatives.get)

    def arguments(self) -> Mapping[str, Any]:
        """The file and what the clusters were made with."""
        return {"clusters": self.clusters, "least_similarity": self.least_similarity}

    def depends_on(self) -> Mapping[str, str]:
        """Versions of Unicode, and of the table of word counts where there is no file."""
        return unicode_version() | ({} if self.clusters else package_versions("symspellpy", "vaderSentiment"))

    def known_gaps(self) -> KnownGaps:
        """What gets through, and which attacks aim at it."""
        return KnownGaps(
            through=("synonyms",),
            gaps=(
                Gap("Neighbours of the table that lie in two clusters stay apart.", ("synonyms",)),
                Gap("Negations stay as they are, and pleasant and unpleasant words apart.", ("synonyms",)),
                Gap(
                    "Meaning is not looked at beyond that: what VADER lacks may be joined with its opposite "
                    "(unsafe for safety)."
                ),
                Gap("Near words of another source than its table are in no cluster.", ("pwws", "a2t", "bae")),
                Gap("A misspelt word is in no cluster.", ("deepwordbug-strong",)),
            ),
        )

    def notes(self) -> Sequence[str]:
        """What is promised, and what is not."""
        return (
            "Words of one cluster are the same word to the model. The clusters are made of the table from which the "
            "attacks `synonyms` and `textbugger` take their words: how much these lose is partly by construction; look "
            "at attacks with other sources, such as pwws, bae and a2t, too. English only.",
        )

    @cached_property
    def _representatives(self) -> Mapping[str, str]:
        return self._learnt if self._learnt is not None else _english(self.least_similarity)


def representatives(lexicon: Mapping[str, int], *, least_similarity: float) -> dict[str, str]:
    """What stands for each word that something else stands for.

    Args:
        lexicon: words of training texts with the number of texts; may be empty.
        least_similarity: see :class:`WordClusters`.
    """
    model = WordModel(lexicon)
    found: dict[str, str] = {}
    for members in _clusters(least_similarity):
        first = min(members, key=lambda word: (-lexicon.get(word, 0), -model.probability(word), word))
        found |= {word: first for word in members if word != first}
    return dict(sorted(found.items()))


@cache
def _clusters(least_similarity: float) -> Sequence[Sequence[str]]:
    similar = {
        word: {near: alike for near, alike in row if near not in NEGATIONS and not opposed(word, near)}
        for word, row in word_neighbours().items()
        if word not in NEGATIONS
    }
    linked = average_linkage(similar, least=least_similarity, unlisted=_UNLISTED)
    return [part for members in linked for part in _agreeing(members)]


def _agreeing(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """A cluster, or two where a third word has linked opposed ones; words without valence stay with the larger part."""
    pleasant, unpleasant = ([word for word in words if sign * word_valence(word) > 0] for sign in (1, -1))
    fewer = min(pleasant, unpleasant, key=len)
    for part in ([word for word in words if word not in fewer], fewer):
        if len(part) > 1:
            yield part


@cache
def _english(least_similarity: float) -> Mapping[str, str]:
    return representatives({}, least_similarity=least_similarity)


def _read(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"clusters {path} cannot be read: {error}") from error
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        word, tab, representative = line.partition("\t")
        if not (word and tab and representative) or "\t" in representative or word in found:
            raise InputError(
                f"clusters {path}, line {number}: expected a new word, a tab and what stands for it, got {line[:40]!r}"
            )
        found[word] = representative
    return found
