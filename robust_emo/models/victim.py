"""The victim model: the classifier under audit, asked for logits and gradients of many texts at once."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from threading import get_ident

import numpy as np
import torch
from torch import Tensor, nn

from robust_emo.arrays import FloatArray, TokenGradients, TokenIds
from robust_emo.defences.rewriting import Rewriting
from robust_emo.errors import InputError
from robust_emo.models.batched import BatchedModel, Precision
from robust_emo.models.first_token import LastAttention, last_attention
from robust_emo.models.loading import LoadedClassifier
from robust_emo.models.packing import COARSE, Batch, Grid
from robust_emo.models.side_by_side import side_by_side
from robust_emo.models.text_vectors import text_vectors
from robust_emo.types import Prediction, Task


class Victim:
    """A loaded classifier on a device.

    Args:
        classifier: what :func:`robust_emo.models.loading.load_classifier` returned.
        device: torch device.
        precision: ``fp32``, or ``bf16`` for autocast (gradients and whatever is asked in fp32 stay fp32).
        max_length: tokens kept of each text; by default the most that model and tokenizer take, at most 512.

    Raises:
        InputError: `max_length` is more than the model has positions.
    """

    def __init__(
        self,
        classifier: LoadedClassifier,
        *,
        device: str = "cpu",
        precision: Precision = "fp32",
        max_length: int | None = None,
    ) -> None:
        if max_length is not None and max_length > classifier.positions:
            raise InputError(f"the model takes at most {classifier.positions} tokens, got --max-length {max_length}")
        self.labels = classifier.labels
        self.task = classifier.task
        self.sha256 = classifier.sha256
        self.architecture = classifier.architecture
        self.defence = classifier.defence
        self.parameters = sum(parameter.numel() for parameter in classifier.model.parameters())
        self.batched = BatchedModel(
            classifier.model,
            classifier.tokenizer,
            device=device,
            precision=precision,
            max_length=max_length or classifier.max_length,
            positions=classifier.positions,
        )

    @cached_property
    def _last_attention(self) -> LastAttention | None:
        return last_attention(self.batched.model)

    @property
    def unknown_token(self) -> str:
        """What stands for a word the model cannot see."""
        return str(self.batched.tokenizer.unk_token or self.batched.tokenizer.mask_token or "")

    @property
    def mask_token(self) -> str:
        """What stands for a word that is hidden; :attr:`unknown_token` where the model was made without one."""
        return str(self.batched.tokenizer.mask_token or self.unknown_token)

    def classifying(self) -> AbstractContextManager[None]:
        """Within it, the model leaves out what its logits do not need; only these may be read."""
        return self._last_attention.first_token_only() if self._last_attention else nullcontext()

    def logits(self, texts: Sequence[str]) -> FloatArray:
        """Logits (len(texts), labels) in the order of `labels`."""
        return self.logits_of_tokens(self.encode(texts))

    def encode(self, texts: Sequence[str]) -> list[TokenIds]:
        """Token ids of each text as the model reads it: after its input defence, special tokens included, cut."""
        return self.batched.encode(self._defended(texts))

    def truncated(self, texts: Sequence[str]) -> int:
        """How many texts are longer, after the input defence, than the model reads."""
        return self.batched.truncated(self._defended(texts))

    def _defended(self, texts: Sequence[str]) -> Sequence[str]:
        return texts if self.defence is None else [self.defence.text(text) for text in texts]

    def logits_of_tokens(self, encoded: Sequence[TokenIds], *, precision: Precision | None = None) -> FloatArray:
        """Logits (len(encoded), labels) of token ids made by :meth:`encode`, in the victim's precision or another.

        Raises:
            ValueError: a logit is NaN or infinite.
        """
        with self.classifying():
            logits = self.batched.run(encoded, _classify, precision=precision)
        if not np.isfinite(logits).all():  # argmax would make a prediction of them all the same
            raise ValueError("the model answers with numbers that are not finite")
        return logits

    def embeddings(self, texts: Sequence[str]) -> FloatArray:
        """What the model's encoder makes of each text, (len(texts), width), fp32; see :func:`text_vectors`."""
        return self.batched.run(self.encode(texts), text_vectors, precision="fp32")

    def grid(self, precision: Precision) -> Grid:
        """What the shapes of this model's batches are rounded up to."""
        with self.classifying():
            return self.batched.grid(_classify, precision)

    def readable(self, text: str) -> str:
        """The beginning of `text` that the model reads; all of it unless it is cut to the maximum length."""
        if len(self._defended([text])[0]) <= self.batched.max_length:  # a token has at least one character
            return text
        return text[: max((end for _, end in self._spans(text)), default=0)]

    def predictions(self, logits: FloatArray) -> list[Prediction]:
        """Labels and probabilities from logits (n, labels)."""
        wide = logits.astype(np.float64)
        if self.task is Task.MULTI_LABEL:
            probabilities = 1 / (1 + np.exp(-wide))
            chosen = [np.flatnonzero(row >= 0) for row in wide]
        else:
            shifted = np.exp(wide - wide.max(axis=1, keepdims=True))
            probabilities = shifted / shifted.sum(axis=1, keepdims=True)
            chosen = [np.asarray([row.argmax()]) for row in wide]
        return [
            Prediction(tuple(self.labels[index] for index in indices), tuple(row.tolist()))
            for indices, row in zip(chosen, probabilities, strict=True)
        ]

    def gradients(self, texts: Sequence[str], targets: Sequence[Sequence[float]]) -> list[TokenGradients]:
        """Gradient of each text's loss at its own input embeddings, dropout off, fp32.

        The loss is cross entropy (single-label) or the sum of binary cross entropies (multi-label).

        Args:
            texts: n texts.
            targets: n rows with one number per label: one-hot, or 0/1 flags.
        """
        model = self.batched
        encoded = self.encode(texts)
        answer: list[TokenGradients | None] = [None] * len(texts)

        def computed(batch: Batch) -> FloatArray:
            rows = [targets[member] for member in batch.members]
            rows += [rows[0]] * (batch.rows - len(rows))
            return self._embedding_gradients(*model.tensors(encoded, batch), torch.tensor(rows))

        for batch, values in side_by_side(computed, model.packed(encoded, COARSE), model.device):
            for row, member in enumerate(batch.members):
                length = len(encoded[member])
                answer[member] = TokenGradients(self._spans(texts[member]), values[row, :length])
        return [gradients for gradients in answer if gradients is not None]

    def _embedding_gradients(self, input_ids: Tensor, attention_mask: Tensor, targets: Tensor) -> FloatArray:
        embedded: list[Tensor] = []
        asking = get_ident()

        def catch(_: nn.Module, __: object, output: Tensor) -> Tensor | None:
            if get_ident() != asking:  # a batch of another thread
                return None
            embedded.append(output.detach().requires_grad_())
            return embedded[0]

        model = self.batched.model
        hook = model.get_input_embeddings().register_forward_hook(catch)  # type: ignore[operator]  # nn.Module has no such method, every transformers model has
        try:
            with torch.enable_grad():
                logits = model(input_ids=input_ids, attention_mask=attention_mask).logits
                wanted = targets.to(logits)
                if self.task is Task.MULTI_LABEL:
                    loss = nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="sum")
                else:
                    loss = nn.functional.cross_entropy(logits, wanted, reduction="sum")
                (gradients,) = torch.autograd.grad(loss, embedded[0])
        finally:
            hook.remove()
        values: FloatArray = gradients.float().cpu().numpy()
        return values

    def _spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where in `text` each token comes from; (0, 0) for special tokens."""
        rewriting = Rewriting(text, ()) if self.defence is None else self.defence.rewriting(text)
        encoding = self.batched.tokenizer(
            rewriting.text, truncation=True, max_length=self.batched.max_length, return_offsets_mapping=True
        )
        return tuple(rewriting.origin(start, end) if end else (0, 0) for start, end in encoding["offset_mapping"])


def _classify(model: nn.Module, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
    logits: Tensor = model(input_ids=input_ids, attention_mask=attention_mask).logits
    return logits
