"""A small BERT and its tokenizer made from nothing but the user's own texts, in any language."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from torch import nn
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from robust_emo.errors import InputError
from robust_emo.models.cooccurrence import cooccurrence_vectors

_SPECIAL = {
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}

_SPREAD = 0.05
"""Standard deviation of the first embeddings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Size of a model made from scratch."""

    layers: int
    hidden: int
    heads: int
    vocabulary: int
    """Most tokens; fewer where the texts hold fewer."""
    positions: int
    dropout: float


SCRATCH_SIZES = {
    "tiny": Shape(layers=2, hidden=64, heads=2, vocabulary=2_000, positions=128, dropout=0.1),
    "small": Shape(layers=4, hidden=256, heads=4, vocabulary=12_000, positions=256, dropout=0.2),
}


def make_scratch(
    size: str,
    texts: Sequence[str],
    **head: Any,  # noqa: ANN401 - fields of BertConfig
) -> tuple[PreTrainedTokenizerFast, BertForSequenceClassification]:
    """A tokenizer trained on `texts` and a randomly initialised BERT (Devlin et al. 2019) from torch's random state.

    Args:
        size: a key of `SCRATCH_SIZES`.
        texts: at least one with a letter, digit or symbol in it.
        head: what the classification head needs in the config (`num_labels`, `id2label`, ...).

    Raises:
        InputError: there is nothing in `texts` to make a vocabulary from.
    """
    shape = SCRATCH_SIZES[size]
    tokenizer = train_tokenizer(texts, shape)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=4 * shape.hidden,
        hidden_dropout_prob=shape.dropout,
        attention_probs_dropout_prob=shape.dropout,
        max_position_embeddings=shape.positions,
        type_vocab_size=1,
        pad_token_id=tokenizer.pad_token_id,
        **head,
    )
    model = BertForSequenceClassification(config)
    _start_embeddings(model, tokenizer, texts)
    return tokenizer, model


def _start_embeddings(
    model: BertForSequenceClassification, tokenizer: PreTrainedTokenizerFast, texts: Sequence[str]
) -> None:
    """Give tokens of a like company like embeddings; those that never have company keep their random ones."""
    ids: list[list[int]] = tokenizer(list(texts), add_special_tokens=False, verbose=False)["input_ids"]
    rows = cast(nn.Embedding, model.get_input_embeddings()).weight
    vectors = torch.from_numpy(cooccurrence_vectors(ids, *rows.shape))
    with torch.no_grad():
        rows.copy_(torch.where(vectors.any(dim=1, keepdim=True), _SPREAD * vectors, rows))


def train_tokenizer(texts: Sequence[str], shape: Shape) -> PreTrainedTokenizerFast:
    """Byte-pair encoding (Sennrich et al. 2016) in lower case, within the stretches between spaces and punctuation.

    Chinese, which has no spaces, gets tokens of one or several characters; emoji and symbols seen at least twice get
    tokens too. The same texts give the same tokenizer: the trainers of WordPiece and Unigram number their pieces in
    hash order and do not.

    Raises:
        InputError: as :func:`make_scratch`.
    """
    tokenizer = Tokenizer(models.BPE(unk_token=_SPECIAL["unk_token"]))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False, handle_chinese_chars=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    alphabet = _alphabet(texts, tokenizer, shape.vocabulary // 2)
    if not alphabet:
        raise InputError("the training texts hold nothing to make a vocabulary from")
    trainer = trainers.BpeTrainer(
        vocab_size=shape.vocabulary,
        min_frequency=2,
        special_tokens=list(_SPECIAL.values()),
        # given whole: the trainer would choose among equally frequent characters by hash order
        initial_alphabet=alphabet,
        limit_alphabet=len(alphabet),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    sep, cls = ((_SPECIAL[name], tokenizer.token_to_id(_SPECIAL[name]) or 0) for name in ("sep_token", "cls_token"))
    tokenizer.post_processor = processors.BertProcessing(sep, cls)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=shape.positions, **_SPECIAL)


def _alphabet(texts: Sequence[str], tokenizer: Tokenizer, most: int) -> list[str]:
    """Characters of the normalised texts, the most frequent first, ties by code point."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(tokenizer.normalizer.normalize_str(text))
    seen = [(character, count) for character, count in counts.items() if not character.isspace()]
    often = [pair for pair in seen if pair[1] >= 2] or seen
    return [character for character, _ in sorted(often, key=lambda pair: (-pair[1], pair[0]))[:most]]
