"""Reference models: the model's own recipe on halves of the texts, so that each text has models that never saw it."""

import hashlib
import io
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from robust_emo import __version__
from robust_emo.atomic import write_atomically
from robust_emo.audits.context import AuditContext
from robust_emo.audits.membership.reference_cost import Deadline, OutOfTimeError, cost_sentence
from robust_emo.audits.membership.sets import MembershipSets
from robust_emo.data.duplicates import fold
from robust_emo.data.writing import write_csv
from robust_emo.engine.cache import cache_directory
from robust_emo.errors import InputError
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import Manifest
from robust_emo.models.victim import Victim
from robust_emo.statistics.membership import Flags, Floats
from robust_emo.types import Example, Task

_CHUNK = 1024
_TRAINED = 0.8
"""Of a half; a tenth each is validation and test data."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What one reference model says of the texts of the sets."""

    logits: Floats
    """(n, labels), labels in the order of the victim's."""
    unseen: Flags
    """(n,), whether it was not trained on the text."""


def recipe_of(manifest: Manifest | None) -> Manifest:
    """The manifest, where its training can be repeated on other texts.

    Raises:
        InputError: there is none, or it was trained privately or hardened.
    """
    if manifest is None:
        raise InputError("reference models repeat the model's own training, and it has no manifest that says how")
    if manifest.privacy is not None:
        raise InputError("reference models are not made for privately trained models: they would promise nothing")
    if manifest.rounds or manifest.defence:
        raise InputError("reference models repeat a single training, and this model was hardened after it")
    return manifest


@dataclass(frozen=True, slots=True)
class _Planned:
    """A reference model that is to be trained, unless its answers are known."""

    number: int
    half: tuple[Example, ...]
    answers: Path

    @property
    def known(self) -> bool:
        """Whether the same model was asked the same before."""
        return self.answers.is_file()


def train_references(
    context: AuditContext, sets: MembershipSets, count: int, *, plugin: str, minutes: float | None = None
) -> list[Reference]:
    """Train `count` models, two on the two halves of each division of members and non-members.

    Divisions are by a hash of seed and text, so that equal texts are on one side. Answers are kept in the cache
    directory, models and texts are not (they lie in a temporary folder while a model is trained): a killed audit goes
    on with the model that it was at.

    Args:
        context: its manifest names the recipe; see :func:`recipe_of`.
        sets: whose texts are answered.
        count: even, so that each text is unseen by half of the models.
        plugin: part of the seed.
        minutes: of trainings, by the clock; the one that is not finished then is given up.

    Returns:
        As many as were finished, an even number.
    """
    manifest = recipe_of(context.manifest)
    planned = _plan(manifest, context, sets, count, plugin)
    missing = sum(not each.known for each in planned)
    if missing:
        texts = round(_TRAINED * sum(len(each.half) for each in planned) / count)
        context.progress.noted(cost_sentence(manifest, missing=missing, count=count, texts=texts, minutes=minutes))
    answers: list[Reference] = []
    deadline = Deadline(minutes)
    context.progress.begin("membership: reference models", count)
    try:
        for each in planned:
            seen = {fold(example.text) for example in each.half}
            logits = _answers(manifest, each, sets.texts, context, deadline)
            answers.append(Reference(logits, np.array([fold(text) not in seen for text in sets.texts])))
            context.progress.advance()
    except OutOfTimeError:
        pass  # what is missing is missing: the section says how many there are
    finally:
        context.progress.end()
    return answers[: len(answers) // 2 * 2]


def _plan(manifest: Manifest, context: AuditContext, sets: MembershipSets, count: int, plugin: str) -> list[_Planned]:
    pool, planned = _distinct((*(context.members or ()), *context.nonmembers)), []
    for number in range(count):
        half = tuple(example for example in pool if _inside(example, context.seed, plugin, number))
        _check_labels(half, context.engine.victim.labels)
        planned.append(_Planned(number, half, _place(manifest, half, sets.texts, number, context)))
    return planned


def given_reference(directory: str, sets: MembershipSets, labels: Sequence[str], task: Task) -> Reference:
    """A model that the user says never saw the members.

    Raises:
        InputError: it cannot be loaded or has other labels.
    """
    classifier = load_classifier(directory)
    if classifier.task is not task or sorted(classifier.labels) != sorted(labels):
        raise InputError(f"reference {directory} has the labels {', '.join(classifier.labels)}, not the model's")
    logits = _ordered(Victim(classifier), sets.texts, labels)
    return Reference(logits, np.ones(len(sets.texts), dtype=np.bool_))


def _check_labels(half: Sequence[Example], labels: Sequence[str]) -> None:
    known = {label for example in half for label in example.labels}
    if missing := [label for label in labels if label not in known]:
        raise InputError(f"too few texts are labelled {', '.join(missing)} for reference models: one half has none")


def _distinct(examples: Sequence[Example]) -> list[Example]:
    return list({fold(example.text): example for example in reversed(examples)}.values())[::-1]


def _inside(example: Example, seed: int, plugin: str, number: int) -> bool:
    """Whether a model is trained on a text; the next model of a pair is trained on the others."""
    digest = hashlib.sha256(f"{plugin}\0{seed}\0{number // 2}\0{fold(example.text)}".encode()).digest()
    return bool(digest[0] & 1) == (number % 2 == 0)


def _place(
    manifest: Manifest, half: Sequence[Example], texts: Sequence[str], number: int, context: AuditContext
) -> Path:
    """Where answers are kept, by all that they depend on."""
    labels = context.engine.victim.labels
    packages = [version(name) for name in ("tokenizers", "torch", "transformers")]
    made_by = [__version__, packages, context.engine.victim.sha256, manifest.base, manifest.precision]
    depends_on = [*made_by, dict(manifest.hyperparameters), number, context.seed]
    described = json.dumps([*depends_on, labels, [(e.text, e.labels) for e in half], list(texts)], sort_keys=True)
    return cache_directory() / "references" / f"{hashlib.sha256(described.encode()).hexdigest()}.npy"


def _answers(
    manifest: Manifest, planned: _Planned, texts: Sequence[str], context: AuditContext, deadline: Deadline
) -> Floats:
    """(len(texts), labels), from the cache where the same model was asked the same before.

    Raises:
        OutOfTimeError: the deadline was reached before.
    """
    if planned.known:
        known: Floats = np.load(planned.answers, allow_pickle=False)
        return known
    deadline.check()
    logits = _trained(manifest, planned, texts, context, deadline)
    buffer = io.BytesIO()
    np.save(buffer, logits, allow_pickle=False)
    planned.answers.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomically(planned.answers, buffer.getvalue())
    return logits


def _trained(
    manifest: Manifest, planned: _Planned, texts: Sequence[str], context: AuditContext, deadline: Deadline
) -> Floats:
    from robust_emo.training.corpus import Reading
    from robust_emo.training.hyperparameters import Hyperparameters
    from robust_emo.training.train import train

    settings = Hyperparameters.recorded(manifest.hyperparameters)
    settings = replace(settings, seed=context.seed + planned.number + 1, precision=manifest.precision)  # type: ignore[arg-type]  # a manifest holds what a training wrote
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = write_csv(folder / "half.csv", planned.half, manifest.task)
        reading = Reading(text_column="text", label_column="label", id_column="id", task=manifest.task)
        device = context.engine.victim.batched.device.type
        train(
            str(data), folder / "model", base=manifest.base, settings=settings, reading=reading,
            device=device if device in ("cuda", "mps") else "cpu",  # type: ignore[arg-type]  # one of the three
            observer=deadline,
        )  # fmt: skip
        return _ordered(Victim(load_classifier(str(folder / "model"))), texts, context.engine.victim.labels)


def _ordered(victim: Victim, texts: Sequence[str], labels: Sequence[str]) -> Floats:
    """Logits with the columns in the order of `labels`."""
    columns = [victim.labels.index(label) for label in labels]
    chunks = [victim.logits(texts[start : start + _CHUNK]) for start in range(0, len(texts), _CHUNK)]
    return np.concatenate(chunks).astype(np.float64)[:, columns]
