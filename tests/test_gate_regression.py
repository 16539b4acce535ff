"""Gates with an earlier audit: paired where both attacked the same texts, from both intervals otherwise."""

import json
from dataclasses import replace

import pytest
from compared_audits import better_model, of_model
from report_factory import make_outcomes, make_report
from robust_emo_reports.json import dump_report

from robust_emo.answer_comparison import compare_answers
from robust_emo.audit_file import as_written
from robust_emo.audits.answers import dump_answers, read_answers
from robust_emo.audits.outcomes import dump_outcomes
from robust_emo.baseline_audit import BaselineAudit, read_finished
from robust_emo.errors import InputError
from robust_emo.gate import judge
from robust_emo.model_comparison import compare_outcomes
from robust_emo.policy import read_policy
from robust_emo.statistics.paired import PairedCounts, paired_difference
from robust_emo.types import Answer, Metric, VerdictStatus

PASS, FAIL = VerdictStatus.PASS, VerdictStatus.FAIL
INCONCLUSIVE, NOT_MEASURED = VerdictStatus.INCONCLUSIVE, VerdictStatus.NOT_MEASURED


@pytest.fixture(scope="module")
def old():
    outcomes = make_outcomes()
    return BaselineAudit(make_report(outcomes), tuple(outcomes))


@pytest.fixture(scope="module")
def new(old):
    """Better against `unicode`, worse by four texts against `pruthi`."""
    outcomes = better_model(list(old.outcomes))
    return BaselineAudit(of_model(make_report(outcomes), "better"), tuple(outcomes))


@pytest.fixture
def judged(tmp_path, old, new):
    def verdicts(metric, section, margin, more="", *, first=old, second=new, baseline=True):
        path = tmp_path / "policy.toml"
        lines = f'[[require]]\nmetric = "{metric}"\nsection = "{section}"\nmax_regression = {margin}\n{more}'
        path.write_text(lines, encoding="utf-8")
        beside = first.beside(second.report, second.outcomes, second.answers) if baseline else None
        return judge(read_policy(path), second.report.sections, baseline=beside)

    return verdicts


def test_what_became_better_passes_and_what_became_worse_by_little_is_undecided(judged):
    (unicode,) = judged("accuracy_under_attack", "evasion/unicode", 0.0)
    assert unicode.status is PASS
    assert unicode.check == "evasion/unicode/accuracy_under_attack regression <= 0"
    (pruthi,) = judged("accuracy_under_attack", "evasion/pruthi", 0.01)
    assert pruthi.status is INCONCLUSIVE
    assert "changed by -" in pruthi.explanation
    assert "the allowed -1 points lies within it" in pruthi.explanation
    assert judged("accuracy_under_attack", "evasion/pruthi", 0.2)[0].status is PASS


def test_what_became_worse_beyond_doubt_fails(judged, old, new):
    (unicode,) = judged("accuracy_under_attack", "evasion/unicode", 0.05, first=new, second=old)
    assert unicode.status is FAIL
    assert "all of it is below the allowed -5 points, so this check fails" in unicode.explanation


def test_attacked_texts_are_paired(judged, old, new):
    (verdict,) = judged("worst_case_accuracy", "evasion/ensemble", 0.02)
    (pair,) = (
        each
        for each in compare_outcomes(old.report, old.outcomes, new.report, new.outcomes)
        if each.measure == "worst_case_accuracy"
    )
    assert (verdict.metric.value, verdict.metric.ci_low) == (pair.gain.value, pair.gain.ci_low)
    assert (verdict.metric.method, verdict.metric.n) == ("newcombe-paired", pair.result.n)
    assert verdict.metric.name == "worst_case_accuracy_change"


def another_run(audit):
    """The same audit, made at another time."""
    run = audit.report.run
    return replace(
        audit, report=replace(audit.report, run=replace(run, cost=replace(run.cost, started_at="2020-01-01T00:00:00Z")))
    )


def test_an_audit_is_no_baseline_of_itself(judged, old):
    with pytest.raises(InputError, match="the baseline is the audit itself"):
        judged("accuracy", "clean", 0.2, first=old, second=old)


def test_a_model_does_not_regress_from_itself(judged, old):
    for metric, section in (("macro_f1", "clean"), ("worst_case_accuracy", "evasion/ensemble")):
        (verdict,) = judged(metric, section, 0.2, first=another_run(old), second=old)
        assert verdict.metric.value == 0
        assert verdict.status is PASS


def test_numbers_that_are_not_paired_have_the_wider_interval_of_two_audits(judged, old, new):
    (verdict,) = judged("macro_f1", "clean", 0.02)
    before, after = (next(m for m in audit.report.sections[0].metrics if m.name == "macro_f1") for audit in (old, new))
    assert verdict.metric.value == after.value - before.value
    low = verdict.metric.value - ((after.value - after.ci_low) ** 2 + (before.ci_high - before.value) ** 2) ** 0.5
    assert verdict.metric.ci_low == pytest.approx(low)
    assert verdict.metric.method == "from both intervals"


def answers(rights, label="joy"):
    return tuple(
        Answer(f"t{number}", (label,), (label if right else "anger",), f"{number:016x}")
        for number, right in enumerate(rights)
    )


def test_answers_to_texts_as_written_are_paired(judged, old):
    before, after = (
        answers([True] * 150 + [False] * 50),
        answers([True] * 130 + [False] * 20 + [True] * 10 + [False] * 40),
    )
    first, second = replace(another_run(old), answers=before), replace(old, answers=after)
    (verdict,) = judged("accuracy", "clean", 0.01, first=first, second=second)
    assert verdict.metric.value == pytest.approx(-0.05)
    assert verdict.metric.n == 200
    wanted = paired_difference(PairedCounts(both=130, only_first=10, only_second=20, neither=40))
    assert (verdict.metric.ci_low, verdict.metric.ci_high) == pytest.approx((wanted.low, wanted.high))
    assert verdict.metric.method == "newcombe-paired"
    by_label = judged("recall", "clean", 0.01, "per_class = true", first=first, second=second)
    joy = next(verdict for verdict in by_label if verdict.metric and verdict.metric.label == "joy")
    assert (joy.metric.value, joy.metric.n) == (pytest.approx(-0.05), 200)


def test_answers_are_read_back_as_they_were_written(tmp_path):
    found = answers([True, False])
    path = tmp_path / "answers.jsonl"
    path.write_bytes(dump_answers(found))
    assert read_answers(path) == found
    assert read_answers(tmp_path / "none.jsonl") == ()
    good = '{"example_id": "a", "label": ["joy"], "predicted": [], "text_sha256": "0"}\n'
    for text, message in (
        ('{"example_id": 3}\n', r"answers.jsonl, line 1: not an answer"),
        (good.replace('["joy"]', '"joy"'), "label must be a list of strings"),
        (good.replace('"a"', "1e999"), "must be strings"),
        (good + "[" * 100_000, "line 2: not an answer"),
        (good + good, "expected one answer per example"),
    ):
        path.write_text(text)
        with pytest.raises(InputError, match=message):
            read_answers(path)


def test_an_audit_writes_its_answers_and_does_not_regress_from_itself(cli, tiny_model, tmp_path):
    audit = ["audit", tiny_model, "--sections", "clean", "--no-cache", "-q"]
    policy = tmp_path / "policy.toml"
    policy.write_text('[[require]]\nmetric = "accuracy"\nsection = "clean"\nmax_regression = 0.1\n')
    assert cli(*audit, "--out", tmp_path / "old", "--policy", policy).code == 3
    ended = cli(*audit, "--out", tmp_path / "new", "--policy", policy, "--baseline", tmp_path / "old" / "audit.json")
    assert ended.code == 0, ended.err
    lost = cli(*audit, "--out", tmp_path / "old", "--policy", policy, "--baseline", tmp_path / "old" / "audit.json")
    assert (lost.code, "which this audit replaces" in lost.err) == (2, True)
    report = read_finished(tmp_path / "new")
    since = report.report.since_baseline
    assert (since.model, since.not_comparable) == (report.report.run.model, None)
    assert {each.change.value for each in since.measures} == {"cannot be told"}
    assert "macro_f1" in {number.metric.name for number in since.numbers}
    assert "Changed since the baseline" in (tmp_path / "new" / "report.html").read_text()
    assert len(report.answers) == report.report.run.examples
    (verdict,) = report.report.verdicts
    assert (verdict.metric.value, verdict.metric.n) == (0, report.report.run.examples)
    assert "--baseline" in report.report.run.command


def test_attacks_of_a_fresh_audit_are_compared_with_those_of_a_written_one(cli, tiny_model, tmp_path):
    """What one audit holds in memory and the other has from its file are the same settings."""
    audit = ["audit", tiny_model, "--sections", "clean,evasion,explanation", "--attacks", "letter-case,deepwordbug",
             "--examples", "24", "--section-arg", "explanation.texts=6", "--section-arg", "explanation.closely=2",
             "--section-arg", "explanation.sanity_texts=0", "--format", "json", "-q"]  # fmt: skip
    policy = tmp_path / "policy.toml"
    checks = (
        ("worst_case_accuracy", "evasion/ensemble"),
        ("accuracy_under_attack", "evasion/deepwordbug"),
        ("comprehensiveness", "explanation"),
    )
    lines = '[[require]]\nmetric = "{}"\nsection = "{}"\nmax_regression = 0.9\n'
    policy.write_text("".join(lines.format(*check) for check in checks))
    cli(*audit, "--out", tmp_path / "old", "--policy", policy)
    cli(*audit, "--out", tmp_path / "new", "--policy", policy, "--baseline", tmp_path / "old")
    verdicts = read_finished(tmp_path / "new").report.verdicts
    for name, was, now in (
        ("answers.jsonl", '"predicted": ["joy"]', '"predicted": ["fear"]'),
        ("outcomes.jsonl", '"status": "failed"', '"status": "skipped"'),
    ):
        kept = (tmp_path / "old" / name).read_text()
        assert was in kept
        (tmp_path / "old" / name).write_text(kept.replace(was, now))
        with pytest.raises(InputError, match=f"{name} is not of this audit: "):
            read_finished(tmp_path / "old")
        (tmp_path / "old" / name).write_text(kept)
    assert [verdict.status for verdict in verdicts] == [PASS, PASS, PASS]
    assert [verdict.metric.value for verdict in verdicts] == [0, 0, 0]
    assert [verdict.metric.method for verdict in verdicts[:2]] == ["newcombe-paired"] * 2


def test_settings_are_compared_as_they_are_written(old):
    """A plug-in may say its settings with tuples; a file has lists."""
    settings = {"letters": ("a", "b")}
    sections = tuple(replace(section, args=settings) for section in old.report.sections)
    found = as_written(replace(old.report, sections=sections))
    assert {tuple(section.args) for section in found.sections} == {("letters",)}
    assert all(section.args["letters"] == ["a", "b"] for section in found.sections)
    assert as_written(found) == found


def test_of_a_number_that_should_be_low_a_rise_is_the_regression(judged, old):
    def with_error(value):
        def changed(section):
            metrics = tuple(
                replace(m, value=value, ci_low=value - 0.01, ci_high=value + 0.01)
                if m.name == "expected_calibration_error"
                else m
                for m in section.metrics
            )
            return replace(section, metrics=metrics)

        return replace(old, report=replace(old.report, sections=tuple(map(changed, old.report.sections))))

    risen = judged("expected_calibration_error", "clean", 0.02, first=with_error(0.05), second=with_error(0.15))[0]
    fallen = judged("expected_calibration_error", "clean", 0.02, first=with_error(0.15), second=with_error(0.05))[0]
    assert (risen.status, fallen.status) == (FAIL, PASS)
    assert "above the allowed +0.02" in risen.explanation


def test_emotions_are_compared_one_by_one(judged, old):
    verdicts = judged("recall", "clean", 0.3, "per_class = true", first=another_run(old), second=old)
    assert {verdict.metric.label for verdict in verdicts} == set(old.report.run.labels)
    assert verdicts[0].check == f"clean/recall regression <= 0.3 [{verdicts[0].metric.label}]"


def test_what_cannot_be_compared_is_not_measured(judged, old, new):
    other = replace(old.report, run=replace(old.report.run, data=replace(old.report.run.data, sha256="0" * 64)))
    without = replace(old.report, sections=tuple(s for s in old.report.sections if s.kind != "clean"))
    versions = tuple(replace(s, version="0") if s.kind == "clean" else s for s in old.report.sections)
    for first, why in (
        (other, "The baseline audited other data"),
        (without, "The baseline has no section clean"),
        (replace(old.report, sections=versions), "in another version"),
    ):
        (verdict,) = judged("accuracy", "clean", 0.02, first=replace(old, report=first))
        assert verdict.status is NOT_MEASURED
        assert why in verdict.explanation
    (verdict,) = judged("accuracy", "clean", 0.02, baseline=False)
    assert verdict.status is NOT_MEASURED
    assert "name one with --baseline" in verdict.explanation
    (verdict,) = judged("mean_queries", "evasion/unicode", 3)
    assert verdict.status is NOT_MEASURED
    assert "has no good side" in verdict.explanation


def test_other_rows_or_labels_of_the_same_file_are_not_compared(judged, old):
    run = old.report.run
    fewer = replace(run, labels=run.labels[:-1])
    dropped = replace(run, data=replace(run.data, rows=run.data.rows - 1))
    relabelled = replace(run, data=replace(run.data, label_counts={**run.data.label_counts, run.labels[0]: 1}))
    for changed, why in ((fewer, "other labels"), (dropped, "other rows"), (relabelled, "other rows or labels")):
        first = another_run(replace(old, report=replace(old.report, run=changed)))
        (verdict,) = judged("accuracy", "clean", 0.2, first=first, second=old)
        assert verdict.status is NOT_MEASURED
        assert why in verdict.explanation


def test_answers_to_other_texts_under_the_same_id_are_no_pairs(old):
    found = answers([True] * 50)
    other = tuple(replace(answer, text_sha256="f" * 16) for answer in found[:20]) + found[20:]
    assert compare_answers(found, other, ("joy",))[0].result.n == 30


def test_attacks_that_stopped_when_certain_are_not_paired(judged, old):
    def stopped(section):
        metrics = tuple(replace(m, method="anytime-beta") if m.method == "wilson" else m for m in section.metrics)
        return replace(section, metrics=metrics)

    second = replace(old, report=replace(old.report, sections=tuple(map(stopped, old.report.sections))))
    (verdict,) = judged("worst_case_accuracy", "evasion/ensemble", 0.2, second=second)
    assert verdict.metric.method == "from both intervals"
    assert "texts not paired" in verdict.explanation


def test_a_number_of_one_audit_alone_is_not_measured(judged, old):
    def added(section):
        extra = Metric("own_metric", 0.5, 0.4, 0.6, 100, 0.95, True, None, "bootstrap")
        return replace(section, metrics=(*section.metrics, extra)) if section.kind == "clean" else section

    second = replace(old, report=replace(old.report, sections=tuple(map(added, old.report.sections))))
    (verdict,) = judged("own_metric", "clean", 0.1, second=second)
    assert verdict.status is NOT_MEASURED
    assert "The baseline has no own_metric" in verdict.explanation


def written(folder, audit):
    """On disk, without the single crashes of the made-up audit, which no gate lets through."""
    folder.mkdir()
    sections = tuple(replace(section, counts={}) for section in audit.report.sections)
    (folder / "audit.json").write_bytes(dump_report(replace(audit.report, sections=sections)))
    (folder / "outcomes.jsonl").write_bytes(dump_outcomes(audit.outcomes))
    return folder


def test_the_command_takes_the_baseline(cli, tmp_path, old, new):
    first, second = written(tmp_path / "old", old), written(tmp_path / "new", new)
    policy = tmp_path / "policy.toml"
    policy.write_text(
        '[[require]]\nmetric = "accuracy_under_attack"\nsection = "evasion/unicode"\nmax_regression = 0.05\n'
    )
    for audit, baseline, code in ((second, first, 0), (first, second, 1)):
        ended = cli("gate", audit, "--policy", policy, "--baseline", baseline / "audit.json")
        assert ended.code == code, ended.out
        assert "asks nothing about the baseline" not in ended.out
    ended = cli("gate", second, "--policy", policy)
    assert ended.code == 3
    assert "--baseline" in ended.out
    ended = cli("gate", second, "--policy", "minimal", "--baseline", first)
    assert "accuracy_under_attack: unicode      better: +" in ended.out
    ungated = "The policy asks nothing about the baseline (no max_regression), so what changed does not count."
    assert ended.out.count(ungated) == 1
    assert ungated not in cli("gate", second, "--policy", "minimal").out
    ended = cli("gate", second, "--policy", "minimal", "--baseline", first, "--json")
    assert {each["measure"] for each in json.loads(ended.out)["since_baseline"]["measures"]} >= {"worst_case_accuracy"}
    ended = cli("gate", second, "--policy", policy, "--baseline", second)
    assert (ended.code, "is the audit itself" in ended.err) == (2, True)
    (first / "answers.jsonl").write_bytes(dump_answers(answers([True] * 3)))
    with pytest.raises(InputError, match="holds 3 answers and the audit has"):
        read_finished(first)
    (first / "answers.jsonl").unlink()
    (first / "outcomes.jsonl").unlink()
    with pytest.raises(InputError, match="outcomes.jsonl"):
        read_finished(first)
