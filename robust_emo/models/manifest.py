"""robust_emo.json: where a model comes from, so that an audit can find its data and anyone can make it again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from robust_emo.atomic import write_atomically
from robust_emo.defences.steps import DefenceStep
from robust_emo.errors import InputError
from robust_emo.models.canary_seal import CanarySeal
from robust_emo.types import PrivacyLedger, Task

MANIFEST_NAME = "robust_emo.json"
MANIFEST_VERSION = "1.1"
_READABLE = ("1.0", MANIFEST_VERSION)
"""1.0 had no defence and no parent."""

_STRICT: dict[str, Any] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class DataSource:
    """One data file and how it was read."""

    __pydantic_config__ = _STRICT

    path: str
    """Absolute; or relative to the model directory where the file lies inside it; or a hub id."""
    sha256: str
    """As `robust_emo.data` computes it."""
    rows: int
    """Usable examples."""
    text_column: str | None = None
    label_column: str | None = None
    id_column: str | None = None
    group_column: str | None = None
    label_map: Mapping[str, str] = field(default_factory=dict)
    """New label by old label; empty where labels were kept."""

    def located(self, model_directory: Path) -> str:
        """The path as seen from here; hub ids are returned as they are."""
        inside = model_directory / self.path
        return str(inside) if inside.exists() else self.path


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """What one epoch came to."""

    __pydantic_config__ = _STRICT

    epoch: int
    """From 1."""
    train_loss: float
    macro_f1: float
    """On the validation data, in [0, 1]."""
    accuracy: float
    """On the validation data, in [0, 1]; whole label sets in multi-label data."""
    seconds: float | None = None
    """Spent in its steps, without validation and checkpoints."""
    peak_memory: int | None = None
    """The most bytes held up to its end: on a GPU those of tensors, else all that the process held."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Metrics of the final model on one data set, each in [0, 1]."""

    __pydantic_config__ = _STRICT

    accuracy: float
    macro_f1: float
    micro_f1: float
    n: int
    rewritten: int | None = None
    """Of `n` texts, those that the input defence changes; null without one."""


@dataclass(frozen=True, slots=True)
class RoundAttack:
    """What one attack came to in a round of hardening."""

    __pydantic_config__ = _STRICT

    attack: str
    attacked: int
    """Texts that the model read rightly and the attack ran on to its end."""
    skipped: int
    """Texts that the model got wrong by itself."""
    errored: int
    """Texts that the attack or the model crashed on."""
    adversarial: int
    """Texts that it found, and that keep their emotion."""
    first_error: str | None = None


@dataclass(frozen=True, slots=True)
class WorstOfKRecord:
    """How the texts of every step were perturbed."""

    __pydantic_config__ = _STRICT

    attacks: tuple[str, ...]
    """Whose edits were drawn from."""
    arguments: tuple[Mapping[str, Any], ...]
    """Of each of the attacks, as the recipe gave them."""
    sampling: Mapping[str, Any]
    """See :class:`~robust_emo.training.sampling.Sampling`."""


@dataclass(frozen=True, slots=True)
class OutcomesRecord:
    """A finished audit of the parent on its training texts, whose valid successes were trained on."""

    __pydantic_config__ = _STRICT

    sha256: str
    """Of its outcomes.jsonl."""
    texts: int
    """Trained on; a text that several attacks or audits found counts for the first."""
    attacks: Mapping[str, int]
    """These texts by the attack that found them."""
    left_out: Mapping[str, int]
    """Successes that were not trained on, by reason."""


@dataclass(frozen=True, slots=True)
class RoundRecord:
    """One round of hardening: attacks on training texts, then fine-tuning on what misled the model."""

    __pydantic_config__ = _STRICT

    attacked_texts: int
    """By all attacks together; neither skipped nor errored ones."""
    adversarial_texts: int
    """Found, and kept since they keep their emotion."""
    attack_seconds: float
    training_seconds: float
    history: tuple[EpochRecord, ...]
    attacks: tuple[RoundAttack, ...] = ()
    remembered_texts: int = 0
    """Found in earlier rounds and trained on again."""
    macro_f1_before: float | None = None
    """On the validation data, of the model that the round began with; in [0, 1]."""
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    precision: str = "unknown"
    """fp32 or bf16: what the training computed in; the same in all rounds."""
    worst_of_k: WorstOfKRecord | None = None
    """Null where the training perturbed no texts by itself."""
    outcomes: tuple[OutcomesRecord, ...] = ()
    """Audits whose texts were trained on, too; the same in all rounds."""
    outcome_texts: int = 0
    """Trained on of these; without those that the attacks of this or an earlier round found as well."""

    @property
    def macro_f1(self) -> float:
        """On the validation data, of the model that the round ended with; in [0, 1]."""
        if self.hyperparameters.get("keep") == "last":
            return self.history[-1].macro_f1
        return max(epoch.macro_f1 for epoch in self.history)

    @property
    def hardened_with(self) -> tuple[str, ...]:
        """Names of the attacks, of those that training drew from, and of the adversary that moved token vectors."""
        drawn = self.worst_of_k.attacks if self.worst_of_k else ()
        adversary = self.hyperparameters.get("adversary")
        moved = (str(adversary["name"]),) if adversary else ()
        return tuple(dict.fromkeys((*(each.attack for each in self.attacks), *drawn, *moved)))

    @property
    def outcomes_of(self) -> tuple[str, ...]:
        """Names of the attacks whose texts were taken from audits."""
        return tuple(dict.fromkeys(name for record in self.outcomes for name in record.attacks))


@dataclass(frozen=True, slots=True)
class Parent:
    """The model that another one was made of, and how."""

    __pydantic_config__ = _STRICT

    sha256: str
    recipe: str
    """Name and version, e.g. ``fast 1``."""
    recipe_sha256: str
    made_with: Mapping[str, str | int | None] = field(default_factory=dict)
    """All that the new model depends on: fingerprints of data, versions, and the seed where the recipe trains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The content of robust_emo.json."""

    __pydantic_config__ = _STRICT

    schema_version: str = MANIFEST_VERSION
    robust_emo: str
    """Version that trained the model."""
    base: str
    """As given to `--base`."""
    method: str
    task: Task
    labels: tuple[str, ...]
    """In the order of the logits."""
    data: Mapping[str, DataSource]
    """Keys `train`, `validation` and, where there was one, `test`."""
    seed: int
    hyperparameters: Mapping[str, Any]
    precision: str
    """fp32 or bf16: what the training computed in; the saved weights are fp32."""
    device: str
    packages: Mapping[str, str]
    """Versions."""
    metrics: Mapping[str, Scores]
    """Keys as in `data`, without `train`."""
    history: tuple[EpochRecord, ...]
    best_epoch: int
    """The epoch whose weights were kept."""
    privacy: PrivacyLedger | None = None
    canaries: CanarySeal | None = None
    """What was put into the training by the throw of coins, to measure what the model gives away."""
    defence: tuple[DefenceStep, ...] = ()
    """What every text goes through before the model reads it, in this order."""
    parent: Parent | None = None
    """The model that was hardened to make this one."""
    rounds: tuple[RoundRecord, ...] = ()
    """Of training while it was hardened, in order; `method`, `hyperparameters`, `precision`, `history` and
    `best_epoch` are of the training before them."""

    @property
    def trained_by(self) -> str:
        """How the weights came about, e.g. ``deletion, then 2 rounds of hardening with deepwordbug, unicode``."""
        if not self.rounds:
            return self.method
        names = ", ".join(dict.fromkeys(name for record in self.rounds for name in record.hardened_with))
        audited = ", ".join(dict.fromkeys(name for record in self.rounds for name in record.outcomes_of))
        means = " and ".join(filter(None, (names, f"the texts of an audit ({audited})" if audited else "")))
        count = f"{len(self.rounds)} round{'s' if len(self.rounds) > 1 else ''} of hardening"
        return f"{self.method}, then {count}{f' with {means}' if means else ''}"


def write_manifest(manifest: Manifest, directory: Path) -> None:
    """Write robust_emo.json into an existing directory, atomically."""
    text = json.dumps(asdict(manifest), indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    write_atomically(directory / MANIFEST_NAME, text.encode())


def read_manifest(directory: str | Path) -> Manifest | None:
    """The manifest of a model directory; None where the model was not made by this tool.

    Raises:
        InputError: it is not JSON, misses something, holds something else, or was written by a newer version.
    """
    from pydantic import TypeAdapter, ValidationError  # heavy, and only needed for what is on disk

    path = Path(directory) / MANIFEST_NAME
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        version = content.get("schema_version") if isinstance(content, dict) else None
        if version not in _READABLE:
            raise InputError(f"{path}: expected schema_version {' or '.join(_READABLE)}, got {version!r}")
        return TypeAdapter(Manifest).validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path}: {where}: {first['msg']}; train again or delete the file") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
