"""Attributions are those of the papers and of Captum, and words keep all that their tokens have."""

from dataclasses import replace
from math import fsum

import captum.attr
import numpy as np
import pytest
import torch
from explained_models import readings_of, tiny_engine
from hypothesis import given, settings
from hypothesis import strategies as st

from robust_emo.audits.explanation.attribution import completeness_gap, merged
from robust_emo.audits.explanation.explaining import Explainer
from robust_emo.audits.explanation.integrated_gradients import IntegratedGradients
from robust_emo.audits.explanation.methods import METHODS, method_entry
from robust_emo.audits.explanation.reading import WindowAttribution, of_segments, read
from robust_emo.audits.explanation.removal import Occlusion, Sampled
from robust_emo.audits.explanation.segments import Segments
from robust_emo.audits.explanation.target import Target
from robust_emo.defences.input_defence import InputDefence
from robust_emo.engine.engine import Engine
from robust_emo.errors import InputError
from robust_emo.models.token_windows import token_windows
from robust_emo.plugins import load
from robust_emo.types import Trust

TEXTS = (
    "i am so happy today !", "bad news", "glad", "he said it was not good , but fine", "so, so HAPPY 😀",
    "we were all tired but he said it was good news , my friend", "the train came late again",
)  # fmt: skip
HOSTILE = (
    "so happy 😀👍🏽 👨‍👩‍👧!!", "我今天很开心，真的", "I'm #sohappy, @you — well-known…",
    "line one\nline two\r\n\tthree", "ha\u200bppy to\u2060day",
    "<script>alert(1)</script> & <b>joy</b>", "\u202eevil\u202c text", "[CLS] happy [SEP] [PAD] [UNK]", "...", "\u200b",
    "a" * 300, "naïve café — déjà vu", "\x00\x07 happy \x1b[31m", "e\u0301motion ﷽ ﬁne", "  spaced   out  ",
)  # fmt: skip


@pytest.fixture(scope="module")
def engine():
    return tiny_engine("bert")


# --- integrated gradients -------------------------------------------------------------------------------------------


def captums_own(engine, window, target, steps, token):
    """A layer's integrated gradients by Captum, of one text, by token; and the change of the target."""
    model, tokenizer = engine.victim.batched.model, engine.victim.batched.tokenizer
    ids = torch.from_numpy(window.ids)[None]
    baseline = torch.where(torch.tensor(window.special)[None], ids, torch.tensor(token(tokenizer)))

    def answer(input_ids):
        logits = model(input_ids=input_ids, attention_mask=torch.ones_like(input_ids)).logits
        return (logits * torch.from_numpy(target.weights(engine.victim.labels))).sum(dim=1)

    layer = captum.attr.LayerIntegratedGradients(answer, model.bert.embeddings.word_embeddings)
    for parameter in layer.layer.parameters():
        parameter.requires_grad_(True)  # else the layer's answer has no gradient
    try:
        found = layer.attribute(ids, baseline, n_steps=steps, method="gausslegendre")
    finally:
        for parameter in layer.layer.parameters():
            parameter.requires_grad_(False)
    change = float(answer(ids) - answer(baseline))
    return found.detach().sum(dim=-1)[0].double().numpy(), change


@pytest.mark.parametrize("target", [Target("joy"), Target("joy", "anger")], ids=str)
@pytest.mark.parametrize(("name", "token"), [("pad", lambda t: t.pad_token_id), ("mask", lambda t: t.mask_token_id)])
def test_all_texts_at_once_are_captums_layer_integrated_gradients_one_by_one(engine, name, token, target):
    readings = readings_of(engine, TEXTS, target)
    method = IntegratedGradients(baselines=(name,), steps=16, most_steps=16)
    for reading, found in zip(readings, method.attribute(engine, readings), strict=True):
        tokens, change = captums_own(engine, reading.windows[0], target, 16, token)
        values, special = merged(tokens, reading.segments.owners(reading.windows[0].spans), len(reading.segments))
        scale = np.abs(values).max()
        np.testing.assert_allclose(found.values, values, rtol=1e-4, atol=1e-4 * scale)
        assert found.special == pytest.approx(special, abs=1e-4 * scale)
        assert found.change == pytest.approx(change, abs=1e-5)
        assert found.gap == pytest.approx(abs(tokens.sum() - change) / abs(change), abs=1e-3)
        assert found.steps == 16


def test_neither_batching_nor_padding_nor_order_changes_anything(engine):
    method = IntegratedGradients()
    readings = readings_of(engine, [*TEXTS, TEXTS[0]])
    together = method.attribute(engine, readings)
    backwards = method.attribute(engine, readings[::-1])[::-1]
    alone = [method.attribute(engine, [each])[0] for each in readings]
    for one, other, single in zip(together, backwards, alone, strict=True):
        np.testing.assert_allclose(one.values, other.values, atol=1e-5)
        np.testing.assert_allclose(one.values, single.values, atol=1e-5)
        assert one.steps == other.steps == single.steps
    np.testing.assert_allclose(together[0].values, together[-1].values, atol=1e-6)
    assert method.attribute(engine, []) == []


def test_several_baselines_are_averaged(engine):
    readings = readings_of(engine, TEXTS[:3])
    fixed = IntegratedGradients(steps=16, most_steps=16)
    parts = [replace(fixed, baselines=(name,)).attribute(engine, readings) for name in ("pad", "mask", "zero")]
    both = replace(fixed, baselines=("pad", "mask", "zero")).attribute(engine, readings)
    for found, *single in zip(both, *parts, strict=True):
        np.testing.assert_allclose(found.values, np.mean([each.values for each in single], axis=0), atol=1e-6)
        assert found.change == pytest.approx(np.mean([each.change for each in single]))


def test_steps_double_for_those_texts_only_that_need_it(engine):
    readings = readings_of(engine, TEXTS)
    rough = IntegratedGradients(steps=4, most_steps=4).attribute(engine, readings)
    found = IntegratedGradients(steps=4, most_steps=64, tolerance=0.01).attribute(engine, readings)
    assert {each.steps for each in found} > {4}
    for before, after in zip(rough, found, strict=True):
        assert (after.steps == 4) == (before.gap <= 0.01)
        assert after.gap <= 0.01 or after.steps == 64
        if after.steps > 4:
            half = IntegratedGradients(steps=after.steps // 2, most_steps=after.steps // 2)
            assert half.attribute(engine, [read(engine.victim, after.segments.text, after.target)])[0].gap > 0.01


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"steps": 300}, {"tolerance": 0}, {"tolerance": 1}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match="expected"):
        IntegratedGradients(**wrong)


def test_unknown_names_are_refused(engine):
    for refused in (
        lambda: IntegratedGradients(baselines=("blur",)).attribute(engine, readings_of(engine, ["glad"])),
        lambda: IntegratedGradients(baselines=()).attribute(engine, readings_of(engine, ["glad"])),
        lambda: method_entry("grad-cam"),
        lambda: Sampled("grad-cam"),
        lambda: Sampled("lime", samples=9),
        lambda: Occlusion(width=0),
        lambda: readings_of(engine, [" \n"]),
        lambda: Target("envy").check(engine.victim.labels),
        lambda: Target("joy", "joy").check(engine.victim.labels),
    ):
        with pytest.raises(InputError):
            refused()


def test_the_gap_is_a_share_of_the_change_and_of_no_change_it_is_none_to_print(engine):
    assert completeness_gap(0.9, 1.0) == pytest.approx(0.1)
    assert completeness_gap(-0.9, -1.0) == pytest.approx(0.1)
    assert completeness_gap(0.0, 0.0) == 0
    assert completeness_gap(0.1, 0.0) == float("inf")
    explainer = Explainer(engine)
    (found,) = explainer.heat_maps(explainer.readings(["so happy not glad"], [Target("joy")]))
    endless = explainer.explanation(replace(found, attribution=replace(found.attribution, change=0.0)))
    assert endless.completeness_gap is None
    assert endless.trust is Trust.UNRELIABLE
    assert "more than 1000%" in endless.reasons[0]


# --- words ----------------------------------------------------------------------------------------------------------


def restored(segments):
    """Every character that is not blank lies in one segment; what lies between is blank."""
    covered = [0] * len(segments.text)
    for start, end in segments.spans:
        assert start < end
        for place in range(start, end):
            covered[place] += 1
    assert max(covered, default=0) <= 1
    assert all(covered[place] for place, char in enumerate(segments.text) if not char.isspace())
    assert list(segments.spans) == sorted(segments.spans)
    assert segments.masked((), "?") == segments.text
    assert segments.without(()).split() == segments.text.split()


@given(st.text(), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40))))
@settings(max_examples=200, deadline=None)
def test_segments_cover_every_sign_of_any_text_once(text, tokens):
    segments = Segments.of(text, tokens)
    restored(segments)
    for token, owner in zip(tokens, segments.owners(tokens), strict=True):
        inside = [place for place, (start, end) in enumerate(segments.spans) if start < token[1] and token[0] < end]
        assert len(inside) <= 1 or token[0] >= token[1]
        if token[0] < token[1] and inside:
            assert owner == inside[0]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.data())
@settings(max_examples=50, deadline=None)
def test_no_tokens_attribution_is_lost(tokens, data):
    owners = data.draw(st.lists(st.none() | st.integers(0, 4), min_size=len(tokens), max_size=len(tokens)))
    values, special = merged(tokens, owners, 5)
    for segment in range(5):
        assert values[segment] == fsum(t for t, owner in zip(tokens, owners, strict=True) if owner == segment)
    assert special == fsum(t for t, owner in zip(tokens, owners, strict=True) if owner is None)


@pytest.mark.parametrize("text", HOSTILE)
def test_words_of_hostile_texts_add_up_to_their_tokens(engine, victim, text):
    for one in (engine, Engine(victim)):
        reading = read(one.victim, text, Target("joy"))
        restored(reading.segments)
        count = [len(window.ids) for window in reading.windows]
        tokens = [np.random.default_rng(0).standard_normal(length) for length in count]
        found = of_segments(reading, [WindowAttribution(each) for each in tokens])
        if len(count) == 1:
            assert fsum((*found.values, found.special)) == pytest.approx(fsum(tokens[0]), abs=1e-12)
        for method in METHODS:
            values = METHODS[method].make(0).attribute(one, [reading])[0].values
            assert values.shape == (len(reading.segments),)
            assert np.isfinite(values).all()


def test_words_are_left_out_or_hidden_with_the_space_between_the_others():
    segments = Segments.of("  so happy,\ttoday 😀 ")
    assert segments.words == ("so", "happy", ",", "today", "😀")
    assert segments.without({0}) == "happy,\ttoday 😀"
    assert segments.without({1, 2}) == "so today 😀"
    assert segments.without({3, 4}) == "so happy,"
    assert segments.without(range(5)) == ""
    assert segments.masked({1, 4}, "[MASK]") == "  so [MASK],\ttoday [MASK] "
    assert Segments.of("").without(()) == Segments.of("").masked((), "x") == ""


def test_a_run_of_emoji_is_one_word_per_emoji_as_far_as_tokens_go():
    assert Segments.of("so 😂😂❤️❤️").words == ("so", "😂", "😂", "❤️", "❤️")
    assert Segments.of("⏰⏰ late!!⌚").words == ("⏰", "⏰", "late", "!!", "⌚")
    assert Segments.of("1️⃣2️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿🇩🇪 👩🏽‍🚀▶️").words == ("1️⃣", "2️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🇩🇪", "👩🏽‍🚀", "▶️")
    assert Segments.of("so ⏰⏰ late", [(0, 2), (3, 5), (6, 10)]).words == ("so", "⏰⏰", "late")  # [UNK] to the model
    segments = Segments.of("so ⏰⏰", [(0, 2), (3, 4), (4, 5)])
    assert segments.words == ("so", "⏰", "⏰")
    values, special = merged([0.25, 0.5, 1.0], segments.owners([(0, 2), (3, 4), (4, 5)]), 3)
    assert (values.tolist(), special) == ([0.25, 0.5, 1.0], 0.0)


def test_a_token_that_spans_two_words_makes_them_one():
    assert Segments.of("don, t go", [(0, 6)]).words == ("don, t", "go")
    assert Segments.of("a b c", [(0, 1), (4, 5), (3, 3)]).words == ("a", "b", "c")
    segments = Segments.of("a  b")
    assert segments.owners([(0, 1), (1, 3), (3, 4), (0, 0)]) == [0, 1, 1, None]
    assert Segments.of("a ").owners([(1, 2)]) == [0]


# --- what the model does not read as it was written -------------------------------------------------------------------


def test_behind_an_input_defence_words_are_those_that_the_user_wrote(engine):
    defence = InputDefence(tuple(load("normalisers", name) for name in ("invisibles", "confusables", "compatibility")))
    classifier = tiny_engine("bert").victim
    classifier.defence = defence
    text = "i am h\u0430p\u200bpy 𝓰𝓵𝓪𝓭 😀 today"
    plain = "i am happy glad 😀 today"
    reading, other = (read(classifier, one, Target("joy")) for one in (text, plain))
    assert reading.segments.words == ("i", "am", "h\u0430p\u200bpy", "𝓰𝓵𝓪𝓭", "😀", "today")
    guarded = Engine(classifier)
    for name in ("integrated-gradients", "leave-one-out", "gradient-x-input", "attention-rollout"):
        method = METHODS[name].make(0)
        left, right = (method.attribute(guarded, [one])[0].values for one in (reading, other))
        np.testing.assert_allclose(left, right, atol=1e-6)


def test_all_words_of_a_text_longer_than_the_model_are_explained_in_windows():
    short = tiny_engine("bert", max_length=12)
    text = "i am so happy today and not sad that the train came late again we were all tired but fine"
    windows = token_windows(short.victim, text)
    assert len(windows) == 3
    assert (windows[0].ids == short.victim.encode([text])[0]).all()
    assert {span for window in windows for span in window.spans if span != (0, 0)} == set(Segments.of(text).spans)
    explainer = Explainer(short)
    (found,) = explainer.heat_maps(explainer.readings([text], [Target("joy")]))
    shown = explainer.explanation(found)
    assert " ".join(word.text for word in shown.words) == text
    assert all(word.attribution for word in shown.words)
    assert shown.windows == 3
    assert 0 <= shown.completeness_gap <= 0.05
    assert shown.trust is not Trust.TRUSTED
    assert any("longer than the model reads" in reason for reason in shown.reasons)
    (single,) = Occlusion(width=1).attribute(short, [found.reading])
    assert single.windows == 3
    assert not single.values[10:].any()


def test_of_windows_the_worst_gap_counts():
    short = tiny_engine("bert", max_length=12).victim
    reading = read(short, "i am so happy today and not sad that the train came late again", Target("joy"))
    assert len(reading.windows) == 2
    tokens = [np.full(len(window.ids), 1.0) for window in reading.windows]
    first, second = len(reading.windows[0].ids), len(reading.windows[1].ids)
    found = of_segments(
        reading, [WindowAttribution(tokens[0], change=first), WindowAttribution(tokens[1], change=2.0 * second)]
    )
    assert found.gap == 0.5
    assert of_segments(reading, [WindowAttribution(each) for each in tokens]).gap is None


def test_words_in_two_windows_get_the_mean():
    short = tiny_engine("bert", max_length=12).victim
    text = "i am so happy today and not sad that the train came late again we were all tired"
    reading = read(short, text, Target("joy"))
    tokens = [np.full(len(window.ids), float(number)) for number, window in enumerate(reading.windows, 1)]
    found = of_segments(reading, [WindowAttribution(each) for each in tokens])
    owners = [set(reading.segments.owners(window.spans)) - {None} for window in reading.windows]
    for segment, value in enumerate(found.values):
        assert value == np.mean([number for number, own in enumerate(owners, 1) if segment in own])
    assert len(set(found.values)) > len(reading.windows)
