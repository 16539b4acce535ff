"""A classifier asked with token vectors in the place of token ids, so that gradients at its input can be taken."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import get_ident

import torch
from torch import Tensor, nn

from robust_emo.models.pooled_head import PooledHeadForSequenceClassification
from robust_emo.models.victim import Victim


class EmbeddedClassifier:
    """The victim's classifier, differentiable in its input vectors; dropout off, fp32, parameters frozen.

    The vectors take the place of what the model's embedding layer answers, so that everything else (positions, the
    last token of a decoder, what an architecture does with its ids) is done as ever. With several encoders the
    vector of a token is those of all encoders, one behind the other.

    Args:
        victim: the model under audit.
    """

    def __init__(self, victim: Victim) -> None:
        self._victim = victim
        self.model: nn.Module = victim.batched.model
        self._layers = embedding_layers(self.model)
        with victim.classifying():  # tries the model at its first call, and must not do so under hooks of others
            pass

    @property
    def table(self) -> Tensor:
        """The vector of each token, (vocabulary, width)."""
        tables: list[Tensor] = [layer.weight.detach() for layer in self._layers]  # type: ignore[operator]
        rows = min(map(len, tables))
        return torch.cat([table[:rows] for table in tables], dim=1)

    def vectors(self, ids: Tensor) -> Tensor:
        """(rows, tokens, width) of token ids (rows, tokens)."""
        return torch.cat([layer(ids) for layer in self._layers], dim=-1).detach()

    def logits(self, vectors: Tensor, ids: Tensor, mask: Tensor) -> Tensor:
        """(rows, labels) for `vectors` in the place of those of `ids`; shapes (rows, tokens, width), (rows, tokens)."""
        with self._victim.classifying(), self._reading(vectors):
            logits: Tensor = self.model(input_ids=ids, attention_mask=mask).logits
        return logits

    @contextmanager
    def _reading(self, vectors: Tensor) -> Iterator[None]:
        hooks, start = [], 0
        for layer in self._layers:
            end = start + int(layer.weight.shape[1])  # type: ignore[index]
            hooks.append(layer.register_forward_hook(_answering(vectors[..., start:end])))
            start = end
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()


def embedding_layers(model: nn.Module) -> Sequence[nn.Module]:
    """What turns token ids into vectors: one layer, or one for each encoder of a pooled head."""
    parts = model.encoders if isinstance(model, PooledHeadForSequenceClassification) else [model]
    return [part.get_input_embeddings() for part in parts]  # type: ignore[operator]  # every transformers model has it


def _answering(vectors: Tensor) -> Callable[..., Tensor | None]:
    """In this thread; others ask the same layer about texts of their own."""
    asking = get_ident()
    return lambda *_: vectors if get_ident() == asking else None
