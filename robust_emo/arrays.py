"""Array types shared by models and engine."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
TokenIds = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TokenGradients:
    """Gradient of one text's loss at its input embeddings, special tokens included (their span is empty)."""

    spans: tuple[tuple[int, int], ...]
    """Character span of each token in the text."""
    values: FloatArray
    """(tokens, embedding size)."""
