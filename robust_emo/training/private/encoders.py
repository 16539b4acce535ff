"""The frozen encoders whose features a private head reads: public ones, since the ledger does not count them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robust_emo.data.dataset import read_dataset
from robust_emo.data.duplicates import count_shared
from robust_emo.errors import InputError
from robust_emo.models.checks import check_model_files
from robust_emo.models.fingerprint import model_sha256
from robust_emo.models.loading import check_tokenizer_fits, first_line, longest_input
from robust_emo.models.manifest import DataSource, Manifest, read_manifest
from robust_emo.models.mean_pooling import mean_pooled
from robust_emo.models.minilm import minilm_directory
from robust_emo.models.quiet import quiet_transformers
from robust_emo.training.corpus import Corpus

_BY_CHANCE = 0.05  # of the private texts; short ones stand in many data sets


@dataclass(frozen=True, slots=True)
class PublicEncoder:
    """An encoder without a head, fp32 on the CPU."""

    name: str
    """As the user wrote it."""
    sha256: str
    trained_on: str | None
    """Path of the data that its manifest names; None where there is none, and its origin is the user's word."""
    model: Any
    tokenizer: Any
    max_length: int


def load_encoders(names: Sequence[str], corpus: Corpus) -> tuple[PublicEncoder, ...]:
    """Read them from directories; `minilm` is the bundled one. No network, no code from the directories.

    Args:
        names: the first one's tokenizer reads the texts.
        corpus: the private data, whose training texts none of them may have seen.

    Raises:
        InputError: no such directory, one that cannot be read, was trained on this data or privately, or reads text
            with another tokenizer than the first.
        PrerequisiteError: the package with the bundled encoder is missing.
    """
    encoders = tuple(_load(name, corpus) for name in names)
    first = encoders[0]
    for other in encoders[1:]:
        if other.sha256 == first.sha256:
            raise InputError(f"public base '{other.name}' is '{first.name}' itself; name another one")
        if other.tokenizer.get_vocab() != first.tokenizer.get_vocab():
            raise InputError(
                f"public base '{other.name}' reads text with another tokenizer than '{first.name}'; name a model that "
                f"was fine-tuned from '{first.name}'"
            )
    return encoders


def _load(name: str, corpus: Corpus) -> PublicEncoder:
    from transformers import AutoModel, AutoTokenizer

    directory = minilm_directory() if name == "minilm" else Path(name)
    if name.startswith("scratch:"):
        raise InputError(f"base '{name}' is made from the training texts, and private training needs a public encoder")
    if not directory.is_dir():
        raise InputError(f"private training takes minilm or a model directory as its base, got '{name}'")
    check_model_files(directory)
    manifest = read_manifest(directory)
    _check_public(name, directory, manifest, corpus)
    try:
        with quiet_transformers():
            tokenizer = AutoTokenizer.from_pretrained(directory, local_files_only=True, trust_remote_code=False)
            model, info = AutoModel.from_pretrained(
                directory, local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype="float32",
                output_loading_info=True,
            )  # fmt: skip
        _try_out(model.eval())
    except Exception as error:  # transformers raises nearly anything here
        raise InputError(f"base '{name}' cannot be loaded: {first_line(error)}") from error
    if missing := [key for key in sorted(info["missing_keys"]) if "pooler" not in key]:
        raise InputError(
            f"base '{name}' lacks {missing[0]} and {len(missing) - 1} more weights; it would be frozen as it is"
        )
    check_tokenizer_fits(f"base '{name}'", model, tokenizer)
    trained_on = manifest.data["train"].located(directory) if manifest and "train" in manifest.data else None
    return PublicEncoder(name, model_sha256(directory), trained_on, model, tokenizer, longest_input(model, tokenizer))


def _try_out(model: Any) -> None:  # noqa: ANN401 - any transformers class
    """One pass over two tokens: encoders of other kinds want more than a text."""
    import torch

    with torch.inference_mode():
        mean_pooled(model, torch.tensor([[0, 1]]), torch.ones(1, 2, dtype=torch.long))


def _check_public(name: str, directory: Path, manifest: Manifest | None, corpus: Corpus) -> None:
    if manifest is None:
        return
    if manifest.privacy is not None:
        raise InputError(f"base '{name}' was trained privately: its privacy would have to be counted as well")
    if manifest.defence:
        raise InputError(f"base '{name}' has an input defence, which the new model would lack; name its parent")
    private = corpus.files["train"].sha256
    if any(source.sha256 == private or _shares(source, directory, corpus) for source in manifest.data.values()):
        raise InputError(f"base '{name}' was itself trained or chosen on this data; it is not public")


def _shares(source: DataSource, directory: Path, corpus: Corpus) -> bool:
    """Whether the data is there and has more texts in common with the private data than chance explains."""
    path = Path(source.located(directory))
    if not path.exists():
        return False
    read = read_dataset(
        str(path),
        text_column=source.text_column,
        label_column=source.label_column,
        id_column=source.id_column,
        group_column=source.group_column,
        label_map=source.label_map or None,
    )
    return count_shared(corpus.train, read.examples) > _BY_CHANCE * len(corpus.train)
