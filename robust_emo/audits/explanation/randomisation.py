"""Sanity check by random weights (Adebayo et al. 2018): a heat map that stays the same explains nothing of the model.

Weights are drawn anew from the head down, layer by layer (cascading randomisation), and attributions of the same
targets compared with those of the model as it was learnt.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain

import numpy as np
import torch
from torch import nn

from robust_emo.audits.explanation.attribution import Attribution
from robust_emo.audits.explanation.methods import Method
from robust_emo.audits.explanation.randomness import seed_of
from robust_emo.audits.explanation.ranks import rank_correlation
from robust_emo.audits.explanation.reading import Reading
from robust_emo.engine.engine import Engine
from robust_emo.progress import Progress

SEEDS = 5
_STAGES = 4
"""Points of the curve: the head, and then as many layers more each time."""
_LAYER = re.compile(r"(?:^|\.)(?:layers?|h|blocks?|albert_layer_groups|albert_layers)\.(\d+)\.")


@dataclass(frozen=True, slots=True)
class Stage:
    """How far down weights are random."""

    name: str
    share: float
    """Of the groups of weights: head, layers, embeddings."""
    parameters: tuple[str, ...]


def stages(model: nn.Module) -> list[Stage]:
    """From the head alone to all weights."""
    groups = _groups(model)
    counts = sorted({round(count) for count in np.linspace(1, len(groups), _STAGES)})
    return [
        Stage(_described(count, len(groups)), count / len(groups), tuple(chain.from_iterable(groups[:count])))
        for count in counts
    ]


def _described(count: int, groups: int) -> str:
    if count == groups:
        return "all weights"
    return "the head" if count == 1 else f"the head and {count - 1} of {groups - 2} layers"


def _groups(model: nn.Module) -> list[list[str]]:
    """Names of parameters: the head, each layer from the last to the first, and what stands before the layers."""
    inside = f"{model.base_model_prefix}."
    head, before, layers = [], [], dict[int, list[str]]()
    for name, _ in model.named_parameters():
        found = _LAYER.search(name)
        if found:
            layers.setdefault(int(found.group(1)), []).append(name)
        elif name.startswith(inside) and "pooler" not in name:
            before.append(name)
        else:
            head.append(name)
    return [group for group in (head, *(layers[layer] for layer in sorted(layers, reverse=True)), before) if group]


@contextmanager
def randomised(model: nn.Module, names: Sequence[str], seed: int) -> Iterator[None]:
    """Within it, these parameters are normal numbers with the mean and spread that each of them had."""
    parameters = dict(model.named_parameters())
    before = {name: parameters[name].detach().clone() for name in names}
    try:
        for name in names:
            _draw(parameters[name], seed_of(seed, name))
        yield
    finally:
        for name, values in before.items():
            parameters[name].data.copy_(values)


def _draw(parameter: nn.Parameter, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    spread = float(parameter.detach().std(correction=0))
    drawn = torch.randn(parameter.shape, generator=generator) * spread + float(parameter.detach().mean())
    parameter.data.copy_(drawn)


def randomisation_correlations(
    engine: Engine,
    method: Method,
    readings: Sequence[Reading],
    attributions: Sequence[Attribution],
    stages: Sequence[Stage],
    *,
    seed: int,
    draws: int = SEEDS,
    progress: Progress | None = None,
) -> list[tuple[Stage, list[float | None]]]:
    """By stage, each text's rank correlation of absolute attributions before and after, mean over draws.

    Args:
        engine: of the model, whose weights are put back.
        method: that made `attributions`.
        readings: texts with their targets.
        attributions: of the model as it was learnt.
        stages: how far down weights are random; see :func:`stages`.
        seed: of the draws.
        draws: of random weights.
        progress: advanced by one per text, stage and draw.

    Returns:
        In the order of the texts; None for one whose attributions cannot be ranked.
    """
    found = []
    for stage in stages:
        rows = []
        for draw in range(draws):
            with randomised(engine.victim.batched.model, stage.parameters, seed_of(seed, "randomisation", draw)):
                fresh = Engine(engine.victim)  # remembers no answer of other weights
                rows.append(_correlations(attributions, method.attribute(fresh, readings, progress)))
        by_text = [[value for value in column if value is not None] for column in zip(*rows, strict=True)]
        found.append((stage, [sum(values) / len(values) if values else None for values in by_text]))
    return found


def _correlations(before: Sequence[Attribution], after: Sequence[Attribution]) -> list[float | None]:
    return [rank_correlation(np.abs(old.values), np.abs(new.values)) for old, new in zip(before, after, strict=True)]
