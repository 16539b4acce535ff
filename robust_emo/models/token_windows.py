"""A text as the tokens that a model reads, with where each comes from; one longer than the model in several windows."""

from dataclasses import dataclass

import numpy as np

from robust_emo.arrays import TokenIds
from robust_emo.defences.rewriting import Rewriting
from robust_emo.errors import InputError
from robust_emo.models.victim import Victim

_OVERLAP = 4
"""A window shares one token of so many with the next, so that words at its edge are also read with what follows."""
_MOST_WINDOWS = 8


@dataclass(frozen=True, slots=True)
class Window:
    """What the model can read of a text at once, after its input defence."""

    ids: TokenIds
    """Special tokens included."""
    spans: tuple[tuple[int, int], ...]
    """Where in the text, as it was written, each token comes from; (0, 0) for special tokens."""

    @property
    def special(self) -> tuple[bool, ...]:
        """Which tokens stand for nothing in the text."""
        return tuple(end == 0 for _, end in self.spans)


def token_windows(victim: Victim, text: str) -> tuple[Window, ...]:
    """The windows of a text, at most eight: what lies beyond is left out. The model itself reads the first one alone.

    Raises:
        InputError: the tokenizer does not say where its tokens come from.
    """
    tokenizer, longest = victim.batched.tokenizer, victim.batched.max_length
    if not tokenizer.is_fast:
        raise InputError(
            "explanations need a tokenizer that says where in the text each token stands, and this one does not; "
            "save the model with a fast tokenizer (tokenizer.json)"
        )
    rewriting = Rewriting(text, ()) if victim.defence is None else victim.defence.rewriting(text)
    inner = longest - tokenizer.num_special_tokens_to_add()
    encoding = tokenizer(
        rewriting.text,
        truncation=True,
        max_length=longest,
        stride=max(0, min(inner // _OVERLAP, inner - 1)),
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
    )
    return tuple(
        Window(
            np.asarray(ids, dtype=np.int64),
            tuple(rewriting.origin(start, end) if end else (0, 0) for start, end in offsets),
        )
        for ids, offsets in zip(
            encoding["input_ids"][:_MOST_WINDOWS], encoding["offset_mapping"][:_MOST_WINDOWS], strict=True
        )
    )
