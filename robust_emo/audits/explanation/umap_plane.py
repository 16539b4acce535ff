"""UMAP (McInnes, Healy & Melville 2018): a plane that keeps neighbours together; an optional extra.

What it keeps is who is near whom. How far groups lie apart, how large and how dense they are says next to nothing, and
groups can appear in noise.
"""

import warnings
from typing import Any

import numpy as np

from robust_emo.arrays import FloatArray
from robust_emo.errors import PrerequisiteError

_NEIGHBOURS = 15
"""UMAP's own default: smaller shows finer groups, larger the whole."""


def umap_class() -> Any:  # noqa: ANN401 - umap-learn has no types
    """`umap.UMAP`.

    Raises:
        PrerequisiteError: umap-learn or a part of it is missing.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns that TensorFlow, for a variant not used here, is missing
            from umap import UMAP
    except ImportError as error:
        raise PrerequisiteError(
            f"section explanation: map=umap needs umap-learn ({error}): pip install 'robust-emo[umap]'"
        ) from error
    return UMAP


def umap_plane(vectors: FloatArray, *, seed: int) -> FloatArray:
    """Coordinates (n, 2) of vectors (n, width), at least three and not all alike.

    In one thread, so that a seed gives one map. It begins at the principal components and not at a spectral embedding:
    these are kept where neighbours leave a choice (Kobak & Linderman 2021), and few texts have them, too.

    Raises:
        PrerequisiteError: as for :func:`umap_class`.
    """
    umap = umap_class()(n_neighbors=min(_NEIGHBOURS, len(vectors) - 1), init="pca", random_state=seed % 2**32, n_jobs=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numba and scikit-learn warn of their own deprecations
        plane: FloatArray = umap.fit_transform(vectors).astype(np.float32)
    return plane
