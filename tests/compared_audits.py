"""A second audit of the texts of report_factory, of a model that is better here and worse there."""

from dataclasses import replace

from robust_emo_reports.json import dump_report

from robust_emo.audits.answers import dump_answers
from robust_emo.audits.outcomes import dump_outcomes
from robust_emo.model_comparison import compare_audits
from robust_emo.types import AttackOutcome, AuditComparison, AuditReport, Status


def better_model(outcomes: list[AttackOutcome]) -> list[AttackOutcome]:
    """The same attacks: `unicode` never succeeds, `pruthi` breaks four texts more, one text is read wrong itself."""
    lost = {o.example_id for o in outcomes if o.plugin == "pruthi" and o.status is Status.FAILED}
    lost = set(sorted(lost)[:4])
    read_wrong = next(o.example_id for o in outcomes if o.status is Status.FAILED and o.example_id not in lost)
    return [_hardened(outcome, lost, read_wrong) for outcome in outcomes]


def _hardened(outcome, lost, read_wrong):
    unbroken = {
        "perturbed": None, "predicted_after": None, "words_perturbed": None, "valid": None, "invalid_reasons": (),
    }  # fmt: skip
    if outcome.example_id == read_wrong:
        return replace(outcome, status=Status.SKIPPED, predicted=("surprise",), **unbroken)
    if outcome.plugin == "unicode" and outcome.status is Status.SUCCEEDED:
        return replace(outcome, status=Status.FAILED, out_of_queries=True, **unbroken)
    if outcome.plugin == "pruthi" and outcome.example_id in lost:
        return replace(
            outcome, status=Status.SUCCEEDED, perturbed=f"{outcome.original} reallly", predicted_after=("disgust",),
            words_perturbed=1, valid=False, invalid_reasons=("negation",),
        )  # fmt: skip
    return outcome


def compared(tmp_path, old, new) -> AuditComparison:
    """Two audits, each a report with its outcomes and perhaps its answers, through their files."""
    for name, (report, outcomes, *answers) in (("old", old), ("new", new)):
        (tmp_path / name).mkdir()
        for found in answers:
            (tmp_path / name / "answers.jsonl").write_bytes(dump_answers(found))
        (tmp_path / name / "audit.json").write_bytes(dump_report(report))
        (tmp_path / name / "outcomes.jsonl").write_bytes(dump_outcomes(outcomes))
    return compare_audits(tmp_path / "old", tmp_path / "new")


def of_model(report: AuditReport, name: str) -> AuditReport:
    sha = f"{len(name):x}" * 64
    return replace(report, run=replace(report.run, model=f"models/{name}", model_sha256=sha))
