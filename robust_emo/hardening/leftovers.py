"""What earlier runs left behind: it is kept where it fits, and never thrown away unasked."""

from pathlib import Path
from typing import Any

from robust_emo.audits.journal import FILENAME as JOURNAL
from robust_emo.errors import InputError
from robust_emo.hardening.conditions import Conditions, differences, of_rounds
from robust_emo.hardening.measuring import AFTER, BEFORE
from robust_emo.hardening.request import HardenRequest
from robust_emo.hardening.rounds import made_with_of
from robust_emo.models.manifest import read_manifest
from robust_emo.older_audit import replaced_audit


def keeps_model(request: HardenRequest, made_with: Conditions) -> bool:
    """Whether the model in `out` is the one that the request would make, and is to be kept.

    Raises:
        InputError: it is to be kept and was made otherwise.
    """
    made = read_manifest(request.out) if request.resume and request.out.is_dir() else None
    if made is None or made.parent is None:
        return False
    different = differences(made.parent.made_with, made_with)
    if different and not request.overwrite:
        raise InputError(
            f"{request.out} was made otherwise: {different}. Give the same as then to go on, or --overwrite to "
            "replace it"
        )
    return not different


def check_leftovers(request: HardenRequest, made_with: Conditions) -> None:
    """Refuse to throw unfinished work away, and to go on with rounds that were made otherwise.

    Raises:
        InputError: as it says.
    """
    if request.restart:
        return
    rounds = made_with_of(request.rounds)
    if request.resume:
        different = "" if rounds is None else differences(rounds, of_rounds(made_with))
        if different:
            raise InputError(
                f"{request.rounds} was made otherwise: {different}. Give the same as then to go on, or --restart to "
                "throw it away"
            )
        return
    unfinished = [name for name in (BEFORE, AFTER) if (request.audits / name / JOURNAL).exists()]
    if rounds is not None and rounds != _finished(request.out):
        unfinished.insert(0, "rounds")
    if unfinished:
        what = ", ".join(unfinished)
        raise InputError(
            f"{request.audits} holds unfinished work ({what}): --resume continues it, --restart throws it away"
        )


def _finished(out: Path) -> dict[str, Any] | None:
    """What the rounds of the model in `out` were made with."""
    made = read_manifest(out) if out.is_dir() else None
    return of_rounds(made.parent.made_with) if made and made.parent else None


def replaced(request: HardenRequest) -> tuple[str, ...]:
    """Finished work that the run takes the place of once it starts, a line each: the rounds, and audits."""
    if request.resume:
        return ()
    rounds = made_with_of(request.rounds)
    lines = []
    if rounds is not None and (request.restart or rounds == _finished(request.out)):
        lines.append(f"{request.rounds} will be replaced")
    if request.measure:
        lines += [line for name in (BEFORE, AFTER) if (line := replaced_audit(request.audits / name))]
    return tuple(lines)
