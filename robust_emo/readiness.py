"""Whether a plug-in can run here, asked before any weights are loaded."""

import json

from robust_emo.errors import PluginError, PrerequisiteError
from robust_emo.plugins import Attack, AuditSection


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
