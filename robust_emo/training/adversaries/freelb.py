"""Free large-batch adversarial training (Zhu et al. 2020)."""

from collections.abc import Iterator

from torch import Tensor, nn

from robust_emo.training.adversaries.moved_text import MovedText
from robust_emo.training.adversaries.settings import FreeLb
from robust_emo.training.batches import Batch
from robust_emo.training.loss import Loss
from robust_emo.training.step import Objective


def freelb(settings: FreeLb, loss: Loss) -> Objective:
    """The mean loss along the ascent: each of its steps needs a backward pass, which trains the weights as well."""

    def terms(model: nn.Module, batch: Batch, seed: int) -> Iterator[Tensor]:
        text = MovedText(model, batch, seed, norm=settings.norm)
        move = text.random()
        for left in reversed(range(settings.steps)):
            yield loss(text.logits(move), batch.targets) / settings.steps
            if left:
                assert move.grad is not None  # noqa: S101 - the term was differentiated
                move = text.climbed(move, move.grad, settings.step_size)

    return Objective(terms, count=settings.steps)
