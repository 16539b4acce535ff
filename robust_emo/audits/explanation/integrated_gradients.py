"""Integrated gradients over token vectors (Sundararajan, Taly & Yan 2017), by Captum, many texts at once.

Texts of one width go through the model together with all their steps. The number of steps doubles for those whose
attributions do not add up to the change of the target, until they do or a limit is reached.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor

from robust_emo.audits.explanation.attribution import Attribution
from robust_emo.audits.explanation.baselines import baseline_of, baseline_vectors
from robust_emo.audits.explanation.reading import Reading, WindowAttribution, of_segments
from robust_emo.audits.explanation.target import Target
from robust_emo.engine.engine import Engine
from robust_emo.errors import InputError
from robust_emo.models.embedded import EmbeddedClassifier
from robust_emo.models.packing import Batch, Grid, pack
from robust_emo.models.side_by_side import side_by_side
from robust_emo.models.token_windows import Window
from robust_emo.models.victim import Victim
from robust_emo.progress import Progress, Silent

Asked = tuple[Window, Target]

_PASSES = 256
"""Texts times steps in one call: more would only take memory, since steps fill the batches already."""
_TOKENS_AT_ONCE = 8192
"""Of all threads on a processor: going backward needs what each layer made of each token."""
_UNPADDED = Grid(fewest_rows=1, rows=1, width=1)
"""Texts of one length share a batch; a padded token would cost as much as another."""


@dataclass(frozen=True, slots=True)
class IntegratedGradients:
    """How integrated gradients are taken.

    Raises:
        InputError: a value out of its range.
    """

    baselines: tuple[str, ...] = ("pad",)
    """Attributions from each are averaged; see :data:`~robust_emo.audits.explanation.baselines.BASELINES`."""
    steps: int = 32
    """To begin with."""
    most_steps: int = 256
    tolerance: float = 0.05
    """Largest completeness gap that is good enough, as a share of the target's change."""

    def __post_init__(self) -> None:
        if not 1 <= self.steps <= self.most_steps:
            raise InputError(f"expected 1 <= steps <= most_steps, got {self.steps} and {self.most_steps}")
        if not 0 < self.tolerance < 1:
            raise InputError(f"expected a tolerance between 0 and 1, got {self.tolerance}")

    def attribute(
        self, engine: Engine, readings: Sequence[Reading], progress: Progress | None = None
    ) -> list[Attribution]:
        """One attribution per reading, fp32.

        Args:
            engine: of the model.
            readings: texts with their targets.
            progress: advanced by one per text that is done.

        Raises:
            InputError: a baseline that does not exist for this model.
        """
        watching = progress or Silent()
        asked = [(window, each.target) for each in readings for window in each.windows]
        path = _Path(engine.victim, self.baselines, asked)
        found: dict[int, WindowAttribution] = {}
        waiting, steps = list(range(len(path.windows))), self.steps
        first = np.cumsum([0, *(len(each.windows) for each in readings)]).tolist()
        texts = set(first[:-1])
        while waiting:
            again = []
            for position, answer in path.answers(waiting, steps):
                found[position] = answer
                if not self._enough(answer) and steps * 2 <= self.most_steps:
                    again.append(position)
                elif position in texts:
                    watching.advance()
            waiting, steps = sorted(again), steps * 2
        return [
            of_segments(each, [found[position] for position in range(start, end)])
            for each, start, end in zip(readings, first, first[1:], strict=False)
        ]

    def _enough(self, answer: WindowAttribution) -> bool:
        return answer.gap is None or answer.gap <= self.tolerance


class _Path:
    """The straight way from baselines to windows, through one model."""

    def __init__(self, victim: Victim, baselines: Sequence[str], windows: Sequence[Asked]) -> None:
        self.windows = windows
        self._victim, self._model = victim, EmbeddedClassifier(victim)
        self._device, self._threads = victim.batched.device, torch.get_num_threads()
        self._baselines = baseline_vectors(baselines, victim, self._model)

    def answers(self, positions: Sequence[int], steps: int) -> Iterator[tuple[int, WindowAttribution]]:
        """Attribution of each of these windows, the widest first."""
        together, do = list(self._chosen(positions, steps)), partial(self._together, steps=steps)
        few = len(together) < self._threads  # then all threads on one after the other are faster
        done = zip(together, map(do, together), strict=True) if few else side_by_side(do, together, self._device)
        for chosen, answers in done:
            yield from zip(chosen, answers, strict=True)

    def _chosen(self, positions: Sequence[int], steps: int) -> Iterator[list[int]]:
        """Those of one length, a few at a time."""
        most = max(1, _PASSES // steps)
        batched = self._victim.batched
        lengths = [len(self.windows[position][0].ids) for position in positions]
        for batch in pack(lengths, batched.token_budget, widest=batched.positions, grid=_UNPADDED):
            for start in range(0, len(batch.members), most):
                yield [positions[member] for member in batch.members[start : start + most]]

    def _together(self, positions: Sequence[int], steps: int) -> list[WindowAttribution]:
        ids, mask, kept, weights = self._tensors(positions)
        vectors = self._model.vectors(ids)
        total = torch.zeros(ids.shape, dtype=torch.float64)
        change = torch.zeros(len(ids), dtype=torch.float64)
        for vector in self._baselines:
            baseline = baseline_of(vectors, kept, vector)
            total += self._gradients(vectors, baseline, (ids, mask, weights), steps)
            ends = torch.cat([vectors, baseline])
            with torch.inference_mode():
                whole, nothing = self._asked(ends, *(each.repeat(2, 1) for each in (ids, mask, weights))).chunk(2)
            change += (whole - nothing).double().cpu()
        total, change = total / len(self._baselines), change / len(self._baselines)
        return [
            WindowAttribution(row[: len(self.windows[position][0].ids)].numpy(), float(moved), steps)
            for position, row, moved in zip(positions, total, change, strict=True)
        ]

    def _gradients(self, vectors: Tensor, baseline: Tensor, rest: tuple[Tensor, ...], steps: int) -> Tensor:
        """(rows, tokens), fp64."""
        import captum.attr

        tokens = self._victim.batched.token_budget
        if self._device.type == "cpu":
            tokens = min(tokens, _TOKENS_AT_ONCE // self._threads)
        rows = max(len(vectors), tokens // vectors.shape[1])
        vectors = vectors.clone().requires_grad_()  # captum warns where it has to do so itself
        with torch.enable_grad():
            found: Tensor = captum.attr.IntegratedGradients(self._asked).attribute(
                vectors,
                baseline,
                additional_forward_args=rest,
                n_steps=steps,
                method="gausslegendre",
                internal_batch_size=rows,
            )
        return found.detach().sum(dim=-1, dtype=torch.float64).cpu()

    def _asked(self, vectors: Tensor, ids: Tensor, mask: Tensor, weights: Tensor) -> Tensor:
        return (self._model.logits(vectors, ids, mask) * weights).sum(dim=1)

    def _tensors(self, positions: Sequence[int]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Ids, attention mask and tokens that the baseline keeps, (rows, width); weights of logits, (rows, labels)."""
        windows = [self.windows[position] for position in positions]
        width = max(1, *(len(window.ids) for window, _ in windows))
        members = Batch(tuple(range(len(windows))), rows=len(windows), width=width)
        ids, mask = self._victim.batched.tensors([window.ids for window, _ in windows], members)
        kept = mask == 0
        for row, (window, _) in enumerate(windows):
            kept[row, : len(window.ids)] = torch.tensor(window.special)
        weights = np.stack([target.weights(self._victim.labels) for _, target in windows])
        return ids, mask, kept, torch.from_numpy(weights).to(ids.device)
