"""What is said of a finished audit that another one will take the place of."""

import json
from pathlib import Path


def replaced_audit(out: Path) -> str | None:
    """Which finished audit in `out` will be replaced; None where there is none."""
    try:
        started_at = json.loads((out / "audit.json").read_bytes())["run"]["cost"]["started_at"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError):  # no audit.json of ours; it is replaced all the same
        return f"audit.json in {out} will be replaced"
    return f"the audit of {started_at} in {out} will be replaced"
