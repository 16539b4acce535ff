"""Adaptive evaluation: what normalisers say of their gaps, the attacks that aim at them, and what a report says."""

import dataclasses
import json
import re
import shlex
import shutil
from pathlib import Path

import pytest
import report_factory as factory
from command_line import quick, refused
from compared_audits import better_model, compared, of_model
from robust_emo_reports.comparison_html import ComparisonHtml
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.json import dump_report
from shown_page import ShownPage

from robust_emo.adaptive import adaptive_info, choose_attacks
from robust_emo.attack_choice import ADAPTIVE, AttackArgument, load_attack
from robust_emo.audit import run_audit
from robust_emo.audit_file import read_audit
from robust_emo.audits.aims import not_aimed_at, with_aims
from robust_emo.defences.steps import store
from robust_emo.ensemble import ensemble_names
from robust_emo.errors import InputError, PluginError, PreflightError
from robust_emo.models.manifest import read_manifest, write_manifest
from robust_emo.plugins import attack_names, available, load
from robust_emo.preflight import AuditRequest
from robust_emo.types import AdaptiveInfo, Gap, KnownGaps, NormaliserGaps, Status

TITLE = "What attackers who know the defence can do"


def behind(model, folder, *names):
    """A copy of a model directory behind normalisers."""
    shutil.copytree(model, folder)
    normalisers = [load("normalisers", name) for name in names]
    write_manifest(dataclasses.replace(read_manifest(folder), defence=store(normalisers, folder)), folder)
    return folder


def audited(model, out, *attacks, **request):
    request = {"attacked_examples": 16, "cache": False, "sections": ("evasion",)} | request
    return run_audit(AuditRequest(str(model), out, attacks=attacks or None, **request))


def flag(report):
    flags = [flag for section in report.sections for flag in section.flags if flag.name == "defence_not_aimed_at"]
    assert len(flags) <= 1
    return flags[0] if flags else None


# --- what normalisers say --------------------------------------------------------------------------------------------


def ours():
    return [name for name, point in available("normalisers").items() if point.dist.name == "robust-emo"]


@pytest.mark.parametrize("name", ours())
def test_each_normaliser_names_its_gaps_and_attacks_that_exist(name):
    known = load("normalisers", name).known_gaps()
    assert known.through
    assert known.gaps
    assert known.aims
    assert all(re.fullmatch(r"[A-Z][^\n]+\.", gap.text) for gap in known.gaps)
    assert {*known.through, *known.aims} <= set(attack_names())


def test_no_attack_and_no_ensemble_is_called_adaptive():
    assert ADAPTIVE not in {*attack_names(), *ensemble_names()}


def test_who_names_none_is_told_from_who_has_none(tiny_model, tmp_path, fake_plugin):
    silent, sighs = adaptive_info(behind(tiny_model, tmp_path / "model", "silent", "sighs"), ()).normalisers
    assert silent == NormaliserGaps("silent", "1", None)
    assert sighs.known.through == ("letter-case",)
    assert sighs.known.gaps[0] == Gap("Four <b>dots</b> stay.", ("shout", "not-there", "unready"))


@pytest.mark.parametrize(
    ("name", "message"),
    [("confused", "'confused': expected texts and rows of names"), ("crashed", "'crashed' cannot name its gaps: Run")],
)
def test_a_normaliser_that_answers_wrongly_stops_the_audit(tiny_model, tmp_path, fake_plugin, name, message):
    with pytest.raises(PluginError, match=message):
        adaptive_info(behind(tiny_model, tmp_path / "model", name), ())
    with pytest.raises(PreflightError, match=message):
        audited(tmp_path / "model", tmp_path / "out", "letter-case")
    assert not (tmp_path / "out").exists()


# --- --attacks adaptive ----------------------------------------------------------------------------------------------


def test_adaptive_stands_for_the_attacks_that_aim_at_the_defence(tiny_model, tmp_path):
    model = str(behind(tiny_model, tmp_path / "model", "directions", "confusables"))
    chosen = choose_attacks(("diacritics", ADAPTIVE, "pruthi"), model)
    assert chosen.names == ("diacritics", "bidi", "deletions", "homoglyphs", "unicode", "ocr", "pruthi")
    assert chosen.left_out == ()
    assert choose_attacks(None, model).names is None
    assert choose_attacks(("pruthi",), model).names == ("pruthi",)


def test_what_cannot_run_is_left_out_with_the_reason_unless_it_was_set_up(tiny_model, tmp_path, monkeypatch):
    monkeypatch.delenv("ROBUST_EMO_MASKED_LM", raising=False)
    model = str(behind(tiny_model, tmp_path / "model", "word-clusters"))
    chosen = choose_attacks((ADAPTIVE,), model)
    assert "bae" not in chosen.names
    assert "a2t" in chosen.names
    assert any(line.startswith("'adaptive' without bae, which cannot run here: ") for line in chosen.left_out)
    wrong = choose_attacks((ADAPTIVE,), model, [AttackArgument("bae", "masked_lm", str(tmp_path / "nowhere"))])
    assert "bae" in wrong.names  # and its own problem is told like that of any attack
    named = choose_attacks((ADAPTIVE, "bae"), model)
    assert named.names[-1] == "bae"
    assert not any("bae" in line for line in named.left_out)


def test_a_model_without_a_defence_has_nothing_to_aim_at(cli, tiny_model, tmp_path):
    command = ["adaptive" if word == "unicode" else word for word in quick(tiny_model, tmp_path / "out")]
    refused(cli(*command), f"'adaptive' stands for .* {re.escape(str(tiny_model))} has none: .*robust-emo harden")
    assert not (tmp_path / "out").exists()


def test_a_directory_that_is_none_is_told_once(tmp_path):
    with pytest.raises(PreflightError) as caught:
        audited(tmp_path / "nowhere", tmp_path / "out", ADAPTIVE, policy="nowhere.toml")
    assert not any("adaptive" in problem for problem in caught.value.problems)


def test_adaptive_needs_somebody_who_names_gaps_and_an_attack_that_runs(tiny_model, tmp_path, fake_plugin, monkeypatch):
    silent = str(behind(tiny_model, tmp_path / "silent", "silent"))
    with pytest.raises(InputError, match="the authors of silent name no attack that aims at gaps"):
        choose_attacks((ADAPTIVE,), silent)
    from robust_emo_fake.normalisers import Sighs

    monkeypatch.setattr(Sighs, "known_gaps", lambda _: KnownGaps((), (Gap("All.", ("unready",)),)))
    sighs = str(behind(tiny_model, tmp_path / "sighs", "sighs"))
    with pytest.raises(InputError, match="no attack that aims at the defence of .* can run here: .*pip install words"):
        choose_attacks((ADAPTIVE,), sighs)


def test_adaptive_is_no_single_attack_and_stands_beside_no_ensemble(tiny_model, tmp_path):
    with pytest.raises(InputError, match="run them with `robust-emo audit --attacks adaptive`"):
        load_attack(ADAPTIVE, ())
    model = behind(tiny_model, tmp_path / "model", "emoji")
    with pytest.raises(PreflightError, match="'emo-standard-v1' is an ensemble .*: name it alone"):
        audited(model, tmp_path / "out", ADAPTIVE, "emo-standard-v1")


# --- in the audit ----------------------------------------------------------------------------------------------------


def test_an_audit_records_the_attacks_and_not_the_word(tiny_model, tmp_path):
    model = behind(tiny_model, tmp_path / "model", "emoji")
    report = audited(model, tmp_path / "out", ADAPTIVE).report
    assert [section.plugin for section in report.sections] == ["emoji", "ensemble"]
    assert " --attacks emoji " in report.run.command
    assert report.run.adaptive == dataclasses.replace(adaptive_info(model, ()), command=None, aimed=("emoji",))
    assert flag(report).raised is False
    assert read_audit(tmp_path / "out") == report


def test_an_audit_that_aims_elsewhere_says_so(tiny_model, tmp_path, fake_plugin):
    model = behind(tiny_model, tmp_path / "model", "silent", "sighs", "emoji")
    report = audited(model, tmp_path / "out", "letter-case", "emoji").report
    assert flag(report).raised is True
    assert flag(report).detail == (
        "known gaps that no attack of this audit aimed at: 1 of 2 gaps of sighs; "
        "no attack is named for 1 of 2 gaps of sighs; no attack is named for gaps of silent"
    )
    assert "unknown attack 'not-there'" in report.run.adaptive.not_runnable["not-there"]
    assert report.run.adaptive.not_runnable["unready"] == "unready needs the word list: pip install words"
    assert " --attacks shout " in report.run.adaptive.command
    assert report.run.adaptive.command.endswith(f" --out {tmp_path / 'out'}-adaptive")
    words = ShownPage((tmp_path / "out" / "report.html").read_text()).words
    assert TITLE in words
    assert "Four <b>dots</b> stay." in words
    assert re.search(r"shout not measured not-there not measured it could not run there: unknown attack", words)
    assert "No attack aimed at some known gaps of the defence:" in words
    assert words.count("no attack of this audit aimed at it") == 1


def test_the_command_for_what_is_missing_runs_it(tiny_model, tmp_path, monkeypatch):
    """Arguments of attacks that are missing are in it, and the output has a name of its own."""
    model = behind(tiny_model, tmp_path / "model", "directions")
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path / "out")
    given = {"sections": ("clean",), "attack_arguments": [AttackArgument("deletions", "eraser", "delete")]}
    command = audited(model, Path(), "deletions", **given).report.run.adaptive.command
    assert shlex.split(command)[-4:] == [
        "--out",
        f"{tmp_path}/out-adaptive",
        "--attack-arg",
        'deletions.eraser="delete"',
    ]


def test_the_terminal_says_how_to_aim_at_the_defence(cli, tiny_model, tmp_path):
    ended = cli(*quick(behind(tiny_model, tmp_path / "model", "directions"), tmp_path / "out"))
    assert (
        "warning: defence not aimed at: known gaps that no attack of this audit aimed at: 1 of 3 gaps of directions; "
        in ended.out
    )
    assert "attacks that aim at the defence: robust-emo audit " in ended.out
    assert " --attacks adaptive " in ended.out


def test_an_attack_that_finds_nothing_to_change_aims_at_nothing(tiny_model, tmp_path, fake_plugin, monkeypatch):
    """Such as one on Chinese words, of English texts."""
    from robust_emo_fake.normalisers import Sighs

    monkeypatch.setattr(Sighs, "known_gaps", lambda _: KnownGaps(("zh-homophones",), (Gap("All."),)))
    report = audited(behind(tiny_model, tmp_path / "model", "sighs"), tmp_path / "out", "zh-homophones").report
    assert flag(report).raised is True


def test_silence_about_gaps_is_not_taken_for_their_absence(tiny_model, tmp_path, fake_plugin):
    report = audited(behind(tiny_model, tmp_path / "model", "silent"), tmp_path / "out", "letter-case").report
    assert flag(report).raised is None
    assert report.run.adaptive.command is None


def test_an_ensemble_measures_no_attack_alone(tiny_model, tmp_path):
    """What ran on survivors only is offered again, all of it."""
    model = behind(tiny_model, tmp_path / "model", "confusables")
    report = audited(model, tmp_path / "out", "emo-standard-v1", attacked_examples=8).report
    assert " --attacks adaptive " in report.run.adaptive.command
    assert " --examples 30 " in report.run.adaptive.command  # as many as its policy, minimal, asks for
    assert report.run.attacked_examples == 8


def test_without_a_defence_nothing_is_said(tiny_model, tmp_path):
    report = audited(tiny_model, tmp_path / "out", "letter-case").report
    assert report.run.adaptive is None
    assert flag(report) is None
    assert TITLE not in (tmp_path / "out" / "report.html").read_text()


def test_older_audits_are_read(tmp_path):
    content = json.loads(dump_report(factory.make_report()))
    del content["run"]["adaptive"]
    (tmp_path / "audit.json").write_text(json.dumps(content))
    assert read_audit(tmp_path / "audit.json").run.adaptive is None


# --- in the reports --------------------------------------------------------------------------------------------------


def words_of(report, outcomes):
    """Of the section about the defence."""
    words = ShownPage(HtmlReporter().render(report, outcomes).decode()).words
    return words.split(TITLE)[-1].split("Worst examples")[0]


def test_each_gap_has_what_was_measured_of_it():
    outcomes = factory.make_outcomes()
    report = factory.defended(factory.make_report(outcomes))
    words = words_of(report, outcomes)
    (section,) = [section for section in report.sections if section.plugin == "deepwordbug"]
    accuracy = next(metric for metric in section.metrics if metric.name == "accuracy_under_attack")
    low, high = (f"{100 * end:.1f}%" for end in (accuracy.ci_low, accuracy.ci_high))
    assert f"deepwordbug {100 * accuracy.value:.1f}% {low} – {high} n = {accuracy.n} " in words
    assert "2 of these 5 attacks ran on all attacked texts" in words
    assert f"is taken for that word. {NOT_AIMED} real-words not measured " in words
    assert "pwws not measured it could not run there: attack pwws needs WordNet" in words
    assert "Texts in other languages stay. no attack is named for it: not measured" in words
    assert "Its authors name no gaps, which does not say that there are none: not measured" in words
    assert factory.ADAPTIVE.command in words


def aimed_by(outcomes, info=factory.ADAPTIVE):
    """The page of a defended model, flag and gaps as an audit with these outcomes records them."""
    flag, report = not_aimed_at(info, outcomes), factory.make_report(outcomes)
    sections = (
        dataclasses.replace(each, flags=(flag,)) if each.plugin == "ensemble" else each for each in report.sections
    )
    report = factory.defended(dataclasses.replace(report, sections=tuple(sections)), with_aims(info, outcomes))
    return flag, ShownPage(HtmlReporter().render(report, outcomes).decode()).words


BANNER = "No attack aimed at some known gaps of the defence:"
AIMED, NOT_AIMED = "spelt right stay. an attack of this audit aimed at it", "no attack of this audit aimed at it"


def test_banner_and_table_say_the_same_of_a_gap_that_no_attack_aimed_at():
    found, words = aimed_by(factory.make_outcomes())
    assert found.detail.startswith("known gaps that no attack of this audit aimed at: 1 of 3 gaps of spelling; ")
    assert "; no attack is named for 1 of 3 gaps of spelling; " in found.detail
    assert f"{BANNER} {found.detail}." in words
    assert f"is taken for that word. {NOT_AIMED} real-words not measured" in words
    assert AIMED in words
    assert words.count("aimed at it ") == 2  # neither the way through nor a gap without a named attack counts


@pytest.mark.parametrize(
    ("others", "raised", "detail"),
    [
        ((), False, "an attack of this audit aimed at each known gap of spelling"),
        ((Gap("Others stay."),), None, "no attack is named for 1 of 2 gaps of spelling"),
    ],
)
def test_banner_and_table_say_the_same_where_every_gap_with_an_attack_was_aimed_at(others, raised, detail):
    known = KnownGaps(("unicode",), (Gap("Words that are spelt right stay.", ("synonyms",)), *others))
    found, words = aimed_by(factory.make_outcomes(), AdaptiveInfo((NormaliserGaps("spelling", "2", known),), {}))
    assert (found.raised, found.detail) == (raised, detail)
    assert BANNER not in words
    assert AIMED in words
    assert NOT_AIMED not in words


def test_an_attack_that_only_crashed_aimed_at_nothing():
    known = KnownGaps((), (Gap("Words that are spelt right stay.", ("synonyms",)),))
    info = AdaptiveInfo((NormaliserGaps("spelling", "2", known),), {})
    crashed = [
        dataclasses.replace(each, status=Status.ERRORED, perturbed=None, num_queries=0)
        for each in factory.make_outcomes()
        if each.status is not Status.SKIPPED
    ]
    assert with_aims(info, crashed).aimed == ()
    assert not_aimed_at(info, crashed).raised
    asked = [dataclasses.replace(each, num_queries=2) for each in crashed]
    assert with_aims(info, asked).aimed == ("synonyms",)


def test_banner_and_table_ask_alike_for_one_text_in_which_the_attack_found_something_to_change():
    outcomes = [
        dataclasses.replace(each, status=Status.FAILED, perturbed=None, num_queries=0)
        if each.plugin == "synonyms" and each.status is not Status.SKIPPED
        else each
        for each in factory.make_outcomes()
    ]
    found, words = aimed_by(outcomes)
    assert "aimed at: 2 of 3 gaps of spelling" in found.detail
    assert words.count(NOT_AIMED) == 2
    assert words.count("it found nothing to change in any text") == 1
    place = next(n for n, each in enumerate(outcomes) if each.num_queries == 0)
    outcomes[place] = dataclasses.replace(outcomes[place], num_queries=3)
    found, words = aimed_by(outcomes)
    assert "aimed at: 1 of 3 gaps of spelling" in found.detail
    assert words.count(NOT_AIMED) == 1
    assert "it found nothing to change" not in words


def test_where_a_normaliser_has_no_gap_with_an_attack_the_way_through_it_counts():
    known = KnownGaps(("bidi",), (Gap("Some stay."),))
    found, words = aimed_by(factory.make_outcomes(), AdaptiveInfo((NormaliserGaps("directions", "1", known),), {}))
    assert "aimed at: 1 of 2 gaps of directions" in found.detail
    assert f"whatever slips by. {NOT_AIMED} bidi" in words


def test_accuracy_under_attack_stands_beside_that_of_the_texts_as_written():
    outcomes = factory.make_outcomes()
    report = factory.defended(factory.make_report(outcomes))
    (ensemble,) = [section for section in report.sections if section.plugin == "ensemble"]
    right = next(metric for metric in ensemble.metrics if metric.name == "clean_accuracy_attacked")
    assert f", of which {100 * right.value:.1f}% are right as written (" in words_of(report, outcomes)


def test_an_attack_with_another_goal_is_not_passed_off_as_one_that_wants_any_wrong_answer():
    outcomes = factory.make_outcomes()
    report = factory.defended(factory.make_report(outcomes))
    sections = tuple(
        dataclasses.replace(section, args={**section.args, "goal": "targeted:joy"})
        if section.plugin == "deepwordbug"
        else section
        for section in report.sections
    )
    assert words_of(dataclasses.replace(report, sections=sections), outcomes).count("goal targeted:joy") == 1


def test_who_says_nothing_in_known_gaps_names_none():
    info = AdaptiveInfo((NormaliserGaps("laughter", "1", KnownGaps((), ())),), {})
    words = words_of(factory.defended(factory.make_report(), info), factory.make_outcomes())
    assert "laughter version 1 Its authors name no gaps" in words


def test_a_crashed_attack_and_an_ensemble_measure_nothing_of_a_gap():
    outcomes = factory.make_outcomes()
    words = words_of(factory.defended(factory.make_report(outcomes, errored=True)), outcomes)
    assert "synonyms not measured it stopped with an error: MemoryError" in words
    survivors = factory.survivors(outcomes)
    words = words_of(factory.defended(factory.make_report(survivors, standard=True)), survivors)
    assert "0 of these 5 attacks ran on all attacked texts" in words
    assert "synonyms not measured on all texts success rate on what the attacks before it had left: " in words


def test_a_defence_whose_gaps_an_older_version_did_not_record():
    words = words_of(factory.defended(factory.make_report(), None), factory.make_outcomes())
    assert "Not recorded: an older version of robust-emo wrote this audit." in words


def test_all_that_aims_at_the_defence_was_measured():
    known = KnownGaps(("deepwordbug",), (Gap("Words.", ("synonyms",)),))
    info = AdaptiveInfo((NormaliserGaps("spelling", "2", known),), {})
    words = words_of(factory.defended(factory.make_report(), info), factory.make_outcomes())
    assert "2 of these 2 attacks" in words
    assert "not measured" not in words
    assert "To measure what is missing" not in words


def test_the_comparison_shows_the_defence_of_the_model_after(tmp_path):
    before = factory.make_outcomes()
    after = better_model(before)
    new = of_model(factory.defended(factory.make_report(after)), "feedback-hard")
    found = compared(tmp_path, (factory.make_report(before), before), (new, after))
    words = ShownPage(ComparisonHtml().render(found).decode()).words
    assert TITLE in words
    assert "the accuracy that the audit after found" in words


def test_the_table_of_the_documentation_is_true():
    page = (Path(__file__).parents[1] / "docs" / "hardening.md").read_text(encoding="utf-8")
    table = page.split("| normaliser | through it | around it |")[1].split("\n\n")[0]
    rows = [[re.findall(r"`([\w-]+)`", cell) for cell in line.split("|")[1:4]] for line in table.splitlines()[2:]]
    assert sorted(name for (name,), _, _ in rows) == sorted(ours())
    for (name,), through, around in rows:
        known = load("normalisers", name).known_gaps()
        assert tuple(through) == known.through
        assert around == list(dict.fromkeys(attack for gap in known.gaps for attack in gap.attacks))
