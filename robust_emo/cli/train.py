"""`robust-emo train`: labelled texts in, model directory out."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from robust_emo.cli._text import printable, say
from robust_emo.cli._train_options import (
    METHODS,
    adversary_options,
    canary_options,
    data_options,
    fine_tuning_options,
    fitting_options,
    model_options,
    private_options,
    running_options,
)
from robust_emo.errors import InputError
from robust_emo.types import Task
from robust_emo.unknown_name import unknown_name

if TYPE_CHECKING:  # torch is heavy, and --help must not load it
    from robust_emo.canaries.plan import CanaryKind, CanaryPlan
    from robust_emo.training.adversaries.settings import Adversary
    from robust_emo.training.classification_report import ClassificationReport
    from robust_emo.training.corpus import Reading
    from robust_emo.training.hyperparameters import Hyperparameters
    from robust_emo.training.train import Trained

_TASKS = {"auto": None, "single": Task.SINGLE_LABEL, "multi": Task.MULTI_LABEL}

_READING = ("text_column", "label_column", "id_column", "group_column")
_SETTINGS = (
    *("epochs", "batch_size", "grad_accumulation", "learning_rate", "head_factor", "warmup", "weight_decay"),
    *("max_grad_norm", "max_length", "class_weights", "label_smoothing", "patience", "precision", "seed"),
)
_ADVERSARY = ("norm", "steps", "step_size", "share", "weight")
_PASSED_ON = (
    *("base", "validation", "test", "device", "tracker", "keep_adapter", "overwrite", "resume"),
    "checkpoint_minutes",
    "hold_out",
)


@click.command("train", no_args_is_help=True)
@click.argument("data")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="MODEL_DIR", help="Made by this command."
)
@data_options
@model_options
@private_options
@canary_options
@fine_tuning_options
@adversary_options
@fitting_options
@running_options
def command(data: str, out: Path, **options: Any) -> None:  # noqa: ANN401 - one per option above
    """Fine-tune an emotion classifier on labelled texts.

    DATA is a CSV, TSV, JSONL or Parquet file, a datasets directory or a hub id (only then is the network used).
    Without --validation and --test, a stratified tenth of DATA each is kept for them, in MODEL_DIR/data. After
    Ctrl-C or a crash, --resume continues to the same final model. (--method private draws them text by text, and keeps
    them in MODEL_DIR.data. Its head takes seconds and is not resumed; training with --trained is, with new noise.)

    \b
    Example:
      robust-emo train tweets.csv --out my_model
      robust-emo audit my_model
    """
    if options["method"] not in METHODS:
        raise InputError(unknown_name("method", options["method"], METHODS))
    if options["method"] == "private":
        from robust_emo.cli._private_training import check_privately, train_privately

        reading, canaries = _reading(options), _canaries(options)
        if options["check_only"]:
            say(check_privately(data, out, options, reading=reading, canaries=canaries))
            return
        trained = train_privately(data, out, options, reading=reading, canaries=canaries)
    else:
        trained = _train(data, out, options)
    if os.environ.get("RANK", "0") != "0":  # under torchrun every process comes here, and one reports
        return
    if options["as_json"]:
        say(json.dumps(_as_json(trained), indent=2, ensure_ascii=False))
        return
    say(_table(trained.test))
    say(f"\n{_made(trained)}: {out}\nNext: robust-emo audit {out}")


def _made(trained: Trained) -> str:
    if trained.manifest.privacy is None:
        return f"Model of epoch {trained.manifest.best_epoch}"
    from robust_emo.cli._private_training import promise

    return promise(trained.manifest.privacy)


def _train(data: str, out: Path, options: dict[str, Any]) -> Trained:
    import torch

    from robust_emo.cli._training_progress import ProgressBar, told_how_to_resume
    from robust_emo.training.train import train

    if options["threads"]:
        torch.set_num_threads(options["threads"])
    progress = ProgressBar(quiet=options["quiet"])
    with told_how_to_resume():
        try:
            return train(
                data,
                out,
                settings=_settings(options),
                reading=_reading(options),
                canaries=_canaries(options),
                observer=progress,
                **{name: options[name] for name in _PASSED_ON},
            )
        finally:
            progress.close()


def _settings(options: dict[str, Any]) -> Hyperparameters:
    """The recommended settings with the user's on top."""
    from robust_emo.cli._private_training import ONLY_FINE_TUNING, ONLY_PRIVATE
    from robust_emo.training.hyperparameters import Hyperparameters

    private = (*ONLY_PRIVATE, "public_base", "trained", *ONLY_FINE_TUNING)
    if misplaced := [name for name in private if options[name] not in (None, False)]:
        raise InputError(f"--{misplaced[0].replace('_', '-')} needs --method private")
    method, given = options["method"], {name: options[name] for name in _SETTINGS if options[name] is not None}
    lora = {name: options[f"lora_{name}"] for name in ("rank", "alpha") if options[f"lora_{name}"] is not None}
    adversary = _adversary(options)
    if method == "adversarial" and lora:
        method = "lora"  # the adversary changes what is lowered; which weights learn is a question of its own
    settings = replace(
        Hyperparameters.recommended(options["base"], method), **given, **_ablation(options), adversary=adversary
    )
    if settings.lora is not None:
        return replace(settings, lora=replace(settings.lora, **lora))
    if lora or options["keep_adapter"]:
        raise InputError(
            "--lora-rank, --lora-alpha and --keep-adapter need --method lora (or adversarial, with a rank)"
        )
    return settings


def _ablation(options: dict[str, Any]) -> dict[str, Any]:
    """How words are hidden, where the user said how many."""
    from robust_emo.ablation import MECHANISMS, Ablation

    if options["mask_rate"] is None:
        return {}
    if options["method"] not in MECHANISMS:
        raise InputError(f"--mask-rate needs --method {' or '.join(MECHANISMS)}")
    return {"ablation": Ablation(options["method"], options["mask_rate"])}


def _adversary(options: dict[str, Any]) -> Adversary | None:
    """What the user asked for; None unless the method is adversarial."""
    from robust_emo.training.adversaries.settings import make_adversary

    given = {name: options[f"adversary_{name}"] for name in _ADVERSARY if options[f"adversary_{name}"] is not None}
    if options["method"] != "adversarial":
        if given or options["adversary"]:
            raise InputError("--adversary and its numbers need --method adversarial")
        return None
    return make_adversary(options["adversary"] or "fgm", given, spelt=_option)


def _canaries(options: dict[str, Any]) -> CanaryPlan | None:
    """What the user asked for; None without canaries."""
    from robust_emo.canaries.plan import CanaryPlan

    if options["canaries"] is None:
        if options["canary_kind"] or options["canary_guesses"] is not None:
            raise InputError("--canary-kind and --canary-guesses need --canaries")
        return None
    usual: CanaryKind = "features" if options["method"] == "private" else "mixed"
    return CanaryPlan(
        count=options["canaries"], kind=options["canary_kind"] or usual, guesses=options["canary_guesses"]
    )


def _option(setting: str) -> str:
    return f"--adversary-{setting.replace('_', '-')}"


def _reading(options: dict[str, Any]) -> Reading:
    from robust_emo.data.label_map import read_label_map
    from robust_emo.training.corpus import Reading

    return Reading(
        **{name: options[name] for name in _READING},
        label_map=read_label_map(options["label_map"]) if options["label_map"] else None,
        task=_TASKS[options["task"]],
    )


def _table(report: ClassificationReport) -> str:
    """Precision, recall, F1 and support per emotion, then the totals."""
    names = [printable(each.label) for each in report.classes]
    width = max(map(len, (*names, "test data")))
    lines = [f"{'test data':<{width}}  precision  recall     F1  support"]
    for name, each in zip(names, report.classes, strict=True):
        lines.append(f"{name:<{width}}  {each.precision:9.3f}  {each.recall:6.3f}  {each.f1:5.3f}  {each.support:7d}")
    for name, value in (("macro F1", report.macro_f1), ("micro F1", report.micro_f1), ("accuracy", report.accuracy)):
        lines.append(f"{name:<{width}}  {value:24.3f}  {report.n:7d}")
    return "\n".join(lines)


def _as_json(trained: Trained) -> dict[str, Any]:
    return {
        "model": str(trained.directory),
        "best_epoch": trained.manifest.best_epoch,
        "precision": trained.manifest.precision,
        "validation": asdict(trained.validation),
        "test": asdict(trained.test),
        "privacy": asdict(trained.manifest.privacy) if trained.manifest.privacy else None,
    }
