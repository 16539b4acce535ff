"""What a text is compared with by methods that go from nothing to the text: the vector that stands for no word."""

from collections.abc import Sequence

import torch
from torch import Tensor

from robust_emo.errors import InputError
from robust_emo.models.embedded import EmbeddedClassifier
from robust_emo.models.victim import Victim
from robust_emo.unknown_name import unknown_name

BASELINES = ("pad", "mask", "mean", "zero")
"""`pad`, `mask`: the vector of that token; `mean`: the mean of the vocabulary's vectors; `zero`: all zeros."""


def baseline_vectors(names: Sequence[str], victim: Victim, model: EmbeddedClassifier) -> list[Tensor]:
    """One vector (width,) for each name of :data:`BASELINES`.

    Raises:
        InputError: an unknown name, none at all, or `mask` with a tokenizer that has no such token.
    """
    if not names:
        raise InputError(f"expected at least one baseline of {', '.join(BASELINES)}")
    return [_vector(name, victim, model) for name in names]


def _vector(name: str, victim: Victim, model: EmbeddedClassifier) -> Tensor:
    tokenizer = victim.batched.tokenizer
    if name == "pad":
        return model.table[tokenizer.pad_token_id]
    if name == "mask":
        if tokenizer.mask_token_id is None:
            raise InputError("baseline 'mask': the model's tokenizer has no mask token; choose pad, mean or zero")
        return model.table[tokenizer.mask_token_id]
    if name == "mean":
        return model.table.mean(dim=0)
    if name == "zero":
        return torch.zeros_like(model.table[0])
    raise InputError(unknown_name("baseline", name, BASELINES))


def baseline_of(vectors: Tensor, kept: Tensor, baseline: Tensor) -> Tensor:
    """`vectors` (rows, tokens, width) with `baseline` in the place of all tokens but those `kept` (rows, tokens)."""
    return torch.where(kept[..., None], vectors, baseline)
