"""What the hub shows of an audit beside a model: `model-index` in the front matter of its card."""

import math
from collections.abc import Iterator
from typing import Any

from robust_emo.errors import InputError, RobustEmoError
from robust_emo.types import AuditReport, Metric

from .metric_names import metric_name
from .model_name import model_name
from .robustness_view import ENSEMBLE
from .visible import shortened, visible

TASK = "Emotion classification, audited by robust-emo"
"""By this name the result of an audit is known again; those of others stay."""
_SHOWN = (
    "accuracy",
    "macro_f1",
    "micro_f1",
    "expected_calibration_error",
    "worst_case_accuracy_3_words",
    "worst_case_accuracy",
    "valid_worst_case_accuracy",
    "membership_auc",
    "tpr_at_fpr_1pct",
    "epsilon",
)
_HUB_NAMES = {"macro_f1": "f1", "micro_f1": "f1"}
"""What the hub calls a metric, where it knows it."""


def merged_index(existing: Any, report: AuditReport) -> list[Any]:  # noqa: ANN401 - whatever the YAML holds
    """`existing` (None where there is none) with the result of this audit in place of an older one.

    Raises:
        InputError: `existing` is no `model-index`.
    """
    if existing in (None, []):
        return [{"name": _text(model_name(report.run.model)), "results": [_result(report)]}]
    if not isinstance(existing, list) or not all(isinstance(model, dict) for model in existing):
        raise InputError("`model-index` of README.md is not a list of models with their results; mend it and try again")
    first, *others = existing
    results = first.get("results") or []
    if not isinstance(results, list):
        raise InputError("`results` in the `model-index` of README.md is not a list; mend it and try again")
    return [{**first, "results": [*(each for each in results if not _ours(each)), _result(report)]}, *others]


def _ours(result: Any) -> bool:  # noqa: ANN401 - whatever the YAML holds
    task = result.get("task") if isinstance(result, dict) else None
    return isinstance(task, dict) and task.get("name") == TASK


def _result(report: AuditReport) -> dict[str, Any]:
    data = report.run.data
    name = _text(model_name(data.path))
    return {
        "task": {"type": "text-classification", "name": TASK},
        "dataset": {"name": name, "type": name, "revision": _text(data.sha256)},
        "metrics": [_metric(metric) for metric in _measured(report)],
    }


def _measured(report: AuditReport) -> Iterator[Metric]:
    """In the order of :data:`_SHOWN`; what was not measured is left out, for the hub knows no null."""
    ran = [s for s in report.sections if s.error is None and (s.kind != "evasion" or s.plugin == ENSEMBLE)]
    whole = [metric for section in ran for metric in section.metrics if metric.label is None]
    for name in _SHOWN:
        yield from [metric for metric in whole if metric.name == name and metric.value is not None][:1]


def _metric(metric: Metric) -> dict[str, Any]:
    numbers = (metric.value, metric.ci_low, metric.ci_high)
    if not all(number is None or math.isfinite(number) for number in numbers):
        raise RobustEmoError(f"metric '{metric.name}' is not a finite number; use null for not measured")
    args = {"n": metric.n, "confidence": metric.confidence, "ci_low": metric.ci_low, "ci_high": metric.ci_high}
    kind = _HUB_NAMES.get(metric.name, metric.name)
    shown = {key: value for key, value in args.items() if value is not None}
    return {"type": kind, "name": metric_name(metric.name).title, "value": metric.value, "args": shown}


def _text(text: str) -> str:
    return shortened(visible(text))
