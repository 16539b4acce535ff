"""Training texts behind an answer: the nearest by the model's text vectors, and influence on its last layer.

Influence is TracIn (Pruthi et al. 2020) of one checkpoint, the finished model, and of the last layer's parameters
alone: the dot product of two gradients of the loss, (p - y)·(p' - y') times (h·h' + 1). Beware:

- Only the last layer counts. What training did to the layers below, most of what a fine-tuned model learnt, does not.
- Only the finished model counts. What a text did early in training and what later texts undid is not seen.
- A text that the model fits has next to no gradient: texts it is wrong about, mislabelled ones above all, lead every
  list (Barshan, Brunet & Dziugaite 2020). Read it as "would pull on this answer now", not as "is the cause of it".
- Values have no unit and compare within one answer only.

No text was left out and no model trained again, which alone would tell a cause. Neighbours say even less: what the
model finds alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust_emo.arrays import FloatArray
from robust_emo.audits.explanation.attribution import Values
from robust_emo.audits.explanation.classification_head import ClassificationHead, HeadReading
from robust_emo.models.victim import Victim
from robust_emo.personal.masking import masked
from robust_emo.personal.recognisers import BUILT_IN, Recogniser
from robust_emo.statistics import label_flags
from robust_emo.statistics.classification import BoolArray
from robust_emo.types import Example, Task, TrainingExample, TrainingInfluence


@dataclass(frozen=True, slots=True)
class TrainingTexts:
    """Training data as the model reads them, for any number of questions."""

    victim: Victim
    head: ClassificationHead
    examples: tuple[Example, ...]
    read: HeadReading
    vectors: Values
    """(n, width), of length 1."""

    @classmethod
    def of(cls, victim: Victim, examples: Sequence[Example]) -> "TrainingTexts":
        """Two passes of the model over all texts.

        Args:
            victim: the model.
            examples: that it was trained on, with their labels; at least one.

        Raises:
            InputError: the model has no last linear layer.
        """
        head = ClassificationHead.of(victim)
        texts = [example.text for example in examples]
        return cls(victim, head, tuple(examples), head.read(texts), _unit(victim.embeddings(texts)))

    def behind(
        self, texts: Sequence[str], *, most: int = 5, recognisers: Sequence[Recogniser] = BUILT_IN
    ) -> list[TrainingInfluence]:
        """For each text, training texts behind the emotions that the model predicts for it.

        Args:
            texts: any.
            most: entries of each list.
            recognisers: of what is personal, and masked in training texts.
        """
        asked = self.head.read(list(texts))
        predicted = [prediction.labels for prediction in self.victim.predictions(asked.logits)]
        influence = head_influence(
            self._error(asked, predicted),
            asked.features,
            self._error(self.read, [example.labels for example in self.examples]),
            self.read.features,
        )
        cosine: Values = _unit(self.victim.embeddings(texts)) @ self.vectors.T

        def listed(values: Values, order: Sequence[int]) -> tuple[TrainingExample, ...]:
            return tuple(self._shown(number, float(values[number]), recognisers) for number in order)

        return [
            TrainingInfluence(
                target=labels,
                nearest=listed(near, _order(-near)[:most]),
                proponents=listed(moved, [number for number in _order(-moved)[:most] if moved[number] > 0]),
                opponents=listed(moved, [number for number in _order(moved)[:most] if moved[number] < 0]),
            )
            for labels, near, moved in zip(predicted, cosine, influence, strict=True)
        ]

    def _error(self, read: HeadReading, labels: Sequence[Sequence[str]]) -> Values:
        """Gradient of the loss in the logits: probabilities less what they ought to be, (n, labels)."""
        return loss_gradient(read.logits, label_flags(labels, self.victim.labels), self.victim.task)

    def _shown(self, number: int, value: float, recognisers: Sequence[Recogniser]) -> TrainingExample:
        example = self.examples[number]
        return TrainingExample(example.id, masked(example.text, recognisers=recognisers), example.labels, value)


def loss_gradient(logits: FloatArray, wanted: BoolArray, task: Task) -> Values:
    """Gradient of cross entropy, or of the sum of binary cross entropies, in the logits.

    Args:
        logits: (n, labels).
        wanted: (n, labels), which are right.
        task: which loss.
    """
    wide = logits.astype(np.float64)
    if task is Task.MULTI_LABEL:
        probabilities = 1 / (1 + np.exp(-wide))
    else:
        shifted = np.exp(wide - wide.max(axis=1, keepdims=True))
        probabilities = shifted / shifted.sum(axis=1, keepdims=True)
    return np.asarray(probabilities - wanted, dtype=np.float64)


def head_influence(
    error: Values, features: FloatArray, training_error: Values, training_features: FloatArray
) -> Values:
    """Dot products of gradients in weights and biases of a linear last layer, (texts, training texts).

    Args:
        error: (texts, labels), gradients in the logits.
        features: (texts, width), what the layer reads.
        training_error: (training texts, labels).
        training_features: (training texts, width).
    """
    alike = features.astype(np.float64) @ training_features.astype(np.float64).T + 1
    return np.asarray((error @ training_error.T) * alike)


def _order(values: Values) -> list[int]:
    """Positions from the lowest value to the highest."""
    order: list[int] = np.argsort(values, kind="stable").tolist()
    return order


def _unit(vectors: FloatArray) -> Values:
    wide = vectors.astype(np.float64)
    return np.asarray(wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), np.finfo(np.float64).tiny))
