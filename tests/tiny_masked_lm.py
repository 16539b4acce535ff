"""A real masked language model small enough to be trained in a fixture."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerFast

_SPECIAL = {
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}


def make_tiny_masked_lm(folder: Path, texts: Sequence[str], *, steps: int = 200, rarest: int = 1) -> Path:
    """Train a two-layer BertForMaskedLM with a WordPiece tokenizer on `texts` and save it in `folder`.

    Args:
        folder: made if absent.
        texts: some dozens of short sentences.
        steps: of training, each on all texts; 200 take about three seconds.
        rarest: words seen less often have no token of their own and are spelt in letters.

    Returns:
        `folder`, a directory as `ROBUST_EMO_MASKED_LM` wants it.
    """
    tokenizer = _tokenizer(texts, rarest)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = _trained(tokenizer, texts, steps)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _tokenizer(texts: Sequence[str], rarest: int) -> PreTrainedTokenizerFast:
    normalizer = normalizers.BertNormalizer(lowercase=True)
    splitter = pre_tokenizers.BertPreTokenizer()
    counts = Counter(word for text in texts for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text)))
    words = sorted(word for word, count in counts.items() if count >= rarest)
    letters = sorted({letter for word in counts for letter in word} | set("abcdefghijklmnopqrstuvwxyz"))
    tokens = dict.fromkeys([*_SPECIAL.values(), *letters, *(f"##{letter}" for letter in letters), *words])
    vocabulary = {token: number for number, token in enumerate(tokens)}
    backend = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    backend.normalizer, backend.pre_tokenizer, backend.decoder = normalizer, splitter, decoders.WordPiece()
    backend.post_processor = processors.BertProcessing(("[SEP]", vocabulary["[SEP]"]), ("[CLS]", vocabulary["[CLS]"]))
    return PreTrainedTokenizerFast(tokenizer_object=backend, model_max_length=64, **_SPECIAL)


def _trained(tokenizer: PreTrainedTokenizerFast, texts: Sequence[str], steps: int) -> BertForMaskedLM:
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=48,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=96,
        max_position_embeddings=64,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = BertForMaskedLM(config).train()
    batch = tokenizer(list(texts), padding=True, truncation=True, return_tensors="pt", return_token_type_ids=False)
    readable = ~torch.isin(batch["input_ids"], torch.tensor(tokenizer.all_special_ids))
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(steps):
        hidden = readable & (torch.rand(readable.shape) < 0.25)
        seen = torch.where(hidden, torch.tensor(tokenizer.mask_token_id), batch["input_ids"])
        labels = torch.where(hidden, batch["input_ids"], torch.tensor(-100))
        loss = model(input_ids=seen, attention_mask=batch["attention_mask"], labels=labels).loss
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    return model.eval()
