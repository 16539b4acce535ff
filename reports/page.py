"""The whole page as one typed value; templates only lay it out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from robust_emo.types import AttackOutcome, AuditReport, Metric, Section, Task

from . import numbers
from .adaptive_view import AdaptiveView, adaptive_view
from .certificate_view import CERTIFICATE, CertificateView, certificate_view
from .clean_view import CleanView, clean_view
from .examples_view import ExamplesView, examples_view
from .explanation_view import EXPLANATION, ExplanationsView, explanations_view
from .frameworks_view import FrameworkView, frameworks_view
from .glossary import glossary
from .language import say
from .limits import limits
from .metric_view import MetricView, find, find_view
from .model_name import model_name
from .policy_view import PolicyView, policy_view
from .privacy_view import PRIVACY, PrivacyView, privacy_view
from .provenance_view import ProvenanceView, profile_text, provenance_view
from .repeated_command import command_with
from .robustness_view import ENSEMBLE, HEADLINE, RobustnessView, of_changes, robustness_view
from .scope_view import ScopeView, scope_view
from .section_view import SectionView, section_view
from .sign_off_view import SignOffView, sign_off_view
from .since_view import SinceView, since_view
from .verdict_view import VerdictView, verdict_view
from .visible import shortened

FILES = ("audit.json", "outcomes.jsonl", "answers.jsonl")
"""Of an audit, which its page names."""


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number of the strip below the verdict."""

    title: str
    metric: MetricView
    beside: MetricView | None = None
    """The same where only changed texts that keep their emotion count."""
    few_words: MetricView | None = None
    """Accuracy left where at most three words may change, to hold against the worst case."""


@dataclass(frozen=True, slots=True)
class AuditFile:
    """One file of the audit."""

    name: str
    linked: bool
    """Whether it lies beside the page."""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything report.html says."""

    name: str
    summary: str
    """Model, data and protocol in one line."""
    started: str
    verdict: VerdictView
    scope: ScopeView
    headlines: tuple[KeyFigure, ...]
    """Clean performance and the worst case."""
    successes: tuple[KeyFigure, ...]
    """Success rate of each attack that ran on every text."""
    since: SinceView | None
    """Null where no baseline was given."""
    clean: tuple[CleanView, ...]
    robustness: RobustnessView | None
    adaptive: AdaptiveView | None
    """Null for a model without an input defence."""
    examples: ExamplesView
    certificates: tuple[CertificateView, ...]
    privacy: PrivacyView | None
    """Null where nothing was promised and nothing measured."""
    explanations: ExplanationsView | None
    """Null where no explanation was asked for."""
    others: tuple[SectionView, ...]
    """Sections of kinds that have no layout of their own."""
    provenance: ProvenanceView
    single_label: bool
    frameworks: tuple[FrameworkView, ...]
    policy: PolicyView
    limits: tuple[str, ...]
    """What the audit cannot tell."""
    glossary: tuple[tuple[str, str], ...]
    files: tuple[AuditFile, ...]
    sign_off: SignOffView
    attack_command: str
    """Repeats the audit with attacks, in another directory; for audits without."""
    explain_command: str
    """Likewise with explanations."""
    left_out: tuple[str, ...] = ()
    """What has no place on a page of this size, and where it is; see :mod:`~.page_size`."""

    @property
    def unmeasured(self) -> bool:
        """Whether the audit left out robustness, privacy or explanations."""
        return not (self.robustness and self.privacy and self.explanations)


def page(
    report: AuditReport,
    outcomes: Sequence[AttackOutcome],
    *,
    max_examples: int,
    masked: bool,
    beside: Collection[str] = FILES,
) -> Page:
    """Build every view; `beside` names the files that lie where the page is written."""
    run = report.run
    evasion = [section for section in report.sections if section.kind == "evasion"]
    clean = [section for section in report.sections if section.kind == "clean"]
    own_part = ("clean", "evasion", CERTIFICATE, PRIVACY, EXPLANATION)
    others = [section for section in report.sections if section.kind not in own_part]
    changes = of_changes(outcomes, evasion)
    explanations, privacy = explanations_view(report, masked=masked), privacy_view(report)
    verdict = verdict_view(report)
    return Page(
        name=model_name(run.model),
        summary=say(
            "{architecture} · {n} texts, {emotions} emotions · profile {profile} · seed {seed}",
            architecture=run.architecture,
            n=numbers.count(run.examples),
            emotions=len(run.labels),
            profile=profile_text(run),
            seed=run.seed,
        ),
        started=run.cost.started_at,
        verdict=verdict,
        scope=scope_view(report),
        headlines=_headlines(clean, evasion, [each for each in report.sections if each.membership], run.task),
        successes=_successes(evasion),
        since=since_view(report),
        clean=tuple(clean_view(section, run.labels) for section in clean),
        robustness=robustness_view(report, outcomes),
        adaptive=adaptive_view(run, evasion),
        examples=examples_view(changes, recorded=bool(outcomes), limit=max_examples, masked=masked),
        certificates=tuple(certificate_view(section) for section in report.sections if section.kind == CERTIFICATE),
        privacy=privacy,
        explanations=explanations,
        others=tuple(section_view(section) for section in others),
        provenance=provenance_view(report),
        single_label=run.task is Task.SINGLE_LABEL,
        frameworks=frameworks_view(report),
        policy=policy_view(report),
        limits=limits(report),
        glossary=glossary(explanations=explanations is not None, privacy=privacy is not None),
        files=tuple(AuditFile(name, name in beside) for name in FILES),
        sign_off=sign_off_view(report, verdict.status),
        attack_command=command_with(report, "evasion"),
        explain_command=command_with(report, "explanation"),
    )


def _headlines(
    clean: Sequence[Section], evasion: Sequence[Section], membership: Sequence[Section], task: Task
) -> tuple[KeyFigure, ...]:
    names = ("macro_f1", "accuracy") if task is Task.SINGLE_LABEL else ("macro_f1", "micro_f1")
    as_written = [find_view(_measured(section), name) for section in clean[:1] for name in names]
    wanted = [(section, HEADLINE) for section in evasion if section.plugin == ENSEMBLE]
    wanted += [(section, name) for section in membership for name in ("membership_auc", "tpr_at_fpr_1pct")]
    others = [find_view(_measured(section), name) for section, name in wanted]
    return (
        *(KeyFigure(say("{title}, clean", title=metric.title), metric) for metric in as_written),
        *(KeyFigure(metric.title, metric) for metric in others),
    )


def _successes(evasion: Sequence[Section]) -> tuple[KeyFigure, ...]:
    """None in a standard ensemble, whose attacks ran on what others had left: their rates do not compare."""
    rate = "attack_success_rate"
    attacks = [section for section in evasion if section.plugin != ENSEMBLE]
    if not any(find(section.metrics, rate) for section in attacks):
        return ()
    return tuple(
        KeyFigure(
            shortened(section.plugin),
            find_view(_measured(section), rate),
            find_view(_measured(section), "valid_success_rate"),
            find_view(_measured(section), "accuracy_under_attack_3_words"),
        )
        for section in attacks
        if section.error or find(section.metrics, rate)
    )


def _measured(section: Section) -> tuple[Metric, ...]:
    """A section that crashed measured nothing, whatever it left behind."""
    return () if section.error else section.metrics
