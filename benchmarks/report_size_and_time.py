"""How large report.html is, how long it takes to make, and when a browser has painted it.

    python benchmarks/report_size_and_time.py [standard] [thousand] [full] [--repeats 5] [--audit DIRECTORY]

Without `--audit` the audits are made up by `tests/report_factory.py`: `standard` has 4 attacks on 200 texts, `thousand`
10 attacks on 1,000 texts, `full` 40 attacks on 1,000 texts with privacy, a baseline and 780 pairs of attacks; all have
heat maps. Rendering is from audit.json and outcomes.jsonl as files, reading included, after one that is not counted:
seconds of the processor, and of the clock, which a busy machine stretches. First paint is `first-contentful-paint` of
Chromium, from the start of the navigation to the file, with a fresh process each time; the median of the repeats is
printed with their range.
"""

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import explanation_factory as explanations
import report_factory as factory
from browser import CHROMIUM, Browser, Tab
from privacy_factory import membership_section
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.json import dump_report

from robust_emo.audit_file import read_audit
from robust_emo.audits.outcomes import dump_outcomes, read_outcomes
from robust_emo.baseline_audit import BaselineAudit
from robust_emo.since_baseline import since_baseline

_PAINTED = """
new Promise((resolve) => {
  const found = () => performance.getEntriesByName("first-contentful-paint")[0];
  const look = () => found() ? resolve(found().startTime) : setTimeout(look, 5);
  look();
})
"""


def main() -> None:
    """Print one row per audit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("made", nargs="*", default=["standard", "thousand", "full"], help="made-up audits")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--audit", type=Path, help="finished audit, instead of made-up ones")
    asked = parser.parse_args()
    print("| audit | audit.json | report.html | left out | rendering, processor | rendering, clock | first paint |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        audits = [asked.audit] if asked.audit else [_made(Path(folder), name) for name in asked.made]
        for audit in audits:
            _measure(audit, Path(folder), asked.repeats)


def _measure(audit: Path, folder: Path, repeats: int) -> None:
    seconds, processor, html = [], [], b""
    for _ in range(repeats + 1):
        begun, worked = time.perf_counter(), time.process_time()
        html = HtmlReporter().render(read_audit(audit), tuple(read_outcomes(audit / "outcomes.jsonl")))
        seconds.append(time.perf_counter() - begun)
        processor.append(time.process_time() - worked)
    page = folder / "page.html"
    page.write_bytes(html)
    painted = [_first_paint(page, folder / f"profile-{audit.name}-{row}") for row in range(repeats if CHROMIUM else 0)]
    sizes = f"{(audit / 'audit.json').stat().st_size / 1000:.0f} kB | {len(html) / 1000:.0f} kB"
    times = f"{_text(processor[1:], 's')} | {_text(seconds[1:], 's')} | {_text(painted, 'ms')}"
    print(f"| {audit.name} | {sizes} | {html.count(b'left-out')} | {times} |")


def _first_paint(page: Path, profile: Path) -> float:
    """Milliseconds."""
    browser = Browser(profile)
    try:
        tab = Tab(browser)
        tab.open(page, 1280, height=800)
        return float(tab.evaluate(_PAINTED))
    finally:
        browser.close()


def _text(found: list[float], unit: str) -> str:
    if not found:
        return "not measured"
    digits = 2 if unit == "s" else 0
    return f"{statistics.median(found):.{digits}f} {unit} ({min(found):.{digits}f} to {max(found):.{digits}f})"


def _made(folder: Path, name: str) -> Path:
    attacks, examples = {"standard": (4, 200), "thousand": (10, 1000), "full": (40, 1000)}[name]
    outcomes = _outcomes(attacks, examples)
    report = factory.make_report(outcomes)
    sections = [*report.sections, explanations.make_section()]
    if name == "full":
        sections.append(membership_section())
    report = replace(report, sections=tuple(sections))
    if name == "full":
        earlier = replace(
            report, run=replace(report.run, cost=replace(report.run.cost, started_at="2026-01-01T00:00:00Z"))
        )
        beside = BaselineAudit(earlier, tuple(outcomes)).beside(report, outcomes)
        report = replace(report, since_baseline=since_baseline(beside, report))
    audit = folder / name
    audit.mkdir()
    (audit / "audit.json").write_bytes(dump_report(report))
    (audit / "outcomes.jsonl").write_bytes(dump_outcomes(outcomes))
    return audit


def _outcomes(attacks: int, examples: int) -> list:
    """The four made-up attacks again and again, each time under another name."""
    families = ("deepwordbug", "pruthi", "synonyms", "unicode")
    factory.ATTACKS = families
    made = factory.make_outcomes(examples=examples)
    names = [f"{families[row % 4]}-{row // 4}" if row >= 4 else families[row] for row in range(attacks)]
    factory.ATTACKS = tuple(names)
    of = {family: [outcome for outcome in made if outcome.plugin == family] for family in families}
    return [replace(outcome, plugin=name) for name in names for outcome in of[name.partition("-")[0]]]


if __name__ == "__main__":
    main()
