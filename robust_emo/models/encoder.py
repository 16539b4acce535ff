"""Sentence embeddings by the bundled MiniLM (Reimers & Gurevych 2019: mean pooling, unit length)."""

from collections.abc import Sequence
from functools import cached_property

from robust_emo.arrays import FloatArray
from robust_emo.models.batched import BatchedModel
from robust_emo.models.mean_pooling import mean_pooled
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
        return self._model.run(self._model.encode(texts), mean_pooled)
