"""Sentence embeddings by the bundled MiniLM (Reimers & Gurevych 2019: mean pooling, unit length)."""

from collections.abc import Sequence
from functools import cached_property

from torch import Tensor, nn

from robust_emo.arrays import FloatArray
from robust_emo.models.batched import BatchedModel
from robust_emo.models.minilm import minilm_directory
from robust_emo.models.quiet import quiet_transformers

_MAX_LENGTH = 256  # what the encoder was trained with


class SentenceEncoder:
    """An encoder that is not the victim: judges whether a perturbed sentence still says the same.

    Loaded on first use; no network.

    Args:
        device: torch device.
    """

    def __init__(self, device: str = "cpu") -> None:
        self._device = device

    @cached_property
    def _model(self) -> BatchedModel:
        from transformers import AutoModel, AutoTokenizer

        directory = minilm_directory()
        with quiet_transformers():
            tokenizer = AutoTokenizer.from_pretrained(directory, local_files_only=True)
            model = AutoModel.from_pretrained(directory, local_files_only=True, use_safetensors=True)
        return BatchedModel(
            model, tokenizer, device=self._device, precision="fp32", max_length=_MAX_LENGTH, positions=512
        )

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Unit-length embeddings, shape (len(texts), 384)."""
        return self._model.run(self._model.encode(texts), _mean_pooled)


def _mean_pooled(model: nn.Module, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
    hidden = model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
    weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
    return nn.functional.normalize((hidden * weights).sum(1) / weights.sum(1).clamp(min=1), dim=1)
