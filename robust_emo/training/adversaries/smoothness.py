"""Smooth answers around each text, gold labels aside: SMART (Jiang et al. 2020) and VAT (Miyato et al. 2018)."""

from collections.abc import Callable, Iterator

from torch import Tensor, nn
from torch.nn.functional import log_softmax, logsigmoid

from robust_emo.training.adversaries.moved_text import MovedText
from robust_emo.training.adversaries.settings import Smart, Vat
from robust_emo.training.batches import Batch
from robust_emo.training.loss import Loss
from robust_emo.training.step import Objective
from robust_emo.types import Task

Divergence = Callable[[Tensor, Tensor], Tensor]
"""Of two batches of logits (b, labels): a scalar, zero where they answer alike."""


def kullback_leibler(task: Task) -> Divergence:
    """KL of the second from the first in nats: mean over texts, and over labels where each is a yes or no."""

    def single(p: Tensor, q: Tensor) -> Tensor:
        log_p, log_q = log_softmax(p.float(), dim=-1), log_softmax(q.float(), dim=-1)
        return (log_p.exp() * (log_p - log_q)).sum(dim=-1).mean()

    def multi(p: Tensor, q: Tensor) -> Tensor:
        p, q = p.float(), q.float()
        yes, no = logsigmoid(p), logsigmoid(-p)
        return (yes.exp() * (yes - logsigmoid(q)) + no.exp() * (no - logsigmoid(-q))).mean()

    return single if task is Task.SINGLE_LABEL else multi


def smart(settings: Smart, loss: Loss, task: Task) -> Objective:
    """The loss of the texts and the symmetric KL to their moved selves, in one term: both answers learn from it."""
    one_way = kullback_leibler(task)

    def terms(model: nn.Module, batch: Batch, seed: int) -> Iterator[Tensor]:
        text = MovedText(model, batch, seed, norm=settings.norm)
        answer = text.logits(text.unmoved())
        held, move = answer.detach(), text.random()

        def risen(logits: Tensor) -> Tensor:
            return one_way(held, logits) + one_way(logits, held)

        for _ in range(settings.steps):
            move = text.climbed(move, text.slope(risen, move), settings.step_size)
        other = text.logits(move)
        apart = one_way(answer, other) + one_way(other, answer)
        yield loss(answer, batch.targets) + settings.weight * apart

    return Objective(terms)


def vat(settings: Vat, loss: Loss, task: Task) -> Objective:
    """The loss of the texts, then the KL of the moved texts' answers from theirs, which is held."""
    one_way = kullback_leibler(task)

    def terms(model: nn.Module, batch: Batch, seed: int) -> Iterator[Tensor]:
        text = MovedText(model, batch, seed, norm=settings.norm)
        answer = text.logits(text.unmoved())
        held, move = answer.detach(), text.random()
        yield loss(answer, batch.targets)
        del answer  # its graph is spent

        def risen(logits: Tensor) -> Tensor:
            return one_way(held, logits)

        for _ in range(settings.steps):
            move = text.border(text.slope(risen, move))
        yield settings.weight * risen(text.logits(move))

    return Objective(terms, count=2)
