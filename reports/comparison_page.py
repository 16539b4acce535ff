"""The page of two compared audits as one typed value; templates only lay it out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from robust_emo.types import AuditComparison, AuditReport, NotTested

from .adaptive_view import AdaptiveView, adaptive_view
from .budget_chart import BudgetChart, before_and_after
from .change_view import ChangeView, Headline, change_views, headline, headlines
from .flags_view import FlagView, flag_view
from .language import later, say, say_counted
from .model_name import model_name
from .provenance_view import profile_text
from .robustness_view import ENSEMBLE, reduces
from .run_pair_view import RunPairView, run_pair_view
from .section_pair_view import MetricPair, SectionPair, Uncompared, metric_pair, section_pairs
from .visible import shortened
from .won_lost_view import ALL_ATTACKS, WonLostView, attack_name, won_lost_view

_CRASHED = {
    "before": later("Section {section} did not run to its end (audit before): its numbers are missing, not zero."),
    "after": later("Section {section} did not run to its end (audit after): its numbers are missing, not zero."),
}

_NOT_TESTED = {
    NotTested.NO_ANSWERS: later("neither audit has answers in answers.jsonl"),
    NotTested.NO_ANSWERS_OLD: later("the audit before has no answers in answers.jsonl"),
    NotTested.NO_ANSWERS_NEW: later("the audit after has no answers in answers.jsonl"),
    NotTested.OTHER_LABELS: later("the labels of the two models are not the same"),
    NotTested.OTHER_TASK: later("the tasks of the two models are not the same"),
    NotTested.NO_COMMON_TEXT: later("no text stands in both audits with the same gold labels"),
}


@dataclass(frozen=True, slots=True)
class AttackPair:
    """Something of one attack, or of all together, in both audits."""

    attack: str
    chart: BudgetChart | None
    queries: MetricPair


@dataclass(frozen=True, slots=True)
class Sign:
    """Of self-diagnosis: why the numbers of one audit may be better than they are."""

    flag: FlagView
    after: bool
    """Whether it is the audit after."""


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    """Everything comparison.html says."""

    before: str
    after: str
    """Names of the models."""
    summary: str
    attacked: bool
    """False: neither audit attacked, so that only texts as written may be tested."""
    status: str
    """Of all tests together: tone and sign of the result."""
    result: str
    """What all tests found, in words."""
    headlines: tuple[tuple[str, Headline], ...]
    """One for each family of tests, with the texts that it is about; empty where nothing was tested."""
    notes: tuple[str, ...]
    """Why the two may not compare, as the comparison says it, in English: see :mod:`~.retelling`."""
    crashed: tuple[str, ...]
    signs: tuple[Sign, ...]
    changes: tuple[ChangeView, ...]
    texts: str
    """How many were compared, in a sentence."""
    written: tuple[ChangeView, ...]
    """Tested on all texts as written."""
    not_written: str
    """Why they could not be; empty where they were."""
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
    def sides_named(self) -> bool:
        """Whether a note calls the audits old and new, as the terminal does, and not before and after, as the page."""
        return any(re.search(r"\b(old|new)\b", note) for note in self.notes)

    @property
    def tested(self) -> int:
        """How many measures of attacked texts were corrected together: those without a text were not tested."""
        return sum(change.change != "missing" for change in self.changes)

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
    changes, written = change_views(comparison.measures), change_views(comparison.written)
    found = headlines(changes, written)
    evasion = sorted((pair for pair in pairs if pair.kind == "evasion"), key=lambda pair: pair.plugin != ENSEMBLE)
    return ComparisonPage(
        before=model_name(old.run.model),
        after=model_name(new.run.model),
        summary=_summary(comparison),
        attacked=comparison.attacked,
        status=headline((*changes, *written)).status,
        result=_result(found),
        headlines=found,
        notes=tuple(f"{note[:1].upper()}{note[1:]}." for note in comparison.notes),
        crashed=(*_crashed(old, "before"), *_crashed(new, "after")),
        signs=(*_signs(old, after=False), *_signs(new, after=True)),
        changes=changes,
        written=written,
        not_written=say(_NOT_TESTED[comparison.not_written]) if comparison.not_written else "",
        texts=say_counted(
            len(comparison.texts),
            "The {n} text that both audits attacked, as written and under attack.",
            "The {n} texts that both audits attacked, as written and under attack.",
        ),
        adaptive=adaptive_view(new.run, [section for section in new.sections if section.kind == "evasion"]),
        clean=tuple(_untested(pair, written) for pair in pairs if pair.kind == "clean"),
        attacks=tuple(_attack(pair) for pair in evasion if not reduces(pair.sections[0])),
        evasion=tuple(evasion),
        others=tuple(pair for pair in pairs if pair.kind not in ("clean", "evasion")),
        uncompared=uncompared,
        examples=won_lost_view(comparison, limit=max_examples, masked=masked),
        runs=run_pair_view(old, new, attacked=comparison.attacked),
    )


def _result(found: Sequence[tuple[str, Headline]]) -> str:
    told = [say("{texts}: {change}", texts=about, change=each.word) for about, each in found]
    return say("; ").join(told) if told else say("Side by side")


def _untested(pair: SectionPair, written: Sequence[ChangeView]) -> SectionPair:
    """Without what was tested text by text, which stands above it."""
    if not written:
        return pair
    return replace(
        pair,
        metrics=tuple(each for each in pair.metrics if each.before.name != "accuracy"),
        by_label=tuple(each for each in pair.by_label if each.before.name != "recall"),
    )


def _attack(pair: SectionPair) -> AttackPair:
    before, after = pair.sections
    return AttackPair(
        attack=attack_name(ALL_ATTACKS if pair.plugin == ENSEMBLE else pair.plugin),
        chart=before_and_after(before, after, "words"),
        queries=metric_pair(before.metrics, after.metrics, "mean_queries"),
    )


def _summary(comparison: AuditComparison) -> str:
    run = comparison.new.run
    if not comparison.attacked:
        return say("profile {profile} · seed {seed}", profile=profile_text(run), seed=run.seed)
    return say_counted(
        len(comparison.texts),
        "{n} text attacked in both · profile {profile} · seed {seed}",
        "{n} texts attacked in both · profile {profile} · seed {seed}",
        profile=profile_text(run),
        seed=run.seed,
    )


def _crashed(report: AuditReport, name: str) -> list[str]:
    failed = [section for section in report.sections if section.error is not None]
    return [say(_CRASHED[name], section=shortened(section.plugin)) for section in failed]


def _signs(report: AuditReport, *, after: bool) -> list[Sign]:
    """Self-diagnosis: a sign that appears after may be why numbers rose."""
    flags = [flag for section in report.sections if section.plugin == ENSEMBLE for flag in section.flags if flag.raised]
    return [Sign(flag_view(flag), after) for flag in flags]
