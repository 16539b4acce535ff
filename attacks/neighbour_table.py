"""Makes the table of word neighbours from the bundled encoder; run once when the encoder or these rules change:

    python -c "from robust_emo_attacks.neighbour_table import write_table; write_table()"

Candidates are the whole English words of the encoder's own vocabulary. Each is embedded as the sentence
"the meaning of the word ...", which separates meanings better than the encoder's input vectors (Spearman's rho with
SimLex-999 0.55 against 0.50; Hill et al. 2015). Nearness alone still pairs opposites (good, bad) and forms of one
word (happy, happier), so three rules follow:

- same ending (-ing, -ed, -s, ...), so that the inflection stays;
- not the same stem, and not a negation of it (un-, dis-, -less, ...);
- about as pleasant: the positions on the axis from unpleasant to pleasant seed words differ by at most one
  standard deviation of the vocabulary. The axis is right on which side of the median a word lies for 89% of the
  opinion words of Hu & Liu (2004).

Of the pairs that a list of synonyms (PPDB) or of antonyms (PPDB, WordNet; both as in Mrksic et al. 2016) names, for
the 2,407 opinion words in the vocabulary, 97.6% are synonyms (617 of 632), against 87% for the neighbours of the input
vectors at the same count per word (2.9). 5% of the listed pairs of opinion words join a positive and a negative one,
against 10%. Most pairs stand in no list: expect related words and other parts of speech (angry, rage), not only
synonyms. 79% of the opinion words have a neighbour.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from robust_emo import word_neighbours
from robust_emo.word_neighbours import LOWEST_COSINE, MOST_NEIGHBOURS, TABLE

_PLEASANT = (
    *("good", "happy", "love", "joy", "kind", "wonderful"),
    *("safe", "success", "honest", "beautiful", "calm", "strong"),
)
_UNPLEASANT = (
    *("bad", "sad", "hate", "grief", "cruel", "terrible"),
    *("danger", "failure", "wicked", "ugly", "angry", "weak"),
)
_ENDINGS = ("ing", "ed", "ly", "est", "er", "ness", "s")
_STEM_ENDINGS = ("ness", "ingly", "edly", "ing", "est", "ies", "ied", "ed", "ly", "er", "es", "s", "y", "e")
_NEGATIONS = ("un", "in", "im", "dis", "non", "ir", "il", "mis")


def write_table(path: Path | None = None) -> Path:
    """Compute the table (about 30 s on one core) and write it, by default over the shipped one.

    Raises:
        PrerequisiteError: the bundled encoder is not installed.
    """
    from robust_emo.models.encoder import SentenceEncoder
    from robust_emo.models.minilm import minilm_directory

    path = path or Path(word_neighbours.__file__).parent / TABLE
    words = vocabulary(minilm_directory() / "vocab.txt")
    meanings = SentenceEncoder().embed([f"the meaning of the word {word}" for word in words])
    lines = table_lines(words, meanings)
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_name(f"{path.name}.partial")
    unfinished.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    unfinished.replace(path)
    return path


def vocabulary(vocab: Path) -> list[str]:
    """Entries of a WordPiece vocabulary that are whole words of at least three letters a to z."""
    return [word for word in vocab.read_text(encoding="utf-8").split() if re.fullmatch("[a-z]{3,}", word)]


def table_lines(words: Sequence[str], meanings: npt.NDArray[np.float32]) -> list[str]:
    """Lines of the table, in alphabetical order, for words with at least one neighbour.

    Args:
        words: n words, the seed words among them.
        meanings: (n, dimensions) unit-length embeddings of `words`.
    """
    place = {word: index for index, word in enumerate(words)}
    axis = meanings[[place[word] for word in _PLEASANT]].mean(0)
    axis = axis - meanings[[place[word] for word in _UNPLEASANT]].mean(0)
    pleasantness = meanings @ axis
    pleasantness = pleasantness / pleasantness.std()
    lines = []
    for index, word in enumerate(words):
        cosines = meanings @ meanings[index]
        close = (cosines >= LOWEST_COSINE) & (np.abs(pleasantness - pleasantness[index]) <= 1)
        near = np.flatnonzero(close).tolist()
        ranked = sorted(near, key=lambda other: (-cosines[other], other))
        kept = [other for other in ranked if exchangeable(word, words[other])][:MOST_NEIGHBOURS]
        if kept:
            entries = " ".join(f"{words[other]}={int(100 * cosines[other])}" for other in kept)
            lines.append(f"{word} {entries}")
    return sorted(lines)


def exchangeable(left: str, right: str) -> bool:
    """Whether two words share their inflection, and neither is a form or a negation of the other."""
    return _ending(left) == _ending(right) and not _same_stem(left, right) and not _negation(left, right)


def _ending(word: str) -> str:
    if word.endswith("ss"):
        return ""
    return next((end for end in _ENDINGS if word.endswith(end) and len(word) > len(end) + 2), "")


def _stem(word: str) -> str:
    for end in _STEM_ENDINGS:
        if word.endswith(end) and len(word) >= len(end) + 3:
            return word.removesuffix(end)
    return word


def _same_stem(left: str, right: str) -> bool:
    left, right = _stem(left), _stem(right)
    if min(len(left), len(right)) < 4:
        return left == right
    return left.startswith(right) or right.startswith(left)


def _negation(left: str, right: str) -> bool:
    short, long = sorted((left, right), key=len)
    return any(long == prefix + short for prefix in _NEGATIONS) or (
        long.endswith("less") and _stem(short).removesuffix("ful") == long.removesuffix("less")
    )
