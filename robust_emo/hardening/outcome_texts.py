"""What finished audits of a model on its training texts give to train on: valid successes, and nothing measured on.

Adversarial texts of the training data are added to it, as in Jin, Jin, Zhou & Szolovits 2020, "Is BERT Really Robust?"
(TextFooler), but taken from outcomes that are there already.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from robust_emo.data.dataset import Dataset
from robust_emo.data.duplicates import fold
from robust_emo.data.quoting import listed, quoted
from robust_emo.errors import InputError
from robust_emo.hardening.audited_outcomes import AuditedOutcomes, read_audited
from robust_emo.models.manifest import OutcomesRecord
from robust_emo.types import AttackOutcome, Example, Status

_REASONS = {
    "invalid": "that the validity check rejects",
    "unjudged": "that it could not judge",
    "no text": "without a text",
    "measured original": "of training texts that stand in the {measured} data as well",
    "measured": "that are texts of the {measured} data",
    "plain": "that are training texts as they stand",
    "ambiguous": "that come of texts with different labels",
    "repeated": "found before",
}
"""Why a success is left out, as the note says it."""


@dataclass(frozen=True, slots=True)
class OutcomeTexts:
    """Perturbed texts of finished audits."""

    texts: tuple[Example, ...] = ()
    """Each once, in the order of audits and outcomes, with the ids and labels of the training texts they come of."""
    records: tuple[OutcomesRecord, ...] = ()
    """One per audit."""
    notes: tuple[str, ...] = ()
    """Of each audit, how many texts are used and what was left out."""

    @property
    def depends_on(self) -> Mapping[str, str]:
        """Fingerprints of the audits and of the texts: what is left out depends on the data that are measured on."""
        if not self.records:
            return {}
        texts = json.dumps([(each.text, each.labels) for each in self.texts])
        audits = {f"outcomes {number}": record.sha256 for number, record in enumerate(self.records, 1)}
        return {**audits, "texts of outcomes": hashlib.sha256(texts.encode()).hexdigest()}


def outcome_texts(
    paths: Sequence[Path], *, model: str, model_sha256: str, train: Dataset, measured: Mapping[str, Dataset]
) -> OutcomeTexts:
    """The valid successes of finished audits of a model on its training texts.

    Args:
        paths: output directories of the audits; of a text that several found, the first one counts.
        model: directory of the audited model.
        model_sha256: its fingerprint.
        train: what it was trained on; every audited text must stand in it with the same labels.
        measured: what it will be measured on, by name; nothing of it is trained on.

    Raises:
        InputError: an audit cannot be read, is of another model, attacked a text that is no training text or has other
            labels there, or has nothing to train on; or together they leave nothing.
    """
    choice = _Choice(model, train, measured)
    audits = [read_audited(path, model=model, model_sha256=model_sha256) for path in paths]
    found = [choice.successes(audit) for audit in audits]
    ambiguous = _ambiguous(each for successes in found for each in successes if each.left_out is None)
    texts: dict[str, Example] = {}
    records, notes = [], []
    for audit, successes in zip(audits, found, strict=True):
        kept = _kept(successes, ambiguous, texts)
        record = _record(audit, kept)
        records.append(record)
        notes.append(_note(audit, record, kept, choice.measured_names))
        texts |= {each.text: Example(each.id, each.text, each.labels) for each in kept if each.left_out is None}
    if paths and not texts:
        raise InputError(f"--outcomes leaves no text to train on: {'; '.join(notes)}; audit more training texts")
    return OutcomeTexts(tuple(texts.values()), tuple(records), tuple(notes))


@dataclass(frozen=True, slots=True)
class _Success:
    """One that an attack had, with the reason why it is not trained on, if there is one."""

    attack: str
    id: str
    text: str
    labels: tuple[str, ...]
    left_out: str | None


class _Choice:
    """What one outcome is looked up in."""

    def __init__(self, model: str, train: Dataset, measured: Mapping[str, Dataset]) -> None:
        self._model, self._train_path = model, train.path
        self.measured_names = " or ".join(measured)
        self._trained: dict[str, list[Example]] = defaultdict(list)
        for example in train.examples:
            self._trained[example.text].append(example)
        # Folded: another case or other blanks do not make another text to be measured on.
        self._measured = {fold(each.text): name for name, data in measured.items() for each in data.examples}

    def successes(self, audit: AuditedOutcomes) -> list[_Success]:
        """Those of an audit all of whose texts, broken or not, are training texts."""
        self._check_originals(audit)
        found = [self._success(each, audit.path) for each in audit.outcomes if each.status is Status.SUCCEEDED]
        if all(success.left_out for success in found):
            why = _left_out(found, self.measured_names)
            raise InputError(
                f"{audit.path} has no text to train on: of {len(audit.outcomes)} outcomes {len(found)} are successes"
                f"{f', {why}' if why else ''}; audit more training texts or with other attacks"
            )
        return found

    def _check_originals(self, audit: AuditedOutcomes) -> None:
        """An audit of anything but training texts is of no use here, and one of test texts is worse than that."""
        strangers = list(dict.fromkeys(e.original for e in audit.outcomes if e.original not in self._trained))
        if not strangers:
            return
        remedy = f"audit the training data: robust-emo audit {self._model} --data {self._train_path}"
        tested = Counter(self._measured[fold(text)] for text in strangers if fold(text) in self._measured)
        if tested:
            where = " and ".join(f"{count} of the {name} data" for name, count in tested.items())
            raise InputError(
                f"{audit.path} attacked texts that the model is measured on ({where}): trained on these, it would have "
                f"numbers that are worth nothing; {remedy}"
            )
        raise InputError(
            f"{audit.path} attacked {len(strangers)} texts that are no training texts of {self._model}, the first "
            f"{quoted(strangers[0])}: nobody vouches for their labels; {remedy}"
        )

    def _success(self, outcome: AttackOutcome, path: Path) -> _Success:
        originals = self._trained[outcome.original]
        same = [each for each in originals if frozenset(each.labels) == frozenset(outcome.label)]
        if not same:
            raise InputError(
                f"{path}: {quoted(outcome.original)} is labelled {listed(outcome.label) or 'nothing'} there and "
                f"{listed(originals[0].labels) or 'nothing'} in {self._train_path}; audit with the training data and "
                "their label map"
            )
        text, reason = outcome.perturbed or "", self._reason(outcome)
        return _Success(outcome.plugin, same[0].id, text, same[0].labels, reason)

    def _reason(self, outcome: AttackOutcome) -> str | None:
        text = outcome.perturbed or ""
        reasons = {
            "no text": not text.strip(),
            "invalid": outcome.valid is False,
            "unjudged": outcome.valid is None,
            "measured original": fold(outcome.original) in self._measured,
            "measured": fold(text) in self._measured,
            "plain": text in self._trained,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)


def _ambiguous(successes: Iterable[_Success]) -> set[str]:
    """Texts that come of originals with different labels: nobody knows which of these they keep."""
    labels = defaultdict(set)
    for success in successes:
        labels[success.text].add(frozenset(success.labels))
    return {text for text, sets in labels.items() if len(sets) > 1}


def _kept(successes: Iterable[_Success], ambiguous: set[str], known: Mapping[str, Example]) -> list[_Success]:
    """The successes again; what others found before, or found with other labels, is left out as well."""
    seen, result = set(known), []
    for success in successes:
        if success.left_out is None:
            late = "ambiguous" if success.text in ambiguous else "repeated" if success.text in seen else None
            seen.add(success.text)
            success = replace(success, left_out=late)
        result.append(success)
    return result


def _record(audit: AuditedOutcomes, successes: Sequence[_Success]) -> OutcomesRecord:
    attacks = Counter(success.attack for success in successes if success.left_out is None)
    reasons = Counter(success.left_out for success in successes if success.left_out is not None)
    return OutcomesRecord(audit.sha256, attacks.total(), dict(sorted(attacks.items())), dict(reasons))


def _note(audit: AuditedOutcomes, record: OutcomesRecord, successes: Sequence[_Success], measured: str) -> str:
    attacks = ", ".join(f"{name} {count}" for name, count in record.attacks.items())
    left_out = _left_out(successes, measured)
    return (
        f"{audit.path}: trained on {record.texts} of its {len(successes)} successful texts"
        f"{f' ({attacks})' if attacks else ''}{f'; {left_out}' if left_out else ''}"
    )


def _left_out(successes: Iterable[_Success], measured: str) -> str:
    reasons = Counter(success.left_out for success in successes if success.left_out is not None)
    parts = [f"{reasons[name]} {text.format(measured=measured)}" for name, text in _REASONS.items() if reasons[name]]
    return f"left out: {', '.join(parts)}" if parts else ""
