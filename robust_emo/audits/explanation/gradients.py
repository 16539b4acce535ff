"""Methods that read the gradient at the token vectors, by Captum: one text at a time."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from robust_emo.audits.explanation.attribution import Attribution, Values
from robust_emo.audits.explanation.baselines import baseline_of, baseline_vectors
from robust_emo.audits.explanation.randomness import seed_of, seeded
from robust_emo.audits.explanation.reading import Reading, WindowAttribution, of_segments
from robust_emo.audits.explanation.target import Target
from robust_emo.engine.engine import Engine
from robust_emo.models.embedded import EmbeddedClassifier
from robust_emo.models.token_windows import Window
from robust_emo.models.victim import Victim
from robust_emo.progress import Progress, Silent


@dataclass(frozen=True, slots=True)
class GradientTimesInput:
    """Gradient x input (Shrikumar, Greenside, Shcherbina & Kundaje 2016): first order, at the text alone."""

    def attribute(
        self, engine: Engine, readings: Sequence[Reading], progress: Progress | None = None
    ) -> list[Attribution]:
        """One attribution per reading; see :class:`~.integrated_gradients.IntegratedGradients`."""
        import captum.attr

        def values(asked: "_Window") -> WindowAttribution:
            found = captum.attr.InputXGradient(asked.answer).attribute(asked.vectors)
            return WindowAttribution(_summed(found))

        return _window_by_window(engine.victim, readings, values, progress)


@dataclass(frozen=True, slots=True)
class GradientShap:
    """Expected gradients between baselines and the text (Lundberg & Lee 2017; Erion et al. 2021)."""

    seed: int = 0
    baselines: tuple[str, ...] = ("pad", "mean", "zero")
    """Each sample starts from one of them, drawn at random."""
    samples: int = 64

    def attribute(
        self, engine: Engine, readings: Sequence[Reading], progress: Progress | None = None
    ) -> list[Attribution]:
        """One attribution per reading; chance depends on (seed, text, target)."""
        import captum.attr

        vectors = baseline_vectors(self.baselines, engine.victim, EmbeddedClassifier(engine.victim))

        def values(asked: "_Window") -> WindowAttribution:
            baselines = torch.cat([asked.baseline(vector) for vector in vectors])
            with seeded(seed_of(self.seed, "gradient-shap", asked.target, *asked.window.ids)):
                found = captum.attr.GradientShap(asked.answer).attribute(
                    asked.vectors, baselines, n_samples=self.samples
                )
            with torch.no_grad():
                change = asked.answer(asked.vectors) - asked.answer(baselines).mean()
            return WindowAttribution(_summed(found), float(change))

        return _window_by_window(engine.victim, readings, values, progress)


@dataclass(frozen=True, slots=True)
class DeepLift:
    """DeepLIFT, rescale rule (Shrikumar, Greenside & Kundaje 2017).

    Captum knows its rule for activations that are modules, and none for attention and layer normalisation: on a
    transformer the attributions add up to the change only by luck. The completeness gap says where they do.
    """

    baseline: str = "pad"

    def attribute(
        self, engine: Engine, readings: Sequence[Reading], progress: Progress | None = None
    ) -> list[Attribution]:
        """One attribution per reading."""
        import captum.attr

        (vector,) = baseline_vectors([self.baseline], engine.victim, EmbeddedClassifier(engine.victim))

        def values(asked: "_Window") -> WindowAttribution:
            baseline = asked.baseline(vector)
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Setting forward, backward hooks", UserWarning)  # they are removed
                found = captum.attr.DeepLift(_AsModule(asked)).attribute(asked.vectors, baseline)
            with torch.no_grad():
                change = asked.answer(asked.vectors) - asked.answer(baseline)
            return WindowAttribution(_summed(found), float(change))

        return _window_by_window(engine.victim, readings, values, progress)


class _Window:
    """A window put to the model: its target as a function of its token vectors."""

    def __init__(self, victim: Victim, model: EmbeddedClassifier, window: Window, target: Target) -> None:
        self.window, self.target, self.model = window, target, model
        device = victim.batched.device
        self._ids = torch.from_numpy(window.ids)[None].to(device)
        self._kept = torch.tensor([window.special], device=device)
        self._weights = torch.from_numpy(target.weights(victim.labels)).to(device)
        self.vectors = model.vectors(self._ids).requires_grad_()  # captum warns where it has to do so itself

    def baseline(self, vector: Tensor) -> Tensor:
        """(1, tokens, width): `vector` for all but special tokens."""
        return baseline_of(self.vectors.detach(), self._kept, vector)

    def answer(self, vectors: Tensor) -> Tensor:
        """The target's logit, (rows,), for vectors (rows, tokens, width)."""
        ids = self._ids.expand(len(vectors), -1)
        logits = self.model.logits(vectors, ids, torch.ones_like(ids))
        return (logits * self._weights).sum(dim=1)


class _AsModule(nn.Module):
    """Captum hooks the modules inside."""

    def __init__(self, asked: _Window) -> None:
        super().__init__()
        self.model = asked.model.model
        self._asked = asked

    def forward(self, vectors: Tensor) -> Tensor:
        return self._asked.answer(vectors)


def _summed(found: Tensor) -> Values:
    values: Values = found.detach().sum(dim=-1, dtype=torch.float64)[0].cpu().numpy()
    return values


def _window_by_window(
    victim: Victim,
    readings: Sequence[Reading],
    values: Callable[[_Window], WindowAttribution],
    progress: Progress | None,
) -> list[Attribution]:
    model, watching = EmbeddedClassifier(victim), progress or Silent()
    answers = []
    for reading in readings:
        with torch.enable_grad():
            found = [values(_Window(victim, model, window, reading.target)) for window in reading.windows]
        answers.append(of_segments(reading, found))
        watching.advance()
    return answers
