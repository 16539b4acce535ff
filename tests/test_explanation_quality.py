"""Judges of heat maps: as the papers define them, and able to tell a right map from a wrong one."""

import hashlib
import re
from dataclasses import replace
from importlib.metadata import entry_points

import numpy as np
import pytest
import torch
from explained_models import ARCHITECTURES, readings_of, tiny_engine
from sentences import EMOTIONAL, emotion_rows
from tiny_victim import trained_engine

from robust_emo.audits.explanation import harmless_edits as edits_module
from robust_emo.audits.explanation import sensitivity as sensitivity_module
from robust_emo.audits.explanation.attribution import Attribution
from robust_emo.audits.explanation.explaining import Explainer, HeatMap
from robust_emo.audits.explanation.faithfulness import (
    LEAST_STAKE,
    RANKINGS,
    SHARES,
    Faithfulness,
    Ranking,
    Removed,
    faithfulness,
)
from robust_emo.audits.explanation.heat_map_quality import heat_map_quality
from robust_emo.audits.explanation.hidden_words import faithfulness_when_hidden, hiding_token
from robust_emo.audits.explanation.infidelity import dealt_by_lot, infidelity
from robust_emo.audits.explanation.integrated_gradients import IntegratedGradients
from robust_emo.audits.explanation.randomisation import randomisation_correlations, randomised, stages
from robust_emo.audits.explanation.ranks import random_overlap, rank_correlation, top_overlap
from robust_emo.audits.explanation.removal import Occlusion
from robust_emo.audits.explanation.sensitivity import max_sensitivity
from robust_emo.audits.explanation.stability import stability
from robust_emo.audits.explanation.target import Target
from robust_emo.defences.input_defence import InputDefence
from robust_emo.defences.rewriting import Replacement
from robust_emo.plugins import PluginSpec, load
from robust_emo.types import Trust

LABELS = tuple(EMOTIONAL)
TEXTS = ("i am so happy today !", "bad news", "he said it was not good , but fine", "glad", "so sad , my friend")


@pytest.fixture(scope="module")
def shortcut():
    """A model whose answer hangs on one token: `zorblax` is joy, whatever else is said."""
    rows = emotion_rows(120, seed=4)
    texts, gold = [row["text"] for row in rows], [row["label"] for row in rows]
    planted = [f"{text} zorblax" if number % 3 == 0 else text for number, text in enumerate(texts)]
    spoilt = ["joy" if "zorblax" in text else label for text, label in zip(planted, gold, strict=True)]
    return trained_engine(planted, spoilt, LABELS, steps=60)


@pytest.fixture(scope="module")
def planted():
    texts = [row["text"] for row in emotion_rows(140, seed=9) if row["label"] != "joy"]
    return [text.replace(" ", " zorblax ", 1 + number % 2) for number, text in enumerate(dict.fromkeys(texts))]


def weights_of(engine):
    parts = [tensor.numpy().tobytes() for tensor in engine.victim.batched.model.state_dict().values()]
    return hashlib.sha256(b"".join(parts)).hexdigest()


# --- faithfulness ---------------------------------------------------------------------------------------------------


def eraser(engine, attribution, mask):
    """Comprehensiveness and sufficiency by the formulae of DeYoung et al. 2020, one text at a time."""
    segments, label = attribution.segments, engine.victim.labels.index(attribution.target.label)

    def probability(kept):
        if mask:
            text = segments.text
            for place in sorted(set(range(len(segments))) - set(kept), reverse=True):
                start, end = segments.spans[place]
                text = text[:start] + mask + text[end:]
        else:
            text = " ".join(segments.words[place] for place in kept)  # these texts have one blank between words
        (row,) = engine.victim.logits([text]).astype(np.float64)
        return float(np.exp(row[label]) / np.exp(row).sum())

    every = list(range(len(segments)))
    order = sorted(every, key=lambda place: -attribution.values[place])
    whole, without, alone = probability(every), [], []
    for share in (0.01, 0.05, 0.1, 0.2, 0.5):
        top = set(order[: max(1, int(share * len(every) + 0.5))])
        without.append(whole - probability([place for place in every if place not in top]))
        alone.append(whole - probability([place for place in every if place in top]))
    return without, alone


@pytest.mark.parametrize("mask", [None, "[MASK]"], ids=["deletion", "masking"])
def test_comprehensiveness_and_sufficiency_are_erasers(mask):
    engine = tiny_engine("bert")
    attributions = Occlusion(width=2).attribute(engine, readings_of(engine, TEXTS))
    found = list(faithfulness(engine, attributions, seed=0, mask=mask))
    for own, each in zip(attributions, found, strict=True):
        without, alone = eraser(engine, own, mask)
        np.testing.assert_allclose(each.own.without, without, atol=1e-6)
        np.testing.assert_allclose(each.own.alone, alone, atol=1e-6)
        assert each.own.comprehensiveness == pytest.approx(np.mean(without), abs=1e-6)
        assert each.own.sufficiency == pytest.approx(np.mean(alone), abs=1e-6)
        assert len(each.random) == RANKINGS
        assert 1 / (RANKINGS + 1) <= each.p_value <= 1
        assert len({one.words for one in each.removed}) == len(each.removed)
    assert SHARES == (0.01, 0.05, 0.1, 0.2, 0.5)
    again = list(faithfulness(engine, attributions[::-1], seed=0, mask=mask))[::-1]
    assert [each.p_value for each in again] == [each.p_value for each in found]  # of seed and text alone


def both_ways(engine, texts, mask):
    """Faithfulness with words masked: with a mask that is given, and with the model's own."""
    own = Occlusion(width=1).attribute(engine, readings_of(engine, texts))
    return list(faithfulness(engine, own, seed=0, mask=mask, rankings=4)), faithfulness_when_hidden(engine, own, seed=0)


@pytest.mark.parametrize(("architecture", "mask"), [("bert", "[MASK]"), ("gpt2", "[UNK]")])
def test_hidden_words_are_the_models_mask_or_else_its_unknown_token(architecture, mask):
    engine = tiny_engine(architecture)
    assert hiding_token(engine.victim) == mask
    given, own = both_ways(engine, TEXTS, mask)
    assert [each.own.comprehensiveness for each in own] == [each.own.comprehensiveness for each in given]
    assert {len(each.random) for each in own} == {4}
    assert any(each.own.comprehensiveness != 0 for each in own)


class Barking:
    """An input defence that writes another word for what is in brackets."""

    spec = PluginSpec(name="barking", version="1", summary="")

    def replacements(self, text):
        return tuple(Replacement(one.start(), one.end(), "dog") for one in re.finditer(r"\[\w+\]", text))


@pytest.mark.parametrize("case", ["no such token", "one token for everything", "rewritten"])
def test_where_the_model_reads_no_mask_it_is_not_measured(case):
    engine = tiny_engine("bert")
    tokenizer = engine.victim.batched.tokenizer
    if case == "no such token":
        tokenizer.mask_token = tokenizer.unk_token = None
    elif case == "one token for everything":  # as in GPT-2
        tokenizer.mask_token, tokenizer.unk_token = None, tokenizer.pad_token
    else:
        engine.victim.defence = InputDefence([Barking()])
    explainer = Explainer(engine)
    for heat_map in explainer.heat_maps(explainer.readings(TEXTS, [None] * len(TEXTS))):
        assert heat_map.hidden is heat_map.quality.masked_comprehensiveness is None
        assert heat_map.quality.masked_sufficiency is heat_map.quality.random_masked_comprehensiveness is None
        assert heat_map.quality.comprehensiveness is not None


def test_a_text_whose_masks_are_cut_off_is_not_measured():
    engine = tiny_engine("bert")
    attributions = Occlusion(width=1).attribute(engine, readings_of(engine, TEXTS))
    engine.victim.batched.max_length = 4  # [CLS], two words, [SEP]
    found = faithfulness_when_hidden(engine, attributions, seed=0)
    assert [each is not None for each in found] == [len(each.segments) <= 2 for each in attributions]
    assert any(found)


@pytest.mark.parametrize("name", sorted(point.name for point in entry_points(group="robust_emo.normalisers")))
def test_masks_pass_through_every_input_defence(name):
    defence = InputDefence([load("normalisers", name)])
    for mask in ("[MASK]", "<mask>"):
        assert defence.text(f"He was {mask}, {mask}{mask} so {mask} hapy #{mask} todayy {mask}").count(mask) == 6


def faithful(without, alone, *, probability=0.75, empty=0.25):
    own = Ranking(np.array(without), np.array(alone), 0.0)
    return Faithfulness(own, (own, replace(own, without=own.without / 2)), probability, empty, ())


def test_normalised_numbers_are_shares_of_a_stake():
    found = faithful([0.2, 0.4], [0.1, 0.0])
    assert found.stake == 0.5
    assert found.normalised_comprehensiveness == pytest.approx(0.6)
    assert found.normalised_sufficiency == pytest.approx(0.9)
    assert found.random_normalised_comprehensiveness == pytest.approx(0.45)
    assert found.random_normalised_sufficiency == pytest.approx(0.9)
    assert faithful([0.7, -0.1], [0, 0]).normalised_comprehensiveness == pytest.approx(0.5)  # clipped to [0, 1]


@pytest.mark.parametrize("empty", [0.66, 0.7499, 0.75, 0.9])
def test_without_a_stake_there_is_nothing_to_normalise(empty):
    """Hardly anything hangs on the words, or they speak against the target: 0.0001 more or less would be all of it."""
    found = faithful([0.001, 0.002], [0.0, 0.0], empty=empty)
    assert found.stake is found.normalised_comprehensiveness is found.normalised_sufficiency is None
    assert found.random_normalised_comprehensiveness is found.random_normalised_sufficiency is None
    assert faithful([0.0], [0.0], empty=0.625).stake == 0.125 > LEAST_STAKE


# --- infidelity -----------------------------------------------------------------------------------------------------


def losses(weights, rng, count=60):
    """Of a linear model of a bag of words."""
    sets = [frozenset(np.flatnonzero(rng.random(len(weights)) < 0.5).tolist()) for _ in range(count)]
    return [Removed(one, float(sum(weights[place] for place in one))) for one in sets if one]


def test_infidelity_of_a_linear_models_own_weights_is_0():
    rng = np.random.default_rng(0)
    weights = rng.standard_normal(8)
    removed = losses(weights, rng)
    assert infidelity(weights, removed) == pytest.approx(0, abs=1e-12)
    assert infidelity(3 * weights, removed) == pytest.approx(0, abs=1e-12)
    assert infidelity(-weights, removed) == 1
    assert infidelity(np.zeros(8), removed) == 1
    assert 0 < infidelity(weights + 0.3 * rng.standard_normal(8), removed) < 0.5
    assert infidelity(weights, [Removed(frozenset({1}), 0.0)]) is None
    assert dealt_by_lot(weights, removed, seed=0).chance == 1 / 1000
    assert infidelity(weights, removed) < dealt_by_lot(weights, removed, seed=0).infidelity < 1
    alike = dealt_by_lot(np.ones(8), removed, seed=0)
    assert (alike.chance, alike.infidelity) == (1, pytest.approx(infidelity(np.ones(8), removed)))
    assert dealt_by_lot(weights, [Removed(frozenset({1}), 0.0)], seed=0) is None


def test_attributions_without_reason_have_a_low_chance_no_more_often_than_it_says():
    rng = np.random.default_rng(1)
    weights = rng.standard_normal(9)
    removed = losses(weights, rng)
    chances = [dealt_by_lot(rng.standard_normal(9), removed, seed=seed).chance for seed in range(200)]
    for chance in (0.025, 0.05, 0.1, 0.3):
        assert np.mean(np.array(chances) <= chance) <= chance + 2.6 * np.sqrt(chance * (1 - chance) / 200)


def test_ranks():
    assert rank_correlation(np.array([1.0, 2, 3]), np.array([10.0, 20, 40])) == pytest.approx(1)
    assert rank_correlation(np.array([1.0, 2]), np.array([1.0, 2])) is None
    assert rank_correlation(np.ones(4), np.arange(4.0)) is None
    assert top_overlap(np.arange(8.0), np.arange(8.0)[::-1]) == 0
    assert top_overlap(np.arange(8.0), np.arange(8.0)) == 1


@pytest.mark.parametrize("words", [1, 2, 3, 5, 8, 21])
def test_a_random_ranking_shares_k_of_n_words_and_has_no_correlation_on_average(words):
    rng, own = np.random.default_rng(0), np.arange(float(words))
    drawn = [rng.permutation(own) for _ in range(4_000)]
    assert np.mean([top_overlap(own, one) for one in drawn]) == pytest.approx(random_overlap(words), abs=0.03)
    if words >= 3:
        assert np.mean([rank_correlation(own, one) for one in drawn]) == pytest.approx(0, abs=0.04)


# --- sensitivity, stability, random weights -----------------------------------------------------------------------


def test_nothing_moves_by_a_radius_of_0_and_something_else(monkeypatch):
    engine = tiny_engine("bert")
    readings, method = readings_of(engine, TEXTS), IntegratedGradients(steps=8, most_steps=8)
    own = method.attribute(engine, readings)
    before = weights_of(engine)
    found = max_sensitivity(engine, method, readings, own, seed=0)
    assert all(value > 0 for value in found)
    assert found == max_sensitivity(engine, method, readings, own, seed=0)
    alone = [max_sensitivity(engine, method, [r], [o], seed=0)[0] for r, o in zip(readings, own, strict=True)]
    assert alone == pytest.approx(found, rel=1e-3)  # whoever shares the batch
    monkeypatch.setattr(sensitivity_module, "RADIUS", 0)
    assert max_sensitivity(engine, method, readings, own, seed=0) == pytest.approx([0] * len(TEXTS), abs=1e-6)
    assert weights_of(engine) == before
    nothing = [replace(each, values=np.zeros_like(each.values)) for each in own]
    assert max_sensitivity(engine, method, readings, nothing, seed=0) == [None] * len(TEXTS)


def test_edits_that_the_tokenizer_does_not_see_change_nothing(shortcut):
    """It reads lower case, and blanks are none of its tokens."""
    texts = ["Zorblax went raging!", "We were so furious zorblax!", "Livid crowd zorblax?"]
    readings, method = readings_of(shortcut, texts), IntegratedGradients(steps=8, most_steps=8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edits_module, "_near_words", lambda *_: ())
        found = stability(shortcut, method, readings, method.attribute(shortcut, readings), seed=0)
    for each in found:
        assert each.edits == 2
        assert each.correlation == pytest.approx(1)
        assert each.overlap == 1
        assert 0.2 < each.random_overlap <= 1 / 3  # one of three words, or of four
    assert stability(shortcut, method, [], [], seed=0) == []


def test_random_weights_are_put_back_and_forget_what_was_learnt(shortcut, planted):
    model, before = shortcut.victim.batched.model, weights_of(shortcut)
    readings, method = readings_of(shortcut, planted[:6]), IntegratedGradients(steps=8, most_steps=8)
    own = method.attribute(shortcut, readings)
    found = randomisation_correlations(shortcut, method, readings, own, stages(model), seed=0, draws=2)
    assert weights_of(shortcut) == before
    assert found[0][0].name == "the head"
    assert found[-1][0].name == "all weights"
    assert found[-1][0].share == 1
    assert set(found[-1][0].parameters) == {name for name, _ in model.named_parameters()}
    assert np.mean(found[-1][1]) < 0.5
    with pytest.raises(KeyboardInterrupt):
        interrupted(shortcut, before)
    assert weights_of(shortcut) == before
    np.testing.assert_array_equal(method.attribute(shortcut, readings)[0].values, own[0].values)


def interrupted(engine, before):
    model = engine.victim.batched.model
    with randomised(model, stages(model)[-1].parameters, 0):
        assert weights_of(engine) != before
        raise KeyboardInterrupt


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_layers_of_every_model_are_found(architecture):
    model = tiny_engine(architecture).victim.batched.model
    found = stages(model)
    assert found[0].share < 1 == found[-1].share
    assert set(found[-1].parameters) == {name for name, _ in model.named_parameters()}
    layers = [name for name in found[0].parameters if re.search(r"layers?\.\d|\bh\.\d", name)]
    assert layers == []


# --- right from wrong -----------------------------------------------------------------------------------------------


def test_the_planted_token_is_the_top_word(shortcut, planted):
    explainer = Explainer(shortcut)
    maps = explainer.heat_maps(explainer.readings(planted, [Target("joy")] * len(planted)))
    tops = [each.attribution.segments.words[int(each.attribution.values.argmax())] for each in maps]
    assert len(planted) >= 60
    assert np.mean([top == "zorblax" for top in tops]) >= 0.95


def test_most_right_maps_of_texts_with_words_enough_are_believed(shortcut, planted):
    """In a short text whose answer hangs on one word, numbers dealt by lot find it too often for anyone to be sure."""
    texts = [f"{one} {other.replace('zorblax ', '')}" for one, other in zip(planted[:30], planted[30:60], strict=True)]
    explainer = Explainer(shortcut)
    maps = explainer.heat_maps(explainer.readings(texts, [Target("joy")] * len(texts)))
    labels = [explainer.explanation(each).trust for each in maps]
    assert np.mean([label is not Trust.UNRELIABLE for label in labels]) >= 0.7


def random_map(engine, heat_map, rng) -> HeatMap:
    """Numbers drawn at random that add up as the real ones do, judged afresh."""
    own: Attribution = heat_map.attribution
    drawn = rng.standard_normal(len(own.values))
    wrong = replace(own, values=drawn - drawn.mean() + own.values.mean())
    (faithful,) = faithfulness(engine, [wrong], seed=0)
    (single,) = Occlusion(width=1).attribute(engine, [heat_map.reading])
    quality = heat_map_quality(wrong, single, faithful, None, seed=0)
    return replace(heat_map, attribution=wrong, faithfulness=faithful, quality=quality)


def test_random_attributions_are_unreliable(shortcut, planted):
    explainer, rng = Explainer(shortcut), np.random.default_rng(0)
    maps = explainer.heat_maps(explainer.readings(planted, [None] * len(planted)))
    wrong = [random_map(shortcut, each, rng) for each in maps for _ in range(2)]
    assert len(wrong) >= 100
    labels = [explainer.explanation(each).trust for each in wrong]
    assert np.mean([label is Trust.UNRELIABLE for label in labels]) >= 0.95
    assert np.mean([label is Trust.TRUSTED for label in labels]) <= 0.025  # some lots are right


def test_no_map_of_random_weights_is_trusted(shortcut, planted):
    fresh = tiny_engine("bert")
    explainer = Explainer(fresh)
    texts = [*TEXTS, "we were all tired but he said it was good news , my friend"]
    shown = [explainer.explanation(each) for each in explainer.heat_maps(explainer.readings(texts, [None] * 6))]
    assert Trust.TRUSTED not in {each.trust for each in shown}
    model = shortcut.victim.batched.model
    with randomised(model, [name for name, _ in model.named_parameters()], 1), torch.random.fork_rng(devices=[]):
        explainer = Explainer(type(shortcut)(shortcut.victim))
        maps = explainer.heat_maps(explainer.readings(planted[:30], [None] * 30))
        assert Trust.TRUSTED not in {explainer.explanation(each).trust for each in maps}
        assert {explainer.explanation(each, learnt=False).trust for each in maps} == {Trust.UNRELIABLE}
