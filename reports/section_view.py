"""What every section shows, whatever its kind: its metrics, notes, arguments, or why it was not measured."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from robust_emo.types import Section

from . import numbers
from .language import later, say
from .learnt_view import LearntView, learnt_view
from .masking import mask
from .metric_view import MetricView, metric_view

_MAX_ARGUMENT = 300
_KINDS = {
    "clean": later("clean"),
    "evasion": later("evasion"),
    "certificate": later("certificate"),
    "privacy": later("privacy"),
    "explanation": later("explanation"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what it is."""

    name: str
    text: str
    code: bool = False
    """Set in a fixed-width face: hashes, paths, commands."""


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section of the audit."""

    kind: str
    plugin: str
    version: str
    title: str
    error: str | None
    metrics: tuple[MetricView, ...]
    notes: tuple[str, ...]
    arguments: tuple[Fact, ...]
    seconds: str
    learnt: tuple[LearntView, ...] = ()


def section_view(section: Section, metrics: tuple[MetricView, ...] | None = None) -> SectionView:
    """View of any section; `metrics` overrides which metrics are listed."""
    return SectionView(
        kind=section.kind,
        plugin=section.plugin,
        version=section.version,
        title=_title(section),
        error=None if section.error is None else mask(section.error),  # an exception may quote a text
        metrics=tuple(metric_view(metric) for metric in section.metrics) if metrics is None else metrics,
        notes=tuple(mask(note) for note in section.notes),
        arguments=arguments(section.args),
        seconds=numbers.duration(section.seconds),
        learnt=learnt_view(section.learnt),
    )


def _title(section: Section) -> str:
    kind = say(_KINDS[section.kind]) if section.kind in _KINDS else section.kind
    if section.plugin == section.kind:
        return kind.capitalize()
    return say("{kind}: {plugin}", kind=kind.capitalize(), plugin=section.plugin)


def arguments(args: Mapping[str, Any], prefix: str = "") -> tuple[Fact, ...]:
    """Arguments as facts, nested ones as ``budget.max_queries``; null reads "no limit" in a budget."""
    facts: list[Fact] = []
    for name, value in args.items():
        if isinstance(value, Mapping):
            facts.extend(arguments(value, f"{prefix}{name}."))
        else:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
            if value is None:
                text = say("no limit") if "budget" in prefix or name.startswith("max_") else say("none")
            if len(text) > _MAX_ARGUMENT:
                text = say("{beginning}… (all of it is in audit.json)", beginning=text[:_MAX_ARGUMENT])
            facts.append(Fact(f"{prefix}{name}", text, code=True))
    return tuple(facts)
