"""The certificate section of an audit, and training with hidden words for it."""

import json
import random
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from contradictions import Tries, try_to_contradict
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.metric_names import METRIC_NAMES
from sentences import EMOTIONAL, emotion_rows, write_rows
from tiny_victim import trained_classifier

from robust_emo.ablation import MECHANISMS, Ablation
from robust_emo.audit import run_audit
from robust_emo.audits.certificate import Certificates
from robust_emo.engine.engine import Engine
from robust_emo.engine.reading import Reading
from robust_emo.engine.smoothed_victim import SmoothedVictim
from robust_emo.engine.smoothing import SmoothedClassifier, Smoothing
from robust_emo.errors import ExitCode, InputError, PreflightError, PrerequisiteError
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import read_manifest
from robust_emo.models.victim import Victim
from robust_emo.plugins import load
from robust_emo.preflight import AuditRequest
from robust_emo.progress import Silent
from robust_emo.section_choice import SectionArgument
from robust_emo.training.ablated import AblatedTexts
from robust_emo.training.batches import encode
from robust_emo.types import Example, Task
from robust_emo.verdict_text import subject


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


def test_curves_hold_the_same_numbers_down_to_nothing_below_the_cap(finished):
    section, metric = numbers(finished.report)
    for curve, kind in zip(section.curves, ("certified_accuracy", "balanced_certified_accuracy"), strict=True):
        points = {point.budget: point.accuracy for point in curve.points}
        assert points[1] == metric[f"{kind}_1_word"].value
        assert curve.points[-1].accuracy == 0
        assert curve.points[-1].budget < section.args["largest_radius"]
        assert list(points) == list(range(len(points)))
    assert [curve.unit for curve in section.curves] == ["certified_words", "certified_words_balanced"]


def certified(engine, texts, *, label=None, manifest=None, **arguments):
    """The section, over these texts."""
    examples = tuple(Example(f"e{i}", text, (label or engine.victim.labels[0],)) for i, text in enumerate(texts))
    context = SimpleNamespace(engine=engine, attacked=examples, seed=0, manifest=manifest, progress=Silent())
    (section,) = Certificates(samples=20, selection_samples=5, **arguments).run(context)
    return section, {metric.name: metric for metric in section.metrics if metric.label is None}


def test_beyond_the_largest_radius_nothing_is_measured(classifier):
    """A rate of 0.95 certifies up to 13 words: where the search stops, the curve does, and it is not at zero."""
    engine, texts = Engine(Victim(classifier)), ["furious", "livid", "angry"]
    (unread,) = engine.victim.predictions(engine.victim.logits([""]))  # the answer whenever the word is hidden
    options = {"label": unread.labels[0], "mechanism": "deletion", "rate": 0.95}
    section, metric = certified(engine, texts, largest_radius=2, **options)
    for curve, kind in zip(section.curves, ("certified_accuracy", "balanced_certified_accuracy"), strict=True):
        assert [(point.budget, point.accuracy) for point in curve.points] == [(0, 1), (1, 1), (2, 1)]
        assert metric[f"{kind}_2_words"].value == 1
        assert (metric[f"{kind}_3_words"].value, metric[f"{kind}_3_words"].n) == (None, 3)
    assert "certificates of 2 words, more than which were not looked for: 3" in section.notes
    assert [len(curve.points) for curve in certified(engine, texts, **options)[0].curves] == [11, 11]
    section, metric = certified(engine, texts, largest_radius=0, **options)
    assert [len(curve.points) for curve in section.curves] == [1, 1]
    assert metric["certified_accuracy_0_words"].value == 1
    assert metric["certified_accuracy_1_word"].value is None
    assert {m.value for m in section.metrics if m.name == "certified_recall_1_word"} == {None}


def test_texts_without_a_word_are_not_certified_by_masking(classifier):
    """Nothing can be replaced in them, at any radius; deletion covers words put in, and counts them."""
    engine, texts = Engine(Victim(classifier)), ["happy glad", "!?", "...", "sad"]
    left_out = "texts left out of all numbers, since they have no word that could be replaced: 2"
    section, metric = certified(engine, texts, mechanism="masking")
    assert {m.n for m in metric.values()} == {2}
    assert {curve.n for curve in section.curves} == {2}
    assert left_out in section.notes
    assert "all 2 certificates are exact: every way to hide words was asked" in section.notes
    section, metric = certified(engine, texts, mechanism="deletion")
    assert {m.n for m in metric.values()} == {4}
    assert left_out not in section.notes
    section, metric = certified(engine, texts[1:3], mechanism="masking")
    assert {m.value for m in metric.values()} == {None}


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_texts_that_the_model_cuts_are_counted_by_tokens(classifier, mechanism):
    """A word may be many tokens: the text is cut long before it has as many words as the model takes tokens."""
    engine = Engine(Victim(classifier, max_length=16))
    many = "happy xqzvjkwpyxqzvjkwpyxqzvjkwpyxqzvjkwpyxqzvjkwpy sad"
    texts = [many, "happy", "sad glad", " ".join(["happy"] * 17)]
    assert [engine.victim.truncated([text]) for text in texts] == [1, 0, 0, 1]
    section, _ = certified(engine, texts, mechanism=mechanism, rate=0.2)
    cut = [note for note in section.notes if note.startswith("texts longer than the 16 tokens")]
    assert [note.rsplit(": ")[-1] for note in cut] == ["2"]
    words = [note for note in section.notes if note.startswith("texts of which only the first 16 words are read")]
    assert [note.rsplit(": ")[-1] for note in words] == (["1"] if mechanism == "masking" else [])
    section, _ = certified(engine, texts[1:3], mechanism=mechanism, rate=0.2)
    assert not any("16" in note for note in section.notes)


def test_a_model_hardened_after_its_training_with_hidden_words_says_so(classifier):
    """Rounds of hardening on whole texts count, those with hidden words do not."""
    manifest = SimpleNamespace(hyperparameters={"ablation": {"mechanism": "deletion", "rate": 0.8}}, rounds=())
    engine, later = (
        Engine(Victim(classifier)),
        "after its training with hidden words the model was trained on whole texts",
    )
    section, _ = certified(engine, ["happy"], manifest=manifest)
    assert not any(later in note for note in section.notes)
    whole, hidden = SimpleNamespace(hyperparameters={}), SimpleNamespace(hyperparameters=manifest.hyperparameters)
    manifest.rounds = (hidden, hidden)
    section, _ = certified(engine, ["happy"], manifest=manifest)
    assert not any(later in note for note in section.notes)
    manifest.rounds = (whole, hidden, whole)
    section, _ = certified(engine, ["happy"], manifest=manifest)
    assert [note for note in section.notes if later in note] == [
        f"{later} (rounds of hardening: 2), and may certify less for it"
    ]
    manifest.hyperparameters = {}
    section, _ = certified(engine, ["happy"], manifest=manifest)
    assert not any(later in note for note in section.notes)


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


ATTACKS = ("deepwordbug", "unicode", "keyboard", "deletions", "pruthi", "homoglyphs")
MOST_WAYS = 2000


def emotional_texts(count, words, seed):
    """Texts of nothing but words for one emotion, so that a few of them tell it."""
    rng = random.Random(seed)
    labels = list(EMOTIONAL)
    rows = [(" ".join(rng.choices(EMOTIONAL[labels[i % 4]], k=words)), labels[i % 4]) for i in range(count)]
    return [Example(f"e{i}", text, (label,)) for i, (text, label) in enumerate(rows)]


@pytest.fixture(scope="module")
def classifier():
    short = [example for words in (1, 2, 3) for example in emotional_texts(48, words, words)]
    texts, gold = [example.text for example in short], [example.labels[0] for example in short]
    return trained_classifier(texts, gold, tuple(EMOTIONAL), steps=60)


@pytest.fixture(scope="module")
def tries(classifier):
    """Attacks by mechanism and words beyond the radius, all of them on the exact answers of the smoothed model."""
    base, done = Engine(Victim(classifier)), {}
    for mechanism, words, count in (("masking", 8, 60), ("deletion", 6, 24)):
        ablation = Ablation(mechanism, 0.8)
        smoothed = SmoothedClassifier(base, Smoothing(ablation=ablation, samples=MOST_WAYS), seed=0)
        examples = emotional_texts(count, words, 9)
        made = zip(examples, smoothed.certify(examples), strict=True)
        certified = [(example, found) for example, found in made if found.predicted and found.radius]
        attacked = Engine(SmoothedVictim(classifier, ablation, samples=MOST_WAYS))
        for more, chosen, names, queries in ((0, certified, ATTACKS, 12), (4, certified[:8], ATTACKS[:1], 40)):
            done[mechanism, more] = Tries()
            for name in names:
                attack, limit = load("attacks", name), {"max_queries": queries, "more_words": more}
                done[mechanism, more] += try_to_contradict(attack, attacked, smoothed, chosen, **limit)
    return done


def test_over_500_attacks_on_the_smoothed_model_none_contradicts_a_certificate(tries):
    """Every text that an attack tried within the radius is asked again in every way to hide words."""
    assert sum(tries[mechanism, 0].outcomes for mechanism in MECHANISMS) >= 500
    for mechanism in MECHANISMS:
        found = tries[mechanism, 0]
        assert found.within > 1000
        assert (found.exact, found.undecided, found.skipped) == (found.within, 0, 0)
        assert found.contradictions == 0
        assert found.broken == 0


def test_the_same_attack_with_more_words_than_are_certified_does_succeed(tries):
    """So that the test above is no empty promise."""
    for mechanism in MECHANISMS:
        assert tries[mechanism, 4].broken > 0
        assert tries[mechanism, 4].contradictions == 0


def test_a_certificate_that_is_too_good_is_contradicted(classifier):
    """So that neither is the count of contradictions."""
    ablation = Ablation("deletion", 0.8)
    smoothed = SmoothedClassifier(Engine(Victim(classifier)), Smoothing(ablation=ablation, samples=MOST_WAYS), seed=0)
    examples = emotional_texts(8, 5, 9)
    made = zip(examples, smoothed.certify(examples), strict=True)
    boasting = [(example, replace(found, radius=5)) for example, found in made]
    attacked = Engine(SmoothedVictim(classifier, ablation, samples=MOST_WAYS))
    found = try_to_contradict(load("attacks", "deepwordbug"), attacked, smoothed, boasting, max_queries=40)
    assert found.contradictions >= found.broken > 0


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_where_all_ways_are_asked_a_smoothed_victim_is_the_smoothed_model(classifier, mechanism):
    ablation, texts = (
        Ablation(mechanism, 0.6),
        ["furious livid angry", "", "happy, glad! tears", "sad glad furious sad"],
    )
    made = SmoothedVictim(classifier, ablation, samples=100)
    base, reading = Victim(classifier), Reading(made, ablation)
    for text, row in zip(texts, np.exp(made.logits(texts)), strict=True):
        words = reading.words(text)
        shares = np.zeros(4)
        for shown in ablation.all_ways(len(words)):
            (answer,) = base.logits([ablation.text(words, shown, base.batched.tokenizer.mask_token)]).argmax(axis=1)
            shares[answer] += ablation.probability(len(shown), len(words))
        assert row == pytest.approx((100 * shares + 0.5) / 102, abs=1e-5)


def test_a_smoothed_victim_is_a_function_of_the_words_without_gradients(classifier, tiny_multi_model):
    made = SmoothedVictim(classifier, Ablation("deletion", 0.5), samples=20, seed=3)
    texts = ["furious livid angry", "", "happy, glad!", "x" * 3000, "a b c d e f g h"]
    rows = made.logits(texts)
    assert (rows == np.concatenate([made.logits([text]) for text in texts])).all()
    assert (made.logits(["(furious)  livid... angry"]) == rows[:1]).all()
    assert np.exp(rows).sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert made.logits([]).shape == (0, 4)
    with pytest.raises(PrerequisiteError, match="no gradients"):
        made.gradients(["a"], [[1, 0, 0, 0]])
    with pytest.raises(InputError, match="at least 1 sample"):
        SmoothedVictim(classifier, Ablation("deletion", 0.5), samples=0)
    with pytest.raises(InputError, match="single-label"):
        SmoothedVictim(load_classifier(tiny_multi_model), Ablation("deletion", 0.5), samples=3)


def test_attacks_and_certificates_read_the_same_words_of_a_long_text(classifier):
    """Masking reads no more words than the model has tokens: what comes after them changes nothing."""
    read = " ".join(["furious"] * 16)
    long, other = f"{read} happy happy glad", f"{read} sad tears"
    for mechanism, same in (("masking", True), ("deletion", False)):
        ablation = Ablation(mechanism, 0.5)
        made = SmoothedVictim(classifier, ablation, samples=30, max_length=16)
        engine = Engine(Victim(classifier, max_length=16))
        smoothed = SmoothedClassifier(engine, Smoothing(ablation=ablation, samples=30), seed=0)
        assert bool((made.encode([long])[0] == made.encode([read])[0]).all() if same else True)
        assert (len(made.encode([long])[0]) == len(made.encode([other])[0])) is same
        assert (smoothed.reading.words(long) == smoothed.reading.words(other)) is same
        assert smoothed.reading.changed(long, other) == (0 if same else 3)


def test_masking_covers_replaced_words_only(classifier):
    reading = {mechanism: Reading(Victim(classifier), Ablation(mechanism, 0.8)) for mechanism in MECHANISMS}
    for text, masking, deletion in (
        ("so, HAPPY today!", 1, 1),
        ("so happy", None, 1),
        ("so very happy today", None, 1),
        ("happy so today", 2, 2),
    ):
        assert reading["masking"].changed("so happy today", text) == masking
        assert reading["deletion"].changed("so happy today", text) == deletion


def test_the_command_line_attacks_the_smoothed_model(cli, tiny_model):
    given = ("attack", tiny_model, "--attack", "keyboard", "--text", "what a lovely day", "--json", "-q")
    by_itself = json.loads(cli(*given).out)
    ended = cli(*given, "--smooth", "deletion:0.5")
    assert ended.code == 0
    assert json.loads(ended.out)["original"] == by_itself["original"]
    assert json.loads(ended.out)["num_queries"] is not None
    for wrong, message in (
        (("--smooth", "blur:0.5"), "expected a mechanism of masking or deletion"),
        (("--smooth", "masking"), "MECHANISM:RATE"),
        (("--smooth", "masking:2"), "must lie between 0 and 1"),
        (("--smooth-samples", "5"), "--smooth"),
    ):
        refused = cli(*given, *wrong)
        assert refused.code == 2
        assert message in refused.err
    refused = cli("attack", tiny_model, "--attack", "hotflip", "--text", "a day", "--smooth", "deletion:0.5")
    assert refused.code == 2
    assert "no gradients" in refused.err


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
