"""`robust-emo train`: labelled texts in, model directory out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from robust_emo.cli._text import printable, say
from robust_emo.errors import InputError
from robust_emo.plugins import unknown_name
from robust_emo.types import Task

if TYPE_CHECKING:  # torch is heavy, and --help must not load it
    from robust_emo.training.adversaries.settings import Adversary
    from robust_emo.training.classification_report import ClassificationReport
    from robust_emo.training.corpus import Reading
    from robust_emo.training.hyperparameters import Hyperparameters
    from robust_emo.training.train import Trained

_METHODS = ("standard", "lora", "adversarial", "masking", "deletion")
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
)

_Decorated = Callable[..., Any]


def _options(*options: Callable[[_Decorated], _Decorated]) -> Callable[[_Decorated], _Decorated]:
    """Several options as one decorator, so that they can be grouped by purpose."""

    def decorate(function: _Decorated) -> _Decorated:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


_data_options = _options(
    click.option("--validation", metavar="FILE", help="Validation data; a tenth of DATA without it."),
    click.option("--test", metavar="FILE", help="Test data; a tenth of DATA without it."),
    click.option("--text-column", metavar="NAME", help="Found by usual names (text, tweet, content, ...)."),
    click.option("--label-column", metavar="NAME", help="Found by usual names (label, emotion, ...)."),
    click.option("--id-column", metavar="NAME", help="Found by usual names; '' numbers the rows."),
    click.option("--group-column", metavar="NAME", help="Author or speaker: a group is never split."),
    click.option(
        "--label-map", metavar="FILE", help="JSON or CSV (old,new): renames labels; an empty new name drops one."
    ),
    click.option("--task", type=click.Choice(["auto", "single", "multi"]), default="auto", show_default=True),
)

_model_options = _options(
    click.option(
        "--base",
        default="minilm",
        show_default=True,
        help="minilm, scratch:tiny, scratch:small, a directory, a hub id.",
    ),
    click.option("--method", default="standard", show_default=True, metavar="|".join(_METHODS)),
    click.option("--lora-rank", type=click.IntRange(1), metavar="N", help="Default 16. Gives adversarial LoRA, too."),
    click.option("--lora-alpha", type=click.IntRange(1), metavar="N", help="Default 32."),
    click.option("--keep-adapter", is_flag=True, help="Also keep the LoRA adapters, in MODEL_DIR/adapter."),
    click.option("--mask-rate", type=float, metavar="SHARE", help="Of words hidden; masking, deletion. Default 0.8."),
)

_adversary_options = _options(
    click.option("--adversary", metavar="fgm|pgd|freelb|smart|vat", help="Of --method adversarial. Default fgm."),
    click.option("--adversary-norm", type=float, metavar="X", help="Radius, in mean token vectors. Default 0.25."),
    click.option("--adversary-steps", type=int, metavar="N", help="Of the ascent. Default 3; 1 for smart, vat."),
    click.option("--adversary-step-size", type=float, metavar="X", help="Over the radius. Default 0.6; 1 for smart."),
    click.option("--adversary-share", type=float, metavar="X", help="Of moved texts in the loss of fgm, pgd; 0.5."),
    click.option("--adversary-weight", type=float, metavar="X", help="Of the divergence of smart, vat. Default 1."),
)

_fitting_options = _options(
    click.option("--epochs", type=int, metavar="N", help="Default 4."),
    click.option("--batch-size", type=int, metavar="N", help="Per device. Default 16; 32 from scratch."),
    click.option("--learning-rate", type=float, metavar="X", help="Default 1e-4; 1e-3 for LoRA, 5e-4 from scratch."),
    click.option("--head-factor", type=float, metavar="X", help="Learning rate of new layers over the rest's."),
    click.option("--warmup", type=float, metavar="SHARE", help="Share of the steps. Default 0.1."),
    click.option("--weight-decay", type=float, metavar="X", help="Default 0.01."),
    click.option("--max-length", type=int, metavar="N", help="Tokens. Default 128."),
    click.option("--grad-accumulation", type=int, metavar="N", help="Batches per step. Default 1."),
    click.option("--max-grad-norm", type=float, metavar="X", help="Default 1."),
    click.option("--class-weights", type=click.Choice(["none", "balanced", "sqrt"]), help="Default none."),
    click.option("--label-smoothing", type=float, metavar="X", help="Default 0; 0.1 from scratch."),
    click.option("--patience", type=int, metavar="N", help="Epochs without gain before stopping. Default 2."),
    click.option("--precision", type=click.Choice(["auto", "fp32", "bf16"]), help="auto measures. Default auto."),
    click.option("--seed", type=int, metavar="N", help="Default 0."),
)

_running_options = _options(
    click.option("--threads", type=click.IntRange(1), metavar="N", help="CPU threads. Default: physical cores."),
    click.option("--device", type=click.Choice(["auto", "cpu", "cuda", "mps"]), default="auto", show_default=True),
    click.option("--tracker", type=click.Choice(["tensorboard", "wandb", "mlflow"]), help="Log to this tracker."),
    click.option("--resume", is_flag=True, help="Continue an interrupted training of the same MODEL_DIR."),
    click.option("--overwrite", is_flag=True, help="Replace MODEL_DIR when the training is done."),
    click.option("--checkpoint-minutes", type=click.FloatRange(0), default=1.0, show_default=True, metavar="X"),
    click.option("-q", "--quiet", is_flag=True, help="No progress bar."),
    click.option("--json", "as_json", is_flag=True, help="Metrics as JSON instead of a table."),
)


@click.command("train", no_args_is_help=True)
@click.argument("data")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), metavar="MODEL_DIR", help="Made by this command."
)
@_data_options
@_model_options
@_adversary_options
@_fitting_options
@_running_options
def command(data: str, out: Path, **options: Any) -> None:  # noqa: ANN401 - one per option above
    """Fine-tune an emotion classifier on labelled texts.

    DATA is a CSV, TSV, JSONL or Parquet file, a datasets directory or a hub id (only then is the network used).
    Without --validation and --test, a stratified tenth of DATA each is kept for them, in MODEL_DIR/data. After
    Ctrl-C or a crash, --resume continues to the same final model.

    \b
    Example:
      robust-emo train tweets.csv --out my_model
      robust-emo audit my_model
    """
    if options["method"] not in _METHODS:
        raise InputError(unknown_name("method", options["method"], _METHODS))
    trained = _train(data, out, options)
    if os.environ.get("RANK", "0") != "0":  # under torchrun every process comes here, and one reports
        return
    if options["as_json"]:
        say(json.dumps(_as_json(trained), indent=2, ensure_ascii=False))
        return
    say(_table(trained.test))
    say(f"\nModel of epoch {trained.manifest.best_epoch}: {out}\nNext: robust-emo audit {out}")


def _train(data: str, out: Path, options: dict[str, Any]) -> Trained:
    import torch

    from robust_emo.cli._training_progress import ProgressBar
    from robust_emo.training.fit import TrainingInterrupted
    from robust_emo.training.train import train

    if options["threads"]:
        torch.set_num_threads(options["threads"])
    progress = ProgressBar(quiet=options["quiet"])
    try:
        return train(
            data,
            out,
            settings=_settings(options),
            reading=_reading(options),
            observer=progress,
            **{name: options[name] for name in _PASSED_ON},
        )
    except TrainingInterrupted as interruption:
        progress.close()
        raise TrainingInterrupted(f"{interruption}; continue with the same command and --resume") from None
    finally:
        progress.close()


def _settings(options: dict[str, Any]) -> Hyperparameters:
    """The recommended settings with the user's on top."""
    from robust_emo.training.hyperparameters import Hyperparameters

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
    }
