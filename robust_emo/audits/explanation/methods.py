"""The methods by name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from robust_emo.audits.explanation.attention_rollout import AttentionRollout
from robust_emo.audits.explanation.attribution import Attribution
from robust_emo.audits.explanation.gradients import DeepLift, GradientShap, GradientTimesInput
from robust_emo.audits.explanation.integrated_gradients import IntegratedGradients
from robust_emo.audits.explanation.reading import Reading
from robust_emo.audits.explanation.removal import Occlusion, Sampled
from robust_emo.engine.engine import Engine
from robust_emo.errors import InputError
from robust_emo.progress import Progress
from robust_emo.unknown_name import unknown_name


class Method(Protocol):
    """A way to attribute a target to the segments of a text."""

    def attribute(
        self, engine: Engine, readings: Sequence[Reading], progress: Progress | None = None
    ) -> list[Attribution]:
        """One attribution per reading.

        Args:
            engine: of the model.
            readings: texts with their targets.
            progress: advanced by one per text that is done.

        Raises:
            InputError: the method does not apply to this model.
        """
        ...


@dataclass(frozen=True, slots=True)
class MethodEntry:
    """What is known of a method before it runs."""

    summary: str
    paper: str
    make: Callable[[int], Method]
    """By seed; methods without chance pass it over."""
    explains: bool = True
    """False: it does not say what moved the answer, is shown beside others only, and never trusted."""


DEFAULT = "integrated-gradients"
LEAVE_ONE_OUT = "leave-one-out"

METHODS: Mapping[str, MethodEntry] = {
    DEFAULT: MethodEntry(
        "gradients on the way from nothing to the text", "Sundararajan et al. 2017", lambda _: IntegratedGradients()
    ),
    "gradient-x-input": MethodEntry(
        "gradient at the text, times the text", "Shrikumar et al. 2016", lambda _: GradientTimesInput()
    ),
    "deeplift": MethodEntry("differences from nothing, layer by layer", "Shrikumar et al. 2017", lambda _: DeepLift()),
    "gradient-shap": MethodEntry(
        "gradients between random nothings and the text", "Lundberg & Lee 2017", lambda seed: GradientShap(seed)
    ),
    "shapley-sampling": MethodEntry(
        "Shapley values by random orders of words", "Štrumbelj & Kononenko 2010",
        lambda seed: Sampled("shapley-sampling", seed),
    ),
    "kernel-shap": MethodEntry(
        "Shapley values by a weighted regression", "Lundberg & Lee 2017", lambda seed: Sampled("kernel-shap", seed)
    ),
    "lime": MethodEntry(
        "a sparse regression around the text", "Ribeiro et al. 2016", lambda seed: Sampled("lime", seed)
    ),
    "occlusion": MethodEntry(
        "three neighbouring words left out", "Zeiler & Fergus 2014", lambda _: Occlusion()
    ),
    LEAVE_ONE_OUT: MethodEntry(
        "one word left out", "Li et al. 2016", lambda _: Occlusion(width=1)
    ),
    "attention-rollout": MethodEntry(
        "where attention leads; for comparison only", "Abnar & Zuidema 2020", lambda _: AttentionRollout(),
        explains=False,
    ),
}  # fmt: skip


def method_entry(name: str) -> MethodEntry:
    """The method called `name`.

    Raises:
        InputError: there is none.
    """
    if name not in METHODS:
        raise InputError(unknown_name("method", name, METHODS))
    return METHODS[name]
