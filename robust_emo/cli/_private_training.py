"""`robust-emo train --method private`: its options, and what it says."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from robust_emo.cli._options import resolve_device, use_threads
from robust_emo.cli._progress import bars
from robust_emo.cli._text import printable
from robust_emo.cli._train_options import FINE_TUNED
from robust_emo.errors import InputError

if TYPE_CHECKING:  # torch is heavy, and --help must not load it
    from robust_emo.canaries.plan import CanaryPlan
    from robust_emo.training.corpus import Reading
    from robust_emo.training.private.fine_tuning.settings import FineTuning
    from robust_emo.training.private.ledger import PrivateCheck
    from robust_emo.training.private.request import PrivateRequest
    from robust_emo.training.private.settings import PrivateSettings
    from robust_emo.training.train import Trained
    from robust_emo.types import PrivacyLedger

ONLY_PRIVATE = ("epsilon", "noise_multiplier", "delta", "unit", "steps", "check_only")
ONLY_FINE_TUNING = ("grad_mode", "last_layers", "train_embeddings")
_SETTINGS = (
    *("epsilon", "noise_multiplier", "delta", "unit", "steps"),
    *("learning_rate", "max_grad_norm", "max_length", "seed"),
)
_FINE_TUNING = (*_SETTINGS, *ONLY_FINE_TUNING, "trained", "batch_size", "lora_rank", "lora_alpha")
_RESUMPTION = ("resume", "checkpoint_minutes")
_PASSED_ON = ("base", "public_base", "validation", "test", "overwrite", "hold_out", *_RESUMPTION)
_FOR_PRIVATE = {
    *_SETTINGS, *("text_column", "label_column", "id_column", "group_column", "label_map", "task"),
    *("method", "base", "public_base", "validation", "test", "device", "check_only"),
    *("hold_out", "threads", "overwrite", "quiet", "as_json", "data", "out", "trained"),
    *("canaries", "canary_kind", "canary_guesses"),
}  # fmt: skip


def train_privately(
    data: str, out: Path, options: dict[str, Any], *, reading: Reading, canaries: CanaryPlan | None
) -> Trained:
    """Train the part that the options name."""
    request = _request(data, out, options, reading, canaries)
    with bars(quiet=options["quiet"]) as progress:
        if options["trained"] in FINE_TUNED:
            from robust_emo.cli._training_progress import told_how_to_resume
            from robust_emo.training.private.fine_tuning.train import fine_tune_privately

            with told_how_to_resume():
                return fine_tune_privately(request, progress, _note)
        from robust_emo.training.private.train import train_private

        return train_private(request, progress, _note)


def check_privately(
    data: str, out: Path, options: dict[str, Any], *, reading: Reading, canaries: CanaryPlan | None
) -> str:
    """What would be spent, and every measurement of the check before a training, as a table or JSON."""
    request = _request(data, out, options, reading, canaries)
    with bars(quiet=options["quiet"]) as progress:
        if options["trained"] in FINE_TUNED:
            from robust_emo.training.private.fine_tuning.train import check_private_fine_tuning

            found = check_private_fine_tuning(request, _note)
        else:
            from robust_emo.training.private.train import check_private

            found = check_private(request, progress, _note)
    return _as_json(found) if options["as_json"] else _table(found)


def promise(ledger: PrivacyLedger) -> str:
    """What the ledger says, in a line."""
    return (
        f"epsilon {ledger.epsilon:.3f} at delta {ledger.delta:.2e} for each of {ledger.units} units ({ledger.unit}) "
        f"({ledger.accountant} accountant, noise multiplier {ledger.noise_multiplier:g}, {ledger.steps} steps)\n"
        "Private model"
    )


def _request(
    data: str, out: Path, options: dict[str, Any], reading: Reading, canaries: CanaryPlan | None
) -> PrivateRequest:
    from robust_emo.training.private.request import PrivateRequest

    _refuse_others(options)
    use_threads(options["threads"])
    return PrivateRequest(
        data=data,
        out=out,
        settings=_settings(options),
        reading=reading,
        canaries=canaries,
        device=resolve_device(options["device"]),
        **{name: options[name] for name in _PASSED_ON},
    )


def _settings(options: dict[str, Any]) -> PrivateSettings | FineTuning:
    from robust_emo.training.private.fine_tuning.settings import FineTuning
    from robust_emo.training.private.settings import PrivateSettings

    tuned = options["trained"] in FINE_TUNED
    given = {name: options[name] for name in (_FINE_TUNING if tuned else _SETTINGS) if options[name] is not None}
    return FineTuning(**given) if tuned else PrivateSettings(**given)


def _refuse_others(options: dict[str, Any]) -> None:
    """Options that say nothing about what is trained would be taken for obeyed."""
    context = click.get_current_context()
    for name in options:
        option = f"--{name.replace('_', '-')}"
        if context.get_parameter_source(name) is click.core.ParameterSource.DEFAULT:
            continue
        if name not in {*_FOR_PRIVATE, *_FINE_TUNING, *_RESUMPTION}:
            raise InputError(f"{option} is not for --method private; see docs/privacy.md")
        if options["trained"] not in FINE_TUNED and name not in _FOR_PRIVATE:
            raise InputError(
                f"{option} is not for --method private but with --trained {'|'.join(FINE_TUNED)}; "
                "see docs/private_encoders.md"
            )
        if options["check_only"] and name in _RESUMPTION:
            raise InputError(f"{option} says nothing with --check-only, which trains nothing")
        if options["trained"] in FINE_TUNED and name == "public_base":
            raise InputError("--public-base is for --trained head: other parts belong to one encoder")


def _note(note: str) -> None:
    click.echo(f"robust-emo: {printable(note)}", err=True)


def _table(found: PrivateCheck) -> str:
    plan = found.plan
    width = max(len(check.name) for check in found.checks)
    lines = [f"{'check':<{width}}   measured      limit"]
    lines += [f"{check.name:<{width}}  {check.measured:9.2g}  {check.limit:9.2g}" for check in found.checks]
    return (
        "\n".join(lines)
        + f"\n\nAll hold. The training would spend epsilon {plan.epsilon:.3f} at delta {plan.delta:.2e} "
        f"for each of {plan.units} units\n(noise multiplier {plan.steps.noise_multiplier:g}, sample rate "
        f"{plan.steps.sample_rate:g}, {plan.steps.steps} steps). Nothing was trained or written."
    )


def _as_json(found: PrivateCheck) -> str:
    plan, steps = found.plan, found.plan.steps
    spent = {"epsilon": plan.epsilon, "delta": plan.delta, "units": plan.units, **asdict(steps)}
    return json.dumps({"privacy": spent, "integrity": [asdict(check) for check in found.checks]}, indent=2)
