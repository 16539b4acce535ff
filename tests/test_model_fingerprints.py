"""Models that an audit asks besides the one under audit: named by their weights, not by their path."""

import shutil
from dataclasses import replace

import pytest
from safetensors.torch import load_file, save_file
from sentences import emotion_rows
from tiny_masked_lm import make_tiny_masked_lm

from robust_emo.attack_choice import AttackArgument, load_attack, model_fingerprints
from robust_emo.audit import run_audit
from robust_emo.audits.outcomes import read_outcomes
from robust_emo.errors import InputError
from robust_emo.models.fingerprint import model_sha256
from robust_emo.preflight import AuditRequest


def test_resuming_with_other_weights_in_the_same_directory_is_refused(tiny_model, tmp_path, monkeypatch):
    """Of a model that an attack asks, and of the judge."""
    words, judge, out = tmp_path / "words", tmp_path / "judge", tmp_path / "out"
    make_tiny_masked_lm(words, [row["text"] for row in emotion_rows(12)], steps=1)
    shutil.copytree(tiny_model, judge)
    asked = AuditRequest(
        model=str(tiny_model),
        out=out,
        attacks=("bert-attack",),
        attack_arguments=(AttackArgument("bert-attack", "masked_lm", str(words)),),
        attacked_examples=4,
        sections=("evasion",),
        formats=("json",),
        cache=False,
        judge=str(judge),
    )
    monkeypatch.setattr("robust_emo.audit._write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run_audit(asked)
    monkeypatch.undo()
    (words / "README.md").write_text("no part of the model")
    for weights, name in ((words, "bert-attack.masked_lm"), (judge, "--judge")):
        file = weights / "model.safetensors"
        before = file.read_bytes()
        save_file({key: tensor * 1.01 for key, tensor in load_file(file).items()}, file, metadata={"format": "pt"})
        with pytest.raises(InputError, match=rf"^cannot resume .*: model of {name} changed since it started; .*$"):
            run_audit(replace(asked, resume=True))
        file.write_bytes(before)
    report = run_audit(replace(asked, resume=True)).report
    sections = {section.plugin: section for section in report.sections}
    assert sections["bert-attack"].args["masked_lm_sha256"] == model_sha256(words)
    assert sections["ensemble"].args["validity"]["judge_sha256"] == model_sha256(judge) == report.run.model_sha256
    assert not any("not checked" in (outcome.error or "") for outcome in read_outcomes(out / "outcomes.jsonl"))


def test_only_arguments_that_name_a_model_directory_have_a_fingerprint(tiny_model, tmp_path):
    attacks = [load_attack("bae", [AttackArgument("bae", "masked_lm", str(tiny_model))]), load_attack("pruthi", [])]
    assert model_fingerprints(attacks) == {"bae": {"masked_lm": model_sha256(tiny_model)}}
    elsewhere = [
        load_attack("bae", [AttackArgument("bae", "masked_lm", where)])
        for where in ("a/b", str(tmp_path), "so long " * 99)
    ]
    assert model_fingerprints(elsewhere) == {}
