"""The page of two compared audits as one typed value; templates only lay it out."""

from dataclasses import dataclass

from robust_emo.types import AuditComparison, AuditReport

from . import numbers
from .adaptive_view import AdaptiveView, adaptive_view
from .budget_chart import BudgetChart, before_and_after
from .change_view import SIDE_BY_SIDE, ChangeView, Headline, change_views, headline
from .flags_view import flag_view
from .model_name import model_name
from .robustness_view import ENSEMBLE, reduces
from .run_pair_view import RunPairView, run_pair_view
from .section_pair_view import MetricPair, SectionPair, Uncompared, metric_pair, section_pairs
from .visible import shortened
from .won_lost_view import ALL_ATTACKS, WonLostView, won_lost_view


@dataclass(frozen=True, slots=True)
class AttackPair:
    """Something of one attack, or of all together, in both audits."""

    attack: str
    chart: BudgetChart | None
    queries: MetricPair


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    """Everything comparison.html says."""

    before: str
    after: str
    """Names of the models."""
    summary: str
    attacked: bool
    """False: neither audit attacked, so that numbers stand side by side and nothing was tested."""
    headline: Headline
    cautions: tuple[str, ...]
    """Why the two may not compare, or numbers may be better than they are."""
    changes: tuple[ChangeView, ...]
    texts: str
    adaptive: AdaptiveView | None
    """Of the model after; null where it has no input defence."""
    clean: tuple[SectionPair, ...]
    attacks: tuple[AttackPair, ...]
    """Those run alike in both; the worst case first."""
    evasion: tuple[SectionPair, ...]
    others: tuple[SectionPair, ...]
    """Sections of other kinds, such as privacy and explanation."""
    uncompared: tuple[Uncompared, ...]
    examples: WonLostView
    runs: RunPairView

    @property
    def charts(self) -> tuple[AttackPair, ...]:
        """Attacks with a curve."""
        return tuple(attack for attack in self.attacks if attack.chart)

    @property
    def bounded(self) -> bool:
        """Whether some number of a curve is only an upper bound."""
        return any(attack.chart.bounded for attack in self.attacks if attack.chart)


def comparison_page(comparison: AuditComparison, *, max_examples: int, masked: bool) -> ComparisonPage:
    """Build every view."""
    old, new = comparison.old, comparison.new
    pairs, uncompared = section_pairs(old, new)
    changes = change_views(comparison.measures)
    evasion = sorted((pair for pair in pairs if pair.kind == "evasion"), key=lambda pair: pair.plugin != ENSEMBLE)
    texts = numbers.plural(len(comparison.texts), "text", "texts")
    return ComparisonPage(
        before=model_name(old.run.model),
        after=model_name(new.run.model),
        summary=(f"{texts} attacked in both · " if comparison.attacked else "")
        + f"profile {new.run.profile_text} · seed {new.run.seed}",
        attacked=comparison.attacked,
        headline=headline(changes) if comparison.attacked else SIDE_BY_SIDE,
        cautions=_cautions(comparison),
        changes=changes,
        texts=texts,
        adaptive=adaptive_view(new.run, [section for section in new.sections if section.kind == "evasion"]),
        clean=tuple(pair for pair in pairs if pair.kind == "clean"),
        attacks=tuple(_attack(pair) for pair in evasion if not reduces(pair.sections[0])),
        evasion=tuple(evasion),
        others=tuple(pair for pair in pairs if pair.kind not in ("clean", "evasion")),
        uncompared=uncompared,
        examples=won_lost_view(comparison, limit=max_examples, masked=masked),
        runs=run_pair_view(old, new, attacked=comparison.attacked),
    )


def _attack(pair: SectionPair) -> AttackPair:
    before, after = pair.sections
    return AttackPair(
        attack=ALL_ATTACKS if pair.plugin == ENSEMBLE else shortened(pair.plugin),
        chart=before_and_after(before, after, "words"),
        queries=metric_pair(before.metrics, after.metrics, "mean_queries"),
    )


def _cautions(comparison: AuditComparison) -> tuple[str, ...]:
    sides = ((comparison.old, "before"), (comparison.new, "after"))
    crashed = [
        f"Section {shortened(section.plugin)} did not run to its end (audit {name}): its numbers are missing, not zero."
        for report, name in sides
        for section in report.sections
        if section.error is not None
    ]
    notes = [f"{note[:1].upper()}{note[1:]}." for note in comparison.notes]
    return (*notes, *crashed, *(sentence for report, name in sides for sentence in _raised(report, name)))


def _raised(report: AuditReport, name: str) -> list[str]:
    """Self-diagnosis: a sign that appears after may be why numbers rose."""
    flags = [flag for section in report.sections if section.plugin == ENSEMBLE for flag in section.flags if flag.raised]
    return [
        f"{flag.title} (audit {name}): {flag.detail}. {flag.meaning} That model may be less robust than it looks."
        for flag in map(flag_view, flags)
    ]
