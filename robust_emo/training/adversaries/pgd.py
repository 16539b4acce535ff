"""Projected gradient ascent (Madry et al. 2018); the fast gradient method (Miyato et al. 2017) is one step of it."""

from collections.abc import Iterator

from torch import Tensor, nn

from robust_emo.training.adversaries.moved_text import MovedText
from robust_emo.training.adversaries.settings import Fgm, Pgd
from robust_emo.training.batches import Batch
from robust_emo.training.loss import Loss
from robust_emo.training.step import Objective


def pgd(settings: Pgd, loss: Loss) -> Objective:
    """The loss of the texts and the loss at the end of the ascent, weighted by `share`.

    The ascent starts at the text itself, because the first slope then comes with the gradient of the first term.
    """

    def terms(model: nn.Module, batch: Batch, seed: int) -> Iterator[Tensor]:
        def risen(logits: Tensor) -> Tensor:
            return loss(logits, batch.targets)

        text = MovedText(model, batch, seed, norm=settings.norm)
        move = text.unmoved()
        if settings.share < 1:
            yield (1 - settings.share) * risen(text.logits(move))
        slope = text.slope(risen, move) if move.grad is None else move.grad
        for left in reversed(range(settings.steps)):
            move = text.climbed(move, slope, settings.step_size)
            if left:
                slope = text.slope(risen, move)
        yield settings.share * risen(text.logits(move))

    return Objective(terms, count=2 if settings.share < 1 else 1)


def fgm(settings: Fgm, loss: Loss) -> Objective:
    """One step to the border."""
    return pgd(Pgd(norm=settings.norm, steps=1, step_size=1.0, share=settings.share), loss)
