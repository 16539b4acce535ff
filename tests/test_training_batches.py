"""Batches: every text once per epoch, the same order every time, little padding."""

import pytest
import torch

from robust_emo.errors import InputError
from robust_emo.models.scratch import SCRATCH_SIZES, train_tokenizer
from robust_emo.training.batches import by_length, collate, encode, plan, share
from robust_emo.types import Example, Task

LENGTHS = [(7 * number) % 61 + 3 for number in range(203)]
TEXTS = ["so happy today", "so sad and so lonely today", "angry", "happy " * 30]


@pytest.fixture(scope="module")
def tokenizer():
    return train_tokenizer(TEXTS * 3, SCRATCH_SIZES["tiny"])


def examples(*labels):
    return [
        Example(f"row-{number}", text, names) for number, (text, names) in enumerate(zip(TEXTS, labels, strict=True))
    ]


@pytest.mark.parametrize("world_size", [1, 2, 3])
def test_every_text_occurs_once_in_an_epoch(world_size):
    batches = plan(LENGTHS, batch_size=8, seed=1, epoch=0, world_size=world_size)
    assert sorted(index for batch in batches for index in batch) == list(range(len(LENGTHS)))
    dealt = [share(batch, rank=rank, world_size=world_size) for batch in batches for rank in range(world_size)]
    assert all(0 < len(part) <= 8 for part in dealt)
    assert {index for part in dealt for index in part} == set(range(len(LENGTHS)))


def test_the_order_depends_on_seed_and_epoch_only():
    first = plan(LENGTHS, batch_size=8, seed=1, epoch=0)
    assert first == plan(list(LENGTHS), batch_size=8, seed=1, epoch=0)
    assert first != plan(LENGTHS, batch_size=8, seed=1, epoch=1)
    assert first != plan(LENGTHS, batch_size=8, seed=2, epoch=0)


def test_bucketing_leaves_little_padding():
    batches = plan(LENGTHS, batch_size=8, seed=1, epoch=0)
    padded = sum(len(batch) * max(LENGTHS[index] for index in batch) for batch in batches)
    assert padded < 1.15 * sum(LENGTHS)


def test_evaluation_sees_every_text_once_and_the_longest_first():
    batches = list(by_length(LENGTHS, batch_size=16))
    assert sorted(index for batch in batches for index in batch) == list(range(len(LENGTHS)))
    assert LENGTHS[batches[0][0]] == max(LENGTHS)


def test_padding_reaches_a_multiple_of_eight_and_is_masked(tokenizer):
    data = encode(
        examples(("joy",), ("sadness",), ("anger",), ("joy",)),
        tokenizer, labels=("anger", "joy", "sadness"), task=Task.SINGLE_LABEL, max_length=20,
    )  # fmt: skip
    batch = collate(data, [0, 1])
    assert batch.input_ids.shape == batch.attention_mask.shape
    assert batch.input_ids.shape[1] % 8 == 0
    assert batch.attention_mask.sum(dim=1).tolist() == [data.lengths[0], data.lengths[1]]
    assert (batch.input_ids[batch.attention_mask == 0] == tokenizer.pad_token_id).all()
    assert batch.targets.tolist() == [1, 2]
    assert data.truncated == 1
    assert collate(data, [3]).input_ids.shape[1] == 20  # never beyond what the model was promised


def test_multi_label_targets_are_flags(tokenizer):
    data = encode(
        examples(("joy",), (), ("anger", "sadness"), ("joy",)),
        tokenizer, labels=("anger", "joy", "sadness"), task=Task.MULTI_LABEL, max_length=16,
    )  # fmt: skip
    assert torch.equal(data.targets[:3], torch.tensor([[0.0, 1, 0], [0, 0, 0], [1, 0, 1]]))


def test_a_label_that_training_lacks_is_named(tokenizer):
    with pytest.raises(InputError, match=r"'fear'.*row-2"):
        encode(
            examples(("joy",), ("joy",), ("fear",), ("joy",)),
            tokenizer, labels=("joy",), task=Task.SINGLE_LABEL, max_length=16,
        )  # fmt: skip
