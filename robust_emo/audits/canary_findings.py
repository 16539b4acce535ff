"""From guesses about canaries to metrics, notes and the comparison with what was promised."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from robust_emo.audits.ledger import promised
from robust_emo.audits.metrics import CONFIDENCE, measured
from robust_emo.canaries.scoring import OVER_EXPECTED
from robust_emo.canaries.sealed import SealedCanaries
from robust_emo.models.canary_seal import CanarySeal
from robust_emo.plugins import PluginSpec
from robust_emo.privacy_claim import BROKEN_PROMISE
from robust_emo.statistics.bootstrap import bootstrap
from robust_emo.statistics.exposure import exposures
from robust_emo.statistics.one_run import Guesses, one_run_epsilon, one_run_p_value
from robust_emo.statistics.one_run_f_dp import one_run_epsilon_f_dp, one_run_epsilon_gaussian
from robust_emo.types import Flag, Metric, PrivacyLedger, Section

Array = npt.NDArray[np.float64]

BOUND, BOUND_F_DP, BOUND_GAUSSIAN = "epsilon_lower_bound", "epsilon_lower_bound_f_dp", "epsilon_lower_bound_gaussian"
_CHANCE = 1 / np.log(2)
"""Bits: the mean exposure of canaries that no model ever saw."""
_NO_PROOF = (
    "A bound below what is promised, or of 0, proves no privacy: it says how much this attack found with these "
    "canaries, and another one may find more."
)


@dataclass(frozen=True)
class Findings:
    """What the audit saw of the canaries."""

    sealed: SealedCanaries
    seen: Guesses
    scores: Array
    """(canaries,)."""
    delta: float
    promised: PrivacyLedger | None
    """The ledger, where it promises something at this very δ."""
    seed: int

    @cached_property
    def bounds(self) -> dict[str, float]:
        """Lower bounds of ε by the name of their metric."""
        return {
            BOUND: one_run_epsilon(self.seen, delta=self.delta, confidence=CONFIDENCE),
            BOUND_F_DP: one_run_epsilon_f_dp(self.seen, delta=self.delta, confidence=CONFIDENCE),
            BOUND_GAUSSIAN: one_run_epsilon_gaussian(self.seen, delta=self.delta, confidence=CONFIDENCE),
        }

    @property
    def gaussian(self) -> bool:
        """Whether the training that is promised is a Gaussian mechanism: noisy steps, each on all of the data."""
        return self.promised is not None and self.promised.sample_rate == 1

    def metrics(self) -> tuple[Metric, ...]:
        """What goes into the section."""
        inserted = np.asarray([canary.inserted for canary in self.sealed.canaries])
        kinds = np.unique([canary.kind for canary in self.sealed.canaries], return_inverse=True)[1]
        columns = (self.scores, inserted, kinds)
        interval = bootstrap(_mean_exposure, *columns, seed=self.seed, confidence=CONFIDENCE, method="percentile")
        found = _mean_exposure(*columns) if 0 < inserted.sum() < len(inserted) else None
        right = self.seen.correct / self.seen.guesses
        return (
            *(_bound(name, self.bounds[name], self.seen.guesses) for name in self.bounds),
            *(promised(self.promised) if self.promised else ()),
            measured("canary_guess_accuracy", right, None, self.seen.guesses, higher_is_better=False),
            measured("exposure", found, interval, int(inserted.sum()), higher_is_better=False),
        )


def unmeasured(spec: PluginSpec, seal: CanarySeal | None) -> Section:
    """Of a model without canaries, or without its canary file."""
    reason = (
        "not measured: this model was trained without canaries; train it with --canaries M"
        if seal is None
        else f"not measured: the canary file {seal.path} is not here; name it with --section-arg canaries.file=FILE"
    )
    metrics = (
        *(_bound(name, None, 0) for name in (BOUND, BOUND_F_DP, BOUND_GAUSSIAN)),
        measured("exposure", None, None, 0, higher_is_better=False),
    )
    return Section(spec.kind, spec.name, spec.version, {}, metrics, notes=(reason,))


def promise_kept(findings: Findings) -> tuple[Flag, ...]:
    """Whether more leaks than the ledger promises; nothing where there is no promise at this δ."""
    if findings.promised is None:
        return ()
    names = [BOUND, BOUND_F_DP, *([BOUND_GAUSSIAN] if findings.gaussian else [])]
    name = max(names, key=lambda each: findings.bounds[each])
    shown, most = findings.bounds[name], findings.promised.epsilon
    detail = (
        f"epsilon is at least {shown:.3f} ({CONFIDENCE:.0%} confidence, {findings.seen.guesses} guesses) and "
        f"{most:.3f} is promised, both at delta {findings.delta:.2e}"
    )
    return (Flag(BROKEN_PROMISE, shown > most, detail if shown > most else f"{detail}; that is no proof of privacy"),)


def notes(findings: Findings, ledger: PrivacyLedger | None) -> tuple[str, ...]:
    """What a reader must know."""
    sealed, seen = findings.sealed, findings.seen
    by_luck = one_run_p_value(seen, epsilon=0.0, delta=0.0)
    return (
        f"{seen.canaries} canaries ({sealed.kind}) were each trained on or left out by the throw of a coin; of "
        f"{seen.guesses} guesses about them, settled before the training, {seen.correct} were right. As many or more "
        f"by luck alone: probability {by_luck:.2g}.",
        f"Bounds are one-sided at {CONFIDENCE:.0%}: of such audits, one in twenty at most shows more than is true.",
        _NO_PROOF,
        _of_gaussian(findings),
        *_of_attacker(sealed),
        *_of_promise(findings, ledger),
        *_of_exposure(findings),
    )


def _of_gaussian(findings: Findings) -> str:
    name = f"`{BOUND_GAUSSIAN}` assumes that the training is a Gaussian mechanism"
    if findings.gaussian:
        return f"{name}, as noisy steps on all of the data are."
    return f"{name}, which nobody promises of this one: it is no bound of its epsilon, but a figure to compare with."


def _of_attacker(sealed: SealedCanaries) -> Sequence[str]:
    known = (
        "Whoever guesses here knows all other texts of the training, as privacy promises reckon with: what a model "
        "without noise would answer was sealed with the coins."
    )
    weights = "They are directions that no text has, so that only whoever holds the weights can ask about them."
    found = [known] if sealed.scoring == OVER_EXPECTED else []
    return [*found, weights] if sealed.kind == "features" else found


def _of_promise(findings: Findings, ledger: PrivacyLedger | None) -> Sequence[str]:
    if ledger is None:
        return ["This model promises nothing: there is no ledger to compare with."]
    if findings.promised is None:
        return [f"The ledger promises epsilon at delta {ledger.delta:.2e}, so that nothing is compared with it here."]
    return []


def _of_exposure(findings: Findings) -> Sequence[str]:
    found = []
    for kind in sorted({canary.kind for canary in findings.sealed.canaries}):
        inserted, held_out = _split(findings, kind)
        if len(inserted) and len(held_out):
            mean, most = exposures(inserted, held_out).mean(), np.log2(len(held_out) + 1)
            found.append(f"{kind} {mean:.2f} of at most {most:.2f} ({len(held_out)} left out)")
    if not found:
        return []
    return [
        f"Exposure, in bits, ranks each canary that was trained on among those of its kind that were left out: "
        f"{', '.join(found)}. Without memorisation {_CHANCE:.2f} is expected."
    ]


def _split(findings: Findings, kind: str) -> tuple[Array, Array]:
    rows = [(score, canary.inserted) for score, canary in zip(findings.scores, findings.sealed.canaries, strict=True)
            if canary.kind == kind]  # fmt: skip
    return np.asarray([s for s, there in rows if there]), np.asarray([s for s, there in rows if not there])


def _mean_exposure(found: Array, inserted: npt.NDArray[np.bool_], kinds: npt.NDArray[np.int64]) -> float:
    """Over all that were trained on, each among those of its kind that were not."""
    own = [kinds == kind for kind in np.unique(kinds)]
    joined = np.concatenate([exposures(found[inserted & rows], found[~inserted & rows]) for rows in own])
    return float(joined.mean()) if len(joined) else 0.0


def _bound(name: str, value: float | None, guesses: int) -> Metric:
    """A lower bound has nothing above it."""
    method = None if value is None else "one-run"
    return Metric(name, value, value, None, guesses, CONFIDENCE, higher_is_better=False, method=method)
