"""README.md: a model card for the Hugging Face hub. What its author writes around the part of the audit stays."""

from collections.abc import Sequence
from typing import Any

from robust_emo.errors import InputError
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackOutcome, AuditReport

from .card_text import card_lines
from .front_matter import read_card, read_front, with_keys
from .json import without_lone_surrogates
from .markdown_text import escaped
from .model_index import merged_index
from .model_name import model_name

BEGIN, END = "<!-- robust-emo:begin -->", "<!-- robust-emo:end -->"
_DEFAULTS = {
    "library_name": "transformers",
    "pipeline_tag": "text-classification",
    "tags": ["emotion-classification"],
}
"""Keys for cards that lack them. Licence and languages are the author's to name."""
_NEW = """
# {name}

## Intended use

*To be written by the author: who this model is for, what it is to be used for, and what it must not be used for.*
"""


class CardReporter:
    """Makes README.md, or renews the part of the audit in the one that lies there."""

    spec = PluginSpec(name="card", version="1", summary="README.md: a model card; merges with the one that is there")
    filename = "README.md"

    def render(self, report: AuditReport, outcomes: Sequence[AttackOutcome]) -> bytes:
        """A new card, UTF-8; the same report gives the same bytes."""
        name = escaped(model_name(report.run.model))
        return self.merge(report, outcomes, f"---\n---\n{_NEW.replace('{name}', name)}".encode())

    def merge(self, report: AuditReport, outcomes: Sequence[AttackOutcome], existing: bytes) -> bytes:
        """`existing` with `model-index` and the part between the marks renewed, and with keys that it lacks.

        Without marks the part goes to the end. Doing it twice changes nothing.

        Raises:
            InputError: `existing` is not UTF-8, its front matter not YAML, or its marks are not one pair.
        """
        try:
            card = read_card(existing.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise InputError(f"README.md is not UTF-8 ({error}); save it as UTF-8 and try again") from error
        line = "\r\n" if b"\r\n" in existing else "\n"
        part = line.join((BEGIN, *card_lines(report, outcomes), END))
        keys = read_front(card.front)
        added: dict[str, Any] = {key: value for key, value in _DEFAULTS.items() if key not in keys}
        added["model-index"] = merged_index(keys.get("model-index"), report)
        front = with_keys(card.front.replace("\r\n", "\n"), added).replace("\n", line)
        made = f"{card.mark}---{line}{front}---{line}{_with_part(card.body, part, line)}"
        return without_lone_surrogates(made).encode()


def _with_part(body: str, part: str, line: str) -> str:
    begins, ends = body.count(BEGIN), body.count(END)
    if (begins, ends) == (0, 0):
        gap = "" if not body else line if body.endswith("\n") else 2 * line
        return f"{body}{gap}{part}{line}"
    before, _, rest = body.partition(BEGIN)
    _, end, after = rest.partition(END)
    if (begins, ends) != (1, 1) or not end:
        raise InputError(f"README.md must hold {BEGIN} and {END} once each, in this order, or neither; mend it")
    return f"{before}{part}{after}"
