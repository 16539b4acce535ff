"""Parts of speech of English words, by NLTK's averaged perceptron (Collins 2002; trained by Honnibal).

Only its JSON form is read: the older pickle could run code.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from robust_emo.errors import PrerequisiteError
from robust_emo.resources.catalogue import TAGGER_FILES, store
from robust_emo.resources.store import Store

if TYPE_CHECKING:
    from nltk.tag.perceptron import PerceptronTagger

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
    if not words:
        return ()
    try:
        files = store("pos-tagger")
    except PrerequisiteError:
        return None
    tagged = _tagger(files).tag(list(words))
    return tuple(_OF_PENN.get(tag, "X") for _, tag in tagged)


@cache
def _tagger(files: Store) -> "PerceptronTagger":
    from nltk.tag.perceptron import PerceptronTagger

    tagger = PerceptronTagger(load=False)
    try:
        weights, tagdict, classes = (json.loads(files.read(name)) for name in TAGGER_FILES)
    except ValueError as error:
        raise PrerequisiteError(f"{files.path}: not the tagger in its JSON form: {error}") from error
    tagger.model.weights = weights
    tagger.tagdict = tagdict
    tagger.classes = tagger.model.classes = set(classes)
    return tagger
