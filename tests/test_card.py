"""The model card: what the hub reads of it, and that nothing of its author's is lost."""

import re
from dataclasses import replace

import pytest
import report_factory as factory
import yaml
from hostile_audit import hostile_audit
from huggingface_hub import ModelCard
from robust_emo_reports.card import BEGIN, END
from robust_emo_reports.model_index import TASK
from shown_page import HOSTILE

from robust_emo.errors import InputError
from robust_emo.plugins import load
from robust_emo.reporters import MergingReporter
from robust_emo.types import PrivacyLedger

MINE = """---
# chosen with legal
license: "apache-2.0"   # do not change
language: [en]
date: 2026-01-02
tags: [mine]
model-index:
- name: the-name-i-gave
  results:
  - task: {type: text-classification}
    dataset: {name: dair-ai/emotion, type: dair-ai/emotion}
    metrics:
    - {type: accuracy, value: 0.93}

# where it came from
base_model: microsoft/MiniLM
---
# My model

I wrote this on a train.   \tWith odd  spaces.

| a | table |
"""


@pytest.fixture(scope="module")
def outcomes():
    return factory.make_outcomes(examples=60)


@pytest.fixture(scope="module")
def report(outcomes):
    return factory.make_report(outcomes)


@pytest.fixture
def card():
    return load("reporters", "card")


def merged(report, existing: str) -> str:
    return load("reporters", "card").merge(report, [], existing.encode()).decode()


def front(text: str) -> dict:
    return yaml.safe_load(re.match(r"\ufeff?---\r?\n(.*?)^---", text, re.DOTALL | re.MULTILINE)[1])


def results(text: str) -> list:
    return front(text)["model-index"][0]["results"]


def test_the_hub_reads_the_numbers_of_a_new_card(card, report):
    data = ModelCard(card.render(report, []).decode()).data
    assert (data.model_name, data.pipeline_tag, data.library_name) == (
        "feedback-minilm",
        "text-classification",
        "transformers",
    )
    found = {(result.metric_type, result.metric_name): result for result in data.eval_results}
    metrics = {
        m.name: m for s in report.sections if s.plugin in ("clean", "ensemble") for m in s.metrics if not m.label
    }
    for (kind, title), name in {
        ("accuracy", "Accuracy"): "accuracy",
        ("f1", "Macro-F1"): "macro_f1",
        ("worst_case_accuracy_3_words", "Worst case, at most 3 words"): "worst_case_accuracy_3_words",
    }.items():
        result, metric = found[kind, title], metrics[name]
        assert (result.metric_value, result.metric_args["n"]) == (metric.value, metric.n)
        assert result.metric_args["ci_low"] == metric.ci_low
        assert (result.task_type, result.dataset_name, result.dataset_revision) == (
            "text-classification",
            "test.csv",
            report.run.data.sha256,
        )


def test_a_new_card_leaves_intended_use_to_its_author_and_says_what_was_found(card, report):
    text = card.render(report, []).decode()
    before, part = text.split(BEGIN)
    assert "## Intended use\n\n*To be written by the author" in before
    assert "license" not in front(text)
    for said in (
        "**Fail.**",
        "anger, disgust, fear, joy, sadness, surprise (single label)",
        f"| training | train.csv | 9,412 | {report.run.train_data.sha256} |",
        "### Robustness",
        "| deepwordbug | Accuracy under attack |",
        "### Privacy\n\nTrained without differential privacy, as far as the audit knows.\n\nNot measured.",
        "14 audited texts stand in the training data too.",
    ):
        assert said in part, said


def test_what_was_promised_and_measured_of_privacy_stands_in_the_card(card, report):
    ledger = PrivacyLedger(3.0, 1e-5, 1.1, 0.01, 500, 1.0, "prv", "example", 9412, "zero-out", "poisson", 2310)
    metric = factory.proportion("membership_auc", 60, 100, better=False)
    section = replace(report.sections[0], kind="privacy", plugin="membership", metrics=(metric,))
    private = replace(report, run=replace(report.run, privacy=ledger), sections=(*report.sections, section))
    text = card.render(private, []).decode()
    assert "(ε, δ) = (3, 1e-05) for each example" in text
    assert "| Membership AUC | 0.600 |" in text
    assert {m["type"] for m in results(text)[0]["metrics"]} >= {"membership_auc", "accuracy"}


def test_an_author_loses_no_line(report):
    text = merged(report, MINE)
    for line in MINE.splitlines():
        if not line.startswith(("- name", "  ")):  # the lines of model-index are written anew
            assert line in text.splitlines(), line
    ours, theirs = front(text), front(MINE)
    assert list(ours)[: len(theirs)] == list(theirs)
    assert {k: v for k, v in ours.items() if k in theirs and k != "model-index"} == {
        k: v for k, v in theirs.items() if k != "model-index"
    }
    assert ours["model-index"][0]["name"] == "the-name-i-gave"
    assert results(text)[0] == results(MINE)[0]
    assert [result["task"].get("name") for result in results(text)] == [None, TASK]
    assert text.split("---\n", 2)[2].startswith(MINE.split("---\n", 2)[2])


@pytest.mark.parametrize(
    "existing",
    [
        MINE,
        MINE.replace("\n", "\r\n"),
        "\ufeff" + MINE,
        "# No front matter\n",
        "No line break at the end",
        "",
        "---\n---\n",
        "---\n# only a comment\n---\ntext",
        "---\nmodel-index:\n---\n",
        "---\nmodel-index: []  # none yet\nlicense: mit\n---\n",
        "---\nmodel-index: []\n---\n",
        f"# A\n\n{BEGIN}\nold\n{END}\nafter\n",
        "---\nlicense: mit\nnote: |\n  # not a comment\n\n  text\n---\nbody",
        "---\nis not front matter, only a line\n",
    ],
    ids=range(14),
)
def test_merging_twice_changes_nothing_and_another_audit_only_its_part(report, existing):
    once = merged(report, existing)
    assert merged(report, once) == once
    assert ("\r\n" in once) == ("\r\n" in existing)
    if "\r\n" in existing:
        assert "\n" not in once.replace("\r\n", "")
    outside = re.split(f"{BEGIN}.*{END}", once, flags=re.DOTALL)
    assert len(outside) == 2
    other = merged(replace(report, verdicts=()), once)
    assert re.split(f"{BEGIN}.*{END}", other, flags=re.DOTALL) == outside
    assert other != once
    ModelCard(once.removeprefix("\ufeff"))


def test_text_around_the_part_stays_where_it_is(report):
    text = merged(report, f"# A\n\nbefore\n{BEGIN}\nold words\n{END}\nafter\n")
    assert "old words" not in text
    assert re.search(rf"# A\n\nbefore\n{BEGIN}\n## Audit\n.*\n{END}\nafter\n\Z", text, re.DOTALL)


@pytest.mark.parametrize(
    ("existing", "message"),
    [
        (b"\xff\xfe", "is not UTF-8"),
        (b"---\na: [\n---\n", "is not YAML"),
        (b"---\na: !!python/object/apply:os.system [ls]\n---\n", "is not YAML"),
        (b"---\njust words\n---\n", "is not a list of `key: value`"),
        (b"---\n{license: mit}\n---\n", "write one `key: value` per line"),
        (b"---\nmodel-index: &a\n- name: x\n  results: []\nother: *a\n---\n", "without anchors"),
        (b"---\nmodel-index: nothing\n---\n", "`model-index` of README.md is not a list"),
        (b"---\nmodel-index:\n- name: x\n  results: 3\n---\n", "`results` in the `model-index`"),
        (BEGIN.encode(), "once each"),
        (f"{END}\n{BEGIN}".encode(), "once each"),
        (f"{BEGIN}\n{END}\n{BEGIN}\n{END}".encode(), "once each"),
        (b"---\na: " + b"[" * 5000 + b"\n---\n", "is not YAML"),
    ],
)
def test_a_card_that_cannot_be_kept_is_refused_with_one_line(card, report, existing, message):
    with pytest.raises(InputError) as refused:
        card.merge(report, [], existing)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", [*HOSTILE, BEGIN, END, "---\nlicense: evil", "a: b", "!!python/none", "&a *b"])
def test_hostile_text_adds_no_key_and_no_mark(card, report, outcomes, text):
    hostile = hostile_audit(report, outcomes[:4], text)
    made = card.render(*hostile).decode()
    assert set(front(made)) == {"library_name", "pipeline_tag", "tags", "model-index"}
    _, _, body = made.split("---\n", 2)
    assert (body.count(BEGIN), body.count(END)) == (1, 1)
    assert card.merge(*hostile, made.encode()).decode() == made


def test_it_is_a_reporter_that_merges(card):
    assert isinstance(card, MergingReporter)
    assert not isinstance(load("reporters", "json"), MergingReporter)


# --- the command ---------------------------------------------------------------------------------------------------


@pytest.fixture
def audit(tmp_path, report, outcomes):
    from robust_emo.audits.outcomes import dump_outcomes

    folder = tmp_path / "audit"
    folder.mkdir()
    (folder / "audit.json").write_bytes(load("reporters", "json").render(report, []))
    (folder / "outcomes.jsonl").write_bytes(dump_outcomes(outcomes))
    return folder


def test_the_command_merges_with_the_card_in_its_output_folder(cli, audit, tmp_path):
    model = tmp_path / "model"
    model.mkdir()
    (model / "README.md").write_text(MINE, encoding="utf-8")
    ended = cli("report", audit, "--format", "card,markdown,sarif", "--out", model)
    assert (ended.code, ended.err) == (0, "")
    text = (model / "README.md").read_text(encoding="utf-8")
    assert "I wrote this on a train." in text
    assert "## Audit" in text
    assert cli("report", audit, "--format", "card", "--out", model).code == 0
    assert (model / "README.md").read_text(encoding="utf-8") == text
    assert not (audit / "README.md").exists()


def test_the_command_writes_nothing_where_a_card_cannot_be_kept(cli, audit, tmp_path):
    (audit / "README.md").write_bytes(b"---\na: [\n---\n")
    ended = cli("report", audit / "audit.json", "--format", "junit,card")
    assert ended.code == 2
    assert ended.err.startswith("robust-emo: the front matter of README.md is not YAML")
    assert (audit / "README.md").read_bytes() == b"---\na: [\n---\n"
    assert not (audit / "audit.junit.xml").exists()
