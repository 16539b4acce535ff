"""The certificate section of an audit, and training with hidden words for it."""

import json
import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.metric_names import METRIC_NAMES
from sentences import EMOTIONAL, emotion_rows, write_rows
from tiny_victim import trained_engine

from robust_emo.ablation import Ablation
from robust_emo.audit import run_audit
from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.engine.smoothed_victim import SmoothedVictim
from robust_emo.engine.smoothing import SmoothedClassifier, Smoothing
from robust_emo.errors import ExitCode, InputError, PreflightError, PrerequisiteError
from robust_emo.models.manifest import read_manifest
from robust_emo.plugins import load
from robust_emo.preflight import AuditRequest
from robust_emo.section_choice import SectionArgument
from robust_emo.training.ablated import AblatedTexts
from robust_emo.training.batches import encode
from robust_emo.types import AttackBudget, Example, Status, Task
from robust_emo.verdict_text import subject
from robust_emo.words import Words, words_changed


def request(model, out, *arguments, **changes):
    settings = [SectionArgument.parse(f"certificate.{argument}") for argument in arguments]
    options = {"sections": ("clean", "certificate"), "attacked_examples": 32, "cache": False, **changes}
    return AuditRequest(str(model), out, section_arguments=tuple(settings), **options)


@pytest.fixture(scope="module")
def finished(tiny_model, tmp_path_factory):
    out = tmp_path_factory.mktemp("certificates")
    return run_audit(request(tiny_model, out, "mechanism=masking", "rate=0.6", "samples=150", "selection_samples=50"))


def numbers(report):
    (section,) = [section for section in report.sections if section.kind == "certificate"]
    return section, {metric.name: metric for metric in section.metrics if metric.label is None}


def test_certified_accuracy_falls_with_the_radius_and_stands_beside_the_constant(finished):
    section, metric = numbers(finished.report)
    assert section.error is None
    assert section.args == {"mechanism": "masking", "rate": 0.6, "samples": 150, "selection_samples": 50,
                            "alpha": 0.001, "largest_radius": 10}  # fmt: skip
    for kind in ("certified_accuracy", "balanced_certified_accuracy"):
        values = [metric[f"{kind}_{words}"].value for words in ("0_words", "1_word", "2_words", "3_words")]
        assert values == sorted(values, reverse=True)
        assert 0 < values[1] < 1
    assert metric["constant_balanced_accuracy"].value == 1 / 4
    assert 1 / 4 <= metric["constant_accuracy"].value < 1 / 2
    assert {m.n for m in metric.values()} == {32}
    assert metric["certified_accuracy_1_word"].method == "wilson"
    assert any("each wrong with a probability of at most 0.001" in note for note in section.notes)
    assert any("robust-emo train --method masking" in note for note in section.notes)


def test_the_mean_of_the_emotions_is_the_balanced_number(finished):
    section, metric = numbers(finished.report)
    recalls = [m.value for m in section.metrics if m.name == "certified_recall_1_word"]
    assert len(recalls) == 4
    assert metric["balanced_certified_accuracy_1_word"].value == pytest.approx(sum(recalls) / 4)


def test_every_number_is_defined_and_has_a_name_in_words(finished):
    section, _ = numbers(finished.report)
    page = (Path(__file__).parents[1] / "docs" / "metrics.md").read_text(encoding="utf-8")
    for metric in section.metrics:
        assert f"\n| `{metric.name}`" in page
        assert metric.name in METRIC_NAMES
        assert "certificate)" not in subject(section, metric)
    settings = (Path(__file__).parents[1] / "docs" / "certificates.md").read_text(encoding="utf-8")
    table = settings.split("## Settings")[1]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(section.args)


def test_curves_hold_the_same_numbers_down_to_nothing(finished):
    section, metric = numbers(finished.report)
    for curve, kind in zip(section.curves, ("certified_accuracy", "balanced_certified_accuracy"), strict=True):
        points = {point.budget: point.accuracy for point in curve.points}
        assert points[1] == metric[f"{kind}_1_word"].value
        assert curve.points[-1].accuracy == 0
        assert list(points) == list(range(len(points)))
    assert [curve.unit for curve in section.curves] == ["certified_words", "certified_words_balanced"]


def test_the_page_shows_the_curve_beside_the_constant_predictor(finished):
    page = HtmlReporter().render(finished.report, finished.outcomes).decode()
    assert "Certified accuracy" in page
    assert "always the most frequent emotion" in page


def test_the_same_audit_has_the_same_certificates_from_a_warm_cache(finished, tiny_model, tmp_path):
    arguments = "mechanism=masking", "rate=0.6", "samples=150", "selection_samples=50"
    for _ in range(2):
        again = run_audit(request(tiny_model, tmp_path, *arguments, cache=True, restart=True))
        assert replace(numbers(again.report)[0], seconds=0) == replace(numbers(finished.report)[0], seconds=0)
    assert again.report.run.cost.physical_queries == 0


def test_the_command_line_takes_settings_and_records_them(cli, tiny_model, tmp_path):
    settings = ("mechanism=deletion", "samples=20", "selection_samples=5")
    given = [word for setting in settings for word in ("--section-arg", f"certificate.{setting}")]
    out = ("--out", tmp_path / "a", "--format", "json")
    ended = cli("audit", tiny_model, "--sections", "certificate", "--examples", 8, "--no-cache", *given, *out)
    assert ended.code == ExitCode.INCONCLUSIVE  # the policy asks for other sections
    run = json.loads((tmp_path / "a" / "audit.json").read_text())["run"]
    assert "--section-arg 'certificate.mechanism=\"deletion\"'" in run["command"]
    assert "section arguments" in run["profile_changes"]


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("certificate.rate=2", "section certificate: the rate of hidden words must lie between 0 and 1, got 2"),
        ("certificate.mechanism=blur", "section certificate: expected a mechanism of masking or deletion, got 'blur'"),
        ("certificate.sample=5", r"has no argument 'sample'.*did you mean 'samples'"),
        ("evasion.x=1", "section 'evasion' does not run here"),
    ],
)
def test_bad_settings_are_named_before_the_start(tiny_model, tmp_path, argument, message):
    wrong = replace(request(tiny_model, tmp_path), section_arguments=(SectionArgument.parse(argument),))
    with pytest.raises(PreflightError, match=message):
        run_audit(wrong)
    with pytest.raises(InputError, match="SECTION.NAME=VALUE"):
        SectionArgument.parse("samples=3")


def test_multi_label_models_are_not_measured_and_say_why(tiny_multi_model, tmp_path):
    section, metric = numbers(run_audit(request(tiny_multi_model, tmp_path, formats=("html",))).report)
    assert section.error is None
    assert all(m.value is None for m in metric.values())
    assert section.notes == ("not measured: certificates are made for single-label models only",)


# --- never contradicted, on a real model ----------------------------------------------------------------------------


def emotional_texts(count, words, seed):
    """Texts of nothing but words for one emotion, so that a few of them tell it."""
    rng = random.Random(seed)
    labels = list(EMOTIONAL)
    rows = [(" ".join(rng.choices(EMOTIONAL[labels[i % 4]], k=words)), labels[i % 4]) for i in range(count)]
    return [Example(f"e{i}", text, (label,)) for i, (text, label) in enumerate(rows)]


@pytest.fixture(scope="module")
def base():
    short = [example for words in (1, 2, 3) for example in emotional_texts(48, words, words)]
    texts, gold = [example.text for example in short], [example.labels[0] for example in short]
    return trained_engine(texts, gold, tuple(EMOTIONAL), steps=60)


@pytest.mark.parametrize("mechanism", ["masking", "deletion"])
def test_no_attack_within_the_radius_gets_another_answer(base, mechanism):
    """Of the smoothed model, attacked as a whole; what the search takes for a success is asked of it in full."""
    smoothing = Smoothing(ablation=Ablation(mechanism, 0.8), samples=300, selection_samples=60)
    smoothed = SmoothedClassifier(base, smoothing, seed=0)
    examples = emotional_texts(20, 12, 9)
    certified = {c.example_id: c for c in smoothed.certify(examples) if c.predicted and c.radius >= 2}
    assert len(certified) > 10
    engine = Engine(SmoothedVictim(base.victim, smoothing.ablation, samples=8, seed=1))
    chosen = [example for example in examples if example.id in certified]
    tried, proposed = 0, []
    for name in ("unicode", "deletions", "keyboard"):
        limit = AttackBudget(max_words=2, max_queries=24)
        for outcome in attack_examples(engine, load("attacks", name), chosen, seed=0, limit=limit):
            assert outcome.status is not Status.ERRORED
            tried += 1
            if outcome.status is Status.SUCCEEDED and within(outcome, certified, mechanism):
                proposed.append(Example(outcome.example_id, outcome.perturbed, outcome.label))
    assert tried == 3 * len(certified)
    for after in smoothed.certify(proposed):
        assert after.predicted in (None, certified[after.example_id].predicted)


def test_a_smoothed_victim_is_a_function_of_the_text_without_gradients(base):
    made = SmoothedVictim(base.victim, Ablation("deletion", 0.5), samples=20, seed=3)
    texts = ["furious livid angry", "", "happy, glad!", "x" * 3000]
    rows = made.logits(texts)
    assert (rows == np.concatenate([made.logits([text]) for text in texts])).all()
    assert np.exp(rows).sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert made.logits([]).shape == (0, 4)
    with pytest.raises(PrerequisiteError, match="no gradients"):
        made.gradients(["a"], [[1, 0, 0, 0]])


def within(outcome, certified, mechanism):
    radius = certified[outcome.example_id].radius
    if mechanism == "deletion":
        return words_changed(outcome.original, outcome.perturbed) <= radius
    before, after = Words.of(outcome.original).words, Words.of(outcome.perturbed).words
    return len(before) == len(after) and sum(a != b for a, b in zip(before, after, strict=True)) <= radius


# --- training with hidden words -------------------------------------------------------------------------------------


def ablated(victim, *, mechanism="masking", seed=0):
    rows = emotion_rows(40, seed=3)
    examples = [Example(str(i), row["text"], (row["label"],)) for i, row in enumerate(rows)]
    tokenizer = victim.batched.tokenizer
    encoded = encode(examples, tokenizer, labels=victim.labels, task=Task.SINGLE_LABEL, max_length=32)
    return AblatedTexts.of(encoded, examples, tokenizer, ablation=Ablation(mechanism, 0.7), seed=seed)


def test_words_are_hidden_anew_in_each_epoch_and_the_same_after_a_resume(victim):
    texts = ablated(victim)
    first, second = texts.in_epoch(0), texts.in_epoch(1)
    assert first.ids == ablated(victim).in_epoch(0).ids
    assert first.ids != second.ids
    assert first.ids != ablated(victim, seed=1).in_epoch(0).ids
    assert (first.targets == texts.targets).all()


def test_the_share_of_masked_words_is_the_rate(victim):
    texts = ablated(victim)
    mask = victim.batched.tokenizer.mask_token_id or victim.batched.tokenizer.unk_token_id
    for ids, words in zip(texts.in_epoch(0).ids, texts.words, strict=True):
        assert ids.count(mask) == len(words) - texts.ablation.kept(len(words))
    shorter = ablated(victim, mechanism="deletion").in_epoch(0)
    assert sum(shorter.lengths) < 0.6 * sum(texts.lengths)


def test_a_model_trained_with_hidden_words_is_certified_as_it_was_trained(cli, tmp_path):
    data = write_rows(tmp_path / "emotions.csv", emotion_rows(240))
    ended = cli("train", data, "--out", tmp_path / "model", "--base", "scratch:tiny", "--method", "masking",
                "--mask-rate", "0.55", "--epochs", 3, "--precision", "fp32", "-q")  # fmt: skip
    assert ended.code == 0
    manifest = read_manifest(tmp_path / "model")
    assert manifest.method == "masking"
    assert manifest.hyperparameters["ablation"] == {"mechanism": "masking", "rate": 0.55}
    out = tmp_path / "audit"
    section, _ = numbers(run_audit(request(tmp_path / "model", out, "samples=40", "selection_samples=20")).report)
    assert (section.args["mechanism"], section.args["rate"]) == ("masking", 0.55)
    assert not any("train --method" in note for note in section.notes)
    for wrong in (("--mask-rate", "1.5"), ("--method", "standard", "--mask-rate", "0.5")):
        arguments = ("train", data, "--out", tmp_path / "other", "--method", "masking", *wrong)
        ended = cli(*arguments)
        assert ended.code == 2
        assert "mask-rate" in ended.err or "rate of hidden words" in ended.err
