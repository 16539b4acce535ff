"""Privacy: what was promised beside what an attacker gets."""

from dataclasses import dataclass, replace

from robust_emo.types import AuditReport, ExposedExample, Membership, MembershipAttack, Rate, Section

from . import numbers
from .disclosure_view import DISCLOSURE, DisclosureView, disclosure_view
from .language import say
from .leak_view import LeakView, leak_view
from .ledger_view import LedgerView, ledger_view
from .metric_view import MetricView, metric_view
from .personal_view import PersonalView, personal_view
from .roc_plot import RocPlot, roc_plot
from .section_view import SectionView, section_view
from .visible import shortened, visible

PRIVACY = "privacy"


@dataclass(frozen=True, slots=True)
class RateView:
    """A share with its interval; both say so where it was not measured."""

    value: str
    interval: str
    measured: bool


@dataclass(frozen=True, slots=True)
class AttackRow:
    """One way to tell members from non-members."""

    name: str
    meaning: str
    paper: str
    auc: RateView
    found: RateView
    wronged: RateView
    over_blind: RateView | None
    """Null for the baseline itself."""
    p_value: str


@dataclass(frozen=True, slots=True)
class ExposedRow:
    """A training text that stands out."""

    example: str
    labels: str
    share: str


@dataclass(frozen=True, slots=True)
class MembershipView:
    """One section of membership."""

    section: SectionView
    """Its metrics are those of single emotions."""
    groups: tuple[MetricView, ...]
    """Those of single groups; empty where there are none."""
    leaks: bool
    finding: str
    differ: bool
    plot: RocPlot
    attacks: tuple[AttackRow, ...]
    """The baseline is the last."""
    exposed: tuple[ExposedRow, ...]


@dataclass(frozen=True, slots=True)
class PrivacyView:
    """All of it."""

    leak: LeakView
    """The answer in a few lines."""
    ledger: LedgerView | None
    """Null for a model that was not trained privately."""
    memberships: tuple[MembershipView, ...]
    personal: tuple[PersonalView, ...]
    disclosures: tuple[DisclosureView, ...]
    others: tuple[SectionView, ...]
    """Sections of this kind without a layout of their own, and those that failed."""


def privacy_view(report: AuditReport) -> PrivacyView | None:
    """None where nothing was promised and nothing measured."""
    sections = [section for section in report.sections if section.kind == PRIVACY]
    if not sections and report.run.privacy is None:
        return None
    return PrivacyView(
        leak=leak_view(sections),
        ledger=None if report.run.privacy is None else ledger_view(report.run.privacy),
        memberships=tuple(
            _membership(section, section.membership)
            for section in sections
            if section.membership is not None and section.error is None
        ),
        personal=tuple(personal_view(section) for section in sections if section.personal and section.error is None),
        disclosures=tuple(
            disclosure_view(section) for section in sections if section.plugin == DISCLOSURE and section.error is None
        ),
        others=tuple(section_view(section) for section in sections if not _has_layout(section)),
    )


def _has_layout(section: Section) -> bool:
    return section.error is None and (
        section.membership is not None or bool(section.personal) or section.plugin == DISCLOSURE
    )


def _membership(section: Section, membership: Membership) -> MembershipView:
    rows = [_row(attack) for attack in (*membership.attacks, membership.blind)]
    return MembershipView(
        section=section_view(section, metrics=_per_part(section, "membership_auc")),
        groups=_per_part(section, "group_membership_auc"),
        leaks=membership.leaks,
        finding=section.notes[0] if section.notes else "",
        differ=membership.sets_differ,
        plot=roc_plot(membership.attacks, membership.blind),
        attacks=tuple(rows),
        exposed=tuple(map(_exposed, membership.exposed)),
    )


def _per_part(section: Section, name: str) -> tuple[MetricView, ...]:
    own = [metric for metric in section.metrics if metric.name == name and metric.label is not None]
    return tuple(metric_view(replace(metric, label=shortened(visible(metric.label or "")))) for metric in own)


def _row(attack: MembershipAttack) -> AttackRow:
    return AttackRow(
        name=shortened(attack.name),
        meaning=attack.meaning,
        paper=attack.paper,
        auc=_decimal(attack.auc),
        found=_percent(attack.found_1pct),
        wronged=_percent(attack.wronged_1pct),
        over_blind=None if attack.over_blind is None else _decimal(attack.over_blind),
        p_value=numbers.p_value(attack.p_value),
    )


def _decimal(rate: Rate) -> RateView:
    ends = f"{numbers.decimal(rate.ci_low)}{numbers.RANGE}{numbers.decimal(rate.ci_high)}"
    return RateView(numbers.decimal(rate.value), ends, measured=True)


def _percent(rate: Rate | None) -> RateView:
    if rate is None:
        return RateView(say("not measured"), "", measured=False)
    return RateView(numbers.percent(rate.value), numbers.percent_range(rate.ci_low, rate.ci_high), measured=True)


def _exposed(example: ExposedExample) -> ExposedRow:
    return ExposedRow(shortened(example.example_id), ", ".join(example.labels), numbers.percent(example.share_above))
