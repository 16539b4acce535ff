"""What the model's private training promised, as numbers that a policy can ask for."""

from collections.abc import Sequence

from robust_emo.audits.context import AuditContext
from robust_emo.audits.metrics import CONFIDENCE
from robust_emo.plugins import PluginSpec
from robust_emo.types import Metric, PrivacyLedger, Section

_NONE = "not measured: the model was not trained privately, or its manifest does not say so; nothing is promised"
_OUTSIDE = (
    "The promise is of the training texts alone: texts of validation and test data, and choices made after looking at "
    "several models, are outside of it. ε is what the accountant counted, never what was asked for."
)


class Ledger:
    """ε and δ of the ledger in the manifest."""

    spec = PluginSpec(
        name="ledger",
        version="1",
        summary="ε and δ that private training promised",
        paper="Dwork et al. 2006",
        kind="privacy",
    )

    def problems(self) -> Sequence[str]:
        """Needs nothing."""
        return ()

    def run(self, context: AuditContext) -> Sequence[Section]:
        """One section; both are null for a model that was not trained privately."""
        ledger = context.manifest.privacy if context.manifest else None
        metrics = promised(ledger)
        notes = (_OUTSIDE,) if ledger else (_NONE,)
        return [Section("privacy", self.spec.name, self.spec.version, {}, metrics=metrics, notes=notes)]


def promised(ledger: PrivacyLedger | None) -> tuple[Metric, Metric]:
    """ε and δ; null without a ledger."""
    return _metric("epsilon", ledger), _metric("delta", ledger)


def _metric(name: str, ledger: PrivacyLedger | None) -> Metric:
    """A bound that was counted, not estimated: its interval is the number itself."""
    value = None if ledger is None else float(getattr(ledger, name))
    return Metric(
        name=name,
        value=value,
        ci_low=value,
        ci_high=value,
        n=0 if ledger is None else ledger.units,
        confidence=CONFIDENCE,
        higher_is_better=False,
        method=None if ledger is None else "accountant",
    )
