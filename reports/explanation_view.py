"""Explanations: whether to believe them, then what they say."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.types import AuditReport, ExplanationFindings, Section

from .embedding_plot import MapView, map_view
from .explained_texts import ExplainedTexts, PairView, explained_texts, pair_views
from .explanation_charts import (
    FaithfulnessView,
    HistogramView,
    SanityView,
    faithfulness_view,
    histogram_view,
    sanity_view,
)
from .explanation_quality import QualityRow, quality_rows
from .explanation_tables import (
    AgreementRow,
    CounterfactualView,
    EmotionWords,
    SharesView,
    ShortcutRow,
    agreement_rows,
    counterfactual_views,
    shares_view,
    shortcut_rows,
    top_words,
    without_words,
)
from .explanation_trust import TrustView, trust_view
from .metric_view import MetricView, metric_view
from .section_view import SectionView, section_view
from .visible import shortened

EXPLANATION = "explanation"
_TOLD_FIRST = ("trusted", "caution", "unreliable", "beats_random")


@dataclass(frozen=True, slots=True)
class FindingsView:
    """All that one section found."""

    method: str
    baselines: str
    trust: TrustView
    reasons: tuple[str, ...]
    """Why no heat map is trusted, whatever the text."""
    texts: ExplainedTexts
    pairs: tuple[PairView, ...]
    pairs_left_out: str
    faithfulness: FaithfulnessView | None
    sanity: SanityView | None
    stability: HistogramView | None
    agreement: tuple[AgreementRow, ...]
    words: tuple[EmotionWords, ...]
    without_words: str
    """Emotions that no word speaks for; empty where there are none, and where nothing was looked at."""
    shares: SharesView | None
    shortcuts: tuple[ShortcutRow, ...]
    counterfactuals: tuple[CounterfactualView, ...]
    counterfactuals_left_out: str
    map: MapView | None


@dataclass(frozen=True, slots=True)
class ExplanationView:
    """One section of explanations."""

    section: SectionView
    quality: tuple[QualityRow, ...]
    """What the first figures do not tell, over all emotions."""
    by_emotion: tuple[MetricView, ...]
    findings: FindingsView | None
    """Null where the section failed or found nothing: not measured."""


@dataclass(frozen=True, slots=True)
class ExplanationsView:
    """The part of the page."""

    sections: tuple[ExplanationView, ...]
    masked: bool


def explanations_view(report: AuditReport, *, masked: bool) -> ExplanationsView | None:
    """None where no section of this kind ran."""
    sections = [section for section in report.sections if section.kind == EXPLANATION]
    if not sections:
        return None
    raw = any(_shown_raw(section) for section in sections)
    views = tuple(_view(section, report.run.labels, masked=masked and not _shown_raw(section)) for section in sections)
    return ExplanationsView(views, masked=masked and not raw)


def _shown_raw(section: Section) -> bool:
    """Whether the user asked the audit for texts as they are: the page must not take that back."""
    return section.args.get("show_raw") is True


def _view(section: Section, labels: Sequence[str], *, masked: bool) -> ExplanationView:
    overall = [each for each in section.metrics if each.label is None and each.name not in _TOLD_FIRST]
    findings = section.explanation if section.error is None else None
    rest = overall if findings else [each for each in section.metrics if each.label is None]
    return ExplanationView(
        section=section_view(section, metrics=()),
        quality=quality_rows(rest),
        by_emotion=tuple(metric_view(metric) for metric in section.metrics if metric.label is not None),
        findings=None if findings is None else _findings(section, findings, labels, masked=masked),
    )


def _findings(section: Section, findings: ExplanationFindings, labels: Sequence[str], *, masked: bool) -> FindingsView:
    told = findings.reasons
    pairs, pairs_left_out = pair_views(findings.pairs, masked=masked, told=told)
    counterfactuals, counterfactuals_left_out = counterfactual_views(findings.counterfactuals, masked=masked)
    return FindingsView(
        method=findings.method,
        baselines=", ".join(map(shortened, findings.baselines[:10])),
        trust=trust_view(section, findings),
        reasons=told,
        texts=explained_texts(findings.shown, masked=masked, told=told),
        pairs=pairs,
        pairs_left_out=pairs_left_out,
        faithfulness=faithfulness_view(findings.faithfulness, findings.faithfulness_masked),
        sanity=sanity_view(findings.sanity),
        stability=histogram_view(findings.stability),
        agreement=agreement_rows(findings.agreement),
        words=top_words(findings.top_words),
        without_words=without_words(findings.top_words, labels) if findings.faithfulness else "",
        shares=shares_view(findings.shares),
        shortcuts=shortcut_rows(findings.shortcuts),
        counterfactuals=counterfactuals,
        counterfactuals_left_out=counterfactuals_left_out,
        map=map_view(findings.embedding_map, findings.projection, findings.variance_shown),
    )
