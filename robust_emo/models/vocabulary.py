"""Which tokens of a tokenizer are whole words, so that a token proposed for a text can be written into it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from robust_emo.arrays import TokenIds

Place = Literal["spaced", "glued", "first"]
"""Where a word stands: behind a blank, right behind another sign, or at the very beginning of the text."""

_BEFORE: dict[Place, str] = {"spaced": "a ", "glued": "(", "first": ""}


@dataclass(frozen=True, slots=True)
class WordTokens:
    """Some tokens and how they are written; `words[i]` is the text of token `ids[i]`."""

    ids: TokenIds
    words: tuple[str, ...]


class Vocabulary:
    """Words of one token each, for tokenizers of any kind (WordPiece, byte-level and plain BPE, SentencePiece).

    A token is a word in some place when its text, put there, is read as just that token again. Words consist of
    letters; single letters count only where they are ideographs or the English words a and I.

    Args:
        tokenizer: a transformers tokenizer with a `backend_tokenizer`.
    """

    def __init__(self, tokenizer: Any) -> None:  # noqa: ANN401 - transformers' tokenizer classes share no typed base
        self._tokenizer = tokenizer
        self._known: dict[Place, WordTokens] = {}

    def words(self, place: Place) -> WordTokens:
        """Tokens that are a whole word in such a place, in the order of the vocabulary."""
        if place not in self._known:
            before = _BEFORE[place]
            front = self._encode([before.rstrip()])[0]  # byte-level tokens have the blank before them in them
            read = self._encode([before + word for _, word in self._candidates])
            right = [pair for pair, ids in zip(self._candidates, read, strict=True) if ids == [*front, pair[0]]]
            self._known[place] = _table(right)
        return self._known[place]

    @cached_property
    def continuing(self) -> WordTokens:
        """Tokens that go on with a word, written without the sign of the tokenizer for that (`##`)."""
        prefix = getattr(self._tokenizer.backend_tokenizer.model, "continuing_subword_prefix", None)
        if not prefix:
            return self.words("glued")
        marked = [(i, token) for i, token in enumerate(self._tokens) if token.startswith(prefix)]
        return _table([(i, token[len(prefix) :]) for i, token in marked if token[len(prefix) :].isalpha()])

    @cached_property
    def _tokens(self) -> list[str]:
        tokens: list[str] = self._tokenizer.convert_ids_to_tokens(list(range(len(self._tokenizer))))
        return tokens

    @cached_property
    def _candidates(self) -> list[tuple[int, str]]:
        special = set(self._tokenizer.all_special_ids)
        written = (
            (i, self._tokenizer.convert_tokens_to_string([token]).strip())
            for i, token in enumerate(self._tokens)
            if i not in special and token is not None
        )
        return [(i, word) for i, word in written if _is_word(word)]

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        backend = self._tokenizer.backend_tokenizer
        backend.no_padding()
        backend.no_truncation()
        return [encoding.ids for encoding in backend.encode_batch_fast(list(texts), add_special_tokens=False)]


def _table(pairs: Sequence[tuple[int, str]]) -> WordTokens:
    return WordTokens(np.asarray([i for i, _ in pairs], dtype=np.int64), tuple(word for _, word in pairs))


def _is_word(text: str) -> bool:
    if not text.isalpha():
        return False
    return len(text) > 1 or text in "aAI" or (text >= "\u3040" and unicodedata.east_asian_width(text) == "W")
