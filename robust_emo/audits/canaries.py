"""What the model gives away of single texts of its training, by guessing which canaries it was trained on."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from robust_emo.audits.canary_findings import Findings, notes, promise_kept, unmeasured
from robust_emo.audits.context import AuditContext
from robust_emo.canaries.scoring import guess, scores
from robust_emo.canaries.sealed import SealedCanaries, open_seal
from robust_emo.errors import InputError, RobustEmoError
from robust_emo.models.canary_seal import CanarySeal
from robust_emo.models.manifest import Manifest
from robust_emo.models.victim import Victim
from robust_emo.plugins import PluginSpec
from robust_emo.types import Section

_DELTA = 1e-5
"""Of models that promise none."""
_CHUNK = 256


class Canaries:
    """Lower bounds of ε from one training, and exposure.

    Args:
        file: the canary file, where it is no longer where the manifest says.
        delta: at which ε is bounded; None: the one that the model's ledger promises, else 1e-5.

    Raises:
        InputError: `delta` is no chance.
    """

    spec = PluginSpec(
        name="canaries",
        version="1",
        kind="privacy",
        summary="lower bound of epsilon by guessing which canaries were trained on; exposure",
        paper="Steinke et al. 2023",
    )

    def __init__(self, *, file: str | None = None, delta: float | None = None) -> None:
        if delta is not None and not (isinstance(delta, int | float) and 0 < delta < 1):
            raise InputError(f"section canaries: delta must be above 0 and below 1, got {delta}")
        self._file, self._delta = file, delta

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def model_problems(self, directory: Path, manifest: Manifest | None) -> Sequence[str]:
        """A canary file that is not the one that was sealed before the training."""
        seal = manifest.canaries if manifest else None
        if seal is None:
            return () if self._file is None else (f"{directory} has no canaries, so that {self._file} is not of it",)
        try:
            self._sealed(seal, directory)
        except RobustEmoError as error:
            return (str(error),)
        return ()

    def run(self, context: AuditContext) -> Sequence[Section]:
        """One section; nothing is measured of a model without canaries, or whose canary file is not here."""
        started = time.perf_counter()
        manifest, directory = context.manifest, context.model_directory
        seal = manifest.canaries if manifest else None
        sealed = self._sealed(seal, directory) if seal and directory else None
        section = self._measured(context, manifest, sealed) if manifest and sealed else unmeasured(self.spec, seal)
        return [replace(section, seconds=time.perf_counter() - started)]

    def _sealed(self, seal: CanarySeal, directory: Path) -> SealedCanaries | None:
        """None where the file is gone and nobody says where to."""
        file = Path(self._file) if self._file else seal.located(directory)
        return None if self._file is None and not file.exists() else open_seal(seal, file)

    def _measured(self, context: AuditContext, manifest: Manifest, sealed: SealedCanaries) -> Section:
        ledger = manifest.privacy
        delta = self._delta or (ledger.delta if ledger else _DELTA)
        victim = context.engine.victim
        if victim.labels != sealed.labels:
            raise InputError("the model has other labels than its canaries, or in another order")
        logits = _logits(context, victim, sealed)
        found = scores(logits, sealed.labels, sealed.canaries, victim.task)
        seen = guess(found, sealed.canaries, sealed.guesses)
        promised = ledger if ledger and ledger.delta == delta else None
        findings = Findings(sealed, seen, found, delta, promised, context.seed)
        return Section(
            kind="privacy",
            plugin=self.spec.name,
            version=self.spec.version,
            args={
                "delta": delta,
                "canaries": len(sealed.canaries),
                "kind": sealed.kind,
                "guesses": sealed.guesses,
                "scoring": sealed.scoring,
                "seal": sealed.sha256,
            },
            metrics=findings.metrics(),
            notes=notes(findings, ledger),
            flags=promise_kept(findings),
        )


def _logits(context: AuditContext, victim: Victim, sealed: SealedCanaries) -> np.ndarray:
    """(canaries, labels), in fp32 whatever the audit runs in."""
    if sealed.kind == "features":
        return _logits_of_features(victim, np.asarray([canary.features for canary in sealed.canaries]))
    texts = [canary.text or "" for canary in sealed.canaries]
    found = []
    context.progress.begin(Canaries.spec.name, len(texts))
    try:
        for start in range(0, len(texts), _CHUNK):
            chunk = victim.encode(texts[start : start + _CHUNK])
            found.append(victim.logits_of_tokens(chunk, precision="fp32"))
            context.progress.advance(len(chunk))
    finally:
        context.progress.end()
    return np.concatenate(found)


def _logits_of_features(victim: Victim, features: np.ndarray) -> np.ndarray:
    """What the head answers to features that no text has: for whoever holds its weights."""
    from robust_emo.models.pooled_head import PooledHeadForSequenceClassification

    model = victim.batched.model
    if not isinstance(model, PooledHeadForSequenceClassification) or model.classifier.in_features != features.shape[1]:
        raise InputError("these canaries are in the space of a private head's features, which this model does not have")
    weight, bias = (part.detach().cpu().double().numpy() for part in (model.classifier.weight, model.classifier.bias))
    return np.asarray(features @ weight.T + bias)
