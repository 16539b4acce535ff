"""The command line: one clear line for whatever a user gets wrong, and nothing half-written."""

import json
import shutil
from types import SimpleNamespace

import pytest
from command_line import quick, refused


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["audti"], "unknown command 'audti'; did you mean 'audit'"),
        (["audit"], "Missing argument 'MODEL_DIR'"),
        (["signoff"], "Missing argument 'verify'. Choose from: verify"),
        (["audit", "MODEL", "--polcy", "x"], "No such option '--polcy'.*--policy"),
        (["audit", "MODEL", "--attacks", "deepwordbag"], "unknown attack 'deepwordbag'; did you mean 'deepwordbug'"),
        (["audit", "MODEL", "--attacks", "qqq"], "unknown attack 'qqq'. `robust-emo list attacks` shows all$"),
        (
            ["audit", "MODEL", "--attacks", "emo-standard-v1,pwws"],
            "'emo-standard-v1' is an ensemble with attacks of its own: name it alone$",
        ),
        (
            ["audit", "MODEL", "--attacks", "emoji", "--goal", "crossed:joy@1.5"],
            "probability must lie between 0 and 1, got 1.5",
        ),
        (
            ["attack", "MODEL", "--attack", "emo-standard-v1", "--text", "x"],
            "an ensemble of attacks: run it with `robust-emo audit --attacks emo-standard-v1`",
        ),
        (
            ["attack", "MODEL", "--attack", "unicode,deepwordbug", "--text", "x"],
            "one attack at a time; .*audit.* several",
        ),
        (
            [
                "attack",
                "MODEL",
                "--attack",
                "deepwordbug",
                "--text",
                "x",
                "--attack-arg",
                "deepwordbug.edit_per_kind=1",
            ],
            r"attack deepwordbug has no argument 'edit_per_kind'; it has edits_per_kind, double_edits \(did you mean "
            r"'edits_per_kind'\?\)$",
        ),
        (
            ["attack", "MODEL", "--attack", "deepwordbug", "--text", "x", "--attack-arg", "deepwordbug.name=1"],
            "attack deepwordbug has no argument 'name'",
        ),
        (["audit", "MODEL", "--attacks", ","], "expected names separated by commas"),
        (["audit", "MODEL", "--sections", "evason"], "unknown section 'evason'; did you mean 'evasion'"),
        (["audit", "MODEL", "--format", "htm"], "unknown reporter 'htm'; did you mean 'html'"),
        (["audit", "MODEL", "--profile", "quik"], "unknown profile 'quik'; did you mean 'quick'"),
        (
            ["audit", "MODEL", "--policy", "minimum"],
            "no policy file .minimum.*minimal, privacy, standard, strict",
        ),
        (["audit", "MODEL", "--device", "gpu"], "device 'gpu' is not usable here"),
        (["audit", "MODEL", "--text-column", "x"], "--text-column says how to read --data, which is missing"),
        (
            ["privacy", "MODEL", "--text-column", "x"],
            "--text-column says how to read --nonmembers and --members, and neither is given",
        ),
        (["audit", "MODEL", "--resume"], "nothing to resume"),
        (["audit", "no_model"], "no such model directory: no_model"),
        (["attack", "MODEL", "--attack", "pruthy", "--text", "x"], "unknown attack 'pruthy'; did you mean 'pruthi'"),
        (["attack", "MODEL", "--attack", "pruthi"], "expected either --text or --data"),
        (["attack", "MODEL", "--attack", "pruthi", "--text", "x", "--label", "yoy"], "label 'yoy'; did you mean 'joy'"),
        (["list", "attack"], "'attack' is not one of 'attacks'"),
        (["gate", "none.json"], "cannot read none.json"),
        (["report", "none.json"], "cannot read none.json"),
        (["train", "none.csv", "--out", "OUT"], "none.csv: no such file"),
    ],
)
def test_wrong_usage_is_one_line(cli, tiny_model, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    places = {"MODEL": tiny_model, "OUT": "out"}
    out = ["--out", "out"] if arguments[1:] and arguments[0] == "audit" else []
    refused(cli(*(places.get(argument, argument) for argument in arguments), *out), message)
    left = list((tmp_path / "out").iterdir()) if (tmp_path / "out").exists() else []
    assert left == []


def edit(path, **changes):
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def foreign_tokenizer(model):
    from robust_emo.models.minilm import minilm_directory

    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(minilm_directory() / name, model / name)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda model: (model / "model.safetensors").unlink(), "has no weights: expected model.safetensors"),
        (lambda model: (model / "model.safetensors").rename(model / "pytorch_model.bin"), "convert them"),
        (lambda model: (model / "model.safetensors").write_bytes(b"\0" * 20), "cannot be loaded"),
        (lambda model: edit(model / "config.json", problem_type="regression"), "regression head"),
        (lambda model: (model / "config.json").write_text("{"), "not valid JSON"),
        (foreign_tokenizer, "tokenizer and model do not belong together"),
    ],
)
def test_models_that_cannot_be_audited(cli, tiny_model, tmp_path, damage, message):
    model = shutil.copytree(tiny_model, tmp_path / "model")
    damage(model)
    refused(cli(*quick(model, tmp_path / "out")), message)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "data.csv",
            "words,label\nI am glad,joy\n",
            "no text column among 'words', 'label'; name it with --text-column",
        ),
        ("data.csv", "text,label\n", "no rows"),
        ("data.csv", "", "the file is empty"),
        ("data.csv", "text,label\nI am glad,bliss\n", "'bliss' .*none of the model's labels"),
        ("data.jsonl", '{"text": NaN, "label": "joy"}\n' * 3, "3 of 3 rows are bad; line 1: no text"),
        ("data.csv", "text,label\nI am gl\0ad,joy\n", "NUL"),
        ("data.txt", "I am glad", "unknown format"),
    ],
)
def test_data_that_cannot_be_audited(cli, tiny_model, tmp_path, name, content, message):
    (tmp_path / name).write_text(content)
    refused(cli(*quick(tiny_model, tmp_path / "out"), "--data", tmp_path / name), message)
    assert not (tmp_path / "out").exists()


def test_a_full_or_read_only_disk_is_one_line(cli, tiny_model, tmp_path, monkeypatch):
    refused(cli(*quick(tiny_model, "/proc/robust-emo")), "cannot write to /proc/robust-emo")
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=0))
    refused(cli(*quick(tiny_model, tmp_path / "out")), "only 0 MB free on its disk")
    assert not (tmp_path / "out").exists()
