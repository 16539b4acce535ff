"""report.html: the whole audit in one file that needs no network, no JavaScript and no trust in what it shows."""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackOutcome, AuditReport

from .page import page
from .visible import shortened, visible

_MAX_STRING = 1_000
"""Characters of any one string on the page; label names and paths may be hostile too."""


@dataclass(frozen=True, slots=True)
class InlineAsset:
    """Our own style sheet or script, and the hash by which the page's security policy admits it alone."""

    code: Markup
    sha256: str


class HtmlReporter:
    """Makes report.html.

    Args:
        max_examples: most successful attacks shown with their texts; all are in outcomes.jsonl.
        mask: hide handles, e-mail addresses, links and phone numbers in shown texts.
    """

    spec = PluginSpec(name="html", version="1", summary="report.html: one self-contained page for people")
    filename = "report.html"

    def __init__(self, *, max_examples: int = 60, mask: bool = True) -> None:
        self._max_examples = max_examples
        self._mask = mask

    def render(self, report: AuditReport, outcomes: Sequence[AttackOutcome]) -> bytes:
        """UTF-8; the same report and outcomes give the same bytes."""
        environment = _environment()
        html = environment.get_template("report.html").render(
            page=page(report, outcomes, max_examples=self._max_examples, masked=self._mask),
            css=_asset(environment, "report.css"),
            js=_asset(environment, "report.js"),
        )
        return html.encode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _printable(value: object) -> object:
    """Last gate before the page: no string may hide characters or reorder its surroundings."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(shortened(value, _MAX_STRING))
    return value


def _asset(environment: Environment, name: str) -> InlineAsset:
    assert environment.loader is not None  # noqa: S101 - set above
    code, _, _ = environment.loader.get_source(environment, name)
    return InlineAsset(Markup(code), b64encode(hashlib.sha256(code.encode()).digest()).decode())  # noqa: S704 - our own file
