"""A batch whose token vectors can be moved, and the ball they stay in."""

from collections.abc import Callable
from typing import Any

import torch
from accelerate.utils import extract_model_from_parallel
from torch import Tensor, nn

from robust_emo.training.batches import Batch

_NOISE = 1
"""Added to the seed of a batch for its random start, which must not be drawn from the stream of the dropout."""


class MovedText:
    """One batch as an adversary sees it.

    Moves are tensors (b, tokens, embedding) that are added to the word vectors, before positions and token types; at
    padding they are zero. Every pass has the same dropout (Zhu et al. 2020, section 3.3): a loss rises because of the
    moves and not because other units were left out.

    Args:
        model: of transformers or peft, maybe wrapped by accelerate.
        seed: of the dropout.
        norm: radius of each text's ball, in units of the mean length of its token vectors.
    """

    def __init__(self, model: nn.Module, batch: Batch, seed: int, *, norm: float) -> None:
        self._model, self._batch, self._seed = model, batch, seed
        self._plain: Any = extract_model_from_parallel(model)
        self._layer: nn.Module = self._plain.get_input_embeddings()
        self._real = batch.attention_mask.unsqueeze(-1)
        with torch.no_grad():
            vectors = self._layer(batch.input_ids)
            self._origin = torch.zeros_like(vectors)
            lengths = torch.linalg.vector_norm(vectors, dim=-1) * batch.attention_mask
            self.radius: Tensor = norm * lengths.sum(dim=1) / batch.attention_mask.sum(dim=1)
            """Of each text's ball (b,)."""

    def unmoved(self) -> Tensor:
        """The origin of the ball, as a leaf that gradients reach."""
        return self._origin.clone().requires_grad_()

    def random(self) -> Tensor:
        """A random place inside the ball, as a leaf: uniform in a cube that just fits (Zhu et al. 2020)."""
        generator = torch.Generator().manual_seed((self._seed + _NOISE) % 2**63)
        uniform = 2 * torch.rand(self._origin.shape, generator=generator).to(self._origin) - 1
        numbers = self._batch.attention_mask.sum(dim=1) * self._origin.shape[-1]
        return (uniform * self._real * _each(self.radius / numbers.sqrt())).requires_grad_()

    def logits(self, move: Tensor) -> Tensor:
        """Logits (b, labels) of the moved texts, to be differentiated by the trainer."""
        return self._pass(self._model, move)

    def slope(self, value: Callable[[Tensor], Tensor], move: Tensor) -> Tensor:
        """Gradient of `value(logits)` at `move`; those of the parameters are neither computed nor touched."""
        here = move.detach().requires_grad_()
        # the distributed wrapper would wait for the gradients of parameters, which never come
        reached = value(self._pass(self._plain, here))
        with torch.autocast(here.device.type, enabled=False):
            (slope,) = torch.autograd.grad(reached, here)
        return slope

    def border(self, slope: Tensor) -> Tensor:
        """The place on the border in the direction of `slope`, as a leaf; the origin where the slope is zero."""
        return (_direction(slope) * _each(self.radius)).requires_grad_()

    def climbed(self, move: Tensor, slope: Tensor, step_size: float) -> Tensor:
        """`move` and a step of `step_size` radii along `slope`, back in the ball, as a leaf."""
        further = move.detach() + _direction(slope) * _each(step_size * self.radius)
        factor = (self.radius / _lengths(further)).clamp(max=1)
        return (further * _each(factor)).requires_grad_()

    def _pass(self, model: nn.Module, move: Tensor) -> Tensor:
        def shift(_: nn.Module, __: object, output: Tensor) -> Tensor:
            return output + move * self._real

        torch.manual_seed(self._seed)
        hook = self._layer.register_forward_hook(shift)
        try:
            logits: Tensor = model(input_ids=self._batch.input_ids, attention_mask=self._batch.attention_mask).logits
        finally:
            hook.remove()
        return logits


def _lengths(moves: Tensor) -> Tensor:
    """Frobenius norm of each text's moves (b,), never zero."""
    lengths: Tensor = torch.linalg.vector_norm(moves.flatten(1), dim=1)
    return lengths.clamp(min=torch.finfo(moves.dtype).tiny)


def _direction(slope: Tensor) -> Tensor:
    """Of length 1 for each text; zero where the slope is."""
    # a text that the model is sure of has a slope whose squares are too small for fp32
    largest = slope.abs().flatten(1).amax(dim=1).clamp(min=torch.finfo(slope.dtype).tiny)
    scaled = slope.detach() / _each(largest)
    return scaled / _each(_lengths(scaled))


def _each(numbers: Tensor) -> Tensor:
    """One number per text (b,) as a factor of moves (b, tokens, embedding)."""
    return numbers[:, None, None]
