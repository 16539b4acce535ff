"""Pure functions: point metrics, intervals, tests and corrections. Nothing here knows of models or files.

Conventions: a metric over no examples is None, never 0; precision, recall and F1 of a label that was never
predicted (or never gold) are 0, as scikit-learn's ``zero_division=0``; everything random takes a seed.
"""

from robust_emo.statistics.bootstrap import bootstrap, bootstrap_mean, bootstrap_totals
from robust_emo.statistics.calibration import (
    Calibration,
    expected_calibration_error,
    expected_calibration_error_interval,
)
from robust_emo.statistics.classification import (
    F1Intervals,
    LabelCounts,
    accuracy,
    confusion_matrix,
    f1_intervals,
    label_flags,
)
from robust_emo.statistics.comparison import benjamini_hochberg, holm, mcnemar
from robust_emo.statistics.intervals import Interval, clopper_pearson, mean_t, wilson

__all__ = [
    "Calibration",
    "F1Intervals",
    "Interval",
    "LabelCounts",
    "accuracy",
    "benjamini_hochberg",
    "bootstrap",
    "bootstrap_mean",
    "bootstrap_totals",
    "clopper_pearson",
    "confusion_matrix",
    "expected_calibration_error",
    "expected_calibration_error_interval",
    "f1_intervals",
    "holm",
    "label_flags",
    "mcnemar",
    "mean_t",
    "wilson",
]
