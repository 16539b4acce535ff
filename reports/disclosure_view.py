"""What each thing that is shown of the model gives away, side by side."""

from dataclasses import dataclass

from robust_emo.types import Metric, Section

from .language import later, say
from .metric_view import MetricView, find, find_view
from .section_view import SectionView, section_view

DISCLOSURE = "disclosure"

_SHOWN = (
    ("logits", later("Logits"), later("the model's answer with all its digits")),
    ("2_decimals", later("Probabilities, 2 decimals"), later("such as 0.97")),
    ("1_decimal", later("Probabilities, 1 decimal"), later("such as 0.9")),
    ("0_decimals", later("Probabilities, 0 decimals"), later("0 or 1")),
    ("label", later("The label alone"), later("no probability at all")),
    ("attribution_norm", later("Attributions, how large"), later("an explanation by gradient times input")),
    ("attribution_variance", later("Attributions, how uneven"), later("the same explanation")),
)
_SOURCES = (
    ("embedding_recovery_f1", None, later("This model's embedding"), later("one vector for a whole text")),
    (
        "base_recovery_f1",
        "embedding_recovery_f1_over_base",
        later("Its base's embedding"),
        later("before any training on the texts"),
    ),
    (
        "frequent_words_f1",
        "embedding_recovery_f1_over_frequent",
        later("No embedding"),
        later("the most frequent words for every text"),
    ),
)


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One thing that is shown, or the blind baseline, which is shown nothing."""

    name: str
    meaning: str
    area: MetricView
    found: MetricView | None
    area_change: MetricView | None
    """Against the logits; null for these themselves."""
    found_change: MetricView | None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One thing that words are guessed from."""

    name: str
    meaning: str
    public: MetricView
    """F1 of texts that nobody trained on."""
    members: MetricView
    public_gain: MetricView | None
    """F1 of the model's embedding minus this one; null for itself."""
    members_gain: MetricView | None


@dataclass(frozen=True, slots=True)
class DisclosureView:
    """One section of disclosure."""

    section: SectionView
    """Its metrics are precision and recall of the recovered words."""
    measured: bool
    shown: tuple[ShownRow, ...]
    sources: tuple[SourceRow, ...]


def disclosure_view(section: Section) -> DisclosureView:
    """View of a section that ran."""
    metrics = section.metrics
    of_words = ("embedding_recovery_precision", "embedding_recovery_recall")
    details = tuple(find_view(metrics, name + group) for group in ("", "_members") for name in of_words)
    return DisclosureView(
        section=section_view(section, metrics=tuple(each for each in details if each.measured)),
        measured=any(metric.value is not None for metric in metrics),
        shown=(*(_shown(metrics, *row) for row in _SHOWN), _blind(metrics)),
        sources=tuple(_source(metrics, *row) for row in _SOURCES),
    )


def _shown(metrics: tuple[Metric, ...], key: str, name: str, meaning: str) -> ShownRow:
    return ShownRow(
        name=say(name),
        meaning=say(meaning),
        area=find_view(metrics, f"membership_auc_from_{key}"),
        found=find_view(metrics, f"tpr_at_fpr_1pct_from_{key}"),
        area_change=_if_there(metrics, f"membership_auc_change_by_{key}"),
        found_change=_if_there(metrics, f"tpr_at_fpr_1pct_change_by_{key}"),
    )


def _blind(metrics: tuple[Metric, ...]) -> ShownRow:
    return ShownRow(
        name=say("Nothing"),
        meaning=say("blind baseline: words and meaning of the text"),
        area=find_view(metrics, "blind_auc"),
        found=None,
        area_change=None,
        found_change=None,
    )


def _source(metrics: tuple[Metric, ...], key: str, gain: str | None, name: str, meaning: str) -> SourceRow:
    return SourceRow(
        name=say(name),
        meaning=say(meaning),
        public=find_view(metrics, key),
        members=find_view(metrics, f"{key}_members"),
        public_gain=find_view(metrics, gain) if gain else None,
        members_gain=find_view(metrics, f"{gain}_members") if gain else None,
    )


def _if_there(metrics: tuple[Metric, ...], name: str) -> MetricView | None:
    return find_view(metrics, name) if find(metrics, name) else None
