"""Words of several pieces in BERT-Attack: the ones that the recipe uses, without all those that it throws away.

The recipe puts words of n pieces together in 8^n ways, each with a loss that it then ignores, and keeps the first eight
that are one word. A hashtag of nine pieces would take hours.
"""

import itertools
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from robust_emo.errors import RobustEmoError

from .library import textattack

_MOST = 1 << 16  # some seconds; all ways to put a word of five pieces together are fewer

_module = textattack.transformations.word_swaps.word_swap_masked_lm


def stop_at_enough_words(part: Any) -> None:  # noqa: ANN401 - a TextAttack transformation
    """Let `part` put no more words together than it uses; they are the same ones, in the same order."""
    words_of = part._bert_attack_replacement_words

    def replacement_words(*text_and_index: Any, **predictions: Any) -> Any:  # noqa: ANN401
        with patch.object(_module, "itertools", SimpleNamespace(product=lambda *pieces: _enough(part, pieces))):
            return words_of(*text_and_index, **predictions)

    part._bert_attack_replacement_words = replacement_words


def _enough(part: Any, pieces: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401
    """Choices of one token per piece, until enough of them make one word.

    Raises:
        RobustEmoError: too many do not.
    """
    found = 0
    for tried, ids in enumerate(itertools.product(*pieces)):
        if tried == _MOST:
            raise RobustEmoError(
                f"the recipe tries every way to put a word of {len(pieces)} pieces together, and the first {_MOST:,} "
                f"made {found} of the {part.max_candidates} words that it wants"
            )
        yield ids
        tokens = part._lm_tokenizer.convert_ids_to_tokens([int(token) for token in ids])
        found += textattack.shared.utils.is_one_word("".join(tokens).replace("##", ""))
        if found == part.max_candidates:
            return
