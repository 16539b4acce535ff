"""What a model card says of an audit: labels, data, numbers with intervals, privacy, limits."""

from collections.abc import Iterator, Sequence

from robust_emo.types import AttackOutcome, AuditReport, DataInfo

from . import numbers
from .flags_view import raised_flags
from .highlights import highlights
from .language import say_counted
from .markdown_tables import attack_table, check_table, measured
from .markdown_text import escaped, table
from .metric_view import MetricView, metric_view
from .model_name import model_name
from .since_markdown import since_lines
from .verdict_view import verdict_view

_PRIVACY = (
    "membership_auc",
    "blind_auc",
    "membership_auc_over_blind",
    "tpr_at_fpr_1pct",
    "epsilon",
    "delta",
    "epsilon_lower_bound",
    "canary_guess_accuracy",
    "exposure",
    "training_texts_with_personal_data",
)


def card_lines(report: AuditReport, outcomes: Sequence[AttackOutcome]) -> Iterator[str]:
    """Markdown, line by line.

    Args:
        report: the audit.
        outcomes: of all its attacks.
    """
    run, verdict = report.run, verdict_view(report)
    made = f"robust-emo {run.robust_emo}, {run.cost.started_at[:10]}, model {run.model_sha256[:12]}"
    yield from ("## Audit", "", f"Written by {escaped(made)}; what is changed between the marks is lost next time.", "")
    yield from (f"**{verdict.word}.** {escaped(verdict.meaning)}{f' {verdict.tally}.' if verdict.tally else ''}", "")
    yield from (f"- **Not complete:** {escaped(crash.sentence)}" for crash in verdict.incomplete)
    yield from (f"- {line}" for line in highlights(report, outcomes))
    yield from (f"- **Warning:** {escaped(flag.sentence, 600)}" for flag in raised_flags(report))
    yield ""
    yield from _labels_and_data(report)
    if checks := check_table((*verdict.unmet, *verdict.met)):
        yield from ("### Requirements", "", *checks)
    if changes := list(since_lines(report)):
        yield from ("### Changed since the baseline", "", *changes)
    yield from ("### Texts as written", "", *_metrics(report, ("clean",)))
    yield from ("### Robustness", "", *(attack_table(report) or ("Not measured: nothing was attacked.", "")))
    yield from ("### Privacy", "", *_privacy(report))
    yield from ("### Limits", "", *_limits(report))


def _labels_and_data(report: AuditReport) -> Iterator[str]:
    run = report.run
    yield from ("### Labels", "", f"{', '.join(map(escaped, run.labels))} ({run.task.value.replace('_', ' ')})", "")
    files = (("training", run.train_data), ("audited", run.data), ("held out", run.holdout_data))
    rows = [_data_row(role, data) for role, data in files if data]
    yield from ("### Data", "", *table(("Data", "File", "Texts", "SHA-256"), rows))
    if run.train_data is None:
        yield from ("The training data is not known to the audit.", "")


def _data_row(role: str, data: DataInfo) -> tuple[str, ...]:
    return role, escaped(model_name(data.path)), numbers.count(data.rows), escaped(data.sha256)


def _metrics(report: AuditReport, kinds: tuple[str, ...], names: tuple[str, ...] | None = None) -> list[str]:
    views = [
        metric_view(metric)
        for section in report.sections
        if section.kind in kinds and section.error is None
        for metric in section.metrics
        if metric.label is None and (names is None or metric.name in names)
    ]
    rows = table(("Measure", "Value", "Interval", "n"), map(_metric_row, views))
    return rows or ["Not measured.", ""]


def _metric_row(view: MetricView) -> tuple[str, ...]:
    return (escaped(view.title), *measured(view))


def _privacy(report: AuditReport) -> Iterator[str]:
    ledger = report.run.privacy
    if ledger:
        promise = f"({ledger.epsilon:.4g}, {ledger.delta:.2g}) for each {escaped(ledger.unit)}"
        yield from (f"Trained with differential privacy: (ε, δ) = {promise}, by the accountant.", "")
    else:
        yield from ("Trained without differential privacy, as far as the audit knows.", "")
    yield from _metrics(report, ("privacy",), _PRIVACY)


def _limits(report: AuditReport) -> Iterator[str]:
    run = report.run
    yield "- The numbers speak of these texts and attacks. Other texts, languages and attackers may do worse to it."
    yield "- Labels say what annotators read in a text, which need not be what its author felt."
    if run.train_duplicates is None:
        yield "- Whether audited texts stand in the training data too is not known."
    elif run.train_duplicates:
        yield say_counted(
            run.train_duplicates,
            "- {n} audited text stands in the training data too.",
            "- {n} audited texts stand in the training data too.",
        )
    if run.truncated_texts:
        yield say_counted(
            run.truncated_texts,
            "- {n} audited text was cut at {tokens} tokens.",
            "- {n} audited texts were cut at {tokens} tokens.",
            tokens=numbers.count(run.max_length),
        )
    yield from (f"- {escaped(f'{warning[:1].upper()}{warning[1:]}')}" for warning in run.warnings)
