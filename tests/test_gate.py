"""Policies as users write and miswrite them, verdicts at and around their thresholds, and the exit code."""

import dataclasses
import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

from robust_emo import policy as policy_module
from robust_emo import statistics as st
from robust_emo.audit_file import read_audit
from robust_emo.cli.main import run
from robust_emo.errors import ExitCode, InputError
from robust_emo.gate import exit_code, judge
from robust_emo.policy import built_in_policies, read_policy
from robust_emo.policy_schema import policy_schema
from robust_emo.types import (
    SCHEMA_VERSION,
    AuditReport,
    DataInfo,
    Metric,
    RunCost,
    RunInfo,
    Section,
    Task,
    VerdictStatus,
    Waiver,
)

PASS, FAIL = VerdictStatus.PASS, VerdictStatus.FAIL
INCONCLUSIVE, NOT_MEASURED = VerdictStatus.INCONCLUSIVE, VerdictStatus.NOT_MEASURED
DOCS = Path(__file__).parents[1] / "docs" / "policy.md"


def proportion(name, successes, n, label=None):
    interval = st.wilson(successes, n)
    return Metric(name, successes / n, interval.low, interval.high, n, 0.95, True, label, "wilson")


def number(name, value, low, high, n=200, label=None):
    return Metric(name, value, low, high, n, 0.95, True, label, None if low is None else "bootstrap")


def clean(*metrics, error=None):
    return Section("clean", "clean", "1", {}, metrics, error)


def evasion(plugin, *metrics, error=None):
    return Section("evasion", plugin, "1", {}, metrics, error)


@pytest.fixture
def policy(tmp_path):
    """Writes a policy from lines of TOML under one [[require]], or from a whole text."""

    def write(text):
        path = tmp_path / "policy.toml"
        path.write_text(f"[[require]]\n{text}" if text.startswith(("metric", "section")) else text, encoding="utf-8")
        return read_policy(path)

    return write


@pytest.fixture
def judged(policy):
    """The verdicts of one requirement on some sections."""
    return lambda text, *sections: judge(policy(text), sections)


# --- reading -------------------------------------------------------------------------------------------------------


def test_a_policy_keeps_its_order_name_and_fingerprint(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        '[[require]]\nmetric = "accuracy"\nsection = "clean"\nmin = 0.8\nconfidence = 0.9\n'
        'min_n = 50\nreason = "Why."\n'
        '[[require]]\nmetric = "f1"\nsection = "clean"\nmax = 1\nper_class = true\ndecision = "point"\n'
    )
    read = read_policy(str(path))
    assert read.name == str(path)
    assert read.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [threshold.metric for threshold in read.thresholds] == ["accuracy", "f1"]
    assert (read.thresholds[0].min_n, read.thresholds[0].reason) == (50, "Why.")
    assert (read.thresholds[1].per_class, read.thresholds[1].decision) == (True, "point")
    assert [threshold.confidence for threshold in read.thresholds] == [0.9, None]


GOOD = 'metric = "accuracy"\nsection = "clean"\nmin = 0.5\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "requires nothing"),
        ("# only a comment", "requires nothing"),
        ("[[require]\n", r"not valid TOML.*line 1"),
        ('[require]\nmetric = "accuracy"', r"under \[\[require\]\]"),
        ("[[requires]]\n" + GOOD, "unknown key 'requires'; did you mean 'require'"),
        (GOOD + "mn_n = 3", r"number 1: unknown key 'mn_n'; did you mean 'min_n'"),
        (GOOD + "max = 0.9", r"number 1 \(accuracy\): give one of 'min', 'max' and 'max_regression', got min and max"),
        ('metric = "accuracy"\nsection = "clean"', "got none"),
        ('section = "clean"\nmin = 0.5', "'metric' is missing"),
        ('metric = "accuracy"\nmin = 0.5', "'section' is missing"),
        (GOOD + 'decision = "confidant"', "unknown decision 'confidant'; did you mean 'confident'"),
        (GOOD + 'min_n = "many"', "'min_n' must be a whole number, got 'many'"),
        (GOOD + "min_n = 2.5", "'min_n' must be a whole number"),
        (GOOD + "min_n = true", "'min_n' must be a whole number"),
        (GOOD + "min_n = -1", "must not be negative"),
        (GOOD + "confidence = 95", "must lie between 0 and 1"),
        (GOOD + 'confidence = 0.9\ndecision = "point"', "has no meaning"),
        (GOOD + "per_class = 1", "'per_class' must be true or false"),
        (GOOD.replace("0.5", "nan"), "'min' must be a number"),
        (GOOD.replace("0.5", '"0.5"'), "'min' must be a number"),
        (GOOD + "max_regression = 0.1", "got min and max_regression"),
        (GOOD.replace("min = 0.5", "max_regression = -0.1"), "how much worse is allowed, at least 0, got -0.1"),
        (GOOD.replace("min = 0.5", "max_regression = 2"), "lies between 0 and 1, got 2"),
    ],
)
def test_a_policy_that_is_not_understood_is_refused_in_one_line(policy, text, message):
    with pytest.raises(InputError, match=message) as caught:
        policy(text)
    assert "\n" not in str(caught.value)


def test_a_policy_that_cannot_be_read_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"nor a built-in policy of that name \(minimal, privacy, standard, strict\)"):
        read_policy("minimale")
    with pytest.raises(InputError, match="cannot read policy"):
        read_policy(tmp_path)
    (tmp_path / "latin.toml").write_bytes("# \xe9".encode("latin-1"))
    with pytest.raises(InputError, match="not valid TOML"):
        read_policy(tmp_path / "latin.toml")


# --- verdicts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "at_least", "at_most"),
    [
        (0.5, 0.7, PASS, INCONCLUSIVE),
        (0.6, 0.7, PASS, FAIL),
        (0.3, 0.5, INCONCLUSIVE, PASS),
        (0.3, 0.4, FAIL, PASS),
        (0.4, 0.6, INCONCLUSIVE, INCONCLUSIVE),
    ],
)
def test_the_whole_interval_must_be_on_one_side(judged, low, high, at_least, at_most):
    section = clean(number("macro_f1", (low + high) / 2, low, high))
    assert judged('metric = "macro_f1"\nsection = "clean"\nmin = 0.5', section)[0].status is at_least
    assert judged('metric = "macro_f1"\nsection = "clean"\nmax = 0.5', section)[0].status is at_most


def test_a_point_decision_looks_at_the_value_alone(judged):
    section = clean(number("macro_f1", 0.55, 0.4, 0.7))
    text = 'metric = "macro_f1"\nsection = "clean"\nmin = {}\ndecision = "point"'
    passed, failed = judged(text.format(0.55), section)[0], judged(text.format(0.56), section)[0]
    assert (passed.status, failed.status) == (PASS, FAIL)
    assert failed.explanation == (
        "Macro-F1 is 0.550 (n=200), below the required 0.56; judged on the value alone, so this check fails."
    )


def test_the_explanation_holds_the_numbers(judged):
    section = evasion("deepwordbug", proportion("accuracy_under_attack", 24, 200))
    verdict = judged('metric = "accuracy_under_attack"\nsection = "evasion/deepwordbug"\nmin = 0.3', section)[0]
    assert verdict.check == "evasion/deepwordbug/accuracy_under_attack >= 0.3"
    assert verdict.explanation == (
        "Accuracy under the deepwordbug attack is 12.0% (95% interval 7.8% to 17.3%, n=200); "
        "all of it is below the required 30%, so this check fails."
    )


def anytime(name, successes, n):
    bound = st.anytime_interval(successes, n)
    return Metric(name, successes / n, bound.low, bound.high, n, 0.95, True, None, bound.method)


@pytest.mark.parametrize(("make", "size"), [(proportion, st.n_to_decide), (anytime, st.anytime_n_to_decide)])
def test_an_open_check_of_a_share_says_how_many_examples_would_decide_it(judged, make, size):
    text = 'metric = "accuracy"\nsection = "clean"\n{}'
    (verdict,) = judged(text.format("min = 0.5"), clean(make("accuracy", 92, 200)))
    assert verdict.status is INCONCLUSIVE
    said = re.search(r"inconclusive; about ([\d,]+) examples would decide it", verdict.explanation)
    needed = size(92, 200, 0.5)
    assert needed <= int(said[1].replace(",", "")) <= 1.1 * needed
    (strict,) = judged(text.format("max = 0.5\nconfidence = 0.99"), clean(make("accuracy", 92, 200)))
    at_99 = re.search(r"about ([\d,]+) examples", strict.explanation)
    assert int(at_99[1].replace(",", "")) >= size(92, 200, 0.5, 0.99) > needed


@pytest.mark.parametrize(
    ("metric", "lines"),
    [
        (proportion("accuracy", 100, 200), "min = 0.5"),  # on the threshold: no number decides
        (proportion("accuracy", 20, 40), "min = 0.6\nmin_n = 50"),
        (proportion("accuracy", 160, 200), "min = 0.5"),
        (number("accuracy", 0.5, 0.4, 0.6), "min = 0.55"),  # of a bootstrap nobody can tell
        (dataclasses.replace(proportion("accuracy", 92, 200), value=0.4612), "min = 0.5"),
        (dataclasses.replace(proportion("accuracy", 92, 200), confidence=1.0), "min = 0.5"),
        (dataclasses.replace(proportion("own_share", 92, 200), ci_high=2.0), "min = 1.5"),
        (dataclasses.replace(proportion("accuracy", 92, 200), n=0), "min = 0.5"),
    ],
)
def test_nothing_is_said_of_more_examples_where_nobody_can_tell(judged, metric, lines):
    (verdict,) = judged(f'metric = "{metric.name}"\nsection = "clean"\n{lines}', clean(metric))
    assert "would decide" not in verdict.explanation


@pytest.mark.parametrize("value", [0.9, 0.1])
def test_too_few_examples_decide_nothing(judged, value):
    section = clean(number("macro_f1", value, value, value, n=49))
    verdict = judged('metric = "macro_f1"\nsection = "clean"\nmin = 0.5\nmin_n = 50', section)[0]
    assert verdict.status is INCONCLUSIVE
    assert "49 examples but the policy asks for at least 50" in verdict.explanation


def test_a_value_without_an_interval_is_inconclusive_unless_the_point_is_asked_for(judged):
    section = clean(number("mean_queries", 31.0, None, None))
    assert judged('metric = "mean_queries"\nsection = "clean"\nmin = 10', section)[0].status is INCONCLUSIVE
    text = 'metric = "mean_queries"\nsection = "clean"\nmin = 10\ndecision = "point"'
    assert judged(text, section)[0].status is PASS


@pytest.mark.parametrize(
    ("section", "why"),
    [
        (clean(number("accuracy", None, None, None, n=0)), "Accuracy was not measured."),
        (clean(number("accuracy", float("nan"), 0.9, 1.0)), "Accuracy was not measured."),
        (clean(number("acuracy", 0.9, 0.8, 1.0)), "has no metric 'accuracy'; did you mean 'acuracy'?"),
        (clean(), "has no metric 'accuracy'."),
        (clean(error="out of memory"), "Clean could not be measured: out of memory."),
        (clean(number("accuracy", 0.9, 0.8, 1.0), error="died later"), "died later"),
        (clean(number("accuracy", 0.9, 0.8, 1.0, label="joy")), "add per_class = true"),
        (evasion("x", number("accuracy", 0.9, 0.8, 1.0)), "no section 'clean'"),
    ],
)
def test_what_was_not_measured_never_passes(judged, section, why):
    verdicts = judged(GOOD, section)
    assert [verdict.status for verdict in verdicts] == [NOT_MEASURED]
    assert why in verdicts[0].explanation
    assert exit_code(verdicts, []) is ExitCode.INCONCLUSIVE


def test_no_sections_at_all_is_not_measured(judged):
    assert judged(GOOD)[0].status is NOT_MEASURED


def test_per_class_judges_every_label_and_only_labels(judged):
    section = clean(
        proportion("recall", 80, 100),
        proportion("recall", 90, 100, label="joy"),
        proportion("recall", 5, 100, label="fear"),
        number("recall", None, None, None, n=0, label="disgust"),
    )
    verdicts = judged('metric = "recall"\nsection = "clean"\nmin = 0.5\nper_class = true', section)
    assert [(verdict.check, verdict.status) for verdict in verdicts] == [
        ("clean/recall >= 0.5 [joy]", PASS),
        ("clean/recall >= 0.5 [fear]", FAIL),
        ("clean/recall >= 0.5 [disgust]", NOT_MEASURED),
    ]
    whole = judged(
        'metric = "accuracy"\nsection = "clean"\nmin = 0.5\nper_class = true', clean(proportion("accuracy", 9, 9))
    )
    assert "remove per_class" in whole[0].explanation


def test_a_bare_kind_is_a_check_of_every_section_that_has_the_metric(judged):
    sections = (
        clean(proportion("accuracy", 90, 100)),
        evasion("pruthi", proportion("accuracy_under_attack", 90, 100)),
        evasion("unicode", error="no table"),
        evasion("deepwordbug", proportion("accuracy_under_attack", 0, 100)),
        evasion("ensemble", proportion("worst_case_accuracy", 0, 100)),
    )
    verdicts = judged('metric = "accuracy_under_attack"\nsection = "evasion"\nmin = 0.5', *sections)
    assert {verdict.check.split("/")[1]: verdict.status for verdict in verdicts} == {
        "pruthi": PASS,
        "deepwordbug": FAIL,
        "unicode": NOT_MEASURED,
    }


def test_another_confidence_is_computed_for_proportions_and_refused_for_the_rest(judged):
    text = 'metric = "{}"\nsection = "clean"\nmin = 0.75\nconfidence = 0.99'
    section = clean(proportion("accuracy", 160, 200), number("macro_f1", 0.8, 0.76, 0.84))
    at_95 = judged('metric = "accuracy"\nsection = "clean"\nmin = 0.73', section)[0]
    at_99 = judged(text.format("accuracy"), section)[0]
    wanted = st.clopper_pearson(160, 200, 0.99)
    assert at_95.status is PASS
    assert at_99.status is INCONCLUSIVE
    assert (at_99.metric.ci_low, at_99.metric.ci_high, at_99.metric.confidence) == (wanted.low, wanted.high, 0.99)
    assert "99% interval" in at_99.explanation
    refused = judged(text.format("macro_f1"), section)[0]
    assert refused.status is NOT_MEASURED
    assert "0.95 confidence but the policy asks for 0.99" in refused.explanation
    tampered = clean(dataclasses.replace(proportion("accuracy", 160, 200), value=0.8012))
    assert judged(text.format("accuracy"), tampered)[0].status is NOT_MEASURED


def test_tightening_a_threshold_never_helps(judged):
    order = [PASS, INCONCLUSIVE, FAIL]
    section = clean(proportion("accuracy", 140, 200))
    ranks = [
        order.index(judged(f'metric = "accuracy"\nsection = "clean"\nmin = {bound / 50}', section)[0].status)
        for bound in range(51)
    ]
    assert ranks == sorted(ranks)
    assert set(ranks) == {0, 1, 2}


# --- exit code -----------------------------------------------------------------------------------------------------


def test_a_failure_outranks_an_open_question_which_outranks_a_pass(judged):
    good, bad = clean(proportion("accuracy", 95, 100)), clean(proportion("accuracy", 5, 100))
    open_question = clean(proportion("accuracy", 50, 100))
    of = {name: judged(GOOD, section) for name, section in (("p", good), ("f", bad), ("i", open_question))}
    crashed = [evasion("x", error="crashed")]
    assert exit_code(of["p"], [good]) is ExitCode.PASS
    assert exit_code(of["p"] + of["i"], []) is ExitCode.INCONCLUSIVE
    assert exit_code(of["p"] + of["i"] + of["f"], crashed) is ExitCode.GATE_FAILED
    assert exit_code(of["p"], crashed) is ExitCode.INCONCLUSIVE
    assert exit_code((), []) is ExitCode.PASS


# --- the built-in policy -------------------------------------------------------------------------------------------


def healthy():
    return [
        clean(
            number("macro_f1", 0.77, 0.74, 0.80, n=1421),
            number("expected_calibration_error", 0.06, 0.04, 0.08, n=1421),
            *(proportion("recall", 70, 100, label=label) for label in ("joy", "anger")),
        ),
        evasion("pruthi", proportion("accuracy_under_attack", 80, 200)),
        worst_case(60, 200),
    ]


def worst_case(right, n):
    return evasion("ensemble", proportion("worst_case_accuracy_3_words", right, n))


def test_minimal_passes_a_healthy_model_and_says_why_for_each_threshold():
    minimal = read_policy("minimal")
    assert exit_code(judge(minimal, healthy()), healthy()) is ExitCode.PASS
    assert all(threshold.reason for threshold in minimal.thresholds)


@pytest.mark.parametrize("majority", [0.5, 0.9, 0.99])
def test_minimal_fails_a_model_that_always_gives_the_same_answer(majority):
    n = 2000
    right = round(majority * n)
    gold = st.label_flags([("joy",)] * right + [("anger",)] * (n - right), ("anger", "joy"))
    predicted = st.label_flags([("joy",)] * n, ("anger", "joy"))
    macro = st.f1_intervals(gold, predicted, seed=0).macro
    value = float(st.LabelCounts.of(gold, predicted).macro_f1)
    section = clean(
        number("macro_f1", value, macro.low, macro.high, n=n),
        number("expected_calibration_error", 0.01, 0.0, 0.02, n=n),
        proportion("recall", right, right, label="joy"),
        proportion("recall", 0, n - right, label="anger"),
    )
    assert exit_code(judge(read_policy("minimal"), [section, worst_case(right, n)]), []) is ExitCode.GATE_FAILED


@pytest.mark.parametrize(("right", "n"), [(0, 40), (1, 60), (10, 200)])
def test_minimal_fails_a_model_that_few_words_break(right, n):
    broken = [*healthy()[:-1], worst_case(right, n)]
    failed = [verdict for verdict in judge(read_policy("minimal"), broken) if verdict.status is FAIL]
    assert [verdict.check for verdict in failed] == ["evasion/ensemble/worst_case_accuracy_3_words >= 0.1"]
    start = "Accuracy in the worst case over all attacks within three changed words is "
    assert failed[0].explanation.startswith(f"{start}{right / n:.1%}")


@pytest.mark.parametrize(("right", "n"), [(12, 60), (2, 5)])
def test_minimal_asks_for_enough_attacked_examples(right, n):
    verdict = judge(read_policy("minimal"), [*healthy()[:-1], worst_case(right, n)])[-1]
    assert verdict.status is (PASS if n >= 30 else INCONCLUSIVE)


def test_minimal_does_not_pass_an_audit_without_attacks():
    assert exit_code(judge(read_policy("minimal"), healthy()[:1]), []) is ExitCode.INCONCLUSIVE


def test_the_examples_of_the_documentation_are_policies(policy):
    examples = re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert examples
    for example in examples:
        assert policy(example).thresholds


def as_json(path):
    """A policy as an editor sees it: dates are strings."""
    return json.loads(json.dumps(tomllib.loads(path.read_text(encoding="utf-8")), default=str))


@pytest.mark.parametrize("name", built_in_policies())
def test_built_in_policies_have_a_reason_for_each_threshold_and_fit_the_schema_for_editors(name):
    rules = read_policy(name)
    assert all(threshold.reason or name == "privacy" for threshold in rules.thresholds)
    path = Path(policy_module.__file__).parent / "policies" / f"{name}.toml"
    jsonschema.validate(as_json(path), policy_schema())


def test_the_schema_for_editors_is_the_one_in_the_documentation_and_knows_every_key(tmp_path):
    assert json.loads((DOCS.parent / "policy.schema.json").read_text()) == policy_schema()
    tables = policy_schema()["properties"]
    assert set(tables["require"]["items"]["properties"]) == set(policy_module._KEYS)
    assert set(tables["waive"]["items"]["properties"]) == {field.name for field in dataclasses.fields(Waiver)}
    for example in re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL):
        (tmp_path / "example.toml").write_text(example)
        jsonschema.validate(as_json(tmp_path / "example.toml"), policy_schema())


@pytest.mark.parametrize("text", ["", GOOD + "max = 0.9", GOOD + "mn_n = 3", GOOD.replace("min = 0.5", "")])
def test_the_schema_for_editors_refuses_what_the_gate_refuses(tmp_path, text):
    (tmp_path / "bad.toml").write_text(f"[[require]]\n{text}" if text else "")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_json(tmp_path / "bad.toml"), policy_schema())


# --- files and the command -----------------------------------------------------------------------------------------


@pytest.fixture
def audit_file(tmp_path):
    def write(sections):
        data = DataInfo("test.csv", "0" * 64, 10, 0, {"joy": 10})
        info = RunInfo(
            **dict.fromkeys(("robust_emo", "command", "model", "model_sha256", "architecture"), "x"),
            **dict.fromkeys(("profile", "profile_version", "device", "precision"), "x"),
            **dict.fromkeys(
                ("parameters", "examples", "attacked_examples", "seed", "max_length", "truncated_texts"), 1
            ),
            **dict.fromkeys(("train_data", "train_duplicates", "policy", "policy_sha256")),
            task=Task.SINGLE_LABEL,
            labels=("joy",),
            data=data,
            packages={},
            warnings=(),
            cost=RunCost("2024-01-01T00:00:00Z", 1.0, 1, 0),
        )
        report = AuditReport(SCHEMA_VERSION, info, tuple(sections), ())
        path = tmp_path / "audit.json"
        path.write_text(json.dumps(dataclasses.asdict(report)), encoding="utf-8")
        return path

    return write


def test_an_audit_is_read_back_as_it_was_written(audit_file):
    path = audit_file(healthy())
    assert read_audit(path).sections == tuple(healthy())
    assert read_audit(path.parent) == read_audit(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[:-5], "not a JSON file"),
        (lambda text: "[1]", "not an audit"),
        (lambda text: '{"name": "tox"}', "not an audit"),
        (lambda text: text.replace(f'"{SCHEMA_VERSION}"', '"9.0"', 1), "schema_version '9.0'.*run the audit again"),
        (lambda text: text.replace('"seed": 1', '"seed": "1"'), r"run\.seed"),
        (lambda text: text.replace('"seed": 1', '"seeed": 1'), "not a valid audit"),
        (lambda text: text.replace("0.77", "NaN"), "NaN is not a JSON number"),
        (lambda text: text.replace('"n": 200', f'"n": {2**63}', 1), "rests on 9223372036854775808 examples"),
        (lambda text: "[" * 100_000, "nested too deeply|not a JSON file"),
    ],
)
def test_a_file_that_is_no_audit_is_refused_in_one_line(audit_file, change, message):
    path = audit_file(healthy())
    path.write_text(change(path.read_text()))
    with pytest.raises(InputError, match=message) as caught:
        read_audit(path)
    assert "\n" not in str(caught.value)


def test_a_missing_or_binary_audit_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        read_audit(tmp_path)
    (tmp_path / "audit.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not a JSON file"):
        read_audit(tmp_path)


def command(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["robust-emo", "gate", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        run()
    return stopped.value.code


def test_the_command_prints_every_check_and_exits_with_the_code(audit_file, monkeypatch, capsys):
    path = audit_file(healthy())
    assert command(monkeypatch, path) == 0
    printed = capsys.readouterr().out
    assert printed.count("PASS") == 5
    assert "minimal: 5 pass. Exit code 0: pass." in printed
    hostile = clean(proportion("recall", 0, 200, label="\x1b[2Jx"))
    assert command(monkeypatch, audit_file([*healthy(), hostile]), "--policy", "minimal") == 1
    printed = capsys.readouterr().out
    assert "FAIL" in printed
    assert "\x1b" not in printed
    assert command(monkeypatch, audit_file(healthy()[:1])) == 3


def test_the_command_speaks_json_or_not_at_all(audit_file, monkeypatch, capsys):
    path = audit_file(healthy())
    assert command(monkeypatch, path, "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["exit_code"] == 0
    assert {verdict["status"] for verdict in printed["verdicts"]} == {"pass"}
    assert command(monkeypatch, path, "-q") == 0
    assert capsys.readouterr().out == ""


def test_the_command_refuses_in_one_line(tmp_path, monkeypatch, capsys):
    assert command(monkeypatch, tmp_path / "none.json") == 2
    assert command(monkeypatch, tmp_path, "--policy", "nope") == 2
    assert capsys.readouterr().err.count("\n") == 2
