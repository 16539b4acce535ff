"""What an interrupted private training goes on from, and how many of its steps were ever begun.

Coins and noise of a step are drawn anew after an interruption. So a step that was begun counts as spent, even where a
crash took its result along: the training is over when as many were begun as ε was counted for, and may then be shorter
than it should be, but never costs more. Weights after noisy steps promise what the ledger does; a copy of the folder
that is continued as well is a second training, and costs as much again.
"""

import json
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from robust_emo.atomic import write_atomically
from robust_emo.errors import InputError
from robust_emo.training.checkpoint import check_configuration

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows has no flock
    fcntl = None

_STATE = "state.safetensors"
_BEGUN = "begun.json"
_LOCK = "lock"


@dataclass(frozen=True, slots=True)
class Restored:
    """Where a training goes on."""

    begun: int = 0
    """Steps that were begun, which is where it goes on."""
    lost: int = 0
    """Of these, steps whose result was not kept, in whichever interruption."""


class PrivateCheckpoints:
    """A folder with the trained weights, the state of their optimiser and the count of begun steps.

    Args:
        folder: made when it is locked.
        configuration: all that shapes the training; another one's checkpoint is refused.
        seconds: least time between two checkpoints that nobody asked for.
    """

    def __init__(self, folder: Path, configuration: Mapping[str, Any], seconds: float) -> None:
        self.folder, self._seconds = folder, seconds
        self._configuration = json.loads(json.dumps(configuration))
        self._last = time.monotonic()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Inside, no other process trains from this folder: two would spend twice what one of them counts.

        Raises:
            InputError: another one does.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / _LOCK).open("ab") as stream:
            if fcntl is not None:
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    raise InputError(f"another training is at work in {self.folder}; wait for it or stop it") from None
            yield

    def exists(self) -> bool:
        """Whether anything was begun."""
        return any((self.folder / name).exists() for name in (_STATE, _BEGUN))

    def begin(self, step: int) -> None:
        """Say durably that the step of this number, from 0, is about to look at the data.

        Raises:
            InputError: another number of steps was begun than this training knows of.
            OSError: it cannot be written; the step must not be done.
        """
        if self._begun() != step:
            raise InputError(f"something else has counted steps in {self.folder}; start again without --resume")
        self._count(step + 1)

    def _begun(self) -> int:
        count = json.loads((self.folder / _BEGUN).read_text())["begun"]
        if type(count) is not int or count < 0:
            raise ValueError("its count of steps is none")
        return count

    def _count(self, begun: int) -> None:
        write_atomically(self.folder / _BEGUN, json.dumps({"begun": begun}).encode())

    def due(self) -> bool:
        """Whether it is time."""
        return time.monotonic() - self._last >= self._seconds

    def start(self, parameters: Sequence[nn.Parameter], optimiser: torch.optim.Optimizer) -> Restored:
        """Keep the state before the first step.

        Raises:
            OSError: it cannot be written.
        """
        self._count(0)
        self.save(parameters, optimiser, kept=0)
        return Restored()

    def save(self, parameters: Sequence[nn.Parameter], optimiser: torch.optim.Optimizer, *, kept: int) -> None:
        """Keep a state; the one before is there until the new one is whole.

        Args:
            kept: how many steps have made it.

        Raises:
            OSError: it cannot be written.
        """
        tensors = {f"{number}.weight": _copied(each) for number, each in enumerate(parameters)}
        for number, state in optimiser.state_dict()["state"].items():
            tensors |= {f"{number}.{name}": _copied(value) for name, value in state.items()}
        told = {"kept": str(kept), "configuration": json.dumps(self._configuration)}
        write_atomically(self.folder / _STATE, save(tensors, metadata=told))
        self._last = time.monotonic()

    def restore(self, parameters: Sequence[nn.Parameter], optimiser: torch.optim.Optimizer) -> Restored:
        """Put weights and optimiser into the state that was kept.

        Raises:
            InputError: it is damaged or belongs to another configuration; the differences are named.
        """
        try:
            with safe_open(self.folder / _STATE, "pt") as file:
                told = file.metadata()
                check_configuration(self.folder, json.loads(told["configuration"]), self._configuration)
                found = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no dictionary
            begun, kept = self._begun(), int(told["kept"])
            if begun < kept:
                raise ValueError("fewer steps were begun than done")
            _put(found, parameters, optimiser)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            raise InputError(
                f"the checkpoint in {self.folder} is damaged ({error}); start again without --resume"
            ) from error
        return Restored(begun, begun - kept)

    def clear(self) -> None:
        """Forget what was begun.

        Raises:
            OSError: it cannot be deleted.
        """
        for name in (_STATE, _BEGUN):
            (self.folder / name).unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete the folder, which nobody needs any more."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _copied(tensor: Tensor) -> Tensor:
    return tensor.detach().to("cpu", copy=True).contiguous()


def _put(found: Mapping[str, Tensor], parameters: Sequence[nn.Parameter], optimiser: torch.optim.Optimizer) -> None:
    states: dict[int, dict[str, Tensor]] = {}
    for key, value in found.items():
        place, _, name = key.partition(".")
        states.setdefault(int(place), {})[name] = value
    if set(states) != set(range(len(parameters))):
        raise ValueError("it has other weights than are trained")
    with torch.no_grad():
        for number, parameter in enumerate(parameters):
            parameter.copy_(states[number].pop("weight"))
    optimiser.load_state_dict({**optimiser.state_dict(), "state": {n: each for n, each in states.items() if each}})
