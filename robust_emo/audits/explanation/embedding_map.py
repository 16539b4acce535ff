"""Texts in a plane: the one that shows most variance of the model's text vectors (PCA; Pearson 1901), or UMAP's."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust_emo.arrays import FloatArray
from robust_emo.audits.explanation.umap_plane import umap_plane
from robust_emo.engine.engine import Engine
from robust_emo.types import Example, MapPoint, Prediction

PROJECTIONS = ("pca", "umap")
_FEWEST = 3
"""Texts: two lie on a line."""


@dataclass(frozen=True, slots=True)
class EmbeddingMap:
    """Points in the order of the texts, without the texts."""

    points: tuple[MapPoint, ...]
    projection: str
    """One of :data:`PROJECTIONS`."""
    variance_shown: float | None
    """Share of the variance of the text vectors, in [0, 1]. Where it is small, neighbours on the map need be none. None
    of UMAP, which keeps neighbours and no distances."""


def embedding_map(
    engine: Engine,
    examples: Sequence[Example],
    predictions: Sequence[Prediction],
    *,
    projection: str = "pca",
    seed: int = 0,
) -> EmbeddingMap | None:
    """A plane of :meth:`~robust_emo.models.victim.Victim.embeddings`.

    Of the first two principal components, the sign of each is chosen such that the dimension it leans on most counts as
    positive, so that one model and one set of texts give one map. None with fewer than three texts, or where all
    vectors are alike.

    Args:
        engine: of the model.
        examples: their texts and true emotions.
        predictions: one per example.
        projection: one of :data:`PROJECTIONS`.
        seed: of UMAP.

    Raises:
        PrerequisiteError: `umap`, and umap-learn is missing.
    """
    if len(examples) < _FEWEST:
        return None
    vectors = engine.victim.embeddings([example.text for example in examples])
    plane = principal_plane(vectors)
    if plane is None:
        return None
    coordinates, shown = (umap_plane(vectors, seed=seed), None) if projection == "umap" else plane
    points = tuple(
        MapPoint(float(x), float(y), example.labels, prediction.labels)
        for (x, y), example, prediction in zip(coordinates, examples, predictions, strict=True)
    )
    return EmbeddingMap(points, projection, shown)


def principal_plane(vectors: FloatArray) -> tuple[FloatArray, float] | None:
    """Coordinates (n, 2) of vectors (n, width) and the share of their variance, in [0, 1]; None without variance."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    left, singular, axes = np.linalg.svd(centred, full_matrices=False)
    total = float((singular**2).sum())
    if total <= np.finfo(np.float32).eps * max(1.0, float((vectors.astype(np.float64) ** 2).sum())):
        return None
    leaning = axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)]
    coordinates = np.zeros((len(vectors), 2))
    kept = min(2, len(singular))
    coordinates[:, :kept] = left[:, :kept] * singular[:kept] * np.sign(leaning[:kept])
    return coordinates.astype(np.float32), float((singular[:kept] ** 2).sum() / total)
