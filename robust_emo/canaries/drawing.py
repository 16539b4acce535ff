"""Draw canaries and flip their coins, by the operating system's secrets: no seed in a manifest tells them."""

import random
import secrets
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from robust_emo.canaries.plan import CanaryPlan
from robust_emo.canaries.scoring import MARGIN
from robust_emo.canaries.sealed import Canary, SealedCanaries
from robust_emo.canaries.texts import TEXTS

_TRIES = 1000
_DIGITS = 6
"""Of a feature: what is sealed is what is trained on."""


def draw_canaries(plan: CanaryPlan, labels: Sequence[str], *, rng: random.Random | None = None) -> SealedCanaries:
    """Canary texts, all different.

    Args:
        plan: not of the kind `features`.
        labels: of the training data.
        rng: None takes the operating system's; another one is for tests.
    """
    rng = rng or secrets.SystemRandom()
    kinds = list(TEXTS) if plan.kind == "mixed" else [plan.kind]
    seen: set[str] = set()
    found = []
    for number in range(plan.count):
        kind = kinds[number % len(kinds)]
        text, label = _another(kind, labels, rng, seen)
        found.append(Canary(kind, label, inserted=_coin(rng), text=text))
    return _sealed(plan, labels, found, rng)


def draw_directions(
    plan: CanaryPlan, labels: Sequence[str], *, width: int, rng: random.Random | None = None
) -> SealedCanaries:
    """Canaries in the space of a private head's features: unit vectors, `width` at a time at right angles.

    They must not depend on the private texts, at right angles to which they would be found best of all: then leaving
    out a text would turn every canary as well.
    """
    rng = rng or secrets.SystemRandom()
    generator = np.random.default_rng(rng.getrandbits(256))
    rows = [row for _ in range(-(-plan.count // width)) for row in _rotation(width, generator)][: plan.count]
    found = [
        Canary(
            plan.kind, rng.choice(list(labels)), inserted=_coin(rng), features=tuple(np.round(row, _DIGITS).tolist())
        )
        for row in rows
    ]
    return _sealed(plan, labels, found, rng)


def _sealed(plan: CanaryPlan, labels: Sequence[str], canaries: Sequence[Canary], rng: random.Random) -> SealedCanaries:
    salt = f"{rng.getrandbits(256):064x}"
    return SealedCanaries(tuple(labels), plan.kind, plan.guessed, MARGIN, salt, tuple(canaries))


def _coin(rng: random.Random) -> bool:
    return bool(rng.getrandbits(1))


def _another(kind: str, labels: Sequence[str], rng: random.Random, seen: set[str]) -> tuple[str, str]:
    for _ in range(_TRIES):
        text, label = TEXTS[kind](labels, rng)
        if text not in seen:
            seen.add(text)
            return text, label
    raise AssertionError("millions of canary texts have been drawn")


def _rotation(width: int, generator: np.random.Generator) -> npt.NDArray[np.float64]:
    """(width, width), rows at right angles, uniform over all such."""
    rows, signs = np.linalg.qr(generator.normal(size=(width, width)))
    return np.asarray((rows * np.sign(np.diag(signs))).T)
