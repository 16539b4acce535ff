"""Physical batches: how many texts go through the model at a time, so that their gradients fit into memory."""

import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import nn
from transformers import PretrainedConfig

Rows = Sequence[int]

TEXTS_OF_A_UNIT = 16
"""Texts that an author contributes to a step at most, drawn anew in each; all of them are hidden together."""

_LARGEST = 64  # texts; on a processor more at a time are no faster
_MEMORY = 2**31  # bytes
_ACTIVATIONS = 80  # bytes per token, layer and hidden unit that going backward needs (Korthikanti et al. 2022)
_COPIES = 3  # of a text's gradient while it is made, summed and clipped


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a text costs."""

    per_token: int
    """Bytes."""
    per_text: int
    """Bytes, whatever its length."""
    memory: int
    """Bytes that a physical batch may take."""
    largest: int = _LARGEST
    """Texts of a physical batch, however short."""

    @classmethod
    def of(cls, model: nn.Module, config: PretrainedConfig, *, kept: bool, device: str) -> "Sizes":
        """Estimated from the shape of the model.

        Args:
            kept: whether the gradient of each text is.
        """
        trained = sum(each.numel() for each in model.parameters() if each.requires_grad)
        return cls(
            per_token=_ACTIVATIONS * config.hidden_size * config.num_hidden_layers,
            per_text=_COPIES * 4 * trained if kept else 0,
            memory=min(_MEMORY, _all_memory(device) // 8),
        )

    def texts(self, tokens: int) -> int:
        """How many texts of so many tokens fit, at least one and at most `largest`."""
        return max(1, min(self.largest, self.memory // (self.per_token * max(tokens, 1) + self.per_text)))


def packed(units: Sequence[Rows], lengths: Sequence[int], sizes: Sizes) -> Iterator[list[Rows]]:
    """Whole units that fit through the model together, those of similar length side by side.

    Args:
        lengths: tokens of each row.
    """
    together: list[Rows] = []
    texts = 0
    for unit in shortest_first(units, lengths):
        if together and texts + len(unit) > sizes.texts(_longest(unit, lengths)):
            yield together
            together, texts = [], 0
        together.append(unit)
        texts += len(unit)
    if together:
        yield together


def shortest_first(units: Sequence[Rows], lengths: Sequence[int]) -> list[Rows]:
    """By their longest texts, which is how batches take them."""
    return sorted(units, key=lambda unit: _longest(unit, lengths))


def _longest(unit: Rows, lengths: Sequence[int]) -> int:
    return max(lengths[row] for row in unit)


def contribution(unit: Rows, drawn: random.Random) -> Rows:
    """The texts that a unit puts into a step: all of a few, a random choice of many."""
    return unit if len(unit) <= TEXTS_OF_A_UNIT else drawn.sample(list(unit), TEXTS_OF_A_UNIT)


def _all_memory(device: str) -> int:
    if device == "cuda":
        return int(torch.cuda.mem_get_info()[1])
    if "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return 8 * _MEMORY
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
