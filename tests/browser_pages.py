"""The pages that tests look at in a browser. Every test of all pages takes one more when it stands in PAGES."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import explanation_factory as explanations
import privacy_factory as privacy
import report_factory as factory
from compared_audits import better_model, compared, of_model
from hostile_audit import hostile_audit
from robust_emo_reports.comparison_html import ComparisonHtml
from robust_emo_reports.history_html import HistoryHtml
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.json import dump_report
from shown_page import HOSTILE

from robust_emo.history.collect import read_history
from robust_emo.types import AttackedPair, AttackOutcome, AuditReport, Counterfactual, Section

_MORE = "ha\u200bp\u2060py\ufeff", "<a href=//127.0.0.1:9/>", "\u05d0\u05d1 1"
INERT = " ".join((*(text for text in HOSTILE if len(text) < 100), *_MORE))
"""Everything that tries to break out of a page, and a right-to-left word, in one text."""
LONG = "x" * 100_000
"""A text of one line, and one word."""


def everything(examples: int = 200) -> tuple[AuditReport, list[AttackOutcome]]:
    """An audit with a section of every kind."""
    outcomes = factory.make_outcomes(examples=examples) + factory.make_reductions(examples=examples)
    report = factory.defended(factory.make_report(outcomes, errored=True))
    more = (
        factory.certificate_section(),
        privacy.membership_section(),
        privacy.personal_section(),
        privacy.disclosure_section(),
        Section("privacy", "canaries", "1", {}, error="FileNotFoundError: the seal is gone"),
        explanations.make_section(),
        Section("fairness", "dialects", "1", {}, metrics=(factory.proportion("dialect_gap", 12, 90),)),
    )
    run = replace(report.run, privacy=privacy.LEDGER)
    return replace(report, run=run, sections=(*report.sections, *more)), outcomes


def _report() -> bytes:
    return HtmlReporter(max_examples=24).render(*everything())


def _standard() -> bytes:
    outcomes = factory.survivors(factory.make_outcomes())
    return HtmlReporter().render(factory.defended(factory.make_report(outcomes, standard=True)), outcomes)


def _comparison() -> bytes:
    before = factory.make_outcomes()
    after = better_model(before)
    return _compared(
        (factory.make_report(before), before),
        (of_model(factory.defended(factory.make_report(after, errored=True)), "feedback-hard"), after),
    )


def _compared(old: tuple[AuditReport, list[AttackOutcome]], new: tuple[AuditReport, list[AttackOutcome]]) -> bytes:
    with TemporaryDirectory() as folder:
        return ComparisonHtml(mask=False, max_examples=24).render(compared(Path(folder), old, new))


def _hostile(name: str, text: str) -> bytes:
    """`name` wherever a stranger can name something, in every section, and `text` for every text."""
    report, outcomes = hostile_audit(*everything(examples=40), name)
    sections = (replace(s, explanation=_about(text)) if s.explanation else s for s in report.sections)
    attacked = [replace(o, original=text, perturbed=o.perturbed and f"{text}!") for o in outcomes]
    return HtmlReporter(mask=False, max_examples=8).render(replace(report, sections=tuple(sections)), attacked)


def _about(text: str):
    """Explanations of that text alone."""
    one = explanations.explain(f"so happy {text} today", text, example_id=text, label=(text,), predicted=(text,))
    return replace(
        explanations.make_findings(),
        shown=(one, replace(one, target="joy"), replace(one, example_id="other")),
        pairs=(AttackedPair(text, one, explanations.explain(f"so sad {text} today", text)),),
        counterfactuals=(Counterfactual(text, text, f"{text} so", (text,), (text,), text, 1),),
    )


def _hostile_comparison() -> bytes:
    """Of texts, labels and attacks by a stranger."""
    before = factory.make_outcomes(examples=40)
    strange = [replace(o, original=f"{INERT} {o.original}", perturbed=o.perturbed and INERT) for o in before]
    after = better_model(strange)
    return _compared((factory.make_report(strange), strange), (of_model(factory.make_report(after), INERT), after))


def _history() -> bytes:
    """Audits of a month: other models, other seeds."""
    report = factory.make_report(factory.make_outcomes(examples=30))
    with TemporaryDirectory() as folder:
        for day in range(1, 29):
            cost = replace(report.run.cost, started_at=f"2026-02-{day:02}T09:00:00Z")
            run = replace(report.run, cost=cost, seed=day % 9, model_sha256=f"{day // 5:02x}" * 32)
            (Path(folder) / str(day)).mkdir()
            (Path(folder) / str(day) / "audit.json").write_bytes(dump_report(replace(report, run=run)))
        return HistoryHtml().render(read_history(Path(folder), metrics=("accuracy", "mean_queries"), save=False))


PAGES: dict[str, Callable[[], bytes]] = {
    "report": _report,
    "standard": _standard,
    "comparison": _comparison,
    "history": _history,
    "hostile": lambda: _hostile(INERT, INERT),
    "long": lambda: _hostile(LONG[:1000], LONG),
    "hostile-comparison": _hostile_comparison,
}
