"""From an adversary's settings to what a training lowers."""

from robust_emo.training.adversaries.freelb import freelb
from robust_emo.training.adversaries.pgd import fgm, pgd
from robust_emo.training.adversaries.settings import Adversary, Fgm, FreeLb, Pgd, Smart
from robust_emo.training.adversaries.smoothness import smart, vat
from robust_emo.training.loss import Loss
from robust_emo.training.step import Objective
from robust_emo.types import Task


def adversarial_objective(adversary: Adversary, loss: Loss, task: Task) -> Objective:
    """What is lowered against `adversary`; `loss` is that of standard training."""
    match adversary:
        case Fgm():
            return fgm(adversary, loss)
        case Pgd():
            return pgd(adversary, loss)
        case FreeLb():
            return freelb(adversary, loss)
        case Smart():
            return smart(adversary, loss, task)
    return vat(adversary, loss, task)
