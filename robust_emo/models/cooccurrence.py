"""Token vectors from who stands near whom: a start for embeddings that no pretraining provides."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix, csr_matrix

_WINDOW = 5
_ITERATIONS = 4
_SPARE = 16  # dimensions computed and thrown away, for accuracy
_SMOOTHING = 0.75  # of context frequencies; keeps rare contexts from dominating (Levy et al. 2015)


def cooccurrence_vectors(texts: Sequence[Sequence[int]], vocabulary: int, size: int) -> npt.NDArray[np.float32]:
    """Singular vectors of positive pointwise mutual information (Levy, Goldberg & Dagan 2015).

    Deterministic in its arguments on one machine.

    Args:
        texts: token ids below `vocabulary`.
        size: dimensions wanted.

    Returns:
        (vocabulary, size) with unit standard deviation over the tokens that have neighbours. Rows of the others are
        zero; so are the last columns where the texts hold fewer dimensions than `size`.
    """
    counts = _neighbours(texts, vocabulary)
    vectors = np.zeros((vocabulary, size), dtype=np.float32)
    dimensions = min(size, vocabulary - 2)
    information = _positive_information(counts)
    if dimensions < 1 or information.nnz == 0:
        return vectors
    left, values = _singular_vectors(information, dimensions)
    vectors[:, :dimensions] = left * np.sqrt(values)
    known = information.getnnz(axis=1) > 0
    vectors[~known] = 0.0
    return np.asarray(vectors / vectors[known][:, :dimensions].std())


def _neighbours(texts: Sequence[Sequence[int]], vocabulary: int) -> csr_matrix:
    """How often two tokens stand within the window of each other in one text, symmetric, without the diagonal."""
    tokens = np.concatenate([np.asarray(text, dtype=np.int64) for text in texts])
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    counts = csr_matrix((vocabulary, vocabulary), dtype=np.float64)
    for distance in range(1, _WINDOW + 1):
        left, right = tokens[:-distance], tokens[distance:]
        near = (owner[:-distance] == owner[distance:]) & (left != right)
        pairs = (np.ones(int(near.sum())), (left[near], right[near]))
        counts += coo_matrix(pairs, shape=counts.shape).tocsr()
    return counts + counts.T


def _positive_information(counts: csr_matrix) -> csr_matrix:
    """max(0, log of how much more often two tokens meet than independent ones would)."""
    pairs = counts.tocoo()
    totals = np.asarray(counts.sum(axis=1)).ravel()
    contexts = totals**_SMOOTHING
    with np.errstate(divide="ignore"):
        information = np.log(pairs.data * contexts.sum() / (totals[pairs.row] * contexts[pairs.col]))
    positive = information > 0
    places = (pairs.row[positive], pairs.col[positive])
    return csr_matrix((information[positive], places), shape=counts.shape)


def _singular_vectors(matrix: csr_matrix, dimensions: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The largest singular values and their left vectors, by randomised subspace iteration (Halko et al. 2011)."""
    width = min(dimensions + _SPARE, matrix.shape[0])
    basis = np.random.default_rng(0).standard_normal((matrix.shape[1], width))
    for _ in range(_ITERATIONS):
        basis, _ = np.linalg.qr(matrix.T @ np.linalg.qr(matrix @ basis)[0])
    left, values, _ = np.linalg.svd(matrix @ basis, full_matrices=False)
    return left[:, :dimensions], values[:dimensions]
