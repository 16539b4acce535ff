"""Canary texts in an ordinary training: drawn once, whoever computes and however often it is resumed."""

from dataclasses import replace
from pathlib import Path

from accelerate import Accelerator
from accelerate.utils import broadcast_object_list

from robust_emo.canaries.drawing import draw_canaries
from robust_emo.canaries.plan import CanaryPlan
from robust_emo.canaries.sealed import FILENAME, SealedCanaries, read_canaries
from robust_emo.errors import InputError
from robust_emo.training.checkpoint import CheckpointStore
from robust_emo.training.corpus import Corpus
from robust_emo.training.observer import Observer


def drawn_once(
    plan: CanaryPlan | None,
    corpus: Corpus,
    folder: Path,
    accelerator: Accelerator,
    observer: Observer,
    *,
    resume: bool,
) -> SealedCanaries | None:
    """The canaries of this training, the same in all processes.

    Args:
        plan: None for no canaries.
        corpus: whose labels they have.
        folder: of checkpoints, where those of an interrupted training lie.
        accelerator: of the processes, of which one draws.
        observer: is told how many there are.
        resume: whether to go on with them.

    Raises:
        InputError: canaries of a kind that is no text, or the interrupted training had others.
    """
    if plan is None:
        return None
    if plan.kind == "features":
        raise InputError("canaries in the space of features need a private head; choose emotion, mislabelled or random")
    before = CheckpointStore(folder, {}).file(FILENAME) if resume and accelerator.is_main_process else None
    sealed = [_of_before(plan, before) if before else draw_canaries(plan, corpus.labels)]
    drawn: SealedCanaries = broadcast_object_list(sealed)[0]
    observer.noted(counted(drawn))
    return drawn


def with_canaries(corpus: Corpus, sealed: SealedCanaries | None) -> Corpus:
    """The corpus as it is trained on; validation and test data have no canaries."""
    return replace(corpus, train=(*corpus.train, *sealed.examples())) if sealed else corpus


def counted(sealed: SealedCanaries) -> str:
    """What the user should know of them, in a sentence."""
    return (
        f"{len(sealed.inserted)} of {len(sealed.canaries)} canaries were added to the training data by the throw of a "
        f"coin each; their seal is {sealed.sha256}"
    )


def _of_before(plan: CanaryPlan, file: Path) -> SealedCanaries:
    sealed = read_canaries(file)
    then, now = (len(sealed.canaries), sealed.kind, sealed.guesses), (plan.count, plan.kind, plan.guessed)
    if then != now:
        raise InputError(
            f"cannot resume: the interrupted training has {then[0]} canaries ({then[1]}, {then[2]} guesses), now "
            f"{now[0]} ({now[1]}, {now[2]} guesses) are asked for; ask for the same, or start again without --resume"
        )
    return sealed
