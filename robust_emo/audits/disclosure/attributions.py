"""What explanations give away: attributions of texts that a model was trained on are smaller and more even.

Shokri, Strobel & Zick 2021, "On the privacy risks of model explanations": a model changes little around what it knows
well, so that norm and variance of gradient-based explanations tell members from others.
"""

import numpy as np
import torch

from robust_emo.arrays import TokenGradients, TokenIds
from robust_emo.audits.membership.sets import MembershipSets
from robust_emo.audits.membership.signals import Signal
from robust_emo.engine.engine import Engine
from robust_emo.models.victim import Victim
from robust_emo.progress import Progress
from robust_emo.statistics.membership import Floats

NORM, VARIANCE = "attribution_norm", "attribution_variance"
_PAPER = "Shokri, Strobel & Zick 2021"
_CHUNK = 256


def attribution_signals(
    sets: MembershipSets, predicted: Floats, engine: Engine, progress: Progress
) -> tuple[Signal, Signal]:
    """Minus the norm, and minus the variance, of the attributions of each text's tokens.

    Args:
        sets: whose texts are explained.
        predicted: (n, labels), 1 for what the model says, which is what is explained.
        engine: answers for gradients.
        progress: told of every text.

    Raises:
        PrerequisiteError: the model has no gradients.
    """
    found: list[Floats] = []
    progress.begin("disclosure: attributions", len(sets.examples))
    try:
        for start in range(0, len(sets.examples), _CHUNK):
            texts = sets.texts[start : start + _CHUNK]
            gradients = engine.gradients(texts, predicted[start : start + _CHUNK].tolist())
            read = zip(gradients, engine.victim.encode(texts), strict=True)
            found += [gradient_times_input(each, ids, engine.victim) for each, ids in read]
            progress.advance(len(texts))
    finally:
        progress.end()
    norms = np.array([float(np.sqrt(np.square(each).sum())) for each in found])
    variances = np.array([float(each.var()) if len(each) else 0.0 for each in found])
    return (
        Signal(NORM, -norms, _PAPER, "how small the attributions of the words are together"),
        Signal(VARIANCE, -variances, _PAPER, "how even the attributions of the words are"),
    )


def gradient_times_input(gradients: TokenGradients, ids: TokenIds, victim: Victim) -> Floats:
    """(tokens,), of the log probability of what was asked for, without special tokens, which no explanation shows.

    Args:
        gradients: of the loss, its negative.
        ids: (all tokens,) of the same text.
        victim: has the embeddings that the gradients are of.
    """
    layer = victim.batched.model.get_input_embeddings()  # type: ignore[operator]  # as every transformers model has it
    with torch.inference_mode():
        embedded = layer(torch.from_numpy(ids).to(victim.batched.device)).cpu().double().numpy()
    own = [end > start for start, end in gradients.spans]
    return np.asarray(-(gradients.values.astype(np.float64) * embedded).sum(axis=1)[own])
