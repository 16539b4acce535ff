"""The fingerprint of a model directory: which weights, config and tokenizer it holds."""

import hashlib
from pathlib import Path

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
    for part in sorted({found for pattern in _PARTS for found in path.glob(pattern) if found.is_file()}):
        with part.open("rb") as stream:
            digest.update(f"{part.name}\0{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()
