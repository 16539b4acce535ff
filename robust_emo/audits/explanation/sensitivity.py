"""How much attributions change when the token vectors are moved a little (max-sensitivity; Yeh et al. 2019)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from robust_emo.audits.explanation.attribution import Attribution
from robust_emo.audits.explanation.methods import Method
from robust_emo.audits.explanation.randomness import seed_of
from robust_emo.audits.explanation.reading import Reading
from robust_emo.engine.engine import Engine
from robust_emo.models.embedded import embedding_layers
from robust_emo.models.victim import Victim
from robust_emo.progress import Progress

RADIUS = 0.05
"""By how much a token's vector is moved, as a share of its length."""
DRAWS = 3


def max_sensitivity(
    engine: Engine,
    method: Method,
    readings: Sequence[Reading],
    attributions: Sequence[Attribution],
    *,
    seed: int,
    draws: int = DRAWS,
    progress: Progress | None = None,
) -> list[float | None]:
    """Largest change of each text's attributions over a few draws, as a share of their length (Euclidean).

    Args:
        engine: of the model.
        method: that made `attributions`; must read token vectors, as gradients do.
        readings: texts with their targets.
        attributions: of the texts as they are.
        seed: of the draws, which depend on it and on the text alone.
        draws: how many; the largest of few is a lower bound.
        progress: advanced by one per text and draw.

    Returns:
        None for a text whose attributions are all 0.
    """
    lengths = [float(np.linalg.norm(each.values)) for each in attributions]
    largest = np.zeros(len(readings))
    for draw in range(draws):
        with _moved(engine.victim, seed_of(seed, "sensitivity", draw)):
            moved = method.attribute(engine, readings, progress)
        changes = [np.linalg.norm(new.values - old.values) for new, old in zip(moved, attributions, strict=True)]
        largest = np.maximum(largest, changes)
    return [float(change) / length if length else None for change, length in zip(largest, lengths, strict=True)]


@contextmanager
def _moved(victim: Victim, seed: int) -> Iterator[None]:
    """Within it, the embedding layer answers a little beside its vectors, always the same for the same tokens."""
    pad = victim.batched.tokenizer.pad_token_id

    def move(_: nn.Module, inputs: tuple[Tensor, ...], vectors: Tensor) -> Tensor:
        moved = vectors.clone()
        for row, ids in enumerate(inputs[0].tolist()):
            moved[row] += _step(vectors[row], [token for token in ids if token != pad], seed)
        return moved

    hooks = [layer.register_forward_hook(move) for layer in embedding_layers(victim.batched.model)]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _step(vectors: Tensor, tokens: Sequence[int], seed: int) -> Tensor:
    """(tokens, width): a random direction for each token, :data:`RADIUS` of its length."""
    draw = np.random.default_rng(seed_of(seed, *tokens))
    direction = torch.from_numpy(draw.standard_normal(vectors.shape, dtype=np.float32)).to(vectors)
    unit = direction / direction.norm(dim=-1, keepdim=True)
    step: Tensor = unit * RADIUS * vectors.norm(dim=-1, keepdim=True)
    return step
