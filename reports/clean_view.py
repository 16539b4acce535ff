"""How the model does on texts as they are: headline numbers, every emotion, confusions, calibration."""

from dataclasses import dataclass

from robust_emo.types import Section

from .charts import ReliabilityBar, Scale, reliability_bars
from .emotion_heat import FEW
from .heat import HeatTable, confusion_table
from .metric_view import MetricView, find_view, metric_view
from .section_view import SectionView, section_view
from .visible import shortened

_PER_CLASS = ("precision", "recall", "f1")


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One emotion."""

    label: str
    precision: MetricView
    recall: MetricView
    f1: MetricView


@dataclass(frozen=True, slots=True)
class CleanView:
    """Clean performance."""

    section: SectionView
    """With the metrics of the whole data."""
    classes: tuple[ClassRow, ...]
    confusion: HeatTable | None
    reliability: tuple[ReliabilityBar, ...]
    calibration_error: MetricView
    few: int = FEW

    @property
    def thin(self) -> bool:
        """Whether a bar rests on too few texts."""
        return any(bar.few for bar in self.reliability)


def clean_view(section: Section, labels: tuple[str, ...]) -> CleanView:
    """View of the `clean` section; emotions in the model's order."""
    measured = {metric.label for metric in section.metrics if metric.label is not None}
    ordered = [label for label in labels if label in measured] + sorted(measured - set(labels))
    whole = tuple(metric for metric in section.metrics if metric.label is None or metric.name not in _PER_CLASS)
    return CleanView(
        section=section_view(section, metrics=tuple(metric_view(metric) for metric in whole)),
        classes=tuple(
            ClassRow(shortened(label), *(_class_metric(section, name, label) for name in _PER_CLASS))
            for label in ordered
        ),
        confusion=confusion_table(section.confusion) if section.confusion else None,
        reliability=reliability_bars(section.calibration, FEW),
        calibration_error=find_view(section.metrics, "expected_calibration_error"),
    )


def _class_metric(section: Section, name: str, label: str) -> MetricView:
    found = next((metric for metric in section.metrics if (metric.name, metric.label) == (name, label)), None)
    return find_view((), name, label) if found is None else metric_view(found, Scale())
