"""Protocols of the plug-ins that make files of what was found: of audits and of explanations."""

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

from robust_emo.plugins import PluginSpec
from robust_emo.types import AuditComparison, AuditHistory, AuditReport, Explanation


class Reporter(Protocol):
    """A projection of a finished audit."""

    spec: PluginSpec
    filename: str
    """Name of the file it makes in the output directory, e.g. ``report.html``."""

    def render(self, report: AuditReport, outcomes: Sequence[Any]) -> bytes:
        """The file's content.

        Args:
            report: the audit.
            outcomes: :class:`~robust_emo.types.AttackOutcome` of every attacked example.
        """
        ...


@runtime_checkable
class MergingReporter(Reporter, Protocol):
    """A reporter whose file is not all its own: what others wrote there stays."""

    def merge(self, report: AuditReport, outcomes: Sequence[Any], existing: bytes) -> bytes:
        """The file's content where one of its name is there already.

        Args:
            report: the audit.
            outcomes: as for :meth:`render`.
            existing: the content of that file.

        Raises:
            InputError: it cannot be kept; nothing is written then.
        """
        ...


class ComparisonReporter(Protocol):
    """A projection of two finished audits, compared."""

    spec: PluginSpec
    filename: str
    """Name of the file it makes beside the audits, e.g. ``comparison.html``."""

    def render(self, comparison: AuditComparison) -> bytes:
        """The file's content."""
        ...


class HistoryReporter(Protocol):
    """A projection of many finished audits over time."""

    spec: PluginSpec

    def render(self, history: AuditHistory) -> bytes:
        """The file's content."""
        ...


class ExplanationReporter(Protocol):
    """A projection of explanations, such as a picture or a table."""

    spec: PluginSpec
    suffix: str
    """Of the file it makes, with its dot: ``.svg``."""

    def render(self, explanations: Sequence[Explanation]) -> bytes:
        """The file's content. Texts must be shown as they were given: who asked decided whether they are masked.

        Args:
            explanations: any number, in the order to be shown.
        """
        ...
