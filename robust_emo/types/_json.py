"""How every type in audit.json is read and described."""

from typing import Any

# A plain dict, so that the types need no pydantic (which reads it).
JSON_FORM: dict[str, Any] = {"use_attribute_docstrings": True, "extra": "forbid", "allow_inf_nan": False}
"""Unknown keys and NaN are errors; docstrings below fields become descriptions."""
