"""Tokenised texts, the deterministic order of their batches, and padding only as far as each batch needs."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from robust_emo.errors import InputError
from robust_emo.types import Example, Task

# Batches are cut from pools of this many batches sorted by length: long enough that padding nearly vanishes,
# short enough that the order stays random.
_POOL = 20
_MULTIPLE = 8  # widths that matrix units like


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts as token ids, each text tokenised once, with their gold labels."""

    labels: tuple[str, ...]
    """In the order of the model's logits."""
    task: Task
    ids: tuple[tuple[int, ...], ...]
    targets: Tensor
    """Class indices (n,) int64 for single-label data, flags (n, labels) float32 for multi-label data."""
    pad_id: int
    max_length: int
    truncated: int
    """Texts that were longer than `max_length` tokens and cut."""
    texts: tuple[str, ...] = field(default=(), kw_only=True)
    """In the same order; empty where nothing needs them."""

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def lengths(self) -> tuple[int, ...]:
        """Tokens of each text."""
        return tuple(len(text) for text in self.ids)

    def in_epoch(self, epoch: int) -> "Encoded":
        """The texts as one epoch trains on them, numbered from 0; here the same in all."""
        return self


@dataclass(frozen=True, slots=True)
class Batch:
    """One forward pass: `input_ids` and `attention_mask` (b, tokens), `targets` (b,) or (b, labels)."""

    input_ids: Tensor
    attention_mask: Tensor
    targets: Tensor
    texts: tuple[str, ...] = ()
    """Empty where nothing needs them."""

    def to(self, device: torch.device) -> "Batch":
        """The same batch on `device`."""
        return Batch(self.input_ids.to(device), self.attention_mask.to(device), self.targets.to(device), self.texts)


def encode(
    examples: Sequence[Example],
    tokenizer: PreTrainedTokenizerBase,
    *,
    labels: Sequence[str],
    task: Task,
    max_length: int,
) -> Encoded:
    """Tokenise `examples` and turn their label names into numbers in the order of `labels`.

    Raises:
        InputError: an example has a label that is not in `labels`.
    """
    texts = [example.text for example in examples]
    full = tokenizer(texts, truncation=True, max_length=max_length, return_length=False)["input_ids"]
    ids = tuple(tuple(text) for text in full)
    # only texts that fill the whole window may have been cut, and few do: measure those again
    filled = [text for text, tokens in zip(texts, ids, strict=True) if len(tokens) == max_length]
    truncated = sum(len(tokens) > max_length for tokens in _untruncated(filled, tokenizer))
    return Encoded(
        labels=tuple(labels),
        task=task,
        ids=ids,
        targets=_targets(examples, labels, task),
        pad_id=_pad_id(tokenizer),
        max_length=max_length,
        truncated=truncated,
        texts=tuple(texts),
    )


def plan(
    lengths: Sequence[int], *, batch_size: int, seed: int, epoch: int, world_size: int = 1
) -> tuple[tuple[int, ...], ...]:
    """Batches of one epoch as indices; every index occurs exactly once.

    A pure function: a resumed run sees the same order. Texts of one batch have similar lengths. Each batch holds
    `batch_size * world_size` texts (the last one may hold fewer) for :func:`share` to deal out.
    """
    rng = random.Random(f"{seed}/{epoch}")
    order = list(range(len(lengths)))
    rng.shuffle(order)
    size = batch_size * world_size
    batches: list[tuple[int, ...]] = []
    for start in range(0, len(order), size * _POOL):
        pool = sorted(order[start : start + size * _POOL], key=lambda index: lengths[index])
        batches += [tuple(pool[cut : cut + size]) for cut in range(0, len(pool), size)]
    rng.shuffle(batches)
    return tuple(batches)


def share(batch: Sequence[int], *, rank: int, world_size: int) -> tuple[int, ...]:
    """The part of a planned batch that process `rank` computes: never empty, so that all take equal steps."""
    own = tuple(batch[rank::world_size])
    return own or (batch[rank % len(batch)],)


def collate(encoded: Encoded, indices: Sequence[int]) -> Batch:
    """Pad the texts at `indices` to their longest, rounded up to a multiple of 8."""
    ids, mask = padded([encoded.ids[index] for index in indices], encoded.pad_id, at_most=encoded.max_length)
    texts = tuple(encoded.texts[index] for index in indices) if encoded.texts else ()
    return Batch(ids, mask, encoded.targets[list(indices)], texts)


def padded(ids: Sequence[Sequence[int]], pad_id: int, *, at_most: int) -> tuple[Tensor, Tensor]:
    """Token ids and attention mask (texts, width); the width is a multiple of 8 unless that is more than `at_most`."""
    longest = max(map(len, ids))
    width = max(longest, min(-(-longest // _MULTIPLE) * _MULTIPLE, at_most))
    input_ids = torch.full((len(ids), width), pad_id, dtype=torch.long)
    mask = torch.zeros_like(input_ids)
    for row, tokens in enumerate(ids):
        input_ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
    return input_ids, mask


def by_length(lengths: Sequence[int], *, batch_size: int) -> Iterator[tuple[int, ...]]:
    """Batches of indices from longest to shortest, for evaluation: the largest allocation comes first."""
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    for start in range(0, len(order), batch_size):
        yield tuple(order[start : start + batch_size])


def _targets(examples: Sequence[Example], labels: Sequence[str], task: Task) -> Tensor:
    index = {label: number for number, label in enumerate(labels)}
    for example in examples:
        for label in example.labels:
            if label not in index:
                raise InputError(
                    f"label '{label}' of example {example.id} is not a label of the training data "
                    f"({', '.join(labels)}); map it with a label map or remove the row"
                )
    if task is Task.SINGLE_LABEL:
        return torch.tensor([index[example.labels[0]] for example in examples], dtype=torch.long)
    flags = torch.zeros(len(examples), len(labels))
    for row, example in enumerate(examples):
        flags[row, [index[label] for label in example.labels]] = 1.0
    return flags


def _untruncated(texts: Sequence[str], tokenizer: PreTrainedTokenizerBase) -> list[list[int]]:
    if not texts:
        return []
    tokens: list[list[int]] = tokenizer(list(texts), truncation=False, verbose=False)["input_ids"]
    return tokens


def _pad_id(tokenizer: PreTrainedTokenizerBase) -> int:
    if tokenizer.pad_token_id is None:
        raise InputError("the tokenizer of the base model has no padding token; choose another base")
    return int(tokenizer.pad_token_id)
