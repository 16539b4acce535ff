"""Methods that ask the whole pipeline about the text with segments left out: what the model says, not its inside.

All are in words from the start, go through the input defence, and work where there are no gradients.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from robust_emo.audits.explanation.attribution import Attribution, Values
from robust_emo.audits.explanation.randomness import seed_of, seeded
from robust_emo.audits.explanation.reading import Reading
from robust_emo.engine.engine import Engine
from robust_emo.errors import InputError
from robust_emo.progress import Progress, Silent

_TOGETHER = 32
"""Texts that are asked about at once."""


@dataclass(frozen=True, slots=True)
class Occlusion:
    """What the target loses when a few neighbouring segments are left out (after Zeiler & Fergus 2014).

    Each segment gets the mean over the stretches that it is in, per segment. With a width of 1 this is leave-one-out
    (Li, Monroe & Jurafsky 2016).

    Raises:
        InputError: a width below 1.
    """

    width: int = 3

    def __post_init__(self) -> None:
        if self.width < 1:
            raise InputError(f"expected a width of at least 1, got {self.width}")

    def attribute(
        self, engine: Engine, readings: Sequence[Reading], progress: Progress | None = None
    ) -> list[Attribution]:
        """One attribution per reading; many are asked about at once. What the model does not read gets 0."""
        watching, found = progress or Silent(), list[Attribution]()
        for start in range(0, len(readings), _TOGETHER):
            found += self._together(engine, readings[start : start + _TOGETHER])
            watching.advance(len(found) - start)
        return found

    def _together(self, engine: Engine, readings: Sequence[Reading]) -> list[Attribution]:
        removed = [_stretches(len(each.seen), self.width) for each in readings]
        answers = target_logits(engine, readings, [[frozenset[int](), *sets] for sets in removed])
        return [
            _of_all(each, _occluded(sets, answer, len(each.seen)))
            for each, sets, answer in zip(readings, removed, answers, strict=True)
        ]


def _of_all(reading: Reading, seen: Values) -> Attribution:
    """Attributions of what the model reads, and 0 for the rest."""
    values = np.pad(seen, (0, len(reading.segments) - len(seen)))
    return Attribution(reading.segments, reading.target, values, windows=len(reading.windows))


def _stretches(count: int, width: int) -> list[frozenset[int]]:
    width = min(width, count)
    return [frozenset(range(start, start + width)) for start in range(count - width + 1)] if count else []


def _occluded(removed: Sequence[frozenset[int]], answers: Values, count: int) -> Values:
    total, times = np.zeros(count), np.zeros(count)
    for stretch, answer in zip(removed, answers[1:], strict=True):
        members = sorted(stretch)
        total[members] += (answers[0] - answer) / len(members)
        times[members] += 1
    return total / times


def target_logits(
    engine: Engine, readings: Sequence[Reading], removed: Sequence[Sequence[frozenset[int]]]
) -> list[Values]:
    """The target's logit of each text without each set of its segments: one array (sets,) per reading."""
    texts = [each.seen.without(one) for each, sets in zip(readings, removed, strict=True) for one in sets]
    logits = engine.scores(texts).astype(np.float64)
    answers, start = [], 0
    for each, sets in zip(readings, removed, strict=True):
        rows = logits[start : start + len(sets)]
        answers.append(rows @ each.target.weights(engine.victim.labels).astype(np.float64))
        start += len(sets)
    return answers


@dataclass(frozen=True, slots=True)
class Sampled:
    """A method of Captum that asks about many random choices of segments, one text at a time.

    Raises:
        InputError: an unknown method or fewer than 10 samples.
    """

    method: str
    """`shapley-sampling` (Štrumbelj & Kononenko 2010), `kernel-shap` (Lundberg & Lee 2017) or `lime` (Ribeiro, Singh &
    Guestrin 2016)."""
    seed: int = 0
    samples: int = 200
    """Choices of segments that are asked about. An order of all segments asks about as many as there are, and at least
    five orders are drawn."""

    def __post_init__(self) -> None:
        if self.method not in _SAMPLED:
            raise InputError(f"expected one of {', '.join(_SAMPLED)}, got '{self.method}'")
        if self.samples < 10:
            raise InputError(f"expected at least 10 samples, got {self.samples}")

    def attribute(
        self, engine: Engine, readings: Sequence[Reading], progress: Progress | None = None
    ) -> list[Attribution]:
        """One attribution per reading; chance depends on (seed, method, text, target)."""
        watching, answers = progress or Silent(), []
        for reading in readings:
            with seeded(seed_of(self.seed, self.method, reading.target, reading.text)):
                values = self._values(engine, reading)
            answers.append(_of_all(reading, values))
            watching.advance()
        return answers

    def _values(self, engine: Engine, reading: Reading) -> Values:
        count = len(reading.seen)

        def answer(present: Tensor) -> Tensor:
            sets = [frozenset(np.flatnonzero(row == 0).tolist()) for row in present.numpy()]
            return torch.from_numpy(target_logits(engine, [reading], [sets])[0])

        if count == 0:  # the model reads nothing of the text
            return np.zeros(0)
        if count == 1:  # what all of them come to, and Captum's regressions cannot do
            whole, nothing = target_logits(engine, [reading], [[frozenset[int](), frozenset([0])]])[0]
            return np.array([whole - nothing])
        found: Tensor = _SAMPLED[self.method](answer, torch.ones(1, count), self.samples)
        values: Values = found[0].detach().double().numpy()
        return values


def _shapley(answer: Callable[[Tensor], Tensor], inputs: Tensor, samples: int) -> Tensor:
    import captum.attr

    orders = max(5, samples // max(1, inputs.shape[1]))
    found: Tensor = captum.attr.ShapleyValueSampling(answer).attribute(
        inputs, n_samples=orders, perturbations_per_eval=samples
    )
    return found


def _kernel_shap(answer: Callable[[Tensor], Tensor], inputs: Tensor, samples: int) -> Tensor:
    import captum.attr

    found: Tensor = captum.attr.KernelShap(answer).attribute(inputs, n_samples=samples, perturbations_per_eval=samples)
    return found


def _lime(answer: Callable[[Tensor], Tensor], inputs: Tensor, samples: int) -> Tensor:
    """In units of the largest loss without one segment: the penalty of Captum's lasso is a fixed number, and leaves
    nothing of a model whose logits are small."""
    import captum.attr

    unit = (answer(inputs) - answer(inputs - torch.eye(inputs.shape[1]))).abs().max()
    if unit == 0:
        unit = torch.ones_like(unit)
    lime = captum.attr.Lime(lambda present: answer(present) / unit)
    found: Tensor = lime.attribute(inputs, n_samples=samples, perturbations_per_eval=samples)
    return found * unit


_SAMPLED: dict[str, Any] = {"shapley-sampling": _shapley, "kernel-shap": _kernel_shap, "lime": _lime}
