"""Where the numbers come from: enough for a reader to run the same audit again."""

from dataclasses import dataclass

from robust_emo.types import AuditReport, DataInfo, RunInfo, Task

from . import numbers
from .language import later, say
from .profile_text import profile_name, setting_name
from .retelling import retold, retold_if_known
from .section_view import Fact, SectionView, section_view


@dataclass(frozen=True, slots=True)
class ProvenanceView:
    """Facts in groups, warnings apart."""

    command: str
    groups: tuple[tuple[str, tuple[Fact, ...]], ...]
    warnings: tuple[str, ...]
    english: tuple[str, ...]
    """Those of the warnings that are left in English on a page in another language: see :mod:`~.retelling`."""
    sections: tuple[SectionView, ...]


def provenance_view(report: AuditReport) -> ProvenanceView:
    """View of :class:`~robust_emo.types.RunInfo` and of every section's arguments and notes."""
    run = report.run
    groups = [
        (say("Model"), _model(run)),
        (say("Audited data"), _data(run.data)),
        (say("Training data"), _data(run.train_data) if run.train_data else (Fact(say("Path"), say("unknown")),)),
        *([(say("Texts held out of the training"), _data(run.holdout_data))] if run.holdout_data else []),
        (say("Overlap"), (Fact(say("Audited texts also in the training data"), _duplicates(run.train_duplicates)),)),
        (say("Protocol"), _protocol(report)),
        (say("Cost"), _cost(run)),
        (say("Packages"), tuple(Fact(name, version, code=True) for name, version in run.packages.items())),
    ]
    return ProvenanceView(
        command=run.command,
        groups=tuple(groups),
        warnings=warnings(run),
        english=tuple(warning for warning in run.warnings if retold(warning) is None),
        sections=tuple(section_view(section) for section in report.sections),
    )


def warnings(run: RunInfo) -> tuple[str, ...]:
    """What may make the numbers better or worse than they are; shown near the top."""
    found = list(map(retold_if_known, run.warnings))
    if run.train_duplicates:
        found.append(
            say(
                "{n} of {all} audited texts also stand in the training data; the model may have learnt them by heart, "
                "so clean numbers can be too good.",
                n=numbers.count(run.train_duplicates),
                all=numbers.count(run.data.rows),
            )
        )
    if run.truncated_texts:
        found.append(
            say(
                "{n} audited texts are longer than {tokens} tokens and were cut.",
                n=numbers.count(run.truncated_texts),
                tokens=run.max_length,
            )
        )
    if run.data.skipped_rows:
        skipped = numbers.count(run.data.skipped_rows)
        found.append(say("{n} rows of the audited data were bad and left out.", n=skipped))
    return tuple(dict.fromkeys(found))


def profile_text(run: RunInfo) -> str:
    """``standard 2``, with what was replaced of it: ``standard 2, changed: attacks, examples``."""
    return profile_name(run.profile_text)


def _model(run: RunInfo) -> tuple[Fact, ...]:
    task = later("one emotion per text") if run.task is Task.SINGLE_LABEL else later("any number of emotions per text")
    return (
        Fact(say("Directory"), run.model, code=True),
        Fact(say("SHA-256"), run.model_sha256, code=True),
        Fact(say("Architecture"), run.architecture),
        *((Fact(say("Input defence"), ", ".join(run.defence)),) if run.defence else ()),
        Fact(say("Parameters"), numbers.count(run.parameters)),
        Fact(say("Task"), say(task)),
        Fact(say("Labels"), ", ".join(run.labels)),
        Fact(say("Longest input"), say("{n} tokens", n=numbers.count(run.max_length))),
    )


def _data(data: DataInfo) -> tuple[Fact, ...]:
    return (
        Fact(say("Path"), data.path, code=True),
        Fact(say("SHA-256"), data.sha256, code=True),
        Fact(say("Rows used"), numbers.count(data.rows)),
        Fact(say("Rows left out"), numbers.count(data.skipped_rows)),
        Fact(say("By label"), ", ".join(f"{label} {numbers.count(n)}" for label, n in data.label_counts.items())),
    )


def _duplicates(found: int | None) -> str:
    return say("unknown (no training data named)") if found is None else numbers.count(found)


def _protocol(report: AuditReport) -> tuple[Fact, ...]:
    run = report.run
    policy = (
        Fact(say("Policy"), run.policy, code=True)
        if run.policy
        else Fact(say("Policy"), say("none, nothing was judged"))
    )
    return (
        Fact(say("Profile"), say("{profile}, version {version}", profile=run.profile, version=run.profile_version)),
        Fact(say("Changed of the profile"), _changes(run.profile_changes)),
        Fact(say("Seed"), str(run.seed), code=True),
        Fact(say("Examples audited"), numbers.count(run.examples)),
        Fact(
            say("Examples attacked"),
            say("{n}, stratified by label", n=numbers.count(run.attacked_examples)),
        ),
        policy,
        *((Fact(say("Policy SHA-256"), run.policy_sha256, code=True),) if run.policy_sha256 else ()),
        Fact("robust-emo", run.robust_emo, code=True),
        Fact(say("Schema of audit.json"), report.schema_version, code=True),
    )


def _changes(changes: tuple[str, ...] | None) -> str:
    if changes is None:
        return say("not recorded")
    return say(", ").join(map(setting_name, changes)) or say("nothing")


def _cost(run: RunInfo) -> tuple[Fact, ...]:
    cost, duration = run.cost, numbers.duration(run.cost.seconds)
    return (
        Fact(say("Started"), cost.started_at),
        Fact(say("Duration"), say("{duration} (resumed)", duration=duration) if cost.resumed else duration),
        Fact(say("Device"), f"{run.device}, {run.precision}"),
        Fact(say("Texts through the model"), numbers.count(cost.physical_queries)),
        Fact(say("Texts from the cache"), numbers.count(cost.cached_queries)),
    )
