"""A tokenizer and a model that answer many texts at once, packed by length and never padded to a maximum."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from robust_emo.arrays import FloatArray, TokenIds
from robust_emo.models.grid_probe import finest_grid
from robust_emo.models.packing import COARSE, Batch, Grid, pack
from robust_emo.models.side_by_side import fair_share, one_thread_each, side_by_side

Precision = Literal["fp32", "bf16"]

Compute = Callable[[nn.Module, Tensor, Tensor], Tensor]
"""(model, input_ids, attention_mask) -> (rows, features)."""

# Padded tokens per batch. On CPUs larger batches fall out of the cache and gain nothing; GPUs want to be filled.
_TOKEN_BUDGET = {"cpu": 2048, "cuda": 65536, "mps": 16384}


class BatchedModel:
    """Runs `model` in evaluation mode over token id arrays.

    Args:
        model: a transformers model; put into evaluation mode and onto `device`, its parameters frozen.
        tokenizer: the matching fast or slow tokenizer, with a padding token.
        device: torch device.
        precision: ``bf16`` runs matrix products under bfloat16 autocast.
        max_length: tokens kept of each text.
        positions: tokens, padding included, that the model can take.
    """

    def __init__(
        self,
        model: nn.Module,
        tokenizer: Any,  # noqa: ANN401 - transformers' tokenizer classes share no typed base
        *,
        device: str,
        precision: Precision,
        max_length: int,
        positions: int,
    ) -> None:
        self.model = model.to(device).eval().requires_grad_(False)
        for recorded in ("output_hidden_states", "output_attentions"):
            if getattr(model.config, recorded, False):  # needed nowhere, and recorded by means of the model itself
                setattr(model.config, recorded, False)
        self.tokenizer = tokenizer
        self.device = torch.device(device)
        self.precision: Precision = precision
        self.max_length = max_length
        self.positions = positions
        self.token_budget = _TOKEN_BUDGET.get(self.device.type, _TOKEN_BUDGET["cpu"])
        self._grid: Grid | None = None

    def encode(self, texts: Sequence[str]) -> list[TokenIds]:
        """Token ids of each text, special tokens included, cut to `max_length`."""
        if not texts:
            return []
        ids = self._tokenised(list(texts), self.max_length)
        return [np.asarray(row, dtype=np.int64) for row in ids]

    def _tokenised(self, texts: list[str], longest: int) -> list[list[int]]:
        backend = getattr(self.tokenizer, "backend_tokenizer", None)
        if backend is None:
            slow: list[list[int]] = self.tokenizer(texts, truncation=True, max_length=longest)["input_ids"]
            return slow
        backend.no_padding()
        backend.enable_truncation(longest, direction=self.tokenizer.truncation_side)
        return [encoding.ids for encoding in backend.encode_batch_fast(texts)]

    def truncated(self, texts: Sequence[str]) -> int:
        """How many texts are longer than `max_length` tokens."""
        return sum(len(ids) > self.max_length for ids in self._tokenised(list(texts), self.max_length + 1))

    def run(
        self,
        encoded: Sequence[TokenIds],
        compute: Compute,
        *,
        precision: Precision | None = None,
    ) -> FloatArray:
        """Apply `compute(model, input_ids, attention_mask)` to packed batches.

        Args:
            encoded: token ids of n texts.
            compute: returns a tensor (rows, features); called from several threads at once.
            precision: instead of the model's own.

        Returns:
            (n, features) float32, in the order of `encoded`; (0, 0) for no texts.
        """
        answer: FloatArray | None = None
        grid = self.grid(compute, precision or self.precision)

        def computed(batch: Batch) -> FloatArray:
            return self._computed(compute, precision, *self.tensors(encoded, batch))[: len(batch.members)]

        for batch, values in side_by_side(computed, self.packed(encoded, grid), self.device):
            if answer is None:
                answer = np.empty((len(encoded), values.shape[1]), dtype=np.float32)
            answer[list(batch.members)] = values
        return np.empty((0, 0), dtype=np.float32) if answer is None else answer

    def _computed(self, compute: Compute, precision: Precision | None, ids: Tensor, mask: Tensor) -> FloatArray:
        with torch.inference_mode(), self.autocast(precision):
            values: FloatArray = compute(self.model, ids, mask).float().cpu().numpy()
        return values

    def grid(self, compute: Compute, precision: Precision) -> Grid:
        """What shapes of batches are rounded up to, found out at the first call.

        The coarse grid on a GPU, which is better off with few shapes than with tight ones, and for bf16, which a
        processor may emulate so that finding out would take long.
        """
        if self.device.type != "cpu" or precision != "fp32":
            return COARSE
        if self._grid is None:
            with one_thread_each():
                run = partial(self._computed, compute, precision)
                self._grid = finest_grid(run, self._shaped, widest=self.positions)
        return self._grid

    def packed(self, encoded: Sequence[TokenIds], grid: Grid, *, at_most: int | None = None) -> Iterator[Batch]:
        """Batches of these texts, as many as are computed side by side where there is enough to share.

        Args:
            encoded: token ids.
            grid: of shapes.
            at_most: tokens of a batch; None: the token budget.
        """
        lengths = [len(ids) for ids in encoded]
        most = self.token_budget if at_most is None else min(self.token_budget, at_most)
        return pack(lengths, fair_share(sum(lengths), most, self.device), widest=self.positions, grid=grid)

    def _shaped(self, texts: Sequence[str], width: int) -> tuple[Tensor, Tensor]:
        encoded = [np.asarray(ids, dtype=np.int64) for ids in self._tokenised(list(texts), width)]
        return self.tensors(encoded, Batch(tuple(range(len(texts))), rows=len(texts), width=width))

    def tensors(self, encoded: Sequence[TokenIds], batch: Batch) -> tuple[Tensor, Tensor]:
        """Input ids and attention mask (rows, width) of a batch; rows beyond its members repeat the first one."""
        pad = self.tokenizer.pad_token_id
        ids = np.full((batch.rows, batch.width), pad, dtype=np.int64)
        mask = np.zeros((batch.rows, batch.width), dtype=np.int64)
        for row in range(batch.rows):
            tokens = encoded[batch.members[row if row < len(batch.members) else 0]]
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        return torch.from_numpy(ids).to(self.device), torch.from_numpy(mask).to(self.device)

    def autocast(self, precision: Precision | None = None) -> torch.autocast:
        """The context of `precision`, by default of this model's own."""
        return torch.autocast(self.device.type, torch.bfloat16, enabled=(precision or self.precision) == "bf16")
