"""Parts of speech of English words, by the averaged perceptron that NLTK distributes.

Only its JSON form is read: the older pickle could run code.
"""

import json
from collections.abc import Sequence
from functools import cache

from robust_emo.errors import PrerequisiteError
from robust_emo.resources.catalogue import TAGGER_FILES, store
from robust_emo.resources.perceptron import Perceptron
from robust_emo.resources.store import Store

# Penn Treebank tags to the universal ones of Petrov, Das & McDonald (2012).
_UNIVERSAL = {
    "ADJ": "JJ JJR JJS",
    "ADP": "IN",
    "ADV": "RB RBR RBS WRB",
    "CONJ": "CC",
    "DET": "DT EX PDT WDT",
    "NOUN": "NN NNP NNPS NNS NP",
    "NUM": "CD",
    "PRON": "PRP PRP$ WP WP$",
    "PRT": "POS RP TO",
    "VERB": "MD VB VBD VBG VBN VBP VBZ",
    ".": "# $ '' ( ) , . : ``",
}
_OF_PENN = {penn: universal for universal, tags in _UNIVERSAL.items() for penn in tags.split()}


def pos_tags(words: Sequence[str]) -> tuple[str, ...] | None:
    """Universal tags (NOUN, VERB, ADJ, ADV, PRON, DET, ADP, NUM, CONJ, PRT, ``.`` or X), one per word.

    None when the tagger is not there: `find("pos-tagger")` says how to get it.

    Raises:
        PrerequisiteError: its files cannot be read.
    """
    tagger = _found()
    return None if tagger is None else _universal(tagger.tags(words))


def pos_tags_at(words: Sequence[str], index: int, alternatives: Sequence[str]) -> tuple[str, ...] | None:
    """The universal tag that each alternative has in the place of the word at `index`; None without a tagger.

    Raises:
        PrerequisiteError: its files cannot be read.
    """
    tagger = _found()
    return None if tagger is None else _universal(tagger.tags_at(words, index, alternatives))


def _universal(tags: Sequence[str]) -> tuple[str, ...]:
    return tuple(_OF_PENN.get(tag, "X") for tag in tags)


def _found() -> Perceptron | None:
    try:
        files = store("pos-tagger")
    except PrerequisiteError:
        return None
    return _tagger(files)


@cache
def _tagger(files: Store) -> Perceptron:
    try:
        weights, tagdict, classes = (json.loads(files.read(name)) for name in TAGGER_FILES)
        return Perceptron(weights, tagdict, classes)
    except (ValueError, TypeError) as error:
        raise PrerequisiteError(f"{files.path}: not the tagger in its JSON form: {error}") from error
