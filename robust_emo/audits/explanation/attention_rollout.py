"""Attention rollout (Abnar & Zuidema 2020): where the attention of all layers leads. Shown for comparison only.

It knows nothing of the target, has no sign, and says what was looked at, not what it did to the answer.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from robust_emo.audits.explanation.attribution import Attribution, Values
from robust_emo.audits.explanation.reading import Reading, WindowAttribution, of_segments
from robust_emo.engine.engine import Engine
from robust_emo.errors import InputError
from robust_emo.models.pooled_head import PooledHeadForSequenceClassification
from robust_emo.models.quiet import quiet_transformers
from robust_emo.models.token_windows import Window
from robust_emo.models.victim import Victim
from robust_emo.progress import Progress, Silent

_SILENT = "attention rollout does not apply: {} does not say where it looked"


@dataclass(frozen=True, slots=True)
class AttentionRollout:
    """Shares of attention, at least 0; they add up to 1 with special tokens."""

    def attribute(
        self, engine: Engine, readings: Sequence[Reading], progress: Progress | None = None
    ) -> list[Attribution]:
        """One attribution per reading.

        Raises:
            InputError: the model does not say where it looked.
        """
        watching, answers = progress or Silent(), []
        model = _attending(engine.victim.batched.model)
        with quiet_transformers():  # some versions warn of what is asked for here
            for reading in readings:
                found = [WindowAttribution(_rollout(engine.victim, model, window)) for window in reading.windows]
                answers.append(of_segments(reading, found))
                watching.advance()
        return answers


def _attending(model: Any) -> Any:  # noqa: ANN401 - any transformers model
    """A copy that computes attention in the plain way, the only one that says what it was; the model stays as it is."""
    if isinstance(model, PooledHeadForSequenceClassification):
        raise InputError(_SILENT.format(type(model).__name__))
    attending = copy.deepcopy(model)
    try:
        with quiet_transformers():
            attending.set_attn_implementation("eager")
    except (AttributeError, ValueError) as error:
        raise InputError(f"attention rollout does not apply to {type(model).__name__}: {error}") from error
    return attending


def _rollout(victim: Victim, model: Any, window: Window) -> Values:  # noqa: ANN401
    ids = torch.from_numpy(window.ids)[None].to(victim.batched.device)
    with torch.inference_mode():
        answer = model(input_ids=ids, attention_mask=torch.ones_like(ids), output_attentions=True)
    attentions = getattr(answer, "attentions", None)
    if not attentions or any(layer is None for layer in attentions):
        raise InputError(_SILENT.format(type(model).__name__))
    reached = np.eye(len(window.ids))
    for layer in attentions:
        mean = layer[0].mean(dim=0).double().cpu().numpy()
        reached = (mean / 2 + np.eye(len(mean)) / 2) @ reached
    return _read_by_the_head(victim, reached)


def _read_by_the_head(victim: Victim, reached: Values) -> Values:
    """The row of the token that the head classifies by: the first, of decoders the last, of pooling heads all."""
    if getattr(victim.batched.model.config, "classifier_pooling", None) == "mean":  # of ModernBERT
        return np.asarray(reached.mean(axis=0))
    return np.asarray(reached[0 if victim.batched.tokenizer.cls_token_id is not None else -1])
