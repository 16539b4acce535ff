"""Where the numbers come from: enough for a reader to run the same audit again."""

from dataclasses import dataclass

from robust_emo.types import AuditReport, DataInfo, RunInfo, Task

from . import numbers
from .section_view import Fact, SectionView, section_view


@dataclass(frozen=True, slots=True)
class ProvenanceView:
    """Facts in groups, warnings apart."""

    command: str
    groups: tuple[tuple[str, tuple[Fact, ...]], ...]
    warnings: tuple[str, ...]
    sections: tuple[SectionView, ...]


def provenance_view(report: AuditReport) -> ProvenanceView:
    """View of :class:`~robust_emo.types.RunInfo` and of every section's arguments and notes."""
    run = report.run
    groups = [
        ("Model", _model(run)),
        ("Audited data", _data(run.data)),
        ("Training data", _data(run.train_data) if run.train_data else (Fact("Path", "unknown"),)),
        *([("Texts held out of the training", _data(run.holdout_data))] if run.holdout_data else []),
        ("Overlap", (Fact("Audited texts also in the training data", _duplicates(run.train_duplicates)),)),
        ("Protocol", _protocol(report)),
        ("Cost", _cost(run)),
        ("Packages", tuple(Fact(name, version, code=True) for name, version in run.packages.items())),
    ]
    return ProvenanceView(
        command=run.command,
        groups=tuple(groups),
        warnings=warnings(run),
        sections=tuple(section_view(section) for section in report.sections),
    )


def warnings(run: RunInfo) -> tuple[str, ...]:
    """What may make the numbers better or worse than they are; shown near the top."""
    found = list(run.warnings)
    if run.train_duplicates:
        found.append(
            f"{numbers.count(run.train_duplicates)} of {numbers.count(run.data.rows)} audited texts also stand in the "
            "training data; the model may have learnt them by heart, so clean numbers can be too good."
        )
    if run.truncated_texts:
        found.append(
            f"{numbers.count(run.truncated_texts)} audited texts are longer than {run.max_length} tokens and were cut."
        )
    if run.data.skipped_rows:
        found.append(f"{numbers.count(run.data.skipped_rows)} rows of the audited data were bad and left out.")
    return tuple(dict.fromkeys(found))


def _model(run: RunInfo) -> tuple[Fact, ...]:
    task = "one emotion per text" if run.task is Task.SINGLE_LABEL else "any number of emotions per text"
    return (
        Fact("Directory", run.model, code=True),
        Fact("SHA-256", run.model_sha256, code=True),
        Fact("Architecture", run.architecture),
        *((Fact("Input defence", ", ".join(run.defence)),) if run.defence else ()),
        Fact("Parameters", numbers.count(run.parameters)),
        Fact("Task", task),
        Fact("Labels", ", ".join(run.labels)),
        Fact("Longest input", f"{numbers.count(run.max_length)} tokens"),
    )


def _data(data: DataInfo) -> tuple[Fact, ...]:
    return (
        Fact("Path", data.path, code=True),
        Fact("SHA-256", data.sha256, code=True),
        Fact("Rows used", numbers.count(data.rows)),
        Fact("Rows left out", numbers.count(data.skipped_rows)),
        Fact("By label", ", ".join(f"{label} {numbers.count(n)}" for label, n in data.label_counts.items())),
    )


def _duplicates(found: int | None) -> str:
    return "unknown (no training data named)" if found is None else numbers.count(found)


def _protocol(report: AuditReport) -> tuple[Fact, ...]:
    run = report.run
    policy = (Fact("Policy", run.policy, code=True),) if run.policy else (Fact("Policy", "none, nothing was judged"),)
    return (
        Fact("Profile", f"{run.profile}, version {run.profile_version}"),
        Fact("Changed of the profile", _changes(run.profile_changes)),
        Fact("Seed", str(run.seed), code=True),
        Fact("Examples audited", numbers.count(run.examples)),
        Fact(
            "Examples attacked",
            f"{numbers.count(run.attacked_examples)}, stratified by label",
        ),
        *policy,
        *((Fact("Policy SHA-256", run.policy_sha256, code=True),) if run.policy_sha256 else ()),
        Fact("robust-emo", run.robust_emo, code=True),
        Fact("Schema of audit.json", report.schema_version, code=True),
    )


def _changes(changes: tuple[str, ...] | None) -> str:
    return "not recorded" if changes is None else ", ".join(changes) or "nothing"


def _cost(run: RunInfo) -> tuple[Fact, ...]:
    cost = run.cost
    return (
        Fact("Started", cost.started_at),
        Fact("Duration", numbers.duration(cost.seconds) + (" (resumed)" if cost.resumed else "")),
        Fact("Device", f"{run.device}, {run.precision}"),
        Fact("Texts through the model", numbers.count(cost.physical_queries)),
        Fact("Texts from the cache", numbers.count(cost.cached_queries)),
    )
