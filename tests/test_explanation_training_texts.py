"""Training texts behind an answer, and the map of text vectors."""

import numpy as np
import pytest
import torch
from sentences import emotion_rows
from tiny_victim import trained_engine

from robust_emo.audits.explanation.classification_head import ClassificationHead
from robust_emo.audits.explanation.embedding_map import embedding_map, principal_plane
from robust_emo.audits.explanation.influence import TrainingTexts, head_influence, loss_gradient
from robust_emo.errors import InputError
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim
from robust_emo.types import Example, Task

EXAMPLES = [Example(f"e{n}", row["text"], (row["label"],)) for n, row in enumerate(emotion_rows(48, seed=11))]


@pytest.fixture(params=["single", "multi"])
def either_victim(request, victim, tiny_multi_model):
    return victim if request.param == "single" else Victim(load_classifier(tiny_multi_model))


def gradient_of_head(victim, example):
    """By autograd, weights and biases of the last layer in one row."""
    head = ClassificationHead.of(victim).layer
    ids = torch.from_numpy(victim.encode([example.text])[0])[None]
    wanted = torch.tensor([[float(label in example.labels) for label in victim.labels]])
    head.requires_grad_(True)
    try:
        with torch.enable_grad():
            logits = victim.batched.model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits
            if victim.task is Task.MULTI_LABEL:
                loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted, reduction="sum")
            else:
                loss = torch.nn.functional.cross_entropy(logits, wanted)
            found = torch.autograd.grad(loss, [head.weight, head.bias])
    finally:
        head.requires_grad_(False)
    return torch.cat([each.flatten() for each in found]).double().numpy()


def test_influence_is_the_dot_product_of_the_heads_gradients(either_victim):
    victim, examples = either_victim, EXAMPLES[:6]
    read = ClassificationHead.of(victim).read([example.text for example in examples])
    wanted = np.array([[label in example.labels for label in victim.labels] for example in examples])
    error = loss_gradient(read.logits, wanted, victim.task)
    gradients = np.stack([gradient_of_head(victim, example) for example in examples])
    found = head_influence(error, read.features, error, read.features)
    np.testing.assert_allclose(found, gradients @ gradients.T, rtol=1e-3, atol=1e-7)


def test_lists_are_ordered_and_the_text_itself_is_its_nearest(victim):
    texts = TrainingTexts.of(victim, EXAMPLES)
    asked = [EXAMPLES[3].text, EXAMPLES[8].text]
    first, second = texts.behind(asked, most=4)
    assert first.nearest[0].example_id == EXAMPLES[3].id
    assert second.nearest[0].example_id == EXAMPLES[8].id
    assert first.nearest[0].value == pytest.approx(1, abs=1e-5)
    assert len(first.nearest) == 4
    assert first.target == victim.predictions(victim.logits(asked))[0].labels
    for found in (first, second):
        assert [one.value for one in found.nearest] == sorted((one.value for one in found.nearest), reverse=True)
        assert [one.value for one in found.proponents] == sorted((o.value for o in found.proponents), reverse=True)
        assert all(one.value > 0 for one in found.proponents)
        assert all(one.value < 0 for one in found.opponents)
    assert texts.behind(asked, most=4) == [first, second]


def test_a_mislabelled_copy_opposes_the_answer(victim):
    text, label = EXAMPLES[3].text, EXAMPLES[3].labels[0]
    wrong = next(other for other in victim.labels if other != label)
    texts = TrainingTexts.of(victim, [*EXAMPLES, Example("wrong", text, (wrong,))])
    (found,) = texts.behind([text])
    assert found.target == (label,)
    assert found.opponents[0].example_id == "wrong"


def test_training_texts_are_shown_masked(victim):
    texts = TrainingTexts.of(victim, [Example("a", "Mary Smith is happy", ("joy",))])
    assert texts.behind(["so happy"])[0].nearest[0].text == "[NAME] is happy"


def test_a_model_without_a_last_linear_layer_is_refused():
    rows = emotion_rows(8)
    engine = trained_engine([row["text"] for row in rows], ["joy"] * 8, ("joy", "fear"), steps=1)
    model = engine.victim.batched.model
    model.classifier = torch.nn.Sequential(model.classifier, torch.nn.Tanh())
    with pytest.raises(InputError, match="last layer is linear"):
        ClassificationHead.of(engine.victim)


def test_the_map_is_the_plane_of_most_variance():
    rng = np.random.default_rng(0)
    vectors = (rng.normal(size=(40, 6)) * [9, 4, 1, 0.5, 0.5, 0.1]).astype(np.float32)
    coordinates, shown = principal_plane(vectors)
    variances = np.linalg.eigvalsh(np.cov(vectors.T))[::-1]
    assert shown == pytest.approx(variances[:2].sum() / variances.sum(), rel=1e-5)
    np.testing.assert_allclose(coordinates.var(axis=0, ddof=1), variances[:2], rtol=1e-4)
    again, _ = principal_plane(vectors[::-1])
    np.testing.assert_allclose(again[::-1], coordinates, atol=1e-4)  # the same signs


def test_points_of_texts_lie_in_their_order(victim, engine_of_victim):
    predictions = victim.predictions(victim.logits([example.text for example in EXAMPLES]))
    found = embedding_map(engine_of_victim, EXAMPLES, predictions)
    assert [point.label for point in found.points] == [example.labels for example in EXAMPLES]
    assert [point.predicted for point in found.points] == [prediction.labels for prediction in predictions]
    assert 0 < found.variance_shown <= 1
    centres = {
        label: np.mean([(p.x, p.y) for p in found.points if p.predicted == (label,)], axis=0) for label in victim.labels
    }
    assert np.linalg.norm(centres["joy"] - centres["anger"]) > 0.05


def test_no_map_without_a_plane(engine_of_victim):
    same = [Example(str(number), "all the same", ("joy",)) for number in range(5)]
    predictions = engine_of_victim.victim.predictions(engine_of_victim.scores([one.text for one in same]))
    assert embedding_map(engine_of_victim, same[:2], predictions[:2]) is None
    assert embedding_map(engine_of_victim, same, predictions) is None


@pytest.fixture
def engine_of_victim(victim):
    from robust_emo.engine.engine import Engine

    return Engine(victim)
