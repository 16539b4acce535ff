"""Losses, optimiser groups, schedule and precision choice."""

import time

import pytest
import torch
from torch import nn
from torch.nn import functional

from robust_emo.errors import InputError
from robust_emo.training.batches import Encoded
from robust_emo.training.hyperparameters import Hyperparameters, Lora
from robust_emo.training.loss import make_loss
from robust_emo.training.optimiser import make_optimiser, optimiser_tensors, rate_factor, restore_optimiser, set_rate
from robust_emo.training.precision import choose_precision
from robust_emo.types import Task

SINGLE = torch.tensor([0, 0, 0, 1, 2, 2])
MULTI = torch.tensor([[1.0, 0, 0], [1, 1, 0], [1, 0, 0], [0, 0, 1]])


def data(targets):
    task = Task.SINGLE_LABEL if targets.ndim == 1 else Task.MULTI_LABEL
    return Encoded(("a", "b", "c"), task, ((1, 2),) * len(targets), targets, 0, 8, 0)


def test_plain_losses_are_the_usual_ones():
    logits, flags = torch.randn(6, 3), torch.randint(2, (6, 3)).float()
    assert make_loss(data(SINGLE))(logits, SINGLE) == functional.cross_entropy(logits, SINGLE)
    expected = functional.binary_cross_entropy_with_logits(logits, flags)
    assert make_loss(data(MULTI))(logits, flags) == expected


@pytest.mark.parametrize("targets", [SINGLE, MULTI])
def test_class_weights_raise_the_price_of_rare_classes(targets):
    rare, frequent = (
        (torch.tensor([1, 1]), torch.tensor([0, 0])) if targets.ndim == 1 else (MULTI[[3, 3]], MULTI[[0, 0]])
    )
    prices = {}
    for scheme in ("none", "sqrt", "balanced"):
        loss = make_loss(data(targets), class_weights=scheme)
        logits = torch.tensor([[2.0, -1.0, -1.0]] * 4)
        prices[scheme] = float(loss(logits, torch.cat([rare, frequent])))
    assert prices["none"] < prices["sqrt"] < prices["balanced"]


@pytest.mark.parametrize("scheme", ["sqrt", "balanced"])
def test_class_weights_do_not_cancel_in_a_batch_of_one_class_and_average_to_one(scheme):
    loss, plain = make_loss(data(SINGLE), class_weights=scheme), make_loss(data(SINGLE))
    flat = torch.zeros(6, 3)
    assert loss(flat[:2], torch.tensor([1, 1])) > 1.2 * plain(flat[:2], torch.tensor([1, 1]))
    assert loss(flat, SINGLE) == pytest.approx(float(plain(flat, SINGLE)))


def test_a_class_without_examples_does_not_break_the_weights():
    loss = make_loss(data(torch.tensor([0, 0, 1])), class_weights="balanced")
    assert torch.isfinite(loss(torch.randn(3, 3), torch.tensor([0, 0, 1])))


@pytest.mark.parametrize("targets", [SINGLE, MULTI])
def test_label_smoothing_punishes_certainty(targets):
    certain = 30 * (functional.one_hot(SINGLE).float() - 0.5) if targets.ndim == 1 else 30 * (MULTI - 0.5)
    assert make_loss(data(targets))(certain, targets) < 1e-3
    assert make_loss(data(targets), label_smoothing=0.1)(certain, targets) > 0.3


def test_rate_warms_up_and_decays_to_zero():
    factors = [rate_factor(step, total=100, warmup=0.1) for step in range(101)]
    assert factors[0] > 0
    assert max(factors) == factors[10] == 1.0
    assert factors[:11] == sorted(factors[:11])
    assert factors[10:] == sorted(factors[10:], reverse=True)
    assert factors[100] == 0
    assert rate_factor(0, total=1, warmup=0.0) == 1


def model():
    torch.manual_seed(0)
    return nn.ModuleDict({"body": nn.Linear(4, 4), "head": nn.Linear(4, 2)})


def step(net, optimiser, seed):
    torch.manual_seed(seed)
    net["head"](net["body"](torch.randn(8, 4))).square().mean().backward()
    optimiser.step()
    optimiser.zero_grad()


def test_new_layers_learn_faster_and_biases_are_not_decayed():
    net = model()
    settings = Hyperparameters(learning_rate=0.1, head_factor=5, weight_decay=0.3)
    optimiser = make_optimiser(net, settings, fresh={"head.weight", "head.bias"})
    set_rate(optimiser, 0.5)
    set_rate(optimiser, 0.5)  # a factor on the peak, not on the last rate
    found = {
        name: (group["lr"], group["weight_decay"])
        for group in optimiser.param_groups
        for name, parameter in net.named_parameters()
        if any(parameter is other for other in group["params"])
    }
    assert found == {
        "body.weight": (0.05, 0.3), "body.bias": (0.05, 0.0), "head.weight": (0.25, 0.3), "head.bias": (0.25, 0.0)
    }  # fmt: skip


def test_a_restored_optimiser_goes_on_exactly():
    straight, broken = model(), model()
    settings = Hyperparameters(learning_rate=0.1)
    one, two = make_optimiser(straight, settings), make_optimiser(broken, settings)
    step(straight, one, 1)
    step(broken, two, 1)
    kept = {name: tensor.clone() for name, tensor in optimiser_tensors(two, broken).items()}
    again = make_optimiser(broken, settings)
    restore_optimiser(again, broken, kept)
    step(straight, one, 2)
    step(broken, again, 2)
    assert all(torch.equal(a, b) for a, b in zip(straight.parameters(), broken.parameters(), strict=True))


@pytest.mark.parametrize(("slow", "expected"), [("fp32", "bf16"), ("bf16", "fp32")])
def test_auto_precision_takes_what_is_measured_to_be_faster(slow, expected):
    choice = choose_precision("auto", torch.device("cpu"), lambda name: time.sleep(0.02 if name == slow else 0.002))
    assert choice.name == expected
    assert set(choice.seconds) == {"fp32", "bf16"}


def test_a_named_precision_is_not_measured():
    def never(name):
        raise AssertionError

    assert choose_precision("bf16", torch.device("cpu"), never).name == "bf16"


@pytest.mark.parametrize(
    "wrong", [{"epochs": 0}, {"learning_rate": -1.0}, {"warmup": 1.0}, {"lora": Lora(rank=0)}, {"max_length": 2}]
)
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        Hyperparameters(**wrong)
