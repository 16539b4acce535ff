"""Pure functions: point metrics, intervals, tests and corrections. Nothing here knows of models or files.

Conventions: a metric over no examples is None, never 0; precision, recall and F1 of a label that was never
predicted (or never gold) are 0, as scikit-learn's ``zero_division=0``; everything random takes a seed.
"""

from robust_emo.statistics.bootstrap import bootstrap, bootstrap_mean, bootstrap_totals
from robust_emo.statistics.budget_curves import BudgetPoint, Spent, budget_curve, worst_case
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
    mean_recall,
    mean_recall_interval,
)
from robust_emo.statistics.comparison import benjamini_hochberg, holm, mcnemar
from robust_emo.statistics.intervals import Interval, clopper_pearson, mean_t, wilson
from robust_emo.statistics.paired import PairedComparison, PairedCounts, compare_all_pairs, compare_paired
from robust_emo.statistics.proportion_test import binomial_p_value, n_to_decide
from robust_emo.statistics.sequential import anytime_interval, anytime_n_to_decide, anytime_p_value

__all__ = [
    "BudgetPoint",
    "Calibration",
    "F1Intervals",
    "Interval",
    "LabelCounts",
    "PairedComparison",
    "PairedCounts",
    "Spent",
    "accuracy",
    "anytime_interval",
    "anytime_n_to_decide",
    "anytime_p_value",
    "benjamini_hochberg",
    "binomial_p_value",
    "bootstrap",
    "bootstrap_mean",
    "bootstrap_totals",
    "budget_curve",
    "clopper_pearson",
    "compare_all_pairs",
    "compare_paired",
    "confusion_matrix",
    "expected_calibration_error",
    "expected_calibration_error_interval",
    "f1_intervals",
    "holm",
    "label_flags",
    "mcnemar",
    "mean_recall",
    "mean_recall_interval",
    "mean_t",
    "n_to_decide",
    "wilson",
    "worst_case",
]
