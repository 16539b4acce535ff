"""A classifier asked with token vectors in the place of token ids, so that gradients at its input can be taken."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import Tensor, nn

from robust_emo.models.victim import Victim


class EmbeddedClassifier:
    """The victim's classifier, differentiable in its input vectors; dropout off, fp32, parameters frozen.

    The vectors take the place of what the model's embedding layer answers, so that everything else (positions, the
    last token of a decoder, what an architecture does with its ids) is done as ever.

    Args:
        victim: the model under audit.
    """

    def __init__(self, victim: Victim) -> None:
        self._victim = victim
        self.model: nn.Module = victim.batched.model
        self._layer: nn.Module = self.model.get_input_embeddings()  # type: ignore[operator]  # every transformers model has it

    @property
    def table(self) -> Tensor:
        """The vector of each token, (vocabulary, width)."""
        table: Tensor = self._layer.weight.detach()  # type: ignore[operator]
        return table

    def vectors(self, ids: Tensor) -> Tensor:
        """(rows, tokens, width) of token ids (rows, tokens)."""
        vectors: Tensor = self._layer(ids).detach()
        return vectors

    def logits(self, vectors: Tensor, ids: Tensor, mask: Tensor) -> Tensor:
        """(rows, labels) for `vectors` in the place of those of `ids`; shapes (rows, tokens, width), (rows, tokens)."""
        with self._victim.classifying(), self._reading(vectors):
            logits: Tensor = self.model(input_ids=ids, attention_mask=mask).logits
        return logits

    @contextmanager
    def _reading(self, vectors: Tensor) -> Iterator[None]:
        hook = self._layer.register_forward_hook(lambda *_: vectors)
        try:
            yield
        finally:
            hook.remove()
