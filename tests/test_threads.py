"""What threads make side by side is what one makes: each batch reads its own texts, whatever others ask meanwhile."""

import numpy as np
import pytest
import torch
from sentences import emotion_rows

from robust_emo.audits.explanation.classification_head import ClassificationHead
from robust_emo.audits.explanation.integrated_gradients import IntegratedGradients
from robust_emo.audits.explanation.reading import read
from robust_emo.audits.explanation.sensitivity import max_sensitivity
from robust_emo.audits.explanation.target import Target
from robust_emo.engine.engine import Engine
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim

TEXTS = [row["text"] + " again" * (number % 6) for number, row in enumerate(emotion_rows(60, seed=3))]


@pytest.fixture(scope="module", params=["fp32", "bf16"])
def victim(request, tiny_model):
    return Victim(load_classifier(tiny_model), precision=request.param)


def with_threads(threads, do):
    torch.set_num_threads(threads)  # the fixture of all tests sets it back
    return do()


@pytest.mark.parametrize("threads", [2, 3])
def test_attributions(victim, threads):
    engine = Engine(victim)
    readings = [read(victim, text, Target(victim.labels[place % 4])) for place, text in enumerate(TEXTS)]

    def attributed():
        found = IntegratedGradients(steps=8, most_steps=16).attribute(engine, readings)
        return [each.values for each in found], [each.change for each in found]

    (alone, moved), (shared, moved_too) = with_threads(1, attributed), with_threads(threads, attributed)
    assert moved == moved_too
    assert len(set(moved)) > 40  # texts and targets that differ
    for one, other in zip(alone, shared, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("threads", [2, 3])
def test_attributions_of_moved_vectors(victim, threads):
    engine, method = Engine(victim), IntegratedGradients(steps=4, most_steps=4)
    readings = [read(victim, text, Target("joy")) for text in TEXTS[:20]]
    own = method.attribute(engine, readings)

    def moved():
        return max_sensitivity(engine, method, readings, own, seed=1)

    assert with_threads(1, moved) == with_threads(threads, moved)


@pytest.mark.parametrize("threads", [2, 3])
def test_what_the_head_reads(victim, threads):
    head = ClassificationHead.of(victim)
    victim.batched.token_budget = 256  # many batches
    alone, shared = (with_threads(each, lambda: head.read(TEXTS * 4)) for each in (1, threads))
    np.testing.assert_array_equal(alone.features, shared.features)
    np.testing.assert_array_equal(alone.logits, shared.logits)


@pytest.mark.parametrize("threads", [2, 3])
def test_after_an_error_the_whole_text_is_read_again(victim, threads):
    """No batch that still runs may keep the last layer to the first token while others want all of them."""
    before = victim.embeddings(TEXTS[:5])
    engine = Engine(victim)
    readings = [read(victim, text, Target("joy")) for text in TEXTS]
    torch.set_num_threads(threads)
    calls = []

    def fails(module, inputs):
        calls.append(1)
        if len(calls) == 5:
            raise ZeroDivisionError

    hook = victim.batched.model.classifier.register_forward_pre_hook(fails)
    try:
        with pytest.raises(ZeroDivisionError):
            IntegratedGradients(steps=8).attribute(engine, readings)
    finally:
        hook.remove()
    assert torch.get_num_threads() == threads
    np.testing.assert_array_equal(victim.embeddings(TEXTS[:5]), before)
