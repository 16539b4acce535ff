"""Every method on every kind of model: finite numbers of the right shape, or a clear refusal; nothing stays behind."""

import hashlib
import random
from math import fsum

import numpy as np
import pytest
import torch
from explained_models import ARCHITECTURES, DECODERS, readings_of, tiny_engine

from robust_emo.audits.explanation.baselines import BASELINES
from robust_emo.audits.explanation.explaining import Explainer
from robust_emo.audits.explanation.integrated_gradients import IntegratedGradients
from robust_emo.audits.explanation.methods import METHODS
from robust_emo.audits.explanation.removal import Occlusion, Sampled
from robust_emo.audits.explanation.sensitivity import max_sensitivity
from robust_emo.audits.explanation.target import Target
from robust_emo.errors import InputError
from robust_emo.models.embedded import EmbeddedClassifier
from robust_emo.types import Task

TEXTS = ("i am so happy today !", "bad news", "glad", "he said it was not good , but fine", "zorblax 😀")
REFUSED = {
    ("attention-rollout", "pooled"): "does not say where it looked",
    ("attention-rollout", "pooled-twice"): "does not say where it looked",
}
"""Methods that do not apply, by (method, architecture), with what they say."""


@pytest.fixture(scope="module")
def engines():
    made = {}

    def engine(architecture, task=Task.SINGLE_LABEL):
        if (architecture, task) not in made:
            made[architecture, task] = tiny_engine(architecture, task)
        return made[architecture, task]

    return engine


def state(model):
    """Everything that must be as before: weights, what hangs on modules, how attention is computed."""
    weights = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        weights.update(name.encode() + tensor.numpy().tobytes())
    kept = [(name, module.training, hooks_of(module), own_names(module)) for name, module in model.named_modules()]
    attention = [module.config._attn_implementation for module in model.modules() if hasattr(module, "config")]
    touched = [parameter.requires_grad or parameter.grad is not None for parameter in model.parameters()]
    return weights.hexdigest(), kept, attention, touched


def hooks_of(module):
    """Those of transformers, which installs them once and for all when it is first asked for attentions, are idle."""
    kinds = (module._forward_hooks, module._forward_pre_hooks, module._backward_hooks, module._backward_pre_hooks)
    names = [hook.__qualname__ for kind in kinds for hook in kind.values()]
    return [name for name in names if "output_capturing" not in name]


def own_names(module):
    return sorted(name for name in vars(module) if "output_capturing" not in name)


def chance():
    return random.getstate(), np.random.get_state()[1].tolist(), torch.random.get_rng_state().tolist()


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("method", METHODS)
def test_a_method_gives_finite_numbers_or_says_why_not_and_leaves_all_as_it_was(engines, method, architecture):
    engine = engines(architecture)
    readings = readings_of(engine, TEXTS)
    before, luck = state(engine.victim.batched.model), chance()
    made = METHODS[method].make(3)
    if (method, architecture) in REFUSED:
        with pytest.raises(InputError, match=REFUSED[method, architecture]):
            made.attribute(engine, readings)
    else:
        found = made.attribute(engine, readings)
        assert [each.values.shape for each in found] == [(len(each.segments),) for each in readings]
        assert all(np.isfinite(each.values).all() and np.isfinite(each.special) for each in found)
        assert np.abs(found[3].values).max() > 0
        again = METHODS[method].make(3).attribute(engine, readings)
        for one, other in zip(found, again, strict=True):
            np.testing.assert_array_equal(one.values, other.values)
    assert state(engine.victim.batched.model) == before
    assert chance() == luck


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_model_answers_the_same_to_its_own_vectors(engines, architecture):
    victim = engines(architecture).victim
    model = EmbeddedClassifier(victim)
    for text in TEXTS:
        ids = torch.from_numpy(victim.encode([text])[0])[None]
        with torch.inference_mode():
            found = model.logits(model.vectors(ids), ids, torch.ones_like(ids))
        np.testing.assert_allclose(found.numpy(), victim.logits([text]), atol=1e-5)
    assert model.table.shape[1] == model.vectors(ids).shape[2]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_integrated_gradients_explain_the_whole_answer(engines, architecture):
    """With two encoders, what both read."""
    engine = engines(architecture)
    text = TEXTS[3]
    (found,) = IntegratedGradients(steps=128, baselines=("mean",)).attribute(engine, readings_of(engine, [text]))
    model, (window,) = EmbeddedClassifier(engine.victim), readings_of(engine, [text])[0].windows
    ids = torch.from_numpy(window.ids)[None]
    vectors = model.vectors(ids)
    nothing = torch.where(torch.tensor(window.special)[None, :, None], vectors, model.table.mean(dim=0))
    with torch.inference_mode():
        change = engine.victim.logits([text])[0, 1] - float(model.logits(nothing, ids, torch.ones_like(ids))[0, 1])
    assert found.change == pytest.approx(change, abs=1e-4)
    assert fsum((*found.values, found.special)) == pytest.approx(change, rel=0.05)
    assert found.gap <= 0.05


@pytest.mark.parametrize("architecture", ["bert", "pooled-twice", "gpt2"])
def test_vectors_of_every_encoder_are_moved(engines, architecture):
    engine = engines(architecture)
    readings, method = readings_of(engine, TEXTS[:2]), IntegratedGradients()
    before = state(engine.victim.batched.model)
    found = max_sensitivity(engine, method, readings, method.attribute(engine, readings), seed=0, draws=2)
    assert all(value > 0 for value in found)
    assert state(engine.victim.batched.model) == before


@pytest.mark.parametrize("baseline", BASELINES)
@pytest.mark.parametrize("architecture", ["bert", "gpt2"])
def test_a_decoder_has_no_mask_to_start_from_and_all_other_baselines(engines, architecture, baseline):
    engine = engines(architecture)
    method, readings = IntegratedGradients(baselines=(baseline,)), readings_of(engine, TEXTS[:1])
    if baseline == "mask" and architecture in DECODERS:
        with pytest.raises(InputError, match="no mask token; choose pad, mean or zero"):
            method.attribute(engine, readings)
    else:
        assert np.isfinite(method.attribute(engine, readings)[0].values).all()


@pytest.mark.parametrize("task", Task)
@pytest.mark.parametrize("method", METHODS)
def test_a_contrast_is_the_difference_of_two_emotions(engines, task, method):
    """For all that are linear in the target; the others give numbers at least."""
    engine = engines("bert", task)
    asked = [readings_of(engine, TEXTS, target) for target in (Target("joy"), Target("anger"), Target("joy", "anger"))]
    made = METHODS[method].make(0)
    joy, anger, contrast = (made.attribute(engine, readings) for readings in asked)
    for one, other, both in zip(joy, anger, contrast, strict=True):
        assert np.isfinite(both.values).all()
        if method in ("gradient-x-input", "occlusion", "leave-one-out"):
            np.testing.assert_allclose(both.values, one.values - other.values, atol=1e-5)
        if method == "shapley-sampling":  # exactly complete, whatever orders are drawn
            whole, nothing = engine.scores([both.segments.text, ""]).astype(float) @ [-1, 1, 0]
            assert fsum(both.values) == pytest.approx(whole - nothing, abs=1e-4)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("task", Task)
def test_heat_maps_of_every_model_are_judged(engines, architecture, task):
    explainer = Explainer(engines(architecture, task))
    for each in explainer.heat_maps(explainer.readings(TEXTS[:3], [None] * 3)):
        shown = explainer.explanation(each)
        assert 0 <= shown.probability <= 1
        assert shown.quality.comprehensiveness is not None
        assert 0 <= shown.quality.infidelity <= 1


def test_with_one_word_all_random_methods_say_what_the_target_loses_without_it(engines):
    engine = engines("bert")
    readings = readings_of(engine, ["glad"])
    (alone,) = Occlusion(width=1).attribute(engine, readings)
    for method in ("shapley-sampling", "kernel-shap", "lime"):
        (found,) = Sampled(method).attribute(engine, readings)
        assert found.values == pytest.approx(alone.values)


def test_lime_does_not_depend_on_the_scale_of_the_logits():
    """Captum's penalty is an absolute number: of small logits it left nothing but zeros."""
    engine = tiny_engine("bert")
    readings = readings_of(engine, [TEXTS[3]])
    (found,) = Sampled("lime").attribute(engine, readings)
    for parameter in engine.victim.batched.model.classifier.parameters():
        parameter.data *= 0.01
    small = tiny_engine("bert")
    small.victim.batched.model.load_state_dict(engine.victim.batched.model.state_dict())
    (scaled,) = Sampled("lime").attribute(small, readings)
    assert np.abs(found.values).max() > 0
    np.testing.assert_allclose(scaled.values * 100, found.values, rtol=1e-2, atol=1e-3)


def test_a_method_may_be_the_first_that_is_asked_of_a_model():
    """What a model leaves out is found out by trying it, which must not happen under hooks."""
    for method in METHODS:
        engine = tiny_engine("bert")
        assert METHODS[method].make(0).attribute(engine, readings_of(engine, TEXTS[:1]))[0].values.any()


def test_a_model_that_cannot_change_its_attention_is_refused_as_it_is(engines, monkeypatch):
    engine = tiny_engine("bert")

    def refuse(_):
        raise ValueError("no eager attention here")

    monkeypatch.setattr(engine.victim.batched.model, "set_attn_implementation", refuse)
    with pytest.raises(InputError, match=r"does not apply to BertForSequenceClassification: no eager attention here"):
        METHODS["attention-rollout"].make(0).attribute(engine, readings_of(engine, TEXTS[:1]))
