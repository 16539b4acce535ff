"""The encoder that a model was made of, before anybody trained it on the texts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError

from robust_emo.arrays import FloatArray, TokenIds
from robust_emo.errors import PrerequisiteError
from robust_emo.models.batched import BatchedModel
from robust_emo.models.fingerprint import model_sha256
from robust_emo.models.manifest import Manifest
from robust_emo.models.mean_pooling import mean_pooled
from robust_emo.models.minilm import minilm_directory
from robust_emo.models.quiet import quiet_transformers
from robust_emo.models.victim import Victim


def base_vectors(manifest: Manifest | None, victim: Victim, encoded: Sequence[TokenIds]) -> FloatArray:
    """(len(encoded), width): mean-pooled vectors of length 1 from the untouched base.

    Args:
        manifest: of the victim; names its base.
        victim: lends tokenizer, device and lengths.
        encoded: what the victim reads of each text, so that both read the same.

    Raises:
        PrerequisiteError: nobody knows the base, there is none, it cannot be loaded from this machine, or it is not the
            one that training wrote down the fingerprint of; one clause says which.
    """
    source = _source(manifest, victim)
    model = _loaded(source, manifest.base if manifest else "")
    if (recorded := recorded_sha256(manifest)) is not None and model_sha256(source) != recorded:
        raise PrerequisiteError("its base is not the one of its training: the SHA-256 differs")
    words = victim.batched.model.get_input_embeddings().weight  # type: ignore[operator]  # as every transformers model
    if model.get_input_embeddings().weight.shape[0] != words.shape[0]:
        raise PrerequisiteError("its base has another vocabulary now")
    own = victim.batched
    encoder = BatchedModel(
        model, own.tokenizer, device=str(own.device), precision="fp32", max_length=own.max_length,
        positions=own.positions,
    )  # fmt: skip
    return encoder.run(encoded, mean_pooled)


def recorded_sha256(manifest: Manifest | None) -> str | None:
    """Fingerprint of the base, which a private training writes down; None where nobody did."""
    encoders = manifest.hyperparameters.get("public_encoders") if manifest else None
    return str(encoders[0]["sha256"]) if encoders else None


def _source(manifest: Manifest | None, victim: Victim) -> str:
    from robust_emo.models.pooled_head import PooledHeadForSequenceClassification

    if manifest is None:
        raise PrerequisiteError("nothing says which base it was made of")
    if isinstance(victim.batched.model, PooledHeadForSequenceClassification):
        raise PrerequisiteError("its encoder is the untouched base itself")
    if manifest.base.startswith("scratch:"):
        raise PrerequisiteError("it was made from its own texts and has no base")
    return str(minilm_directory()) if manifest.base == "minilm" else manifest.base


def _loaded(source: str, name: str) -> Any:  # noqa: ANN401 - any transformers model
    """From this machine alone, also where a hub id was fetched before."""
    from transformers import AutoModel

    try:
        with quiet_transformers(), torch.random.fork_rng(devices=[]):
            model, info = AutoModel.from_pretrained(
                source, local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype="float32",
                output_loading_info=True,
            )  # fmt: skip
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise PrerequisiteError(f"its base {Path(name).name} cannot be loaded from this machine") from error
    if missing := [key for key in info["missing_keys"] if "pooler" not in key]:  # which reads the first token alone
        raise PrerequisiteError(f"its base {Path(name).name} lacks the weights {missing[0]}")
    return model
