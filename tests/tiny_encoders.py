"""Tiny models of many architectures with random weights, and private trainings of them."""

import warnings
from dataclasses import dataclass

import torch
from transformers import AutoConfig, AutoModelForSequenceClassification

from robust_emo.models.bases import Base
from robust_emo.training.batches import Encoded
from robust_emo.training.private.fine_tuning.settings import FineTuning
from robust_emo.training.private.fine_tuning.train import make_training
from robust_emo.types import Task

_SHAPE = {
    "vocab_size": 64, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32,
    "max_position_embeddings": 40, "pad_token_id": 0,
}  # fmt: skip
_OWN = {
    "albert": {"embedding_size": 8},
    "deberta-v2": {
        "relative_attention": True, "pos_att_type": ["p2c", "c2p"], "max_relative_positions": -1, "position_buckets": 8,
        "norm_rel_ebd": "layer_norm", "share_att_key": True, "position_biased_input": False, "type_vocab_size": 0,
    },
    "distilbert": {"dim": 16, "n_layers": 2, "n_heads": 2, "hidden_dim": 32},
    "electra": {"embedding_size": 8},
    "modernbert": {
        "global_attn_every_n_layers": 2, "local_attention": 8, "cls_token_id": 1, "sep_token_id": 2, "bos_token_id": 1,
        "eos_token_id": 2,
    },
}  # fmt: skip
LABELS = ("anger", "joy", "sadness")


@dataclass(frozen=True)
class _Tokenizer:
    """Nothing here reads text."""


def tiny_base(model_type):
    """A base as `resolve_base` gives it."""
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of transformers 4, where it reads DeBERTa
        torch.manual_seed(0)
        config = AutoConfig.for_model(model_type, **_SHAPE, **_OWN.get(model_type, {}), num_labels=len(LABELS))
        model = AutoModelForSequenceClassification.from_config(config)
    inside = f"{model.base_model_prefix}."
    fresh = frozenset(name for name, _ in model.named_parameters() if not name.startswith(inside))
    return Base(model_type, model_type, _Tokenizer(), model, fresh, 40)


def tiny_data(count=120, task=Task.SINGLE_LABEL):
    """Texts of 3 to 9 tokens, whose first one gives the label away."""
    generator = torch.Generator().manual_seed(5)
    lengths = torch.randint(3, 10, (count,), generator=generator).tolist()
    labels = torch.randint(0, len(LABELS), (count,), generator=generator)
    ids = tuple(
        (10 + int(label), *torch.randint(20, 60, (length - 1,), generator=generator).tolist())
        for label, length in zip(labels, lengths, strict=True)
    )
    targets = labels if task is Task.SINGLE_LABEL else torch.nn.functional.one_hot(labels, len(LABELS)).float()
    return Encoded(LABELS, task, ids, targets, pad_id=0, max_length=32, truncated=0)


def tiny_training(model_type="bert", trained="lora", *, authors=None, task=Task.SINGLE_LABEL, noise=1.0, **settings):
    """A training that is ready to run; units are texts, or so many authors."""
    torch.manual_seed(0)  # what is drawn must not depend on the tests before
    data = tiny_data(task=task)
    rows = [[row] for row in range(len(data))]
    if authors:
        rows = [list(range(first, len(data), authors)) for first in range(authors)]
        settings["unit"] = "author"
    made = FineTuning(
        trained=trained, noise_multiplier=noise, **{"batch_size": 20, "steps": 5, "lora_rank": 2, **settings}
    )
    return make_training(tiny_base(model_type), data, rows, made, made.planned(max(100, len(rows))), device="cpu")
