"""The fingerprint of a model directory: which weights, config, tokenizer and input defence it holds."""

import hashlib
import json
from pathlib import Path

from robust_emo.models.manifest import MANIFEST_NAME

_PARTS = (
    "*.safetensors",
    "*.safetensors.index.json",
    "config.json",
    "tokenizer*",
    "vocab*",
    "merges.txt",
    "special_tokens_map.json",
    "added_tokens.json",
    "*.model",
    "bpe.codes",
)


def model_sha256(directory: str | Path) -> str:
    """Hexadecimal SHA-256 of the names and bytes of the files that make the model, whatever else lies beside them.

    Raises:
        OSError: a file cannot be read.
    """
    path = Path(directory)
    digest = hashlib.sha256()
    for part in model_files(path):
        with part.open("rb") as stream:
            digest.update(f"{part.name}\0{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    if defence := _defence(path / MANIFEST_NAME):
        digest.update(json.dumps(defence, sort_keys=True).encode())
    return digest.hexdigest()


def model_files(directory: Path) -> list[Path]:
    """Weights, config and tokenizer files of a model directory, in alphabetical order."""
    return sorted({found for pattern in _PARTS for found in directory.glob(pattern) if found.is_file()})


def _defence(manifest: Path) -> object:
    """What the manifest says of an input defence, the SHA-256 of its files included; None where there is none."""
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        return None  # whoever loads the model says what is wrong with it
    return content.get("defence") if isinstance(content, dict) else None
