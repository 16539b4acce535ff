"""Loading models: what is accepted, and one clear line for everything else."""

import contextlib
import json
import shutil

import numpy as np
import pytest
import torch
from sentences import emotion_rows

from robust_emo.errors import InputError
from robust_emo.models.checks import check_model_directory
from robust_emo.models.first_token import last_attention
from robust_emo.models.grid_probe import finest_grid
from robust_emo.models.loading import load_classifier
from robust_emo.models.packing import COARSE, FINE, MEDIUM, NARROW, pack
from robust_emo.models.victim import Victim


@pytest.fixture
def copy(tiny_model, tmp_path):
    return shutil.copytree(tiny_model, tmp_path / "copy")


def edit(path, **changes):
    content = json.loads(path.read_text()) | changes
    path.write_text(json.dumps({key: value for key, value in content.items() if value is not None}))


def test_a_trained_model_loads(tiny_model):
    classifier = load_classifier(tiny_model)
    assert classifier.labels == ("anger", "fear", "joy", "sadness")
    assert len(classifier.sha256) == 64
    assert load_classifier(tiny_model).sha256 == classifier.sha256


def test_no_directory(tmp_path):
    with pytest.raises(InputError, match="no such model directory"):
        check_model_directory(tmp_path / "absent")


def test_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file"):
        check_model_directory(tmp_path / "file")


def test_an_empty_directory(tmp_path):
    with pytest.raises(InputError, match="no config.json"):
        check_model_directory(tmp_path)


def test_no_weights(copy):
    (copy / "model.safetensors").unlink()
    with pytest.raises(InputError, match="no weights"):
        check_model_directory(copy)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt"])
def test_pickles_are_refused_with_the_way_to_convert(copy, name):
    (copy / "model.safetensors").rename(copy / name)
    with pytest.raises(InputError, match=f"{name}.*save_pretrained"):
        load_classifier(copy)


def test_weights_come_from_the_directory_alone(copy, tmp_path):
    """The fingerprint is of its files: weights from elsewhere could be swapped unseen."""
    index = copy / "model.safetensors.index.json"
    part = copy / "model-00001-of-00001.safetensors"
    (copy / "model.safetensors").rename(part)
    index.write_text(json.dumps({"metadata": {}, "weight_map": {"classifier.weight": part.name}}))
    check_model_directory(copy)
    for elsewhere in ("shards/w.safetensors", "../w.safetensors", str(tmp_path / "w.safetensors"), "gone.safetensors"):
        index.write_text(json.dumps({"metadata": {}, "weight_map": {"classifier.weight": elsewhere}}))
        with pytest.raises(InputError, match="expected safetensors files in the same directory"):
            load_classifier(copy)
    index.write_text("[]")
    with pytest.raises(InputError, match="no index of weights"):
        load_classifier(copy)


def test_an_adapter_beside_weights_is_refused(copy):
    (copy / "adapter_config.json").write_text('{"base_model_name_or_path": "/elsewhere", "peft_type": "LORA"}')
    with pytest.raises(InputError, match="a LoRA adapter, which names a base elsewhere; merge it first"):
        load_classifier(copy)


def test_torn_weights(copy):
    (copy / "model.safetensors").write_bytes((copy / "model.safetensors").read_bytes()[:5000])
    with pytest.raises(InputError, match="cannot be loaded"):
        load_classifier(copy)


def test_broken_config(copy):
    (copy / "config.json").write_text("{")
    with pytest.raises(InputError, match="not valid JSON"):
        load_classifier(copy)


@pytest.mark.parametrize(
    "changes",
    [{"problem_type": "regression"}, {"id2label": {"0": "valence"}, "label2id": {"valence": 0}}],
)
def test_a_regression_head(copy, changes):
    edit(copy / "config.json", **changes)
    with pytest.raises(InputError, match="regression head"):
        load_classifier(copy)


def test_a_model_without_classifier(copy):
    edit(copy / "config.json", architectures=["BertModel"])
    with pytest.raises(InputError, match="not a classifier.*robust-emo train"):
        load_classifier(copy)


def test_an_untrained_head(copy):
    from safetensors.numpy import load_file, save_file

    tensors = load_file(copy / "model.safetensors")
    save_file({k: v for k, v in tensors.items() if not k.startswith("classifier")}, copy / "model.safetensors")
    with pytest.raises(InputError, match="weights lack classifier"):
        load_classifier(copy)


def test_a_tokenizer_of_another_model(copy):
    from robust_emo.models.minilm import minilm_directory

    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(minilm_directory() / name, copy / name)
    with pytest.raises(InputError, match="do not belong together"):
        load_classifier(copy)


def test_no_tokenizer(copy):
    for path in copy.glob("tokenizer*"):
        path.unlink()
    with pytest.raises(InputError, match="tokenizer"):
        load_classifier(copy)


def test_label_names_twice(copy):
    edit(copy / "config.json", id2label={"0": "joy", "1": "joy", "2": "a", "3": "b"})
    with pytest.raises(InputError, match="names a label twice"):
        check_model_directory(copy)


def test_code_in_the_directory_never_runs(copy, tmp_path):
    (copy / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    edit(copy / "config.json", auto_map={"AutoModelForSequenceClassification": "evil.Evil", "AutoConfig": "evil.Evil"})
    with contextlib.suppress(InputError):
        load_classifier(copy)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("grid", [FINE, MEDIUM, NARROW, COARSE])
def test_packing_keeps_every_text_once_and_within_bounds(grid):
    lengths = np.random.default_rng(0).integers(1, 299, size=500).tolist()
    batches = list(pack(lengths, token_budget=2048, widest=298, grid=grid))
    assert sorted(member for batch in batches for member in batch.members) == list(range(500))
    for batch in batches:
        assert all(batch.width - grid.width < lengths[member] <= batch.width <= 298 for member in batch.members)
        assert batch.rows % grid.rows == 0
        assert len(batch.members) <= batch.rows < max(grid.fewest_rows + 1, len(batch.members) + grid.rows)
        assert batch.rows * batch.width <= max(2048, grid.fewest_rows * batch.width)


def test_the_grid_is_as_fine_as_the_kernels_allow():
    def row_sums(wrong):
        def run(ids, mask):
            answer = (ids * mask).sum(1, keepdim=True).double().numpy()
            answer[wrong(*ids.shape)] *= 1 + 1e-6
            return answer

        return run

    def shaped(texts, width):
        ids = torch.tensor([[*map(ord, text[:width]), *[0] * (width - len(text))] for text in texts])
        return ids, (ids > 0).long()

    def grid(wrong, widest=64):
        return finest_grid(row_sums(wrong), shaped, widest=widest)

    none, every = slice(0), slice(None)
    assert grid(lambda rows, width: none) == FINE
    assert grid(lambda rows, width: slice(rows // 4 * 4, None)) == MEDIUM  # another kernel for the last rows
    assert grid(lambda rows, width: every if rows < 8 else none) == NARROW
    assert grid(lambda rows, width: every if rows < 8 else none, widest=3) == NARROW
    assert grid(lambda rows, width: every if width == 12 and rows < 48 else none) == COARSE
    assert grid(lambda rows, width: slice(rows // 4 * 4, None) if width == 12 else none) == MEDIUM
    assert grid(lambda rows, width: slice(1)) == COARSE  # another kernel for the first row


@pytest.mark.parametrize(
    ("kind", "config", "settings"),
    [
        ("BartForSequenceClassification", "BartConfig", {"d_model": 16, "encoder_layers": 1, "decoder_layers": 1}),
        ("T5ForSequenceClassification", "T5Config", {"d_model": 16, "num_layers": 1, "num_heads": 2, "d_ff": 32}),
        ("BertForSequenceClassification", "BertConfig", {"num_hidden_layers": 0, "hidden_size": 24}),
    ],
)
def test_models_that_want_their_special_tokens_or_have_no_layer_answer(tiny_model, tmp_path, kind, config, settings):
    import transformers

    torch.manual_seed(0)
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_model)
    ends = {"eos_token_id": tokenizer.sep_token_id, "decoder_start_token_id": tokenizer.cls_token_id}
    made = getattr(transformers, config)(
        vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id, num_labels=3, **ends, **settings
    )
    getattr(transformers, kind)(made).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    edit(tmp_path / "config.json", id2label={"0": "anger", "1": "joy", "2": "sadness"})
    victim = Victim(load_classifier(tmp_path))
    texts = ["I am glad", "no", "I am sad and scared of all that"]
    np.testing.assert_array_equal(victim.logits(texts)[:1], victim.logits(texts[:1]))


def test_numbers_of_a_text_are_the_same_bits_in_any_company(victim):
    texts = [row["text"] for row in emotion_rows(130, seed=8)]
    together = victim.logits(texts)
    for count in (1, 2, 3, 5, 7, 17, 50, 129):
        np.testing.assert_array_equal(victim.logits(texts[:count]), together[:count])
        np.testing.assert_array_equal(victim.logits(texts[-count:]), together[-count:])


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_so_they_are_with_any_number_of_threads(victim, threads):
    texts = [row["text"] for row in emotion_rows(130, seed=8)]
    targets = [(1.0, 0.0, 0.0, 0.0)] * len(texts)
    torch.set_num_threads(1)  # the fixture of all tests sets it back
    alone, slopes = victim.logits(texts), victim.gradients(texts, targets)
    torch.set_num_threads(threads)
    for count in (1, 5, 50, 130):
        np.testing.assert_array_equal(victim.logits(texts[-count:]), alone[-count:])
        for one, other in zip(victim.gradients(texts[-count:], targets[-count:]), slopes[-count:], strict=True):
            np.testing.assert_array_equal(one.values, other.values)
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_logits_do_not_depend_on_batch_mates(tiny_model, precision):
    victim = Victim(load_classifier(tiny_model), precision=precision)
    texts = [f"I feel glad {'again ' * (i % 9)}{i}" for i in range(100)]
    together = victim.logits(texts)
    alone = np.concatenate([victim.logits([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-6 if precision == "fp32" else 2e-2)
    assert (together.argmax(1) == alone.argmax(1)).all()


def test_probabilities_are_probabilities(victim):
    predictions = victim.predictions(victim.logits(["I am glad", "I am sad and scared"]))
    for prediction in predictions:
        assert abs(sum(prediction.probabilities) - 1) < 1e-9
        assert prediction.labels == (victim.labels[int(np.argmax(prediction.probabilities))],)


def test_embeddings_are_bit_identical_whoever_shares_the_batch():
    from robust_emo.models.encoder import SentenceEncoder

    encoder = SentenceEncoder()
    texts = [f"I feel glad {'again ' * (i % 9)}{i}" for i in range(40)]
    alone = np.concatenate([encoder.embed([text]) for text in texts[:9]])
    np.testing.assert_array_equal(encoder.embed(texts)[:9], alone)


def test_a_maximum_length_beyond_the_model_is_refused(tiny_model):
    with pytest.raises(InputError, match="at most .* tokens, got --max-length 100000"):
        Victim(load_classifier(tiny_model), max_length=100_000)


def test_numbers_that_are_not_finite_are_no_prediction(copy):
    from safetensors.numpy import load_file, save_file

    tensors = load_file(copy / "model.safetensors")
    tensors["classifier.bias"] = np.full_like(tensors["classifier.bias"], np.nan)
    save_file(tensors, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ValueError, match="not finite"):
        Victim(load_classifier(copy)).logits(["I am glad"])


def test_only_the_part_that_the_model_reads_is_attacked(victim):
    text = "I am glad " * 9000
    seen = victim.readable(text)
    assert text.startswith(seen)
    assert 50 < len(seen) < 2000
    np.testing.assert_array_equal(victim.logits([seen]), victim.logits([text]))
    assert victim.readable("I am glad") == "I am glad"


def test_a_text_that_just_fits_is_not_called_truncated(tiny_model):
    text = "I am glad"
    length = len(Victim(load_classifier(tiny_model)).batched.encode([text])[0])
    fitting = Victim(load_classifier(tiny_model), max_length=length).batched
    assert fitting.truncated([text, text + " again"]) == 1
    assert fitting.truncated([]) == 0


def first_token_model(kind, config, **settings):
    import transformers

    torch.manual_seed(0)
    small = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    return getattr(transformers, kind)(
        getattr(transformers, config)(vocab_size=50, num_labels=3, pad_token_id=0, **small, **settings)
    ).eval()


@pytest.mark.parametrize("settings", [{}, {"attn_implementation": "eager"}], ids=["default", "eager"])
@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("BertForSequenceClassification", "BertConfig"),
        ("RobertaForSequenceClassification", "RobertaConfig"),
        ("XLMRobertaForSequenceClassification", "XLMRobertaConfig"),
        ("CamembertForSequenceClassification", "CamembertConfig"),
        ("ElectraForSequenceClassification", "ElectraConfig"),
    ],
)
def test_a_classifier_of_the_first_token_answers_the_same_without_the_others(kind, config, settings):
    model = first_token_model(kind, config, **settings)
    attention = last_attention(model)
    assert attention is not None
    seen = []
    model.base_model.encoder.layer[-1].output.register_forward_hook(lambda *_: seen.append(_[2].shape[1]))
    ids = torch.arange(1, 31).reshape(3, 10)
    mask = (torch.arange(10) < torch.tensor([[10], [4], [7]])).long()
    whole = model(input_ids=ids, attention_mask=mask).logits
    with attention.first_token_only():
        with attention.first_token_only():  # as another thread
            short = model(input_ids=ids, attention_mask=mask).logits
        again = model(input_ids=ids, attention_mask=mask).logits
    after = model(input_ids=ids, attention_mask=mask).logits
    assert torch.allclose(whole, short, atol=1e-6)
    assert torch.equal(short, again)
    assert torch.equal(whole, after)
    assert seen == [10, 1, 1, 10]


def test_a_classifier_that_reads_other_tokens_too_is_left_as_it_is():
    from transformers import BertForSequenceClassification

    model = first_token_model("BertForSequenceClassification", "BertConfig")

    class MeanPooler(type(model.bert.pooler)):
        def forward(self, hidden_states):
            return self.activation(self.dense(hidden_states.mean(1)))

    model.bert.pooler.__class__ = MeanPooler
    assert isinstance(model, BertForSequenceClassification)
    assert last_attention(model) is None
    assert last_attention(first_token_model("DistilBertForSequenceClassification", "DistilBertConfig")) is None


def test_a_model_with_a_feed_forward_part_in_chunks_is_left_as_it_is():
    assert (
        last_attention(first_token_model("BertForSequenceClassification", "BertConfig", chunk_size_feed_forward=2))
        is None
    )
