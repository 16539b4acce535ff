"""Sums of gradients that are clipped unit by unit, through all of a model; the only place that knows Opacus's hooks.

Opacus attaches to the layers and either keeps the gradient of every text (`hooks`), or computes its norm alone from
what goes in and out of each layer and goes backward a second time through losses that are scaled by it (`ghost`;
Goodfellow 2015; Li et al. 2022, "Large Language Models Can Be Strong Differentially Private Learners"). Sampling,
clipping, noise and accounting are ours.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from robust_emo.training.private.fine_tuning.inputs import PhysicalBatch
from robust_emo.training.private.integrity import IntegrityError

TextLoss = Callable[[Tensor, Tensor], Tensor]
"""Takes logits (texts, labels) and targets, returns the loss of each text, (texts,)."""


class ClippedSum:
    """Adds up, over the physical batches of a step, what each unit's gradient is after clipping.

    The model is left in evaluation mode but for layers that are trained: Opacus looks at these only in training mode,
    and nothing else, such as dropout, may do by chance what the check before a training cannot repeat.

    Args:
        model: takes the tensors of a physical batch; what requires a gradient is trained.
    """

    def __init__(self, model: nn.Module, loss: TextLoss, max_grad_norm: float) -> None:
        self.model, self.loss, self.max_grad_norm = model, loss, max_grad_norm
        self.parameters = [each for each in model.parameters() if each.requires_grad]
        self._totals = [torch.zeros_like(each) for each in self.parameters]
        model.eval()
        for layer in model.modules():
            if any(each.requires_grad for each in layer.parameters(recurse=False)):
                layer.training = True
        self._hooks = self._attached()

    def _attached(self) -> object:
        raise NotImplementedError

    def add(self, batch: PhysicalBatch, *, steepness: float = 1.0) -> None:
        """Add the clipped gradients of whole units to the sum.

        Args:
            steepness: factor on the loss, for the check before a training.
        """
        raise NotImplementedError

    def taken(self) -> list[Tensor]:
        """The sum, a tensor for each parameter; the next one starts at zero."""
        totals, self._totals = self._totals, [torch.zeros_like(each) for each in self.parameters]
        return totals

    def losses(self, batch: PhysicalBatch, steepness: float = 1.0) -> Tensor:
        """Of each text, (texts,)."""
        logits = self.model(**batch.inputs).logits
        return self.loss(logits.float(), batch.targets) * steepness

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Inside, the model is differentiated as if nothing were attached."""
        self._hooks.disable_hooks()  # type: ignore[attr-defined]
        try:
            yield
        finally:
            self._hooks.enable_hooks()  # type: ignore[attr-defined]

    def close(self) -> None:
        """Detach; the model is a plain one again, in evaluation mode."""
        self._hooks.cleanup()  # type: ignore[attr-defined]
        self._clear()
        self.model.eval()

    def _factors(self, norms: Tensor) -> Tensor:
        """What each unit's gradient is multiplied by: 1 for what is short enough."""
        return self.max_grad_norm / norms.clamp(min=self.max_grad_norm)

    def _clear(self) -> None:
        for parameter in self.parameters:
            parameter.grad = None


class HookSum(ClippedSum):
    """Keeps the gradient of every text of a physical batch."""

    def _attached(self) -> object:
        from opacus.grad_sample import GradSampleHooks

        return GradSampleHooks(self.model, loss_reduction="sum")

    def add(self, batch: PhysicalBatch, *, steepness: float = 1.0) -> None:
        """See :class:`ClippedSum`."""
        backward(self.losses(batch, steepness).sum())
        each = [self._by_unit(parameter, batch) for parameter in self.parameters]
        self._clear()
        norms = torch.stack([torch.linalg.vector_norm(part, dim=1) for part in each])
        factors = self._factors(torch.linalg.vector_norm(norms, dim=0))
        for total, part in zip(self._totals, each, strict=True):
            total += (factors @ part).view_as(total)

    def _by_unit(self, parameter: nn.Parameter, batch: PhysicalBatch) -> Tensor:
        """Gradients (units, elements)."""
        texts: Tensor = parameter.grad_sample.flatten(1)  # type: ignore[attr-defined]
        parameter.grad_sample = None  # type: ignore[attr-defined]
        check_apart(len(texts), batch)
        if batch.members is None:
            return texts
        return texts.new_zeros(batch.units, texts.shape[1]).index_add_(0, batch.members, texts)


class GhostSum(ClippedSum):
    """Computes norms of gradients and not the gradients; for units of one text."""

    def _attached(self) -> object:
        from opacus.grad_sample import GradSampleHooksFastGradientClipping

        return GradSampleHooksFastGradientClipping(self.model, loss_reduction="sum", max_grad_norm=self.max_grad_norm)

    def add(self, batch: PhysicalBatch, *, steepness: float = 1.0) -> None:
        """See :class:`ClippedSum`."""
        if batch.members is not None:
            raise ValueError("ghost mode knows the norms of texts, not those of authors")
        losses = self.losses(batch, steepness)
        backward(losses.sum(), again=True)
        for parameter in self.parameters:
            check_apart(len(parameter._norm_sample), batch)  # type: ignore[attr-defined]
        norms: Tensor = self._hooks.get_norm_sample()  # type: ignore[attr-defined]
        self._clear()
        with self.paused():
            backward((self._factors(norms) * losses).sum())
        for total, parameter in zip(self._totals, self.parameters, strict=True):
            if parameter.grad is not None:
                total += parameter.grad
        self._clear()


def check_apart(gradients: int, batch: PhysicalBatch) -> None:
    """Refuse gradients that are not of one text each.

    Raises:
        IntegrityError: there are not as many as texts.
    """
    if gradients != len(batch.targets):
        raise IntegrityError(
            "private training is broken (gradients): a layer looks something up once for all texts of a batch, so that "
            f"{len(batch.targets)} texts have {gradients} gradients there; nothing was written"
        )


@contextmanager
def no_hook_warnings() -> Iterator[None]:
    """Layers whose input needs no gradient are no cause for a warning."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Full backward hook is firing")
        yield


def backward(loss: Tensor, *, again: bool = False) -> None:
    """Differentiate with hooks attached."""
    with no_hook_warnings():
        loss.backward(retain_graph=again)  # type: ignore[no-untyped-call]


def flat(parts: Sequence[Tensor]) -> Tensor:
    """One float64 vector of all."""
    return torch.cat([part.detach().double().flatten() for part in parts])
