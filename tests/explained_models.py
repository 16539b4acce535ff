"""Tiny models of many architectures that read text, for tests of explanations."""

import re
from collections.abc import Sequence

import torch
from tiny_encoders import LABELS, tiny_base
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import AutoModel, PreTrainedTokenizerFast

from robust_emo.audits.explanation.reading import Reading, read
from robust_emo.audits.explanation.target import Target
from robust_emo.engine.engine import Engine
from robust_emo.models.loading import LoadedClassifier
from robust_emo.models.pooled_head import PooledHeadConfig, PooledHeadForSequenceClassification
from robust_emo.models.victim import Victim
from robust_emo.types import Task

ARCHITECTURES = (
    "bert", "roberta", "distilbert", "deberta-v2", "xlm-roberta", "albert", "modernbert", "electra", "gpt2", "llama",
    "pooled", "pooled-twice",
)  # fmt: skip
DECODERS = ("gpt2", "llama")
"""These classify by the last token."""
SPECIAL = ("[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]")
_WORDS = (
    "i am so very happy sad angry today and not glad that the train came late again we were all tired but fine , . ! # "
    "😀 - ' he she said it was good bad news my friend dog house red blue one two three"
)


def tiny_tokenizer(*, decoder: bool = False) -> PreTrainedTokenizerFast:
    """Words and signs in lower case; decoders have no special tokens around a text, and no mask."""
    tokens = {token: number for number, token in enumerate((*SPECIAL, *_WORDS.split()))}
    backend = Tokenizer(models.WordLevel(tokens, unk_token="[UNK]"))
    backend.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation()])
    if decoder:
        return PreTrainedTokenizerFast(
            tokenizer_object=backend, pad_token="[PAD]", unk_token="[UNK]", model_max_length=24
        )
    backend.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", tokens["[CLS]"]), ("[SEP]", tokens["[SEP]"])]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]", model_max_length=24,
    )  # fmt: skip


def tiny_classifier(architecture: str, task: Task = Task.SINGLE_LABEL) -> LoadedClassifier:
    """A model of random weights, larger than they come so that words matter, with a tokenizer that fits."""
    model = _pooled(architecture) if architecture.startswith("pooled") else tiny_base(architecture).model
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(1)
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1:
                parameter.normal_(0, 0.3)
            elif re.search(r"bias$", name):
                parameter.normal_(0, 0.1)
    return LoadedClassifier(
        model=model.eval(), tokenizer=tiny_tokenizer(decoder=architecture in DECODERS), labels=LABELS, task=task,
        max_length=24, positions=38, architecture=type(model).__name__, sha256="0" * 64,
    )  # fmt: skip


def _pooled(architecture: str) -> PooledHeadForSequenceClassification:
    kinds = ("bert", "roberta") if architecture == "pooled-twice" else ("bert",)
    encoders = [AutoModel.from_config(tiny_base(kind).model.config) for kind in kinds]
    config = PooledHeadConfig([each.config.to_dict() for each in encoders], num_labels=len(LABELS))
    return PooledHeadForSequenceClassification(config, encoders)


def tiny_engine(architecture: str = "bert", task: Task = Task.SINGLE_LABEL, **options) -> Engine:
    """An engine over such a model."""
    return Engine(Victim(tiny_classifier(architecture, task), **options))


def readings_of(engine: Engine, texts: Sequence[str], target: Target | None = None) -> list[Reading]:
    """Texts ready to be explained, for `joy` unless another target is named."""
    return [read(engine.victim, text, target or Target("joy")) for text in texts]
