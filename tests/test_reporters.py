"""Every registered reporter, driven through the same expectations; then those that are tables or a badge."""

import csv
import io
import json
from dataclasses import asdict, replace

import pyarrow.parquet
import pytest
import report_factory as factory
from command_line import quick
from hostile_audit import hostile_audit
from robust_emo_reports.outcomes_csv import COLUMNS
from shown_page import HOSTILE

from robust_emo.audits.outcomes import dump_outcomes
from robust_emo.errors import RobustEmoError
from robust_emo.gate import exit_code
from robust_emo.plugins import available, load
from robust_emo.types import VerdictStatus, Waiver

NAMES = sorted(available("reporters"))
FILES = {
    "annotations": "audit.annotations.txt",
    "badge": "audit.badge.json",
    "card": "README.md",
    "csv": "outcomes.csv",
    "html": "report.html",
    "json": "audit.json",
    "junit": "audit.junit.xml",
    "markdown": "audit.md",
    "parquet": "outcomes.parquet",
    "sarif": "audit.sarif",
}


@pytest.fixture(scope="module")
def outcomes():
    return factory.make_outcomes(examples=60) + factory.make_reductions(examples=60)


@pytest.fixture(scope="module")
def report(outcomes):
    return factory.make_report(outcomes)


def test_all_are_registered_and_no_two_write_the_same_file():
    made = {name: load("reporters", name).filename for name in NAMES}
    assert {name: made[name] for name in FILES} == FILES
    assert len(set(made.values())) == len(made)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_audit_gives_the_same_bytes(name, report, outcomes):
    made = load("reporters", name).render(report, outcomes)
    assert isinstance(made, bytes)
    assert made
    assert made == load("reporters", name).render(report, list(outcomes))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "change",
    [
        lambda r: replace(r, verdicts=()),
        lambda r: replace(r, sections=()),
        lambda r: replace(r, sections=(), verdicts=()),
        lambda r: replace(r, run=replace(r.run, train_data=None, train_duplicates=None, policy=None)),
    ],
    ids=["not judged", "no sections", "nothing", "unknown training data"],
)
def test_an_audit_with_little_in_it_is_rendered(name, change, report):
    assert load("reporters", name).render(change(report), [])


@pytest.mark.parametrize("name", [name for name in NAMES if name != "html"])
@pytest.mark.parametrize("text", [*HOSTILE, "", " ", "]]>", "\ufffe\uffff\x0b", "-->", "\r\n::error::x"])
def test_hostile_text_breaks_nothing(name, text, report, outcomes):
    made = load("reporters", name).render(*hostile_audit(report, outcomes[:20], text))
    if name != "parquet":
        made.decode()


# --- the verdict is the same everywhere ----------------------------------------------------------------------------


RAISED = "title=Raised%3A"
"""Of an annotation on a sign of self-diagnosis, which decides nothing."""


@pytest.mark.parametrize(
    ("change", "message", "colour"),
    [
        (lambda r: r, "fail", "red"),
        (lambda r: replace(r, verdicts=r.verdicts[2:3]), "inconclusive", "orange"),
        (factory.passing, "inconclusive", "orange"),
        (lambda r: factory.whole(factory.passing(r)), "pass", "brightgreen"),
        (lambda r: factory.whole(replace(r, verdicts=())), "not judged", "lightgrey"),
    ],
    ids=["a check fails", "undecided", "a text crashed", "all pass", "no policy"],
)
def test_badge_and_summaries_say_what_the_exit_code_says(change, message, colour, report, outcomes):
    report = change(report)
    badge = json.loads(load("reporters", "badge").render(report, outcomes))
    assert badge == {
        "schemaVersion": 1,
        "label": "emotion audit",
        "message": message,
        "color": colour,
        "isError": message in ("fail", "inconclusive"),
    }
    code = exit_code(report.verdicts, report.sections)
    assert (code == 0) == (message in ("pass", "not judged"))
    (run,) = json.loads(load("reporters", "sarif").render(report, outcomes))["runs"]
    assert run["invocations"][0]["exitCode"] == code
    assert (run["results"] == []) == (code == 0)
    junit = load("reporters", "junit").render(report, outcomes)
    assert (b"<failure" in junit or b"<error" in junit) == (code != 0)
    assert load("reporters", "markdown").render(report, outcomes).decode().startswith(f"# {message.capitalize()}: ")
    commands = load("reporters", "annotations").render(report, outcomes).decode()
    opened = [
        line for line in commands.splitlines() if line.startswith(("::error ", "::warning ")) and RAISED not in line
    ]
    assert bool(opened) == (code != 0)


@pytest.mark.parametrize("status", [s for s in VerdictStatus if s not in (VerdictStatus.PASS, VerdictStatus.WAIVED)])
def test_no_status_but_a_pass_looks_green(status, report):
    report = factory.whole(replace(report, verdicts=(replace(report.verdicts[0], status=status),)))
    assert json.loads(load("reporters", "badge").render(report, []))["color"] != "brightgreen"
    assert json.loads(load("reporters", "sarif").render(report, []))["runs"][0]["results"]


def test_a_waived_check_is_neither_green_nor_in_the_way(report):
    waiver = Waiver(
        report.verdicts[1].check, "4be14be14be1", "Labels are being mended.", "Ann Lee", "Bo Ek", "2027-01-31", 0.05
    )
    waived = replace(report.verdicts[1], status=VerdictStatus.WAIVED, waiver=waiver, explanation="Waived by Bo Ek.")
    report = factory.whole(replace(report, verdicts=(report.verdicts[0], waived)))
    assert exit_code(report.verdicts, report.sections) == 0
    badge = json.loads(load("reporters", "badge").render(report, []))
    assert (badge["message"], badge["color"], badge["isError"]) == ("pass, 1 waived", "yellowgreen", False)
    (result,) = json.loads(load("reporters", "sarif").render(report, []))["runs"][0]["results"]
    (suppression,) = result["suppressions"]
    assert (suppression["status"], suppression["justification"]) == ("accepted", "Labels are being mended.")
    assert suppression["properties"] == {"owner": "Ann Lee", "approver": "Bo Ek", "expires": "2027-01-31"}
    junit = load("reporters", "junit").render(report, []).decode()
    assert '<skipped type="waived" message="Waived by Bo Ek.">' in junit
    assert 'skipped="1"' in junit
    assert "<failure" not in junit
    assert "<error" not in junit
    assert "| **Waived** | Worst case" in load("reporters", "markdown").render(report, []).decode()
    commands = load("reporters", "annotations").render(report, []).decode()
    assert [line.split(" ")[0] for line in commands.splitlines() if RAISED not in line] == ["::notice", "::notice"]


@pytest.mark.parametrize("name", ["junit", "sarif"])
def test_a_start_that_is_no_time_is_refused(name, report):
    report = replace(report, run=replace(report.run, cost=replace(report.run.cost, started_at="yesterday")))
    with pytest.raises(RobustEmoError, match="'yesterday'; expected a time in ISO 8601"):
        load("reporters", name).render(report, [])


@pytest.mark.parametrize("name", ["card", "json", "sarif"])
def test_a_number_that_is_none_is_refused(name, report):
    metric = replace(report.sections[0].metrics[0], value=float("nan"))
    verdict = replace(report.verdicts[1], metric=metric)
    sections = (replace(report.sections[0], metrics=(metric,)), *report.sections[1:])
    with pytest.raises(RobustEmoError, match="null"):
        load("reporters", name).render(replace(report, sections=sections, verdicts=(verdict,)), [])


@pytest.mark.parametrize("name", ["annotations", "html", "junit", "markdown", "sarif"])
def test_people_whom_an_exception_quotes_are_masked(name, report):
    quote = "ValueError: cannot split 'mail me at lena.k@example.org'"
    crashed = replace(report.sections[1], error=quote, metrics=(), counts={}, curves=())
    why = replace(report.verdicts[-1], explanation=f"evasion/deepwordbug could not be measured: {quote}.")
    found = replace(report, sections=(report.sections[0], crashed), verdicts=(why,))
    made = load("reporters", name).render(found, []).decode()
    assert "cannot split" in made
    assert "lena" not in made


def test_an_audit_writes_every_format(cli, tiny_model, tmp_path):
    (tmp_path / "README.md").write_text("# Kept\n", encoding="utf-8")
    ended = cli(*quick(tiny_model, tmp_path), "--format", ",".join(FILES))
    assert ended.code in (0, 1, 3), ended.err
    assert set(FILES.values()) <= {file.name for file in tmp_path.iterdir()}
    assert (tmp_path / "README.md").read_text(encoding="utf-8").endswith("<!-- robust-emo:end -->\n")
    assert "# Kept\n" in (tmp_path / "README.md").read_text(encoding="utf-8")
    again = tmp_path / "again"
    assert cli("report", tmp_path, "--format", ",".join(FILES), "--out", again).code == 0
    for name in set(FILES.values()) - {"README.md", "report.html"}:
        assert (again / name).read_bytes() == (tmp_path / name).read_bytes(), name
    page = (tmp_path / "report.html").read_bytes()
    assert (again / "report.html").read_bytes() != page  # no links to what lies elsewhere
    assert cli("report", tmp_path, "--format", "html").code == 0
    assert (tmp_path / "report.html").read_bytes() == page


# --- tables --------------------------------------------------------------------------------------------------------


def rows(outcomes):
    content = load("reporters", "csv").render(factory.make_report(factory.make_outcomes(examples=6)), outcomes)
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_csv_has_a_row_per_outcome_and_the_columns_of_the_lines(outcomes):
    table = rows(outcomes)
    assert tuple(table[0]) == COLUMNS == tuple(json.loads(dump_outcomes(outcomes[:1])))
    assert len(table) == len(outcomes)
    for row, outcome in zip(table, outcomes, strict=True):
        assert row["label"] == ";".join(outcome.label)
        assert row["perturbed"] == (outcome.perturbed or "")
        assert row["valid"] == {True: "true", False: "false", None: ""}[outcome.valid]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", '=HYPERLINK("http://x")'])
def test_csv_runs_no_formula(outcomes, text):
    done = next(outcome for outcome in outcomes if outcome.perturbed)
    (row,) = rows([replace(done, original=text, perturbed=text, label=(text,), plugin=text, example_id=text)])
    for column in ("original", "perturbed", "label", "plugin", "example_id"):
        assert row[column] == f"'{text}"


def test_csv_is_read_by_pandas_with_the_same_numbers(outcomes, report):
    pandas = pytest.importorskip("pandas")
    content = load("reporters", "csv").render(report, outcomes)
    frame = pandas.read_csv(io.BytesIO(content), keep_default_na=False, na_values={"num_queries": [""]})
    assert frame["num_queries"].sum() == sum(outcome.num_queries or 0 for outcome in outcomes)


def test_parquet_has_types_and_every_value(outcomes, report):
    content = load("reporters", "parquet").render(report, outcomes)
    table = pyarrow.parquet.read_table(io.BytesIO(content))
    assert tuple(table.column_names) == COLUMNS
    kinds = {name: str(table.schema.field(name).type) for name in ("label", "num_queries", "valid", "original")}
    assert kinds == {
        "label": "list<element: string>",
        "num_queries": "int64",
        "valid": "bool",
        "original": "string",
    }
    assert table.schema.metadata[b"model_sha256"].decode() == report.run.model_sha256
    expected = [json.loads(line) for line in dump_outcomes(outcomes).splitlines()]
    assert table.to_pylist() == expected


def test_parquet_of_nothing_has_its_columns(report):
    table = pyarrow.parquet.read_table(io.BytesIO(load("reporters", "parquet").render(report, [])))
    assert (tuple(table.column_names), table.num_rows) == (COLUMNS, 0)


def test_parquet_refuses_values_of_another_type(outcomes, report):
    broken = replace(outcomes[0], num_queries="many")
    with pytest.raises(RobustEmoError, match="value of another type"):
        load("reporters", "parquet").render(report, [broken])
    assert asdict(broken)["num_queries"] == "many"
