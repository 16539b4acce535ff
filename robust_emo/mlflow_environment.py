"""How MLflow is told where to log, and to keep quiet: by its variables, which are put back afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "mlruns"
"""Where runs go that no MLFLOW_TRACKING_URI sends elsewhere."""
_URI = "MLFLOW_TRACKING_URI"
_QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true"}


def tracking_uri() -> str | None:
    """What the user set; None where it is empty, too."""
    return os.environ.get(_URI) or None


@contextmanager
def mlflow_environment(folder: Path) -> Iterator[None]:
    """Within it, MLflow logs to MLFLOW_TRACKING_URI, else to :data:`FOLDER` in `folder`, and sends no telemetry.

    MLflow's own default is a database, for which mlflow-skinny has no driver; newer versions still read and write
    folders where they are told to.
    """
    values = dict(_QUIET)
    if tracking_uri() is None:
        values |= {_URI: (folder / FOLDER).absolute().as_uri(), "MLFLOW_ALLOW_FILE_STORE": "true"}
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
