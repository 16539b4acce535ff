"""Which architectures can be trained privately inside, and with which of their weights.

Found by trying tiny models of each against gradients taken text by text; `tests/test_private_support.py` does it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from robust_emo.errors import InputError
from robust_emo.training.private.fine_tuning.settings import Part

_POSITIONS = ("position_ids",)
_POSITIONS_AND_TYPES = ("position_ids", "token_type_ids")


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What is known of an architecture."""

    expanded: tuple[str, ...] = ()
    """What it would look up once for all texts of a batch and must be given for each of them."""
    frozen: tuple[str, ...] = ()
    """Parts of names of layers that stay as they are, whatever is trained."""
    because: str = ""
    """Why they do."""
    refused: Mapping[Part, str] = field(default_factory=dict)
    """What cannot be trained, and why."""
    no_ghost: str = ""
    """Why there is no ghost mode; empty where there is."""
    layers: str = "encoder.layer"
    """Where the layers are, from the first to the last."""


_SHARED_POSITIONS = "reads them once for all texts of a batch, so that a text has no gradient of its own there"

SUPPORT: dict[str, Support] = {
    "albert": Support(
        expanded=_POSITIONS_AND_TYPES,
        refused={"last": "all of its layers are one"},
        no_ghost="its layers share their weights, and norms do not add up where they do",
        layers="encoder.albert_layer_groups",
    ),
    "bert": Support(expanded=_POSITIONS_AND_TYPES),
    "camembert": Support(),
    "deberta-v2": Support(
        frozen=("query_proj", "key_proj", "rel_embeddings", "encoder.LayerNorm"),
        because=f"its attention by relative positions {_SHARED_POSITIONS}",
    ),
    "distilbert": Support(expanded=_POSITIONS, layers="transformer.layer"),
    "electra": Support(expanded=_POSITIONS_AND_TYPES),
    "modernbert": Support(
        frozen=("norm",),
        because="its norms have no bias, which Opacus's rule for norms takes for granted",
        layers="layers",
    ),
    "mpnet": Support(
        frozen=("relative_attention_bias",), because=f"its attention by relative positions {_SHARED_POSITIONS}"
    ),
    "roberta": Support(),
    "xlm-roberta": Support(),
}
"""By `model_type` of config.json."""


def support_of(model_type: str, part: Part) -> Support:
    """What is known of an architecture in which `part` is to be trained.

    Raises:
        InputError: it was never tried, or this part of it cannot be trained.
    """
    found = SUPPORT.get(model_type)
    if found is None:
        raise InputError(
            f"private training inside an encoder was not tried with the architecture {model_type}, only with "
            f"{', '.join(SUPPORT)}; use --trained head"
        )
    if part in found.refused:
        raise InputError(f"--trained {part} is not for the architecture {model_type}: {found.refused[part]}")
    return found
