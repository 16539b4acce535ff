"""One metric as it stands on the page: number, interval, sample size and dot-and-whisker."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from robust_emo.types import Metric, Section, Status, Threshold

from . import numbers
from .charts import Scale, Whisker
from .language import say
from .metric_names import metric_name
from .retelling import retold_if_known

_OF_SUCCESSES = ("invalid_share", "mean_flip_severity", "mean_words_perturbed")
"""Metrics that speak of successful attacks alone."""


@dataclass(frozen=True, slots=True)
class MetricView:
    """A metric in words. `measured` False: its value says why there is none, and there is no whisker."""

    name: str
    title: str
    meaning: str
    label: str | None
    measured: bool
    value: str
    interval: str
    """``75.1% – 81.2%``, ``at least 0.310`` where one end is open, or a phrase where there is none."""
    interval_note: str
    """``95% interval, wilson``."""
    n: str
    whisker: Whisker | None


def metric_view(metric: Metric, scale: Scale | None = None, threshold: Threshold | None = None) -> MetricView:
    """Put `metric` into words.

    Args:
        metric: from the audit.
        scale: range of the whisker; by default what the metric's kind suggests.
        threshold: drawn into the whisker with its good side.
    """
    name = metric_name(metric.name)
    low, high, value = metric.ci_low, metric.ci_high, metric.value
    ends = None if low is None and high is None else (low, high)
    whisker = None
    if value is not None:
        bounds = (threshold.min, threshold.max) if threshold else (None, None)
        scale = scale or Scale.around((value, *(each for each in (low, high, *bounds) if each is not None)))
        whisker = scale.whisker(value, ends, bounds)
    return MetricView(
        name=metric.name,
        title=name.title,
        meaning=name.meaning,
        label=metric.label,
        measured=value is not None,
        value=say(numbers.NOT_MEASURED) if value is None else name.show(value),
        interval=_interval(low, high, name.show),
        interval_note=_note(metric) if ends else "",
        n=numbers.count(metric.n),
        whisker=whisker,
    )


def _interval(low: float | None, high: float | None, show: Callable[[float], str]) -> str:
    if low is not None and high is not None:
        return f"{show(low)}{numbers.RANGE}{show(high)}"
    if low is not None:
        return say("at least {bound}", bound=show(low))
    return say(numbers.NO_INTERVAL) if high is None else say("at most {bound}", bound=show(high))


def _note(metric: Metric) -> str:
    level = numbers.level(metric.confidence)
    if metric.ci_low is None or metric.ci_high is None:
        return say("{level} one-sided interval, {method}", level=level, method=metric.method or say("no method named"))
    if not metric.method:
        return say("{level} interval", level=level)
    return say("{level} interval, {method}", level=level, method=retold_if_known(metric.method))


def in_section(view: MetricView, section: Section) -> MetricView:
    """The same; where all attempts failed, a number of successes alone says so in place of "not measured"."""
    succeeded, failed = (section.counts.get(status.value, 0) for status in (Status.SUCCEEDED, Status.FAILED))
    if view.measured or view.name not in _OF_SUCCESSES or succeeded or not failed:
        return view
    return replace(view, value=say("no attack succeeded"))


def find(metrics: Iterable[Metric], name: str, label: str | None = None) -> Metric | None:
    """The metric of this name and label, or None."""
    return next((metric for metric in metrics if metric.name == name and metric.label == label), None)


def find_view(metrics: Iterable[Metric], name: str, label: str | None = None) -> MetricView:
    """View of the metric; "not measured" where the audit has none."""
    missing = Metric(name, None, None, None, n=0, confidence=0.95, higher_is_better=None, label=label)
    return metric_view(find(metrics, name, label) or missing)
