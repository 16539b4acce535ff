"""`robust-emo history`: every audit of a folder is listed, none is lost, and only like is held against like."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import report_factory as factory
from click.testing import CliRunner
from command_line import refused
from compared_audits import of_model
from robust_emo_reports.history_html import HistoryHtml
from robust_emo_reports.history_plot import PastPoint, history_plot
from robust_emo_reports.json import dump_report
from robust_emo_reports.line_plot import Point
from shown_page import HOSTILE, ShownPage

from robust_emo.audits.outcomes import dump_outcomes
from robust_emo.cli.main import main
from robust_emo.errors import InputError
from robust_emo.gate import Baseline
from robust_emo.history.collect import forget, read_history
from robust_emo.history.search import DEEPEST
from robust_emo.history.store import FILENAME, read_audits, save_audits
from robust_emo.model_comparison import outcomes_file
from robust_emo.types import AuditHistory, AuditReport, Metric, PastVerdict

OUTCOMES = factory.make_outcomes(examples=30)
REPORT = factory.make_report(OUTCOMES)


def dated(report: AuditReport, day: int, **run) -> AuditReport:
    cost = replace(report.run.cost, started_at=f"2026-03-{day:02}T09:14:07Z")
    return replace(report, run=replace(report.run, cost=cost, **run))


def written(folder: Path, report: AuditReport) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "audit.json").write_bytes(dump_report(report))
    return folder


@pytest.fixture
def audits(tmp_path) -> Path:
    """Four audits: two models, one of them passes, the last one with another seed."""
    other = of_model(factory.passing(factory.whole(REPORT)), "feedback-hard")
    written(tmp_path / "b", dated(REPORT, 2))
    written(tmp_path / "deep" / "er" / "a", dated(REPORT, 1))
    written(tmp_path / "c", dated(other, 3))
    written(tmp_path / "d", dated(REPORT, 4, seed=7))
    return tmp_path


def paths(history: AuditHistory) -> list[str]:
    return [audit.path for audit in history.audits]


# --- what is found -------------------------------------------------------------------------------------------------


def test_audits_stand_in_order_of_time_with_their_numbers(audits):
    history = read_history(audits)
    assert paths(history) == ["deep/er/a/audit.json", "b/audit.json", "c/audit.json", "d/audit.json"]
    assert [history.settings[audit.settings] for audit in history.audits] == ["A", "A", "A", "B"]
    assert [audit.verdict for audit in history.audits] == [
        PastVerdict.FAIL, PastVerdict.FAIL, PastVerdict.PASS, PastVerdict.FAIL
    ]  # fmt: skip
    assert history.problems == ()
    for section in REPORT.sections:
        for metric in section.metrics:
            name = f"{section.kind}/{section.plugin}/".replace("clean/clean", "clean") + metric.name
            name += f" [{metric.label}]" if metric.label else ""
            assert history.audits[0].find(name).metric == metric


RUN, DATA = REPORT.run, REPORT.run.data


@pytest.mark.parametrize(
    ("other", "gate_objects"),
    [
        (replace(RUN, data=replace(DATA, sha256="0" * 64)), True),
        (replace(RUN, data=replace(DATA, rows=DATA.rows - 1)), True),
        (replace(RUN, data=replace(DATA, label_counts={**DATA.label_counts, RUN.labels[0]: 1})), True),
        (replace(RUN, labels=RUN.labels[::-1]), True),
        (replace(RUN, max_length=RUN.max_length // 2), False),
        (replace(RUN, data=replace(DATA, label_counts=dict(reversed(DATA.label_counts.items())))), None),
    ],
    ids=["data", "rows", "rows of a label", "order of labels", "longest input", "order of the record"],
)
def test_what_a_gate_cannot_compare_has_another_letter(tmp_path, cli, other, gate_objects):
    written(tmp_path / "a", dated(REPORT, 1))
    written(tmp_path / "b", dated(replace(REPORT, run=other), 2))
    history = read_history(tmp_path)
    same = gate_objects is None
    assert [*history.settings.values()] == (["A"] if same else ["A", "B"])
    assert len(history.neighbours) == same
    assert (Baseline.of(replace(REPORT, run=other), REPORT, ()).why_not is not None) == bool(gate_objects)
    told = {line[3:] for line in cli("history", tmp_path).out.splitlines() if re.match("[AB]: ", line)}
    assert len(told) == len(history.settings)


def test_without_a_policy_nothing_was_judged_and_a_crash_is_undecided(tmp_path):
    written(tmp_path / "a", dated(factory.whole(factory.make_report(OUTCOMES, judged=False)), 1))
    written(tmp_path / "b", dated(factory.make_report(OUTCOMES, judged=False, errored=True), 2))
    assert [audit.verdict.value for audit in read_history(tmp_path).audits] == ["not judged", "inconclusive"]


def test_the_file_of_an_audit_is_believed_not_what_was_remembered_of_it(audits):
    first = read_history(audits)
    forged = [replace(audit, verdict=PastVerdict.PASS, metrics=()) for audit in first.audits]
    save_audits(audits / FILENAME, forged)
    assert read_history(audits, save=False) == first
    assert read_history(audits) == first
    assert set(read_audits(audits / FILENAME).values()) == set(first.audits)
    written(audits / "e", dated(REPORT, 5))
    assert len(read_history(audits).audits) == 5


def test_the_same_audit_twice_is_listed_once(audits):
    (audits / "copy").mkdir()
    (audits / "copy" / "audit.json").write_bytes((audits / "b" / "audit.json").read_bytes())
    assert len(read_history(audits).audits) == 4


def test_hidden_folders_and_copies_of_mlflow_are_left_out(audits):
    for name in (".old", "b/mlruns"):
        written(audits / name, dated(REPORT, 8))
    assert len(read_history(audits).audits) == 4


def test_what_is_not_listed_is_named(audits, tmp_path_factory):
    outside = written(tmp_path_factory.mktemp("outside") / "x", dated(REPORT, 9))
    (audits / "link").symlink_to(outside)
    (audits / "inner-link").symlink_to(audits / "b")
    (audits / "loop").symlink_to(audits / "loop")
    timeless = replace(REPORT.run, cost=replace(REPORT.run.cost, started_at="now"))
    for name, content in (
        ("newer", dump_report(replace(REPORT, schema_version="9.0"))),
        ("other", b'{"vulnerabilities": {}}'),
        ("broken", b"{"),
        ("timeless", dump_report(replace(REPORT, run=timeless))),
    ):
        (audits / name).mkdir()
        (audits / name / "audit.json").write_bytes(content)
    written(audits.joinpath(*"123456", "7"), dated(REPORT, 9))
    history = read_history(audits)
    assert len(history.audits) == 4
    told = dict(problem.split(": ", 1) for problem in history.problems)
    assert told.pop("link") == "not followed: a link out of the folder"
    assert told.pop("1/2/3/4/5/6/7") == f"not searched: deeper than {DEEPEST} levels"
    assert {path: re.sub(r"^not listed: ", "", told[path])[:25] for path in told} == {
        "newer/audit.json": "has schema_version '9.0',",
        "other/audit.json": "is JSON but not an audit:",
        "broken/audit.json": "is not a JSON file writte",
        "timeless/audit.json": "the audit says that it st",
    }


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_not_gone(audits):
    read_history(audits)
    (audits / "b" / "audit.json").chmod(0)
    history = read_history(audits)
    assert not any(audit.gone for audit in history.audits)
    assert len(history.problems) == 1


# --- what is remembered --------------------------------------------------------------------------------------------


def test_deleted_and_replaced_audits_stay_until_they_are_forgotten(audits):
    read_history(audits)
    (audits / "b" / "audit.json").unlink()
    written(audits / "c", dated(REPORT, 6))
    history = read_history(audits)
    assert [audit.path for audit in history.audits if audit.gone] == ["b/audit.json", "c/audit.json"]
    assert len(history.audits) == 5
    gone = next(audit for audit in history.audits if audit.gone)
    there = next(audit for audit in history.audits if not audit.gone)
    with pytest.raises(InputError, match="is still there and would be read again"):
        forget(audits, [there.sha256])
    for unknown in ("", gone.sha256[:5], "0" * 64):
        with pytest.raises(InputError, match="means 0 audits"):
            forget(audits, [unknown])
    assert forget(audits, [gone.sha256[:6]]) == [gone]
    assert len(read_history(audits).audits) == 4
    assert len(forget(audits, ["gone"])) == 1
    assert gone.sha256.encode() not in (audits / FILENAME).read_bytes()
    assert not any(audit.gone for audit in read_history(audits).audits)


def test_a_moved_audit_is_not_gone(audits):
    read_history(audits)
    (audits / "b").rename(audits / "moved")
    history = read_history(audits)
    assert "moved/audit.json" in paths(history)
    assert not any(audit.gone for audit in history.audits)
    assert read_history(audits) == history


def test_an_interrupted_write_leaves_the_history_as_it_was(audits):
    read_history(audits)
    before = read_audits(audits / FILENAME)

    def stopped():
        yield next(iter(before.values()))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save_audits(audits / FILENAME, stopped())
    assert read_audits(audits / FILENAME) == before
    assert sorted(path.name for path in audits.iterdir()) == ["b", "c", "d", "deep", FILENAME]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("PRAGMA user_version = 2", "has version 2, this robust-emo reads 1"),
        ("PRAGMA application_id = 5", "SQLite file of another program"),
        ("UPDATE audits SET record = '{}'", "rows that are no audits"),
        ("UPDATE audits SET sha256 = substr(sha256, 2)", "rows that are no audits"),
        ("UPDATE audits SET record = replace(record, '2026-03-02T', 'a day in March, ')", "rows that are no audits"),
        ("UPDATE audits SET record = replace(record, '2026-03-02T', '2026-03-02 ')", "rows that are no audits"),
        ("DROP TABLE audits", "cannot be used"),
    ],
)
def test_a_file_that_is_no_history_is_refused_and_left_alone(audits, cli, change, message):
    read_history(audits)
    database = sqlite3.connect(audits / FILENAME, isolation_level=None)
    database.execute(change)
    database.close()
    content = (audits / FILENAME).read_bytes()
    refused(cli("history", audits), message)
    assert (audits / FILENAME).read_bytes() == content


@pytest.mark.parametrize("target", ["nowhere.sqlite", "there.sqlite"])
def test_a_link_in_its_place_is_refused_and_not_followed(audits, cli, tmp_path_factory, target):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "there.sqlite").touch()
    (audits / FILENAME).symlink_to(elsewhere / target)
    for options in ((), ("--no-save",), ("--forget", "gone")):
        refused(cli("history", audits, *options), "is a link; expected a file of its own")
    assert [(path.name, path.stat().st_size) for path in elsewhere.iterdir()] == [("there.sqlite", 0)]


def test_what_a_killed_run_began_to_write_is_undone_unless_nothing_may_be_written(audits, cli):
    read_history(audits)
    before = read_audits(audits / FILENAME)
    killed = (
        "import os, sqlite3, sys; d = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "d.execute('PRAGMA cache_size = 1'); d.execute('BEGIN IMMEDIATE');"
        "d.execute('UPDATE audits SET record = zeroblob(1000000)'); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", killed, str(audits / FILENAME)], check=False)
    content = (audits / FILENAME).read_bytes()
    assert (audits / f"{FILENAME}-journal").exists()
    refused(cli("history", audits, "--no-save"), "cannot be used")
    assert (audits / FILENAME).read_bytes() == content
    assert cli("history", audits).code == 0
    assert read_audits(audits / FILENAME) == before


def test_a_file_of_other_bytes_is_refused(audits, cli):
    (audits / FILENAME).write_bytes(b"minutes of the meeting\n" * 50)
    refused(cli("history", audits), "file is not a database")


def test_a_folder_that_cannot_be_written_is_listed_without_saving(audits, cli):
    (audits / f"{FILENAME}-journal").mkdir()  # where SQLite would write first
    refused(cli("history", audits), "cannot be used .*--no-save lists the audits")
    (audits / FILENAME).unlink(missing_ok=True)
    ended = cli("history", audits, "--no-save")
    assert ended.code == 0
    assert "feedback-minilm" in ended.out
    assert not (audits / FILENAME).exists()


# --- the command ---------------------------------------------------------------------------------------------------


def test_the_list_says_what_compares_and_how_to_test_it(audits, cli):
    ended = cli("history", audits)
    assert (ended.code, ended.err) == (0, "")
    assert "2026-03-01 09:14  feedback-minilm (4be14be14be1)  A  FAIL  deep/er/a/audit.json" in ended.out
    accuracy = next(m for m in REPORT.sections[0].metrics if m.name == "accuracy")
    assert f"{accuracy.value:.1%}  [{accuracy.ci_low:.1%}, {accuracy.ci_high:.1%}]  n = {accuracy.n}" in ended.out
    assert "A: profile standard 1, changed: attacks, examples, seed 0, data 9f2c9f2c9f2c, 30 texts" in ended.out
    assert f"test the last two under A: robust-emo compare {audits / 'b'} {audits / 'c'}" in ended.out
    assert "under B: robust-emo" not in ended.out
    (audits / "d" / "audit.json").unlink()
    ended = cli("history", audits)
    assert "(gone, audit " in ended.out
    assert "--forget gone" in ended.out
    assert cli("history", audits, "--forget", "gone").out == "forgot 1 audit\n"
    assert cli("history", audits, "--forget", "gone").out == "no audit is gone: nothing to forget\n"


def test_the_commands_that_it_prints_run(audits, cli):
    for name in "bc":
        outcomes_file(audits / name).write_bytes(dump_outcomes(OUTCOMES))
    pair = next(pair for pair in read_history(audits).neighbours if pair.newer.path == "c/audit.json")
    assert cli(*pair.command.split()[1:]).code == 0


def test_metrics_and_models_are_chosen(audits, cli):
    ended = cli("history", audits, "--json", "--model", "feedback-hard", "--metric", "recall,clean/f1 [joy]")
    found = json.loads(ended.out)
    (audit,) = found["audits"]
    names = [f"clean/recall [{emotion}]" for emotion in factory.EMOTIONS]
    assert list(audit["metrics"]) == [*names, "clean/f1 [joy]"]
    assert audit["metrics"]["clean/f1 [joy]"]["n"] == 398
    assert audit["settings"] == "A"
    assert found["settings"]["A"]["seed"] == 0
    refused(cli("history", audits, "--metric", "acuracy"), "unknown metric 'acuracy'; did you mean 'accuracy'")
    refused(cli("history", audits, "--model", "feedback-hart"), "did you mean 'feedback-hard'")
    refused(cli("history", audits, "--forget", "gone", "--json"), "--forget stands alone")
    sha = of_model(REPORT, "feedback-hard").run.model_sha256
    assert len(json.loads(cli("history", audits, "--json", "--model", sha[:8]).out)["audits"]) == 1


def test_no_audits_is_an_error_and_leaves_nothing(tmp_path, cli):
    refused(cli("history", tmp_path), "no audit below")
    refused(cli("history", tmp_path / "nowhere"), "is no folder")
    assert not list(tmp_path.iterdir())


def test_what_was_not_measured_is_said(tmp_path, cli):
    written(tmp_path / "a", dated(REPORT, 1))
    written(tmp_path / "b", dated(replace(REPORT, sections=REPORT.sections[:1]), 2))
    ended = cli("history", tmp_path)
    assert "not measured: evasion/ensemble/worst_case_accuracy_3_words" in ended.out
    audit = json.loads(cli("history", tmp_path, "--json").out)["audits"][1]
    assert audit["metrics"]["evasion/ensemble/worst_case_accuracy_3_words"] is None


def test_control_characters_of_a_file_do_not_reach_the_terminal(tmp_path, cli):
    written(tmp_path / "a", dated(REPORT, 1, model="models/\x1b[2Jx\u202e", profile="\x07"))
    ended = cli("history", tmp_path)
    assert not re.search("[\x07\x1b\u202e]", ended.out + ended.err)


# --- the chart -----------------------------------------------------------------------------------------------------


def test_a_line_joins_only_points_of_its_own_and_stops_where_nothing_was_measured():
    points = [
        PastPoint("A", Point(0.5, 0.4, 0.6)),
        PastPoint("B", Point(0.25)),
        PastPoint("A", Point(0.75)),
        PastPoint("A", None),
        PastPoint("A", Point(1.0)),
    ]
    plot = history_plot(points, other_model=[2], other_verdict=[4])
    first, second = plot.lines
    assert (first.name, first.path) == ("A", "M10 50L50 25M90 0")
    assert (second.name, second.path) == ("B", "M30 75")
    assert (first.dots[0].top, first.dots[0].bottom, first.dots[1].top) == ("40", "60", None)
    assert [tick.text for tick in plot.y_ticks][::5] == ["1", "0"][::-1]
    assert (plot.other_model, plot.other_verdict) == (("40",), ("80",))
    assert first.style != second.style


def test_the_axis_holds_everything_and_long_histories_name_few_places():
    plot = history_plot([PastPoint("A", Point(value, value - 1, value + 30)) for value in range(40)])
    assert all(0 <= float(at) <= 100 for dot in plot.lines[0].dots for at in (dot.y, dot.top, dot.bottom))
    assert len(plot.x_ticks) <= 12
    assert plot.x_ticks[0].text == "1"
    assert history_plot([PastPoint("A", None)]).lines[0].path == ""


# --- the page ------------------------------------------------------------------------------------------------------


def page(history: AuditHistory) -> str:
    return HistoryHtml().render(history).decode()


def test_the_page_says_what_the_list_says(audits, tmp_path_factory):
    out = tmp_path_factory.mktemp("page") / "new" / "trend.html"
    ended = CliRunner().invoke(main, ["history", str(audits), "--html", str(out)])
    assert ended.output.endswith(f"Page: {out}\n")
    html = out.read_text(encoding="utf-8")
    assert html == page(read_history(audits))
    shown = ShownPage(html)
    assert "4 audits" in shown.words
    assert shown.words.count("another model than before") == 2
    assert shown.words.count("another verdict than before") == 2
    assert f"robust-emo compare {audits / 'b'} {audits / 'c'}" in shown.words
    accuracy = next(m for m in REPORT.sections[0].metrics if m.name == "accuracy")
    assert shown.words.count(f"{accuracy.value:.1%}") >= 4
    assert "trend" not in shown.words.lower()


def test_the_page_speaks_chinese_and_leaves_recorded_words_in_english(audits, cli, tmp_path_factory):
    out = tmp_path_factory.mktemp("page") / "trend.html"
    (audits / "b" / "audit.json").write_bytes(b"{")
    assert cli("history", audits, "--html", out, "--language", "zh").code == 0
    html = out.read_text(encoding="utf-8")
    assert '<html lang="zh">' in html
    assert '<span lang="en">b/audit.json: not listed' in html
    words = ShownPage(html).words
    assert "3 次审计 2 个模型" in words
    assert "不通过" in words
    assert "another model" not in words
    with pytest.raises(InputError, match="language must be one of en, zh"):
        HistoryHtml(language="fr")


def test_the_page_loads_nothing_and_admits_only_its_own_code(audits):
    shown = ShownPage(page(read_history(audits)))
    assert not shown.elements & {"link", "img", "iframe", "object", "embed", "base", "form", "image"}
    assert not [name for _, name in shown.attributes if name.startswith("on") or name == "style"]
    policy = next(value for name, value in shown.values if name == "content" and "default-src" in value)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_other_arguments_of_a_section_break_its_line_alone(tmp_path, cli):
    written(tmp_path / "a", dated(REPORT, 1))
    sections = tuple(replace(s, version="9") if s.plugin == "pruthi" else s for s in REPORT.sections)
    written(tmp_path / "b", dated(replace(REPORT, sections=sections), 2))
    names = ("clean/accuracy", "evasion/pruthi/attack_success_rate")
    listed = cli("history", tmp_path, "--no-save", "--metric", ",".join(names)).out
    assert re.findall(r"^  (\S+) .* n = \d+(?:  (\w+))?$", listed, re.M) == [
        (names[0], ""), (names[1], ""), (names[0], ""), (names[1], "A2")
    ]  # fmt: skip
    assert "\nA2: the section was run in another version or with other arguments\n" in listed
    audit = json.loads(cli("history", tmp_path, "--no-save", "--json", "--metric", ",".join(names)).out)["audits"][1]
    assert [audit["metrics"][name]["line"] for name in names] == ["A", "A2"]
    html = page(read_history(tmp_path, metrics=names))
    assert len(re.findall(r'd="M\S+ \S+L\S+ [^"]*"', html)) == 1
    assert ShownPage(html).words.count("A2") == 3  # key, table, explanation


def test_what_is_gone_or_could_not_be_read_stands_on_the_page(audits):
    read_history(audits)
    (audits / "b" / "audit.json").write_bytes(b"{")
    (audits / "c" / "audit.json").unlink()
    words = ShownPage(page(read_history(audits))).words
    assert "b/audit.json: not listed" in words
    assert "--forget gone" in words


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_adds_no_markup_and_hides_nothing(audits, text):
    history = read_history(audits)
    plain = ShownPage(page(history))

    def tampered(audit):
        metric = Metric(text, 0.5, None, None, 1, 0.95, None, label=text)
        strange = replace(audit.metrics[0], section=f"evasion/{text}", metric=metric)
        texts = replace(audit.settings.texts, data_sha256=text, labels=(text,), label_counts=((text, 1),))
        settings = replace(audit.settings, texts=texts, profile=text)
        return replace(
            audit, path=text, model=f"models/{text}", model_sha256=text, settings=settings, gone=True,
            started_at=text, metrics=(strange,),
        )  # fmt: skip

    found = tuple(map(tampered, history.audits))
    pairs = tuple(replace(pair, command=text) for pair in history.neighbours)
    html = page(AuditHistory(text, found, (found[0].metrics[0].name,), pairs, (text,)))
    english = ShownPage(html)
    (chinese,) = english.in_other_languages()
    for hostile in (english, chinese):
        assert hostile.elements <= plain.elements
        assert hostile.code == plain.code
        assert not [name for _, name in hostile.attributes if name.startswith("on")]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html)
