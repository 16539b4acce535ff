"""The command line: exit codes, what goes to which stream, and one clear line for whatever a user gets wrong."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import report_factory as factory
from command_line import Ended, quick, refused
from sentences import emotion_rows, write_rows
from shown_page import ShownPage

from robust_emo.audits.journal import FILENAME
from robust_emo.cli import _progress
from robust_emo.cli.main import main

COMMANDS = main.list_commands(None)
HEAVY = {"torch", "transformers", "datasets", "scipy", "pydantic", "jinja2", "pyarrow", "pandas", "sklearn"}
# SIGINT may be ignored where tests run in the background, and programs inherit that.
START = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\nfrom robust_emo.cli.main import run\n"
TOO_FEW = (
    "the policy minimal asks for at least 30 examples of worst_case_accuracy_3_words; this run has 24, so that check "
    "will be inconclusive\n"
)
ESCAPES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]")


@pytest.fixture(scope="module")
def audited(tiny_model, tmp_path_factory):
    """A finished audit, made by a real process with nobody at the terminal."""
    out = tmp_path_factory.mktemp("audited")
    command = [sys.executable, "-c", f"{START}run()", *map(str, quick(tiny_model, out)), "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return out, Ended(ended.returncode, ended.stdout, ended.stderr)


# --- help ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_light_and_has_an_example(name):
    script = f"{START}import sys\ntry:\n    run()\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", script, *name.split(), "--help"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not HEAVY & set(ended.stderr.split())
    assert re.search(rf"(Examples?|Start here):\s+robust-emo {name or 'demo'}", ended.stdout)


def test_every_command_is_summarised_in_full(cli):
    listed = cli("--help").out.split("Commands:\n")[1].splitlines()
    assert [line.split()[0] for line in listed] == COMMANDS
    assert all(line.endswith(".") and not line.endswith("...") for line in listed)


# --- exit codes and streams ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("extra", "code"), [("min = 0.0", 0), ("min = 0.99", 1), ("min = 0.0\nmin_n = 999", 3)])
def test_the_gate_tells_pass_fail_and_inconclusive_apart(cli, audited, tmp_path, extra, code):
    policy = tmp_path / "policy.toml"
    policy.write_text(f'[[require]]\nsection = "evasion"\nmetric = "accuracy_under_attack"\n{extra}\n')
    ended = cli("gate", audited[0], "--policy", policy)
    assert (ended.code, ended.err) == (code, "")
    assert f"Exit code {code}" in ended.out
    assert "note: the audit was judged by minimal; this is another policy, " in ended.out
    assert "another policy" not in cli("gate", audited[0]).out
    assert json.loads(cli("gate", audited[0], "--policy", policy, "--json").out)["exit_code"] == code
    assert cli("gate", audited[0], "--policy", policy, "-q") == Ended(code, "", "")


def test_a_gate_without_a_baseline_is_light(audited, tiny_model):
    script = f"{START}import sys\ntry:\n    run()\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", script, "gate", str(audited[0]), "--model", str(tiny_model)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Exit code" in ended.stdout
    assert not (HEAVY - {"pydantic", "scipy"}) & set(ended.stderr.split())


def test_the_gate_takes_no_audit_of_another_model(cli, audited, tiny_model, tmp_path):
    out = audited[0]
    assert cli("gate", out, "--model", tiny_model) == cli("gate", out)
    other = tmp_path / "other\x1b[31m"
    shutil.copytree(tiny_model, other)
    (other / "README.md").write_text("What lies beside a model does not change it.")
    assert cli("gate", out, "--model", other).code == cli("gate", out).code
    (other / "config.json").write_text((other / "config.json").read_text() + "\n")
    refused(
        cli("gate", out, "--model", other, "--json"),
        r"the audit is not of .*\\x1b.*made of model \w{12}, and this is \w{12}",
    )
    (other / "model.safetensors").unlink()
    refused(cli("gate", out, "--model", other), "has no weights")
    refused(cli("gate", out, "--model", tmp_path / "none"), "no such model directory")


def test_json_is_all_that_an_audit_prints(audited):
    out, ended = audited
    assert ended.code in (0, 1, 3)
    assert re.fullmatch(rf"{re.escape(TOO_FEW)}(\w+: \d+ of \d+\n)*", ended.err)  # a slow machine hears how far it is
    assert ended.out == (out / "audit.json").read_text(encoding="utf-8")
    assert json.loads(ended.out)["run"]["attacked_examples"] == 24
    assert sorted(path.name for path in out.iterdir()) == [
        "answers.jsonl",
        "audit.json",
        "outcomes.jsonl",
        "report.html",
    ]


def test_an_audit_ends_with_a_summary_or_in_silence(cli, audited, tiny_model, tmp_path):
    ended = cli(*quick(tiny_model, tmp_path))
    assert (ended.code, ended.err) == (audited[1].code, TOO_FEW)
    assert "accuracy_under_attack" in ended.out
    assert f"exit code {ended.code}" in ended.out
    assert str(tmp_path / "report.html") in ended.out
    again = cli(*quick(tiny_model, tmp_path), "--json")
    replaced = rf"the audit of 20\d\d-\S+ in {re.escape(str(tmp_path))} will be replaced\n"
    assert re.fullmatch(replaced + re.escape(TOO_FEW), again.err)
    refused(cli(*quick(tiny_model, tmp_path), "--policy", "nonsense"), "no policy file 'nonsense'")
    refused(cli(*quick(tiny_model, tmp_path), "--resume"), "nothing to resume")
    assert json.loads(again.out)["schema_version"]
    assert cli(*quick(tiny_model, tmp_path), "--quiet") == Ended(ended.code, "", "")


def test_checks_that_will_have_too_few_texts_are_named_before_the_work(cli, tiny_model, tmp_path):
    """One line for each number of texts; of sections that do not run, and of texts enough, nothing."""
    policy, audit = tmp_path / "policy.toml", quick(tiny_model, tmp_path / "audit")
    checks = (
        ("evasion/ensemble", "worst_case_accuracy", 500),
        ("evasion/ensemble", "worst_case_accuracy_3_words", 500),
        ("evasion/unicode", "accuracy_under_attack", 24),
        ("clean", "macro_f1", 1),
        ("privacy/membership", "membership_auc", 9999),
    )
    require = '[[require]]\nsection = "{}"\nmetric = "{}"\nmin = 0.1\nmin_n = {}\n'
    policy.write_text("".join(require.format(*check) for check in checks))
    ended = cli(*audit, "--policy", policy)
    assert ended.err == (
        f"the policy {policy} asks for at least 500 examples of worst_case_accuracy and worst_case_accuracy_3_words; "
        "this run has 24, so these checks will be inconclusive\n"
    )
    inconclusive = "rests on 24 examples but the policy asks for at least 500, so this check is inconclusive"
    assert ended.out.count(inconclusive) == 2
    policy.write_text(require.format("clean", "recall", 9999).replace("min = ", "per_class = true\nmin = "))
    assert "at least 9999 examples of recall; this run has" in cli(*audit, "--policy", policy).err
    texts = len((tmp_path / "audit" / "answers.jsonl").read_text().splitlines())
    policy.write_text(require.format("clean", "recall", texts).replace("min = ", "per_class = true\nmin = "))
    err = cli(*audit, "--policy", policy, "--sections", "clean").err.splitlines()[1]
    assert re.search(rf"at least {texts} examples of recall for each emotion; this run has \d+ of anger, \d+ of ", err)
    assert err.endswith(", so these checks will be inconclusive")


def test_a_log_gets_a_line_of_progress_now_and_then(monkeypatch, capsys):
    now = [0.0]
    monkeypatch.setattr(_progress.time, "monotonic", lambda: now[0])
    with _progress.bars(quiet=False) as progress:
        progress.begin("unicode", 9)
        for _ in range(9):
            now[0] += 8
            progress.advance(note="2 broken")
    printed = capsys.readouterr()
    assert printed.err.splitlines() == ["unicode: 4 of 9, 2 broken", "unicode: 8 of 9, 2 broken"]
    assert printed.out == ""


def test_ctrl_c_keeps_the_journal_and_resume_goes_on(cli, tiny_model, tmp_path):
    more = ("--attacks", "deepwordbug,pruthi,unicode", "--examples", 72, "--pool", 1)  # the last of an option counts
    arguments = list(map(str, (*quick(tiny_model, tmp_path), *more)))
    journal = tmp_path / FILENAME
    command = [sys.executable, "-c", f"{START}run()", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 120
        while not (journal.exists() and journal.read_bytes().count(b"\n") > 3):
            assert process.poll() is None, "the audit ended before it could be interrupted"
            assert time.monotonic() < deadline
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert out == ""
    assert "--resume" in err
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == [FILENAME]
    ended = cli(*arguments, "--resume", "--json")
    assert ended.code in (0, 1, 3)
    assert json.loads(ended.out)["run"]["cost"]["resumed"] is True
    assert not journal.exists()


def test_a_reader_that_goes_away_is_no_error():
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-c", f"{START}run()", "list", "attacks"]
    ended = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_summary_leads_with_the_worst_case_and_names_what_is_suspicious():
    from robust_emo.audit import FinishedAudit
    from robust_emo.cli._summary import summary
    from robust_emo.errors import ExitCode

    outcomes = factory.make_outcomes(examples=40) + factory.make_reductions(examples=40)
    report = factory.make_report(outcomes)
    lines = summary(FinishedAudit(report, tuple(outcomes), (), (), ExitCode.PASS)).splitlines()
    ensemble = next(number for number, line in enumerate(lines) if line.startswith("evasion/ensemble"))
    assert lines[ensemble + 1].startswith("  worst_case_accuracy_3_words")
    assert ensemble < min(number for number, line in enumerate(lines) if line.startswith("evasion/deepwordbug"))
    for name in ("worst_case_accuracy_3_words", "invalid_share", "valid_success_rate", "reducible_rate"):
        values = [line.split()[1] for line in lines if line.split()[:1] == [name]]
        assert values, name
        assert all(re.fullmatch(r"\d+\.\d%|not", value) for value in values), (name, values)
    severities = [line.split()[1] for line in lines if line.strip().startswith("mean_flip_severity")]
    assert severities
    assert all(re.fullmatch(r"0\.\d{3}", value) for value in severities)  # a distance, no share
    warnings = [line for line in lines if line.strip().startswith("warning: ")]
    assert [line.strip() for line in warnings if "softmax" in line] == [
        "warning: saturated softmax: 31 of 64 texts with probabilities that round to 0 and 1"
    ]
    assert not any("zero gradients" in line or "black box" in line for line in warnings)
    assert lines[1].endswith("profile standard 1, changed: attacks, examples; seed 0")


# --- commands ------------------------------------------------------------------------------------------------------


def test_attacks_that_find_nothing_to_change_and_stopping_are_on_the_console(cli, tiny_model, tmp_path):
    texts = ["我今天很开心", "你让我太生气了", "我好害怕", "真难过"]
    said = "4 of 4 attacked texts were never tried: the attack found nothing in them that it can change"
    attack = ("attack", tiny_model, "--attack", "synonyms", "--device", "cpu")
    given = [word for text in texts for word in ("--text", text)]
    assert f"warning: {said}" in cli(*attack, *given).out.splitlines()
    ended = cli(*attack, *given, "--json")
    assert f"warning: {said}" in ended.err.splitlines()
    assert [json.loads(line)["status"] for line in ended.out.splitlines()] == ["failed"] * 4
    shown = cli(*quick(tiny_model, tmp_path / "a"), "--stop-when-certain").out
    assert "warning: --stop-when-certain can never stop early on 24 attacked examples: the first look" in shown
    assert "the policy asks for at least 30" in shown
    assert "  24 of 24 examples attacked, in random order, with a look after every 24: attacking did not stop" in shown


def test_attacking_a_text(cli, tiny_model):
    attack = ("attack", tiny_model, "--attack", "deepwordbug", "--device", "cpu")
    ended = cli(*attack, "--text", "I feel so happy today", "--text", "We were angry and furious")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.count("  label: ") == 2
    assert len(re.findall(r"^  no --label: the model's answer \w+ is taken as right$", ended.out, re.MULTILINE)) == 2
    assert "attack success rate" in ended.out
    assert "no --label" not in cli(*attack, "--text", "I feel so happy today", "--label", "joy").out
    wrong = cli(*attack, "--text", "I feel so happy today", "--label", "fear", "--json")
    assert json.loads(wrong.out)["status"] == "skipped"  # the model said joy: there was nothing to attack


@pytest.mark.parametrize(
    ("words", "queries", "line"), [(1, 1, "1 word changed, 1 query"), (2, 9, "2 words changed, 9 q")]
)
def test_one_word_and_one_query_are_singular(words, queries, line):
    from robust_emo.cli.attack import _as_text
    from robust_emo.types import Status

    outcomes = factory.make_outcomes(examples=40)
    success = next(outcome for outcome in outcomes if outcome.status is Status.SUCCEEDED)
    assert line in _as_text(replace(success, words_perturbed=words, num_queries=queries), label_is_guessed=False)


def test_attacking_a_file(cli, tiny_model, tmp_path):
    rows = [{"tweet": row["text"], "mood": row["label"]} for row in emotion_rows(12)]
    rows[0]["tweet"] = "I feel glad " * 9000  # over 100 kB: cut to what the model reads
    data = write_rows(tmp_path / "data.csv", rows)
    attack = ("attack", tiny_model, "--attack", "unicode", "--device", "cpu", "--data", data, "--label-column", "mood")
    ended = cli(*attack, "--text-column", "tweet", "--examples", 12, "--max-queries", 20, "--json")
    outcomes = [json.loads(line) for line in ended.out.splitlines()]
    assert (ended.code, ended.err, len(outcomes)) == (0, "", 12)
    assert max(outcome["num_queries"] for outcome in outcomes) <= 20


@pytest.mark.parametrize("kind", ["attacks", "sections", "reporters", "profiles", "bases", "policies"])
def test_lists(cli, kind):
    ended = cli("list", kind)
    assert (ended.code, ended.err) == (0, "")
    choices = json.loads(cli("list", kind, "--json").out)
    lines = [line for line in ended.out.splitlines() if not line.startswith(" ")]
    assert [line.split()[0] for line in lines] == [choice["name"] for choice in choices]
    assert all(choice["summary"] or choice["error"] for choice in choices)


def test_the_list_of_attacks_says_what_each_is_and_lacks(cli, monkeypatch):
    monkeypatch.delenv("ROBUST_EMO_MASKED_LM", raising=False)
    text = cli("list", "attacks").out
    attacks = {choice["name"]: choice for choice in json.loads(cli("list", "attacks", "--json").out)}
    assert re.search(r"^negation +emotion +en +\w", text, re.MULTILINE)
    assert re.search(
        r"^bae .*\n +cannot run here: needs a masked language model.*--attack-arg bae\.", text, re.MULTILINE
    )
    assert attacks["deepwordbug"]["arguments"] == {"edits_per_kind": 1, "double_edits": 0}
    assert (attacks["deepwordbug"]["languages"], attacks["deepwordbug"]["needs"]) == ([], [])
    assert attacks["zh-pinyin"]["languages"] == ["zh"]
    assert attacks["textattack:hotflip"]["family"] == "gradients"
    assert attacks["textattack:hotflip"]["needs"]  # it works on an LSTM of its own, whatever is installed


def test_the_list_of_attacks_is_light():
    script = f"{START}import sys\ntry:\n    run()\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    command = [sys.executable, "-c", script, "list", "attacks", "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert not {*HEAVY, "textattack"} & set(ended.stderr.split())


def test_a_broken_plugin_hides_no_other(cli, fake_plugin):
    ended = cli("list", "attacks")
    assert (ended.code, ended.err) == (0, "")
    assert re.search(r"^broken +cannot be loaded: .*robust_emo_fake.not_there", ended.out, re.MULTILINE)
    assert re.search(r"^deepwordbug +\w", ended.out, re.MULTILINE)
    broken = next(choice for choice in json.loads(cli("list", "attacks", "--json").out) if choice["name"] == "broken")
    assert "cannot be imported" in broken["error"]


def test_a_plugin_that_crashes_when_it_is_made_hides_no_other(cli, fake_plugin, monkeypatch):
    from robust_emo_fake.sections import Lengths

    monkeypatch.setattr(Lengths, "__init__", lambda _: 1 / 0, raising=False)
    ended = cli("list", "sections")
    assert (ended.code, ended.err) == (0, "")
    assert re.search(r"^lengths +cannot be loaded: ZeroDivisionError: ", ended.out, re.MULTILINE)
    assert re.search(r"^evasion +accuracy", ended.out, re.MULTILINE)


def test_doctor(cli):
    ended = cli("doctor")
    found = json.loads(cli("doctor", "--json").out)
    missing = [finding for finding in found if finding["state"] == "missing"]
    assert {finding["name"] for finding in missing} <= {"broken"}  # the plug-in of other tests
    assert (ended.code, ended.err) == (2 if missing else 0, "")
    assert {"core", "device", "attacks", "sections", "reporters", "cache"} <= {finding["group"] for finding in found}
    assert all(finding["command"] for finding in found if finding["group"].startswith("extra") and
               finding["state"] != "found")  # fmt: skip


def test_a_finished_audit_is_rendered_again(cli, audited, tmp_path):
    ended = cli("report", audited[0] / "audit.json", "--format", "html,json", "--out", tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [str(tmp_path / "report.html"), str(tmp_path / "audit.json")]
    assert (tmp_path / "audit.json").read_bytes() == (audited[0] / "audit.json").read_bytes()
    copy = shutil.copytree(audited[0], tmp_path / "copy")
    (copy / "report.html").unlink()
    assert cli("report", copy).code == 0
    assert (copy / "report.html").read_bytes() == (audited[0] / "report.html").read_bytes()


def test_a_page_links_to_the_files_that_lie_beside_it_and_to_no_others(cli, audited, tmp_path):
    def links(folder):
        values = ShownPage((folder / "report.html").read_text(encoding="utf-8")).values
        return {value for name, value in values if name == "href" and not value.startswith("#")}

    assert cli("report", audited[0], "--out", tmp_path / "elsewhere").code == 0
    assert links(tmp_path / "elsewhere") == set()
    words = ShownPage((tmp_path / "elsewhere" / "report.html").read_text(encoding="utf-8")).words
    assert "One without a link did not lie beside the page when it was written" in words
    assert "audit.json outcomes.jsonl answers.jsonl" in words
    assert cli("report", audited[0], "--format", "html,json", "--out", tmp_path / "both").code == 0
    assert links(tmp_path / "both") == {"audit.json"}
    copy = shutil.copytree(audited[0], tmp_path / "copy")
    (copy / "answers.jsonl").unlink()
    assert cli("report", copy / "audit.json", "--out", copy).code == 0
    assert links(copy) == {"audit.json", "outcomes.jsonl"}
    assert all((copy / name).is_file() for name in links(copy))
    shutil.copy(copy / "audit.json", copy / "earlier.json")
    assert cli("report", copy / "earlier.json").code == 0
    assert links(copy) == {"outcomes.jsonl"}  # the audit.json beside it may be of another audit


# --- hostile text --------------------------------------------------------------------------------------------------


def test_texts_and_labels_cannot_steer_the_terminal(cli, tiny_model, tmp_path):
    model = shutil.copytree(tiny_model, tmp_path / "model")
    (model / "robust_emo.json").unlink()
    config = json.loads((model / "config.json").read_text())
    labels = {name: f"\x1b]0;x\x07{name}\u202e" for name in config["label2id"]}
    config |= {"id2label": {index: labels[name] for index, name in config["id2label"].items()}}
    config |= {"label2id": {labels[name]: index for name, index in config["label2id"].items()}}
    (model / "config.json").write_text(json.dumps(config))
    hostile = "\x1b[2J\x9b1mI feel so\x08 happy"
    attack = ("attack", model, "--attack", "deepwordbug", "--text", hostile, "--device", "cpu")
    policy = tmp_path / "policy.toml"
    policy.write_text('[[require]]\nsection = "clean"\nmetric = "recall"\nper_class = true\nmin = 0.5\n')
    rows = [{"text": row["text"], "label": labels[row["label"]]} for row in emotion_rows(24) if row["label"] != "joy"]
    data = write_rows(tmp_path / "data.csv", rows)
    audit = (*quick(model, tmp_path / "out"), "--data", data, "--policy", policy)
    for ended in (cli(*attack), cli(*attack, "--label", "jo"), cli(*audit), cli("gate", tmp_path / "out")):
        assert r"\x1b]0;x\x07" in ended.out + ended.err
        assert not ESCAPES.search(ended.out + ended.err)


def test_ctrl_c_keeps_what_an_attack_has_found(cli, tiny_model, monkeypatch):
    """As if the user pressed Ctrl-C after the second example."""
    import robust_emo.engine.attacking as module

    whole = module.attack_examples

    def cut_short(*arguments, **options):
        for number, outcome in enumerate(whole(*arguments, **options)):
            if number == 2:
                raise KeyboardInterrupt
            yield outcome

    monkeypatch.setattr(module, "attack_examples", cut_short)
    texts = [word for i in range(5) for word in ("--text", f"I am glad number {i}")]
    ended = cli("attack", tiny_model, "--attack", "letter-case", *texts)
    assert ended.code == 130
    assert sum("text-" in line for line in ended.out.splitlines()) == 2
    assert "interrupted: 2 of 5 examples attacked" in ended.err


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("delta", 3.07e-05, "3.1e-05  [3.1e-05, 3.1e-05]"),
        ("delta", 0.0, "0.000"),
        ("epsilon", 7.994, "8.0"),
        ("accuracy", 0.0004, "0.0%"),
    ],
)
def test_a_small_number_is_not_printed_as_none(name, value, said):
    from robust_emo.cli._metrics import value_text
    from robust_emo.types import Metric

    metric = Metric(name=name, value=value, ci_low=value, ci_high=value, n=9, confidence=0.95, higher_is_better=False)
    assert value_text(metric).strip().startswith(said)
