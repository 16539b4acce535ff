"""Whether a plug-in can run here, asked before any weights are loaded."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from robust_emo.errors import InputError, PluginError, PrerequisiteError
from robust_emo.models.manifest import Manifest, read_manifest
from robust_emo.plugins import Attack, AuditSection


@runtime_checkable
class ModelSection(Protocol):
    """A section that reads files of which the model's manifest speaks, and knows before the audit what is wrong."""

    def model_problems(self, directory: Path, manifest: Manifest | None) -> Sequence[str]:
        """What keeps this section from saying anything of this model, a line each; empty when ready."""
        ...


def check_ready(plugin: Attack | AuditSection) -> None:
    """A plug-in of somebody else may fail in any way; better now than after hours.

    Raises:
        PluginError: it crashes when asked, or its arguments are not JSON.
        PrerequisiteError: something that it needs is missing.
    """
    try:
        missing = list(plugin.problems())
        json.dumps(plugin.arguments() if hasattr(plugin, "arguments") else None, allow_nan=False)
    except Exception as error:
        raise PluginError(f"'{plugin.spec.name}' is not usable: {type(error).__name__}: {error}") from error
    if missing:
        raise PrerequisiteError("; ".join(missing))


def check_fit(sections: Sequence[AuditSection], model: str) -> None:
    """Ask those sections that care whether they have something to say of this model.

    Raises:
        InputError: they have not, or the manifest cannot be read.
    """
    manifest = read_manifest(model)
    for section in sections:
        if isinstance(section, ModelSection) and (found := section.model_problems(Path(model), manifest)):
            raise InputError("; ".join(found))
