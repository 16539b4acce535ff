"""The explanation section of an audit: its numbers, what it shows, and what it refuses."""

import json
import shutil
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from command_line import refused
from explained_models import tiny_engine
from sentences import emotion_rows, write_rows
from transformers import AutoModelForSequenceClassification

from robust_emo.audit import run_audit
from robust_emo.audits.explanation.attribution import Attribution
from robust_emo.audits.explanation.curves import agreement, sanity_curve
from robust_emo.audits.explanation.explaining import Explainer, of_examples
from robust_emo.audits.explanation.explanation_metrics import mean_over_texts
from robust_emo.audits.explanation.randomisation import Stage
from robust_emo.audits.explanation.section import Explanations
from robust_emo.audits.explanation.segments import Segments
from robust_emo.audits.explanation.shown import other_emotions
from robust_emo.audits.explanation.target import Target
from robust_emo.data_file import DataFile
from robust_emo.errors import ExitCode, InputError, PrerequisiteError
from robust_emo.personal.finding import Candidate, Kind
from robust_emo.preflight import AuditRequest
from robust_emo.section_choice import SectionArgument
from robust_emo.types import Example, Explanation, Task, Trust

SMALL = ("texts=16", "closely=6", "sanity_texts=6", "shown=9")
NAMES = {
    "trusted", "caution", "unreliable", "completeness_holds", "completeness_gap", "beats_random", "comprehensiveness",
    "random_comprehensiveness", "masked_comprehensiveness", "random_masked_comprehensiveness", "sufficiency",
    "random_sufficiency", "masked_sufficiency", "random_masked_sufficiency", "normalised_comprehensiveness",
    "random_normalised_comprehensiveness", "normalised_sufficiency", "random_normalised_sufficiency",
    "leave_one_out_correlation", "leave_one_out_overlap", "random_leave_one_out_overlap", "infidelity",
    "random_infidelity", "max_sensitivity", "rank_stability", "stability_overlap", "random_stability_overlap",
    "randomisation_correlation",
}  # fmt: skip


def request(model, out, *arguments, **changes):
    settings = [SectionArgument.parse(f"explanation.{argument}") for argument in (*SMALL, *arguments)]
    options = {"sections": ("clean", "explanation"), "attacked_examples": 8, "cache": False, **changes}
    return AuditRequest(str(model), out, section_arguments=tuple(settings), **options)


def section_of(outcome):
    (section,) = [each for each in outcome.report.sections if each.kind == "explanation"]
    assert section.error is None, section.error
    return section


def numbers(section):
    return {metric.name: metric for metric in section.metrics if metric.label is None}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Texts with things in them that nobody else should read."""
    rows = emotion_rows(24, seed=21)
    for number, row in enumerate(rows):
        row["text"] += (" write to anna.miller@example.com", " says @maria_k", "")[number % 3]
    return DataFile(str(write_rows(tmp_path_factory.mktemp("texts") / "test.csv", rows)))


@pytest.fixture(scope="module")
def section(tiny_model, data, tmp_path_factory):
    return section_of(run_audit(request(tiny_model, tmp_path_factory.mktemp("a"), data=data)))


def test_every_number_has_n_and_an_interval_around_it(section):
    metric = numbers(section)
    assert set(metric) >= NAMES
    for name in NAMES:
        found = metric[name]
        assert found.value is not None, name
        if found.n >= 5:  # fewer have no interval
            assert found.ci_low <= found.value <= found.ci_high, name
    assert metric["comprehensiveness"].n == metric["trusted"].n == 16
    assert metric["max_sensitivity"].n == 6
    assert 1 <= metric["rank_stability"].n <= 6
    assert 1 <= metric["randomisation_correlation"].n <= 6
    assert sum(metric[str(each)].value for each in Trust) == pytest.approx(1)
    assert sum(section.counts.values()) == 16
    assert section.args == {
        "method": "integrated-gradients", "baselines": ["pad"], "texts": 16, "closely": 6, "sanity_texts": 6,
        "shown": 9, "show_raw": False, "map": "pca", "recogniser": "built-in",
    }  # fmt: skip


def test_curves_belong_to_the_numbers(section):
    found, metric = section.explanation, numbers(section)
    points = found.faithfulness
    assert [point.share for point in points] == [0.01, 0.05, 0.1, 0.2, 0.5]
    assert sum(p.comprehensiveness for p in points) / 5 == pytest.approx(metric["comprehensiveness"].value)
    assert sum(p.random_sufficiency for p in points) / 5 == pytest.approx(metric["random_sufficiency"].value)
    points = found.faithfulness_masked
    assert sum(p.sufficiency for p in points) / 5 == pytest.approx(metric["masked_sufficiency"].value)
    assert metric["masked_comprehensiveness"].value != metric["comprehensiveness"].value
    assert (found.projection, 0 < found.variance_shown <= 1) == ("pca", True)
    for each in found.agreement:
        assert 0 <= each.overlap_low <= each.overlap <= each.overlap_high <= 1
        assert 0.1 < each.random_overlap < 0.4
    assert found.sanity[0].randomised == "the head"
    assert found.sanity[-1].correlation == metric["randomisation_correlation"].value
    assert sum(each.count for each in found.stability) == metric["rank_stability"].n
    assert {each.right for each in found.agreement} >= {"leave-one-out", "occlusion", "gradient-x-input"}


def test_what_is_personal_is_masked_unless_asked_for(section, tiny_model, data, tmp_path):
    shown = section.explanation.shown
    assert len({each.example_id for each in shown}) == 9
    texts = " ".join(each.text for each in shown)
    assert "example.com" not in texts
    assert "maria" not in texts
    assert "[EMAIL]" in texts
    assert any("are masked" in note for note in section.notes)
    for each in shown:
        assert all(each.text[word.start : word.end] == word.text for word in each.words)
    raw = section_of(run_audit(request(tiny_model, tmp_path, "show_raw=true", data=data)))
    assert "anna.miller@example.com" in " ".join(each.text for each in raw.explanation.shown)
    assert not any("are masked" in note for note in raw.notes)
    for left, right in zip(shown, raw.explanation.shown, strict=True):
        assert left.trust == right.trust
        assert sum(word.attribution for word in left.words) == pytest.approx(sum(w.attribution for w in right.words))


def test_the_same_seed_gives_the_same_section(section, tiny_model, data, tmp_path):
    again = section_of(run_audit(request(tiny_model, tmp_path, data=data)))
    assert replace(again, seconds=0) == replace(section, seconds=0)


def test_what_is_not_measured_is_none_and_not_0(tiny_model, data, tmp_path):
    asked = ("closely=0", "sanity_texts=0", "shown=0", "method=leave-one-out")
    settings = [SectionArgument.parse(f"explanation.{argument}") for argument in ("texts=6", *asked)]
    outcome = run_audit(replace(request(tiny_model, tmp_path, data=data), section_arguments=tuple(settings)))
    section = section_of(outcome)
    metric = numbers(section)
    unmeasured = (
        "completeness_gap", "completeness_holds", "max_sensitivity", "rank_stability", "stability_overlap",
        "random_stability_overlap", "leave_one_out_overlap", "random_leave_one_out_overlap",
    )  # fmt: skip
    for name in (*unmeasured, "randomisation_correlation"):
        assert (metric[name].value, metric[name].ci_low, metric[name].n) == (None, None, 0), name
    assert section.explanation.shown == section.explanation.sanity == section.explanation.stability == ()
    assert section.explanation.baselines == ()
    assert any("not measured: max_sensitivity" in note for note in section.notes)


def test_where_authors_are_known_intervals_are_by_author(tiny_model, tmp_path):
    data = write_rows(tmp_path / "test.csv", emotion_rows(24, seed=21))
    section = section_of(
        run_audit(request(tiny_model, tmp_path / "a", data=DataFile(str(data), group_column="author")))
    )
    means = [metric for metric in section.metrics if metric.ci_low is not None and metric.method != "wilson"]
    assert len(means) >= 20
    assert {metric.method for metric in means} == {"bootstrap-clustered"}
    assert [each.randomised for each in section.explanation.sanity]


def alike_by_author(count=30, authors=6):
    """Texts whose number is their author's, all but a little."""
    rng = np.random.default_rng(0)
    examples = [Example(str(row), "", ("joy",), f"author{row % authors}") for row in range(count)]
    return examples, [0.1 * (row % authors) + 0.01 * rng.standard_normal() for row in range(count)]


def test_intervals_by_author_are_wider_where_authors_differ_and_never_narrower():
    examples, values = alike_by_author()
    strangers = [replace(each, group=None) for each in examples]
    by_author = mean_over_texts("x", values, examples, higher_is_better=None, seed=0)
    by_text = mean_over_texts("x", values, strangers, higher_is_better=None, seed=0)
    assert (by_author.method, by_text.method) == ("bootstrap-clustered", "bootstrap")
    assert by_author.ci_high - by_author.ci_low > 1.5 * (by_text.ci_high - by_text.ci_low)
    assert by_author.value == by_text.value
    balanced = [value - np.mean(values[row % 6 :: 6]) + (-1) ** (row // 6) for row, value in enumerate(values)]
    by_author = mean_over_texts("x", balanced, examples, higher_is_better=None, seed=0)
    by_text = mean_over_texts("x", balanced, strangers, higher_is_better=None, seed=0)
    assert by_author.ci_low <= by_text.ci_low < by_text.ci_high <= by_author.ci_high
    some = [None, *values[1:]]
    assert mean_over_texts("x", some, examples, higher_is_better=None, seed=0).n == len(values) - 1


def test_agreement_and_the_sanity_curve_have_intervals_by_author():
    examples, values = alike_by_author()
    strangers = [replace(each, group=None) for each in examples]
    stage = Stage("the head", 0.5, ())
    (by_author,) = sanity_curve([(stage, [None, *values[1:]])], examples, seed=0)
    (by_text,) = sanity_curve([(stage, [None, *values[1:]])], strangers, seed=0)
    assert by_author.n == 29
    assert by_author.ci_high - by_author.ci_low > 1.5 * (by_text.ci_high - by_text.ci_low)
    segments, rng = Segments.of("one two three four five six seven eight"), np.random.default_rng(1)
    own = [Attribution(segments, Target("joy"), rng.standard_normal(8)) for _ in examples]
    others = [
        replace(each, values=(-1) ** (row % 6) * each.values + 0.1 * rng.standard_normal(8))
        for row, each in enumerate(own)
    ]
    left, right = (agreement("a", own, "b", others, known, seed=0) for known in (examples, strangers))
    assert left.correlation == right.correlation
    assert left.ci_high - left.ci_low > 1.5 * (right.ci_high - right.ci_low)
    assert left.overlap_high - left.overlap_low > 1.5 * (right.overlap_high - right.overlap_low)
    assert left.random_overlap == 0.25


def test_without_umap_one_line_before_the_audit_says_what_to_install(cli, tiny_model, data, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)
    ended = cli("audit", tiny_model, "--data", data.path, "--sections", "clean,explanation", "--out", tmp_path / "a",
                "--section-arg", "explanation.map=umap")  # fmt: skip
    refused(ended, r"map=umap needs umap-learn .*pip install 'robust-emo\[umap\]'")


def test_shown_texts_are_explained_for_other_emotions_too(section):
    groups = {}
    for each in section.explanation.shown:
        groups.setdefault(each.example_id, []).append(each)
    for first, *others in groups.values():
        assert (first.target,) == first.predicted
        targets = [each.target for each in others]
        if first.predicted == first.label:
            assert len(targets) == 1
        else:
            assert targets[0] == first.label[0]
            assert len(targets) in (1, 2)  # one where the true emotion is the runner-up
        assert len({first.target, *targets}) == 1 + len(targets)
        for other in others:
            assert (other.text, other.label, other.predicted) == (first.text, first.label, first.predicted)
            assert other.probability <= first.probability
            assert other.quality.comprehensiveness is not None
            assert other.quality.infidelity_by_chance is not None
            assert other.quality.stability is other.quality.max_sensitivity is None
    assert numbers(section)["trusted"].n == 16  # of the answers alone
    assert any("Other emotions of shown texts" in note for note in section.notes)


@pytest.mark.parametrize(
    ("task", "predicted", "label", "others"),
    [
        (Task.SINGLE_LABEL, ("joy",), ("joy",), ["fear"]),
        (Task.SINGLE_LABEL, ("joy",), ("sadness",), ["sadness", "fear"]),
        (Task.SINGLE_LABEL, ("joy",), ("fear",), ["fear"]),
        (Task.SINGLE_LABEL, ("joy",), None, ["fear"]),
        (Task.SINGLE_LABEL, ("joy",), ("pride",), ["fear"]),
        (Task.MULTI_LABEL, ("joy",), ("joy",), []),
        (Task.MULTI_LABEL, (), (), []),
        (Task.MULTI_LABEL, ("joy", "anger"), ("sadness", "joy"), ["anger", "sadness"]),
        (Task.MULTI_LABEL, ("joy", "fear", "anger"), ("sadness", "love"), ["fear", "anger"]),
    ],
)
def test_which_other_emotions_are_explained(task, predicted, label, others):
    labels = ("anger", "fear", "joy", "love", "sadness")
    logits = np.array([0.5, 1.0, 2.0, 0.1, -1.0], dtype=np.float32)
    one = Explanation("occlusion", "joy", "so", (), Trust.TRUSTED, (), 0.5, predicted, None, label=label)
    assert other_emotions(one, logits, labels, task) == others


def test_multi_label_models_are_explained(tiny_multi_model, tmp_path):
    section = section_of(run_audit(request(tiny_multi_model, tmp_path)))
    assert numbers(section)["comprehensiveness"].value is not None
    for each in section.explanation.shown:
        first = next(one for one in section.explanation.shown if one.example_id == each.example_id)
        assert each is first or each.target in {*each.predicted, *each.label}


def test_no_map_of_random_weights_is_trusted(tiny_model, data, tmp_path):
    broken = tmp_path / "model"
    shutil.copytree(tiny_model, broken)
    model = AutoModelForSequenceClassification.from_pretrained(broken)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        for parameter in model.parameters():
            parameter.data.normal_(0, 0.2)
    model.save_pretrained(broken)
    section = section_of(run_audit(request(broken, tmp_path / "out", data=data)))
    assert numbers(section)["trusted"].value == 0
    assert any("no better than guessing" in note for note in section.notes)
    assert {each.trust for each in section.explanation.shown} == {Trust.UNRELIABLE}
    for_all = section.explanation.reasons
    assert any("no better than guessing" in reason for reason in for_all)
    assert all(set(for_all) <= set(each.reasons) for each in section.explanation.shown)


def test_where_the_model_only_guesses_no_map_is_trusted_those_of_attacked_texts_neither(tiny_model, tmp_path):
    rows = emotion_rows(240, seed=5)
    known = sorted({row["label"] for row in rows})
    following = dict(zip(known, known[1:] + known[:1], strict=True))
    wrong = [row if number % 4 == 0 else row | {"label": following[row["label"]]} for number, row in enumerate(rows)]
    data = write_rows(tmp_path / "test.csv", wrong)
    changes = {"sections": ("clean", "evasion", "explanation"), "attacks": ("deepwordbug",), "attacked_examples": 40}
    section = section_of(run_audit(request(tiny_model, tmp_path / "out", data=DataFile(str(data)), **changes)))
    assert any("no better than guessing" in note for note in section.notes)
    pairs = section.explanation.pairs
    assert pairs
    for one in (one for pair in pairs for one in (pair.original, pair.perturbed)):
        assert one.trust is Trust.UNRELIABLE
        assert any("no better than guessing" in reason for reason in one.reasons)
    for pair in pairs:
        assert pair.original.predicted != pair.perturbed.predicted
        assert pair.plugin == "deepwordbug"
        assert (
            pair.original.label == pair.perturbed.label == pair.original.predicted
        )  # an attack goes for right answers
        assert pair.original.example_id == pair.perturbed.example_id is not None


def test_a_method_that_does_not_apply_is_not_measured_and_not_left_out():
    explainer = Explainer(tiny_engine("pooled"))
    text = "we were so happy today"
    maps = of_examples(explainer.heat_maps(explainer.readings([text], [None])), [Example("a", text, ("joy",))])
    found = Explanations()._agreements(explainer, maps)
    (rollout,) = [each for each in found if each.right == "attention-rollout"]
    assert (rollout.correlation, rollout.n) == (None, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"texts": 4}, "texts must be a whole number of at least 5, got 4"),
        ({"closely": -1}, "closely must be a whole number of at least 0"),
        ({"sanity_texts": 1.5}, "sanity_texts must be a whole number"),
        ({"shown": True}, "shown must be a whole number"),
        ({"show_raw": "yes"}, "show_raw must be true or false"),
        ({"map": "tsne"}, "unknown map 'tsne'.*pca.*umap"),
        ({"method": "grad-cam"}, "section explanation: .*grad-cam"),
        ({"method": "attention-rollout"}, "for comparison only"),
        ({"recogniser": "presido"}, "section explanation: unknown recogniser 'presido'; did you mean 'presidio'"),
    ],
)
def test_bad_arguments_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        Explanations(**arguments)


def test_presidio_is_asked_where_it_is_chosen_and_missing_is_one_line_before_the_audit(
    cli, tiny_model, data, tmp_path, monkeypatch
):
    def missing():
        raise PrerequisiteError("recogniser presidio needs presidio_analyzer: pip install 'robust-emo[presidio]'")

    def houses(text):
        at = text.find("house")
        return [Candidate(Kind.NAME, at, at + 5)] if at >= 0 else []

    monkeypatch.setattr("robust_emo.personal.presidio.presidio", missing)
    command = ("audit", tiny_model, "--sections", "explanation", "--section-arg", "explanation.recogniser=presidio")
    refused(cli(*command, "--out", tmp_path / "a"), r"recogniser presidio needs presidio_analyzer: pip install")
    assert not (tmp_path / "a").exists()
    monkeypatch.setattr("robust_emo.personal.presidio.presidio", lambda: houses)
    rows = [{"text": f"I am so happy about the house, number {number}", "label": "joy"} for number in range(6)]
    few = ("texts=5", "closely=0", "sanity_texts=0", "recogniser=presidio")
    file = DataFile(str(write_rows(tmp_path / "test.csv", rows)))
    found = section_of(run_audit(request(tiny_model, tmp_path / "b", *few, data=file)))
    assert all("the [NAME], number" in each.text for each in found.explanation.shown)
    assert found.args["recogniser"] == "presidio"


def test_the_command_line_takes_arguments_and_refuses_bad_ones_in_one_line(cli, tiny_model, data, tmp_path):
    command = ("audit", tiny_model, "--data", data.path, "--sections", "clean,explanation", "--examples", 8,
               "--no-cache", "--format", "json", "-q", "--out", tmp_path / "a")  # fmt: skip
    refused(cli(*command, "--section-arg", "explanation.texts=2"), "texts must be a whole number of at least 5")
    refused(cli(*command, "--section-arg", "explanation.method=magic"), "magic")
    given = [word for setting in SMALL for word in ("--section-arg", f"explanation.{setting}")]
    ended = cli(*command, *given)
    assert ended.code == ExitCode.INCONCLUSIVE  # the policy asks for other sections
    written = (tmp_path / "a" / "audit.json").read_text()
    assert "anna.miller" not in written
    (found,) = [each for each in json.loads(written)["sections"] if each["kind"] == "explanation"]
    assert found["error"] is None
    assert len({each["example_id"] for each in found["explanation"]["shown"]}) == 9
