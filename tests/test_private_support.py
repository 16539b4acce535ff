"""The table of architectures: what it says works does, and what it refuses or freezes would be wrong."""

import inspect

import pytest
import torch
from tiny_encoders import tiny_base, tiny_training

from robust_emo.errors import InputError
from robust_emo.training.private.fine_tuning import train
from robust_emo.training.private.fine_tuning.integrity import check_fine_tuning
from robust_emo.training.private.fine_tuning.settings import PARTS
from robust_emo.training.private.fine_tuning.support import SUPPORT, Support, support_of
from robust_emo.training.private.integrity import IntegrityError
from robust_emo.types import Task

WORKS = [(name, part) for name in SUPPORT for part in PARTS if part not in SUPPORT[name].refused]
NUMBERS = ("gradients", "gradients of each weight", "clipping", "update")


def options(part):
    return {"last_layers": 1} if part == "last" else {}


@pytest.mark.parametrize(("model_type", "part"), WORKS)
def test_what_the_table_says_works_has_the_gradients_of_a_loop(model_type, part):
    modes = ("hooks",) if SUPPORT[model_type].no_ghost else ("hooks", "ghost")
    for mode in modes:
        checks = check_fine_tuning(tiny_training(model_type, part, grad_mode=mode, **options(part)))
        measured = {check.name: check.measured for check in checks}
        assert max(measured[name] for name in NUMBERS) < 1e-5, (mode, measured)


@pytest.mark.parametrize("model_type", [name for name in SUPPORT if name != "modernbert"])
def test_embeddings_are_trained_where_they_are_asked_for(model_type):
    taken = inspect.signature(tiny_base(model_type).model.forward).parameters
    if SUPPORT[model_type].expanded and "position_ids" not in taken:  # DistilBERT of transformers 4
        with pytest.raises(InputError, match="in this version of transformers"):
            tiny_training(model_type, "full", grad_mode="hooks", train_embeddings=True)
        return
    training = tiny_training(model_type, "full", grad_mode="hooks", train_embeddings=True)
    names = {name for name, each in training.sums.model.named_parameters() if each.requires_grad}
    assert any("word_embeddings" in name for name in names)
    checks = {check.name: check.measured for check in check_fine_tuning(training)}
    assert max(checks[name] for name in NUMBERS) < 1e-5


@pytest.mark.parametrize(("model_type", "part"), [(name, part) for name in SUPPORT for part in SUPPORT[name].refused])
def test_what_it_refuses_is_refused_with_the_reason(model_type, part):
    with pytest.raises(InputError, match=SUPPORT[model_type].refused[part]):
        support_of(model_type, part)


def test_an_architecture_that_was_never_tried_is_refused():
    with pytest.raises(InputError, match=r"not tried with the architecture gpt2, only with .*bert.*--trained head"):
        support_of("gpt2", "lora")


@pytest.mark.parametrize("model_type", ["deberta-v2", "mpnet", "modernbert"])
def test_what_it_freezes_would_be_wrong(model_type, monkeypatch):
    """By the check, or because Opacus has no rule for it: never silently."""
    bare = Support(layers=SUPPORT[model_type].layers, expanded=SUPPORT[model_type].expanded)
    monkeypatch.setattr(train, "support_of", lambda *_: bare)
    with pytest.raises((IntegrityError, AttributeError, TypeError, RuntimeError)):
        check_fine_tuning(tiny_training(model_type, "full", grad_mode="hooks"))


@pytest.mark.parametrize("model_type", [name for name, found in SUPPORT.items() if found.no_ghost])
def test_ghost_mode_is_refused_where_layers_share_weights(model_type):
    with pytest.raises(InputError, match="--grad-mode ghost is not for the architecture"):
        tiny_training(model_type, "lora", grad_mode="ghost")


def test_the_trained_part_is_what_it_is_called():
    def trained(part, **settings):
        model = tiny_training("bert", part, **settings).sums.model
        return {name for name, each in model.named_parameters() if each.requires_grad}

    biases, last, full = trained("bitfit"), trained("last", last_layers=1), trained("full")
    assert {name for name in biases if not name.endswith("bias")} == {"classifier.weight"}
    assert not any("embeddings" in name for name in biases | last | full)
    assert {name.split(".")[3] for name in last if ".layer." in name} == {"1"}
    assert {"classifier.weight", "bert.pooler.dense.weight"} <= last
    assert {name.split(".")[3] for name in full if ".layer." in name} == {"0", "1"}
    adapters = trained("lora")
    assert {name for name in adapters if "lora_" not in name and "modules_to_save" not in name} == set()


def test_more_layers_than_there_are_are_refused():
    with pytest.raises(InputError, match="the encoder has 2 layers; --last-layers must be at most that, got 3"):
        tiny_training("bert", "last", last_layers=3)


@pytest.mark.parametrize("mode", ["hooks", "ghost"])
def test_texts_with_several_labels(mode):
    checks = check_fine_tuning(tiny_training("bert", "full", grad_mode=mode, task=Task.MULTI_LABEL))
    assert all(check.holds for check in checks)


def test_automatic_mode_keeps_gradients_only_where_they_are_small(monkeypatch):
    assert type(tiny_training("bert", "full").sums).__name__ == "HookSum"
    monkeypatch.setattr(train, "_FEW_KEPT", 10)
    assert type(tiny_training("bert", "full").sums).__name__ == "GhostSum"
    assert type(tiny_training("albert", "full").sums).__name__ == "HookSum"
    assert type(tiny_training("bert", "full", authors=100).sums).__name__ == "HookSum"


def test_the_model_is_plain_again_after_the_training():
    training = tiny_training("bert", "full", grad_mode="ghost")
    training.run()
    training.sums.close()
    model = training.sums.model
    assert not any(module._forward_hooks or module._backward_hooks for module in model.modules())
    assert not any(hasattr(each, "grad_sample") or hasattr(each, "_norm_sample") for each in model.parameters())
    before = tiny_base("bert").model
    same = {
        name
        for (name, old), new in zip(before.named_parameters(), model.parameters(), strict=True)
        if torch.equal(old, new)
    }
    assert all("embeddings" in name for name in same)
