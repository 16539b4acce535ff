"""Fitting: it learns, keeps the best epoch, stops early, and accumulates and adapts as promised."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, f1_score
from transformers import AutoModel, BertConfig, DistilBertConfig, ElectraConfig, GPT2Config, RobertaConfig

from robust_emo.data.dataset import read_dataset
from robust_emo.errors import InputError
from robust_emo.models.bases import resolve_base, save_tokenizer
from robust_emo.training.accelerator import make_accelerator
from robust_emo.training.batches import Encoded, collate, encode
from robust_emo.training.classification_report import classification_report
from robust_emo.training.evaluation import predict_logits
from robust_emo.training.fit import fit
from robust_emo.training.hyperparameters import Hyperparameters, Lora
from robust_emo.training.lora import add_lora, merge_lora, trained_whole
from robust_emo.training.loss import make_loss
from robust_emo.training.step import Learner, standard_objective, train_step
from robust_emo.types import Task

DATA = read_dataset(Path(__file__).parent / "data" / "emotions.csv")
FAST = Hyperparameters(epochs=12, batch_size=4, learning_rate=2e-3, patience=12, precision="fp32", max_length=32)


def base(seed=0):
    texts = [example.text for example in DATA.examples]
    return resolve_base("scratch:tiny", texts=texts, labels=DATA.labels, task=DATA.task, seed=seed)


@pytest.fixture(scope="module")
def data() -> Encoded:
    return encode(DATA.examples, base().tokenizer, labels=DATA.labels, task=DATA.task, max_length=32)


@pytest.fixture(scope="module")
def accelerator():
    return make_accelerator(device="cpu")


class Recorder:
    """An observer that keeps what it is told."""

    def __init__(self):
        self.steps, self.epochs, self.start = [], [], None

    def started(self, **what):
        self.start = what

    def stepped(self, *, step, loss, learning_rate):
        self.steps.append(step)

    def epoch_ended(self, record):
        self.epochs.append(record)

    def noted(self, message):
        pass


def test_it_learns_and_tells_its_observer(data, accelerator):
    recorder, state = Recorder(), torch.get_rng_state()
    fitted = fit(base(), data, data, FAST, accelerator=accelerator, observer=recorder)
    report = classification_report(predict_logits(fitted.model, data, accelerator), data)
    assert report.macro_f1 > 0.9
    assert report.macro_f1 == max(record.macro_f1 for record in fitted.history)
    assert recorder.epochs == list(fitted.history)
    assert recorder.start == {"steps_per_epoch": 15, "epochs": 12, "done": 0}
    assert recorder.steps == list(range(1, 181))
    assert torch.equal(torch.get_rng_state(), state)


def test_the_same_arguments_give_the_same_weights(data, accelerator):
    settings = replace(FAST, epochs=1)
    one, two = (fit(base(), data, data, settings, accelerator=accelerator).model.state_dict() for _ in range(2))
    other = fit(base(), data, data, replace(settings, seed=1), accelerator=accelerator).model.state_dict()
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["classifier.weight"], other["classifier.weight"])


def test_it_stops_when_validation_does_not_improve(data, accelerator):
    hopeless = replace(FAST, learning_rate=1e-9, patience=2)
    fitted = fit(base(), data, data, hopeless, accelerator=accelerator)
    assert [record.epoch for record in fitted.history] == [1, 2, 3]
    assert fitted.best_epoch == 1


def test_multi_label_data_are_learnt_too(accelerator):
    examples = [replace(example, labels=() if "I" in example.text else example.labels) for example in DATA.examples]
    tokenizer = base().tokenizer
    data = encode(examples, tokenizer, labels=DATA.labels, task=Task.MULTI_LABEL, max_length=32)
    settings = replace(FAST, epochs=30, class_weights="balanced", patience=30)
    fitted = fit(base(), data, data, settings, accelerator=accelerator)
    logits = predict_logits(fitted.model, data, accelerator)
    report = classification_report(logits, data)
    gold, predicted = data.targets.numpy() > 0, logits >= 0
    assert report.macro_f1 > 0.6
    assert report.accuracy == pytest.approx(accuracy_score(gold, predicted))
    assert report.macro_f1 == pytest.approx(f1_score(gold, predicted, average="macro"))
    assert report.micro_f1 == pytest.approx(f1_score(gold, predicted, average="micro"))


def test_evaluation_order_does_not_show(data, accelerator):
    model = base().model.eval()
    logits = predict_logits(model, data, accelerator)
    with torch.inference_mode():
        for index in (0, 17, 59):
            one = collate(data, [index])
            alone = model(input_ids=one.input_ids, attention_mask=one.attention_mask).logits[0]
            assert np.allclose(alone.numpy(), logits[index], atol=1e-5)


def test_accumulated_batches_step_like_one_large_batch(data, accelerator):
    weights = []
    for parts in ([range(16)], [range(8), range(8, 16)], [range(13), range(13, 16)]):
        model = base().model
        for layer in model.modules():
            if isinstance(layer, torch.nn.Dropout):
                layer.p = 0.0
        model.config.attention_probs_dropout_prob = 0.0
        for layer in model.bert.encoder.layer:
            layer.attention.self.dropout.p = 0.0
            layer.attention.self.dropout_prob = 0.0
        optimiser = torch.optim.SGD(model.parameters(), lr=0.1)
        objective = standard_objective(make_loss(data))
        learner = Learner(model, objective, optimiser, accelerator, "fp32", max_grad_norm=1e9, seed=0)
        train_step(learner, [collate(data, part) for part in parts], 0)
        weights.append(model.classifier.weight.detach())
    assert torch.allclose(weights[0], weights[1], atol=1e-6)
    assert torch.allclose(weights[0], weights[2], atol=1e-6)  # the last batch of an epoch may be smaller


def test_clipping_bounds_the_step(data, accelerator):
    model = base().model
    before = {name: weight.clone() for name, weight in model.named_parameters()}
    optimiser = torch.optim.SGD(model.parameters(), lr=1.0)
    learner = Learner(model, standard_objective(make_loss(data)), optimiser, accelerator, "fp32", 0.01, seed=0)
    train_step(learner, [collate(data, range(8))], 0)
    moved = sum((weight - before[name]).square().sum() for name, weight in model.named_parameters())
    assert 0 < float(moved.detach().sqrt()) < 0.0101


def test_lora_trains_little_and_merges_without_a_trace(accelerator, tmp_path):
    start = resolve_base("minilm", texts=(), labels=DATA.labels, task=DATA.task, seed=0)
    names = set(start.model.state_dict())
    frozen = start.model.bert.embeddings.word_embeddings.weight.clone()
    data = encode(DATA.examples, start.tokenizer, labels=DATA.labels, task=DATA.task, max_length=32)
    settings = replace(FAST, lora=Lora(rank=4), epochs=3, head_factor=1.0)
    fitted = fit(start, data, data, settings, accelerator=accelerator)
    trainable = sum(weight.numel() for weight in fitted.model.parameters() if weight.requires_grad)
    assert trainable < 0.02 * sum(weight.numel() for weight in fitted.model.parameters())
    before = predict_logits(fitted.model, data, accelerator)
    assert classification_report(before, data).macro_f1 > 0.6
    merged = merge_lora(fitted.model, tmp_path)
    assert set(merged.state_dict()) == names
    assert torch.equal(merged.bert.embeddings.word_embeddings.weight, frozen)
    assert np.allclose(predict_logits(merged, data, accelerator), before, atol=1e-4)
    assert (tmp_path / "adapter_model.safetensors").exists()


@pytest.mark.parametrize("kind", [BertConfig, DistilBertConfig, ElectraConfig, RobertaConfig])
def test_lora_trains_every_layer_of_the_head(kind, tmp_path):
    start = base()
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    if kind is DistilBertConfig:
        sizes = {"dim": 16, "n_layers": 1, "n_heads": 2, "hidden_dim": 16}
    AutoModel.from_config(kind(vocab_size=len(start.tokenizer), pad_token_id=0, **sizes)).save_pretrained(tmp_path)
    save_tokenizer(start.tokenizer, tmp_path, max_length=32)
    found = resolve_base(str(tmp_path), texts=(), labels=DATA.labels, task=DATA.task, seed=0)
    adapted = add_lora(found.model, Lora(), fresh=found.fresh)
    data = encode(DATA.examples[:8], found.tokenizer, labels=DATA.labels, task=DATA.task, max_length=32)
    batch = collate(data, range(8))
    optimiser = torch.optim.SGD([each for each in adapted.parameters() if each.requires_grad], lr=1.0)
    before = {name: weight.clone() for name, weight in adapted.named_parameters()}
    next(standard_objective(make_loss(data)).terms(adapted, batch, 0)).backward()
    optimiser.step()
    moved = {name for name, weight in adapted.named_parameters() if not torch.equal(weight, before[name])}
    head = trained_whole(adapted)
    assert head <= moved
    names = {name.replace("base_model.model.", "").replace(".modules_to_save.default", "") for name in head}
    assert names == found.fresh
    adapted.eval()
    logits = adapted(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits
    merged = merge_lora(adapted, None)(input_ids=batch.input_ids, attention_mask=batch.attention_mask).logits
    assert torch.allclose(logits, merged, atol=1e-5)


def test_lora_on_a_base_without_linear_layers_is_refused(tmp_path):
    start = base()
    sizes = {"n_embd": 16, "n_layer": 1, "n_head": 2, "bos_token_id": 0, "eos_token_id": 0}
    AutoModel.from_config(GPT2Config(vocab_size=len(start.tokenizer), **sizes)).save_pretrained(tmp_path)
    save_tokenizer(start.tokenizer, tmp_path, max_length=32)
    found = resolve_base(str(tmp_path), texts=(), labels=DATA.labels, task=DATA.task, seed=0)
    with pytest.raises(InputError, match="linear layers"):
        add_lora(found.model, Lora(), fresh=found.fresh)


def test_the_head_factor_counts_with_lora_too(accelerator):
    learnt = []
    for factor in (1.0, 50.0):
        start = resolve_base("minilm", texts=(), labels=DATA.labels, task=DATA.task, seed=0)
        data = encode(DATA.examples[:8], start.tokenizer, labels=DATA.labels, task=DATA.task, max_length=16)
        settings = replace(FAST, lora=Lora(rank=1), epochs=1, batch_size=8, learning_rate=1e-4, head_factor=factor)
        before = start.model.classifier.weight.detach().clone()
        fitted = fit(start, data, data, settings, accelerator=accelerator)
        learnt.append(float((merge_lora(fitted.model, None).classifier.weight.detach() - before).abs().mean()))
    assert learnt[1] > 10 * learnt[0]


def test_lora_on_a_model_from_scratch_is_refused():
    with pytest.raises(InputError, match="scratch"):
        add_lora(base().model, Lora(), fresh=())


def test_bf16_trains_fp32_weights(data, accelerator):
    fitted = fit(base(), data, data, replace(FAST, precision="bf16"), accelerator=accelerator)
    assert fitted.precision.name == "bf16"
    assert all(weight.dtype == torch.float32 for weight in fitted.model.parameters())
    assert classification_report(predict_logits(fitted.model, data, accelerator), data).macro_f1 > 0.8
