"""What can be known of a text without asking the model: its words, and what a public encoder makes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from robust_emo.models.encoder import SentenceEncoder
from robust_emo.statistics.membership import Floats

_CHUNK = 256
_WORD = r"\S+"


@dataclass(frozen=True, slots=True)
class TextFeatures:
    """Of n texts, in order."""

    words: Any
    """Sparse (n, terms): words, pairs of words and runs of two to four characters, weighted by rarity."""
    meaning: Floats
    """(n, 384): sentence embeddings of the bundled encoder, each of length 1."""


def text_features(texts: Sequence[str], encoder: SentenceEncoder) -> TextFeatures:
    """Features that look at no membership and no label, so that they may be made of all folds together."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=_WORD)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    meaning = [encoder.embed(texts[start : start + _CHUNK]) for start in range(0, len(texts), _CHUNK)]
    return TextFeatures(
        words=hstack([_terms(each, texts) for each in (words, characters)]).tocsr(),
        meaning=np.concatenate(meaning).astype(np.float64),
    )


def _terms(vectoriser: Any, texts: Sequence[str]) -> Any:  # noqa: ANN401 - sparse matrices have no types here
    """Terms of two texts at least; of one, where texts without spaces have no term in common."""
    try:
        return vectoriser.set_params(min_df=2).fit_transform(texts)
    except ValueError:
        return vectoriser.set_params(min_df=1).fit_transform(texts)
