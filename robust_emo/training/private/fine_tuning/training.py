"""A private training that is ready to run: what the check before it looks at is the very thing that trains."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from robust_emo.errors import InputError
from robust_emo.training.batches import Encoded
from robust_emo.training.interruption import TrainingInterrupted
from robust_emo.training.private.accounting import NoisySteps
from robust_emo.training.private.fine_tuning.checkpoint import PrivateCheckpoints, Restored
from robust_emo.training.private.fine_tuning.clipping import ClippedSum
from robust_emo.training.private.fine_tuning.inputs import PhysicalBatch, physical_batch
from robust_emo.training.private.fine_tuning.packing import Rows, Sizes, contribution, packed
from robust_emo.training.private.fine_tuning.sampling import PoissonSampler
from robust_emo.training.private.fine_tuning.step import private_step
from robust_emo.training.private.system_noise import Noise, SystemNoise
from robust_emo.types import Task

Chosen = Sequence[int] | npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Training:
    """Data, clipped sums, sampler, noise and optimiser of one training."""

    sums: ClippedSum
    data: Encoded
    units: Sequence[Rows]
    """Of each privacy unit, its rows of `data`."""
    sampler: PoissonSampler
    steps: NoisySteps
    learning_rate: float
    expanded: Sequence[str]
    """See :func:`~robust_emo.training.private.fine_tuning.inputs.physical_batch`."""
    sizes: Sizes
    device: str = "cpu"
    noise: Noise = field(default_factory=SystemNoise)

    @property
    def expected(self) -> float:
        """Units of a sample on average."""
        return self.steps.sample_rate * len(self.units)

    def batches(self, chosen: Chosen) -> Iterator[PhysicalBatch]:
        """The texts of these units, as many at a time as fit."""
        drawn = random.SystemRandom()
        units = [contribution(self.units[number], drawn) for number in chosen]
        for together in packed(units, self.data.lengths, self.sizes):
            yield physical_batch(self.data, together, expanded=self.expanded, device=self.device)

    def optimiser(self, parameters: Sequence[nn.Parameter]) -> torch.optim.Optimizer:
        """Adam (Kingma & Ba 2015); what it makes of noisy sums costs nothing."""
        return torch.optim.Adam(parameters, lr=self.learning_rate)

    def step(self, optimiser: torch.optim.Optimizer, chosen: Chosen, *, noise_multiplier: float) -> None:
        """One step on the sample `chosen`."""
        private_step(
            self.sums,
            self.batches(chosen),
            optimiser,
            noise_multiplier=noise_multiplier,
            expected=self.expected,
            noise=self.noise,
        )

    def run(
        self,
        stepped: Callable[[int], None] = lambda count: None,
        *,
        checkpoints: PrivateCheckpoints | None = None,
        interrupted: Callable[[], bool] = lambda: False,
    ) -> Restored:
        """All steps, or those that no interrupted run has begun; the learning rate falls linearly to zero.

        Args:
            stepped: called after each step with 1, and before the first with the number that were begun before.
            checkpoints: where the state is kept from time to time; what is there is gone on from.
            interrupted: asked after each step.

        Returns:
            Where it began.

        Raises:
            TrainingInterrupted: on interruption, after a checkpoint.
            InputError: the checkpoint is damaged, of another training, or of one that has lost all of its steps.
        """
        optimiser = self.optimiser(self.sums.parameters)
        restored = self._restored(optimiser, checkpoints)
        stepped(restored.begun)
        for step in range(restored.begun, self.steps.steps):
            for group in optimiser.param_groups:
                group["lr"] = self.learning_rate * (1 - step / self.steps.steps)
            if checkpoints:
                checkpoints.begin(step)
            self.step(optimiser, self.sampler.draw(), noise_multiplier=self.steps.noise_multiplier)
            stopped = interrupted()
            if checkpoints and (stopped or checkpoints.due()):
                checkpoints.save(self.sums.parameters, optimiser, kept=step + 1 - restored.lost)
            if stopped:
                raise TrainingInterrupted(f"interrupted after step {step + 1} of {self.steps.steps}")
            stepped(1)
        return restored

    def _restored(self, optimiser: torch.optim.Optimizer, checkpoints: PrivateCheckpoints | None) -> Restored:
        if checkpoints is None:
            return Restored()
        if not checkpoints.exists():
            return checkpoints.start(self.sums.parameters, optimiser)
        restored = checkpoints.restore(self.sums.parameters, optimiser)
        if restored.lost == self.steps.steps:
            raise InputError(
                f"all {restored.lost} steps of {checkpoints.folder} were begun and none was kept; start again without "
                "--resume, which costs nothing more as long as nothing of it was seen"
            )
        return restored


def text_losses(task: Task) -> Callable[[Tensor, Tensor], Tensor]:
    """The loss of each text: cross entropy, and in multi-label data the sum of the labels' binary ones."""

    def losses(logits: Tensor, targets: Tensor) -> Tensor:
        if task is Task.SINGLE_LABEL:
            return nn.functional.cross_entropy(logits, targets, reduction="none")
        return nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none").sum(1)

    return losses
