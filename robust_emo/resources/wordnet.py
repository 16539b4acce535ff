"""WordNet (Miller 1995): synonyms and antonyms of English words, through NLTK's reader.

Debian's files lack two that NLTK opens: the names of the lexicographer files and the index of sense keys. The reader
here gives the first from a table and an empty second, so nothing is copied and a read-only system will do.
"""

import io
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

from robust_emo.resources.catalogue import store
from robust_emo.resources.store import Store

if TYPE_CHECKING:
    from nltk.corpus.reader.wordnet import WordNetCorpusReader

NOUN, VERB, ADJECTIVE, ADVERB = "n", "v", "a", "r"
"""Parts of speech, as WordNet writes them."""

# The 45 lexicographer files in the order of their numbers, as lexnames(5WN) lists them.
_NOUNS = (
    "Tops act animal artifact attribute body cognition communication event feeling food group location motive object "
    "person phenomenon plant possession process quantity relation shape state substance time"
)
_VERBS = (
    "body change cognition communication competition consumption contact creation emotion motion perception "
    "possession social stative weather"
)
_LEXICOGRAPHER_FILES = (
    *((name, 3) for name in ("adj.all", "adj.pert")),
    ("adv.all", 4),
    *((f"noun.{name}", 1) for name in _NOUNS.split()),
    *((f"verb.{name}", 2) for name in _VERBS.split()),
    ("adj.ppl", 3),
)
_ABSENT = {
    "lexnames": "".join(f"{i:02d}\t{name}\t{kind}\n" for i, (name, kind) in enumerate(_LEXICOGRAPHER_FILES)),
    "index.sense": "",
}


def wordnet_reader() -> "WordNetCorpusReader":
    """NLTK's reader on the WordNet that is found; loaded at the first call (some seconds and 200 MB).

    Raises:
        PrerequisiteError: there is no WordNet.
    """
    return _reader(store("wordnet"))


def synonyms(word: str, pos: str | None = None) -> tuple[str, ...]:
    """Single words that share a sense with `word` or with its base form, the commonest senses first.

    The base form itself counts when it is not the word (``loved``: ``love``); inflection is not carried over.

    Args:
        word: in any case.
        pos: only senses of this part of speech, one of :data:`NOUN`, :data:`VERB`, ...

    Raises:
        PrerequisiteError: there is no WordNet.
    """
    return _synonyms(store("wordnet"), word.lower(), pos)


def antonyms(word: str, pos: str | None = None) -> tuple[str, ...]:
    """Single words that mean the opposite of `word` in some sense, the commonest senses first.

    Raises:
        PrerequisiteError: there is no WordNet.
    """
    return _antonyms(store("wordnet"), word.lower(), pos)


def base_form(word: str, pos: str | None = None) -> str | None:
    """The form under which WordNet keeps `word` (``loved``: ``love``); None when it knows no such word.

    Raises:
        PrerequisiteError: there is no WordNet.
    """
    form: str | None = wordnet_reader().morphy(word.lower(), pos)
    return form


@cache
def _synonyms(files: Store, word: str, pos: str | None) -> tuple[str, ...]:
    found = (name for sense in _reader(files).synsets(word, pos) for name in sense.lemma_names())
    return _single_words(found, word)


@cache
def _antonyms(files: Store, word: str, pos: str | None) -> tuple[str, ...]:
    reader = _reader(files)
    base = {word, reader.morphy(word, pos)}
    lemmas = [lemma for sense in reader.synsets(word, pos) for lemma in sense.lemmas() if lemma.name().lower() in base]
    return _single_words((other.name() for lemma in lemmas for other in lemma.antonyms()), word)


def _single_words(found: Any, word: str) -> tuple[str, ...]:  # noqa: ANN401 - an iterator of what NLTK gives
    return tuple(dict.fromkeys(name for name in found if "_" not in name and name.lower() != word))


@cache
def _reader(files: Store) -> "WordNetCorpusReader":
    import nltk.data
    from nltk.corpus.reader.wordnet import WordNetCorpusReader

    class Reader(WordNetCorpusReader):  # type: ignore[misc]  # NLTK has no types
        def open(self, file: str) -> Any:  # noqa: ANN401 - as in the base class
            if file in _ABSENT and not files.has((file,)):
                return io.StringIO(_ABSENT[file])
            return super().open(file)

        def map_wn(self, version: str = "wordnet") -> None:
            """No map between versions: that is for other languages, and needs the index of sense keys."""

    # NLTK opens files below its data folders only.
    folder = str(files.path.parent if files.is_archive else files.path)
    if folder not in nltk.data.path:
        nltk.data.path.append(folder)
    root = nltk.data.ZipFilePathPointer(str(files.path), f"{files.folder}/") if files.is_archive else folder
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The multilingual functions are not available")
        return Reader(root, None)
