"""What normalisers share that read all words of a cluster as one of them.

The idea of robust encodings (Jones, Jia, Raghunathan & Liang 2020) and of synonym encoding (Wang, Jin, Yang & He 2021,
"Natural Language Adversarial Defense through Synonym Encoding"): who exchanges one word of a cluster for another
changes nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Self

from robust_emo.defences.english import check_english
from robust_emo.defences.lexicon import count_words
from robust_emo.defences.rewriting import Replacement
from robust_emo.defences.versions import package_versions, unicode_version
from robust_emo.defences.word_by_word import word_by_word
from robust_emo.defences.word_model import WordModel
from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec


class ClusteredWords(ABC):
    """Each word of a cluster becomes the one that is commonest in the training texts.

    Handles, the # of hashtags, emoji, contractions and words without a cluster stay. It stands behind the speller: a
    misspelt word is in no cluster.

    Args:
        clusters: file with the representatives of the model's own words; None: those of plain English are used.

    Raises:
        InputError: an unreadable file.
    """

    spec: ClassVar[PluginSpec]
    packages: ClassVar[tuple[str, ...]] = ("symspellpy",)
    """What makes the clusters where there is no file of them."""

    def __init__(self, clusters: Path | None) -> None:
        if clusters is not None and not isinstance(clusters, Path):
            raise InputError(
                f"normaliser {self.spec.name}: the clusters are learnt from the training data, they cannot be named"
            )
        self.clusters = clusters
        self._learnt = _read(clusters) if clusters else None

    @abstractmethod
    def clustered(self, lexicon: Mapping[str, int]) -> Iterable[Sequence[str]]:
        """Clusters of two or more words, no word in two of them, the same in every run.

        Args:
            lexicon: words of training texts with the number of texts; may be empty.
        """

    @abstractmethod
    def arguments(self) -> Mapping[str, Any]:
        """The file and what the clusters were made with."""

    @classmethod
    def learn(
        cls,
        texts: Iterable[str],
        folder: Path,
        *,
        groups: Iterable[str | None] | None = None,
        **arguments: Any,  # noqa: ANN401 - as __init__ of the subclass
    ) -> Self:
        """Make it with the common words of `texts` as representatives, in a file that it writes into `folder`.

        Raises:
            InputError: as above, or the texts are in another language written in Latin letters.
        """
        texts, path, plain = list(texts), folder / "clusters.tsv", cls(**arguments)
        check_english(texts, cls.spec.name)
        found = plain.representatives(count_words(texts, groups=groups))
        path.write_bytes("".join(f"{word}\t{first}\n" for word, first in found.items()).encode())
        return cls(**{"clusters": path, **arguments})

    def representatives(self, lexicon: Mapping[str, int]) -> dict[str, str]:
        """What stands for each word that something else stands for, in alphabetical order.

        Args:
            lexicon: words of training texts with the number of texts; may be empty.
        """
        model = WordModel(lexicon)
        found: dict[str, str] = {}
        for members in self.clustered(lexicon):
            first = min(members, key=lambda word: (-lexicon.get(word, 0), -model.probability(word), word))
            found |= {word: first for word in members if word != first}
        return dict(sorted(found.items()))

    def replacements(self, text: str) -> Sequence[Replacement]:
        """One per word that another one stands for."""
        return word_by_word(text, self._representatives.get)

    def depends_on(self) -> Mapping[str, str]:
        """Versions of Unicode, and of what clusters words where there is no file."""
        return unicode_version() | ({} if self.clusters else package_versions(*self.packages))

    def notes(self) -> Sequence[str]:
        """What is promised, and what is not."""
        return (
            "Words of one cluster are the same word to the model. The clusters are made of the table from which the "
            "attacks `synonyms` and `textbugger` take their words: how much these lose is partly by construction; look "
            "at attacks with other sources, such as pwws, bae and a2t, too. English only.",
        )

    @cached_property
    def _representatives(self) -> Mapping[str, str]:
        return self._learnt if self._learnt is not None else self.representatives({})


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
