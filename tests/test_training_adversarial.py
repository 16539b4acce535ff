"""Adversarial steps: the ascent rises inside its ball, and the weights' gradients are those of the terms meant."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch.nn import functional
from transformers import AutoModel, BertConfig, DistilBertConfig, ElectraConfig, RobertaConfig

from robust_emo.data.dataset import read_dataset
from robust_emo.errors import InputError
from robust_emo.models.bases import resolve_base, save_tokenizer
from robust_emo.training.accelerator import make_accelerator
from robust_emo.training.adversaries.moved_text import MovedText
from robust_emo.training.adversaries.objective import adversarial_objective
from robust_emo.training.adversaries.settings import ADVERSARIES, Fgm, FreeLb, Pgd, Smart, Vat
from robust_emo.training.adversaries.smoothness import kullback_leibler
from robust_emo.training.batches import collate, encode, plan
from robust_emo.training.fit import fit
from robust_emo.training.hyperparameters import Hyperparameters, Lora
from robust_emo.training.lora import add_lora
from robust_emo.training.loss import make_loss
from robust_emo.training.precision import autocast
from robust_emo.training.step import Learner, standard_objective, train_step
from robust_emo.types import Task

DATA = read_dataset(Path(__file__).parent / "data" / "emotions.csv")
MULTI = [replace(each, labels=() if "I" in each.text else (*each.labels, "sadness")[:2]) for each in DATA.examples]
FAST = Hyperparameters(epochs=2, batch_size=4, learning_rate=2e-3, precision="fp32", max_length=32)
ALL = [kind() for kind in ADVERSARIES.values()]
SEED = 7


def base(name="scratch:tiny"):
    texts = [example.text for example in DATA.examples]
    return resolve_base(name, texts=texts, labels=DATA.labels, task=DATA.task, seed=0)


def encoded(task, tokenizer=None):
    examples = DATA.examples if task is Task.SINGLE_LABEL else MULTI
    return encode(examples, tokenizer or base().tokenizer, labels=DATA.labels, task=task, max_length=32)


@pytest.fixture(scope="module")
def accelerator():
    return make_accelerator(device="cpu")


@pytest.fixture(scope="module")
def learnt(accelerator):
    """By task: a model in the middle of its training, in train mode, and its data."""
    found = {}
    for task in Task:
        data = encoded(task)
        found[task] = fit(base(), data, data, FAST, accelerator=accelerator).model.train(), data
    return found


def batches(data, size=4, epochs=1):
    for epoch in range(epochs):
        for indices in plan(data.lengths, batch_size=size, seed=1, epoch=epoch):
            yield collate(data, indices)


@contextmanager
def watched(model) -> Iterator[list[torch.Tensor]]:
    """What the first layer norm of a BERT reads in each pass: words with their moves, positions, token types."""
    read = []
    hook = model.bert.embeddings.LayerNorm.register_forward_pre_hook(lambda _, inputs: read.append(inputs[0].detach()))
    try:
        yield read
    finally:
        hook.remove()


def gradients(model):
    return {name: each.grad.clone() for name, each in model.named_parameters() if each.grad is not None}


def run(objective, model, batch, precision="fp32"):
    """Differentiate every term as a step does; the terms and the gradients that they leave."""
    model.zero_grad()
    torch.manual_seed(SEED)
    found, terms = [], objective.terms(model, batch, SEED)
    for _ in range(objective.count):
        with autocast(torch.device("cpu"), precision):
            term = next(terms)
        term.backward()
        found.append(term.detach())
    assert next(terms, None) is None  # as many as announced
    return found, gradients(model)


# --- the ascent ----------------------------------------------------------------------------------------------------


def moves_of(adversary, model, batch, data, precision):
    """The moves of all passes but unmoved ones, in their order, and the radius of each text's ball."""
    with torch.no_grad(), watched(model) as read:
        MovedText(model, batch, SEED, norm=0).logits(torch.zeros(1))
    (unmoved,) = read
    with watched(model) as read:
        run(adversarial_objective(adversary, make_loss(data), data.task), model, batch, precision)
    return [each - unmoved for each in read], MovedText(model, batch, SEED, norm=adversary.norm).radius


@pytest.mark.parametrize(("norm", "precision"), [(0.3, "bf16"), (2.0, "fp32")])
@pytest.mark.parametrize("adversary", ALL, ids=lambda each: each.name)
def test_every_step_stays_in_its_ball_and_off_the_padding(learnt, adversary, norm, precision):
    model, data = learnt[Task.SINGLE_LABEL]
    for batch in list(batches(data))[:4]:
        moves, radius = moves_of(replace(adversary, norm=norm), model, batch, data, precision)
        for move in moves:
            assert (move.flatten(1).norm(dim=1) <= radius * (1 + 1e-4)).all()
            assert (move[batch.attention_mask == 0] == 0).all()
        furthest = torch.stack([move.flatten(1).norm(dim=1) for move in moves]).amax(dim=0)
        assert (furthest > 0.5 * radius).all()


def test_the_radius_is_in_mean_token_vectors(learnt):
    model, data = learnt[Task.SINGLE_LABEL]
    batch = collate(data, [3, 40, 11])
    vectors = model.get_input_embeddings().weight[batch.input_ids]
    expected = [
        vector[: sum(mask)].norm(dim=1).mean() * 0.5 for vector, mask in zip(vectors, batch.attention_mask, strict=True)
    ]
    assert torch.allclose(MovedText(model, batch, SEED, norm=0.5).radius, torch.stack(expected).detach())


def rise(adversary, model, batch, data):
    """Of what the ascent raises, from where it starts to where it ends."""
    loss, one_way = make_loss(data), kullback_leibler(data.task)
    text = MovedText(model, batch, SEED, norm=adversary.norm)
    with torch.no_grad():
        answer = text.logits(torch.zeros(1))
    places = []
    real = MovedText.logits
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(MovedText, "logits", lambda self, move: places.append(move.detach()) or real(self, move))
        run(adversarial_objective(adversary, loss, data.task), model, batch)
    start = text.random() if isinstance(adversary, Smart | Vat) else places[0]

    def height(move):
        logits = text.logits(move.detach())
        if isinstance(adversary, Smart):
            return one_way(answer, logits) + one_way(logits, answer)
        return one_way(answer, logits) if isinstance(adversary, Vat) else loss(logits, batch.targets)

    with torch.no_grad():
        return float(height(places[-1]) - height(start))


@pytest.mark.parametrize("task", list(Task))
@pytest.mark.parametrize("adversary", ALL, ids=lambda each: each.name)
def test_the_ascent_raises_the_loss_on_nearly_all_batches(learnt, adversary, task):
    model, data = learnt[task]
    rises = [rise(adversary, model, batch, data) for batch in batches(data, size=6, epochs=2)]
    assert len(rises) == 20
    assert sum(each > 0 for each in rises) >= 0.95 * len(rises)


def test_more_steps_climb_higher(learnt):
    model, data = learnt[Task.SINGLE_LABEL]
    few, many = (
        sum(rise(Pgd(norm=0.5, steps=steps, step_size=0.3), model, batch, data) for batch in batches(data))
        for steps in (1, 6)
    )
    assert 0 < few < many


def test_a_text_without_slope_does_not_move(learnt):
    model, data = learnt[Task.SINGLE_LABEL]
    text = MovedText(model, collate(data, [0, 1]), SEED, norm=1.0)
    slope = torch.zeros_like(text.unmoved())
    slope[1, 0, 0] = 1e-30  # its square is zero in fp32
    for move in (text.border(slope), text.climbed(text.unmoved(), slope, 1.0)):
        assert (move[0] == 0).all()
        assert float(move[1].detach().norm()) == pytest.approx(float(text.radius[1]), rel=1e-5)


# --- gradients of the weights --------------------------------------------------------------------------------------


def by_inputs_embeds(model, batch, move):
    """Logits of moved texts by the model's own entrance for embeddings."""
    torch.manual_seed(SEED)
    vectors = model.get_input_embeddings()(batch.input_ids)
    return model(inputs_embeds=vectors + move, attention_mask=batch.attention_mask).logits


def reference(adversary, model, batch, loss):
    """Loss of each method, written out, as one graph; slopes by autograd alone."""

    def slope(function, move):
        move = move.detach().requires_grad_()
        return torch.autograd.grad(function(by_inputs_embeds(model, batch, move)), move)[0]

    def step(move, gradient, size):
        further = move + size * gradient / gradient.flatten(1).norm(dim=1)[:, None, None] * radius
        return (further * (radius / further.flatten(1).norm(dim=1)[:, None, None]).clamp(max=1)).detach()

    def risen(logits):
        return loss(logits, batch.targets)

    text = MovedText(model, batch, SEED, norm=adversary.norm)
    radius, zero, start = text.radius[:, None, None], torch.zeros_like(text.unmoved()), text.random().detach()
    clean = by_inputs_embeds(model, batch, zero)
    held, log = clean.detach(), functional.log_softmax

    def kl(p, q):
        return functional.kl_div(log(q, 1), log(p, 1), log_target=True, reduction="batchmean")

    if isinstance(adversary, FreeLb):
        total = 0
        for _ in range(adversary.steps):
            total = total + risen(by_inputs_embeds(model, batch, start)) / adversary.steps
            start = step(start, slope(risen, start), adversary.step_size)
        return total
    if isinstance(adversary, Vat):
        end = step(zero, slope(lambda logits: kl(held, logits), start), 1.0)
        return risen(clean) + adversary.weight * kl(held, by_inputs_embeds(model, batch, end))
    if isinstance(adversary, Smart):
        end = step(start, slope(lambda logits: kl(held, logits) + kl(logits, held), start), adversary.step_size)
        moved = by_inputs_embeds(model, batch, end)
        return risen(clean) + adversary.weight * (kl(clean, moved) + kl(moved, clean))
    end, size = zero, getattr(adversary, "step_size", 1.0)
    for _ in range(getattr(adversary, "steps", 1)):
        end = step(end, slope(risen, end), size)
    share = adversary.share
    return (1 - share) * risen(clean) + share * risen(by_inputs_embeds(model, batch, end))


@pytest.mark.parametrize(
    "adversary",
    [
        *ALL,
        Fgm(share=0.3),
        Fgm(share=1.0),
        Pgd(share=1.0, steps=2),
        FreeLb(steps=1),
        Smart(weight=3.0),
        Vat(weight=0.2),
    ],
    ids=repr,
)
def test_the_weights_get_the_gradients_of_the_terms_and_nothing_else(learnt, adversary):
    model, data = learnt[Task.SINGLE_LABEL]
    loss, batch = make_loss(data), next(batches(data, size=6))
    terms, found = run(adversarial_objective(adversary, loss, data.task), model, batch)
    model.zero_grad()
    total = reference(adversary, model, batch, loss)
    total.backward()
    expected = gradients(model)
    assert float(sum(terms)) == pytest.approx(float(total.detach()), rel=1e-5)
    assert found.keys() == expected.keys()
    for name, gradient in expected.items():
        assert torch.allclose(found[name], gradient, rtol=1e-3, atol=1e-6), name


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("task", list(Task))
@pytest.mark.parametrize("adversary", [Fgm(norm=0), Pgd(norm=0)], ids=lambda each: each.name)
def test_a_ball_of_no_size_is_standard_training_to_the_bit(learnt, adversary, task, precision):
    model, data = learnt[task]
    loss, batch = make_loss(data), next(batches(data))
    _, standard = run(standard_objective(loss), model, batch, precision)
    _, found = run(adversarial_objective(adversary, loss, data.task), model, batch, precision)
    assert standard.keys() == found.keys()
    assert all(torch.equal(standard[name], found[name]) for name in standard)  # halves add up to wholes exactly


def test_a_whole_training_with_a_ball_of_no_size_is_standard_training(accelerator):
    data = encoded(Task.SINGLE_LABEL)
    standard, found = (
        fit(base(), data, data, replace(FAST, adversary=adversary), accelerator=accelerator)
        for adversary in (None, Fgm(norm=0.0))
    )
    for one, two in zip(standard.model.parameters(), found.model.parameters(), strict=True):
        assert torch.equal(one, two)
    assert [each.train_loss for each in standard.history] == pytest.approx([each.train_loss for each in found.history])


def test_accumulated_batches_step_like_one_large_batch(accelerator):
    data, weights = encoded(Task.SINGLE_LABEL), []
    for parts in ([range(16)], [range(8), range(8, 16)], [range(13), range(13, 16)]):
        model = base().model
        for layer in model.modules():
            if isinstance(layer, torch.nn.Dropout):
                layer.p = 0.0
        for layer in model.bert.encoder.layer:
            layer.attention.self.dropout_prob = 0.0
        objective = adversarial_objective(Pgd(), make_loss(data), data.task)
        optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
        learner = Learner(model, objective, optimiser, accelerator, "fp32", max_grad_norm=1e9, seed=0)
        train_step(learner, [collate(data, part) for part in parts], 0)
        assert all(each.grad is None for each in model.parameters())
        weights.append(model.classifier.weight.detach())
    assert torch.allclose(weights[0], weights[1], atol=1e-5)
    assert torch.allclose(weights[0], weights[2], atol=1e-5)


# --- models --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lora", [None, Lora(rank=2)], ids=["full", "lora"])
@pytest.mark.parametrize("kind", [BertConfig, DistilBertConfig, ElectraConfig, RobertaConfig])
def test_usual_encoders_can_be_moved(kind, lora, tmp_path):
    start = base()
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    if kind is DistilBertConfig:
        sizes = {"dim": 16, "n_layers": 1, "n_heads": 2, "hidden_dim": 16}
    if kind is ElectraConfig:
        sizes["embedding_size"] = 8  # projected to the hidden size afterwards
    AutoModel.from_config(kind(vocab_size=len(start.tokenizer), pad_token_id=0, **sizes)).save_pretrained(tmp_path)
    save_tokenizer(start.tokenizer, tmp_path, max_length=32)
    found = resolve_base(str(tmp_path), texts=(), labels=DATA.labels, task=DATA.task, seed=0)
    model = add_lora(found.model, lora, fresh=found.fresh) if lora else found.model
    data = encoded(Task.SINGLE_LABEL, found.tokenizer)
    loss, batch = make_loss(data), next(batches(data))
    _, standard = run(standard_objective(loss), model.train(), batch)
    for adversary in ALL:
        terms, gradient = run(adversarial_objective(adversary, loss, data.task), model, batch)
        assert gradient.keys() == standard.keys()
        assert all(torch.isfinite(term) for term in terms)
        assert any(not torch.equal(gradient[name], standard[name]) for name in standard)
    for adversary in (Fgm(norm=3.0), Pgd(norm=3.0)):
        (clean, moved), _ = run(adversarial_objective(adversary, loss, data.task), model, batch)
        assert moved > clean


@pytest.mark.parametrize(
    ("adversary", "task", "precision"),
    [
        (Fgm(), Task.SINGLE_LABEL, "bf16"),
        (Pgd(), Task.MULTI_LABEL, "fp32"),
        (FreeLb(), Task.SINGLE_LABEL, "fp32"),
        (Smart(), Task.MULTI_LABEL, "fp32"),
        (Vat(), Task.SINGLE_LABEL, "fp32"),
    ],
    ids=lambda each: getattr(each, "name", each),
)
def test_fit_learns_and_repeats_itself(accelerator, adversary, task, precision):
    data = encoded(task)
    settings = replace(FAST, adversary=adversary, grad_accumulation=2, epochs=2, precision=precision)
    one, two = (fit(base(), data, data, settings, accelerator=accelerator) for _ in range(2))
    for a, b in zip(one.model.parameters(), two.model.parameters(), strict=True):
        assert torch.equal(a, b)
    losses = [record.train_loss for record in one.history]
    assert losses[-1] < losses[0]
    assert all(record.seconds > 0 and record.peak_memory > 2**20 for record in one.history)
    other = fit(base(), data, data, replace(settings, seed=1), accelerator=accelerator)
    assert not torch.equal(one.model.classifier.weight, other.model.classifier.weight)


def test_the_random_start_depends_on_the_seed_alone(learnt):
    model, data = learnt[Task.SINGLE_LABEL]
    batch = collate(data, [0, 1])
    torch.manual_seed(3)
    one = MovedText(model, batch, SEED, norm=1.0).random()
    state = torch.get_rng_state()
    assert torch.equal(one, MovedText(model, batch, SEED, norm=1.0).random())
    assert torch.equal(torch.get_rng_state(), state)
    assert not torch.equal(one, MovedText(model, batch, SEED + 1, norm=1.0).random())


def test_divergences_are_those_of_the_book():
    p, q = torch.randn(5, 3), torch.randn(5, 3)
    one, two = (torch.distributions.Categorical(logits=each) for each in (p, q))
    assert torch.allclose(
        kullback_leibler(Task.SINGLE_LABEL)(p, q), torch.distributions.kl_divergence(one, two).mean(), atol=1e-6
    )
    one, two = (torch.distributions.Bernoulli(logits=each) for each in (p, q))
    assert torch.allclose(
        kullback_leibler(Task.MULTI_LABEL)(p, q), torch.distributions.kl_divergence(one, two).mean(), atol=1e-6
    )


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (Fgm, {"norm": -1.0}),
        (Fgm, {"norm": float("nan")}),
        (Fgm, {"share": 0.0}),
        (Pgd, {"steps": 0}),
        (FreeLb, {"step_size": 0.0}),
        (Smart, {"weight": -1.0}),
        (Vat, {"norm": float("inf")}),
    ],
)
def test_impossible_adversaries_are_refused(kind, wrong):
    with pytest.raises(InputError, match=f"{kind().name}: {next(iter(wrong))} must be"):
        kind(**wrong)


def test_an_objective_that_is_not_trained_against_the_adversary_is_refused(accelerator):
    data = encoded(Task.SINGLE_LABEL)
    objective = standard_objective(make_loss(data))
    with pytest.raises(InputError, match="against no adversary, the settings name fgm"):
        fit(base(), data, data, replace(FAST, adversary=Fgm()), accelerator=accelerator, objective=objective)
