"""Policy -> verdicts -> exit code: the gate that a model must pass."""

from robust_emo.gate.exit_status import exit_code
from robust_emo.gate.judging import evasion_is_certain, judge, status_of
from robust_emo.gate.regression import Baseline
from robust_emo.policy import Policy, read_policy

__all__ = ["Baseline", "Policy", "evasion_is_certain", "exit_code", "judge", "read_policy", "status_of"]
