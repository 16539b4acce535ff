"""Which attacks an audit runs and with which hyperparameters: of its profile, named one by one, or an ensemble."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robust_emo import plugins
from robust_emo.ensemble import Ensemble, ensemble_names, read_ensemble
from robust_emo.errors import InputError
from robust_emo.models.fingerprint import model_sha256
from robust_emo.plugins import Attack

ADAPTIVE = "adaptive"
"""Stands among the names of attacks for all those that aim at the model's own defence; no attack may be called so."""


@dataclass(frozen=True, slots=True)
class AttackArgument:
    """One hyperparameter from the command line: ``bae.masked_lm=DIR``."""

    attack: str
    name: str
    value: Any

    @classmethod
    def parse(cls, text: str) -> "AttackArgument":
        """Read ``ATTACK.NAME=VALUE``; the value is JSON where it can be read as such, else text.

        Raises:
            InputError: it has another form.
        """
        where, equals, value = text.partition("=")
        attack, dot, name = where.rpartition(".")
        if not equals or not dot or not attack or not name.isidentifier():
            raise InputError(f"expected ATTACK.NAME=VALUE, such as pruthi.max_words=2, got '{text}'")
        try:
            return cls(attack, name, json.loads(value))
        except ValueError:
            return cls(attack, name, value)

    def __str__(self) -> str:
        return f"{self.attack}.{self.name}={json.dumps(self.value)}"


def load_attack(name: str, arguments: Sequence[AttackArgument]) -> Attack:
    """The attack `name` with those of `arguments` that are its own.

    Raises:
        PluginError: as for :func:`robust_emo.plugins.load`.
        InputError: a hyperparameter outside its range, an ensemble, ``adaptive``, or several names.
    """
    if name in ensemble_names():
        raise InputError(f"'{name}' is an ensemble of attacks: run it with `robust-emo audit --attacks {name}`")
    if name == ADAPTIVE:
        raise InputError(f"'{name}' stands for several attacks: run them with `robust-emo audit --attacks {name}`")
    if "," in name:
        raise InputError(f"'{name}': one attack at a time; `robust-emo audit --attacks {name}` runs several")
    own = {argument.name: argument.value for argument in arguments if argument.attack == name}
    attack: Attack = plugins.load("attacks", name, **own)
    return attack


def chosen_ensemble(names: Sequence[str]) -> Ensemble | None:
    """The standard ensemble that `names` consists of; None where they name attacks.

    Raises:
        InputError: an ensemble beside other names.
    """
    ensembles = [name for name in names if name in ensemble_names()]
    if not ensembles:
        return None
    if len(names) > 1:
        raise InputError(f"'{ensembles[0]}' is an ensemble with attacks of its own: name it alone")
    return read_ensemble(names[0])


def check_arguments(arguments: Sequence[AttackArgument], names: Sequence[str], ensemble: Ensemble | None) -> None:
    """Refuse hyperparameters that would change nothing, or a standard ensemble.

    Raises:
        InputError: for an attack that does not run, or for an ensemble, whose attacks are fixed.
    """
    for argument in arguments:
        if ensemble is not None:
            raise InputError(f"{argument}: the attacks of '{ensemble.name}' are fixed; name attacks with --attacks")
        if argument.attack not in names:
            raise InputError(f"{argument}: attack '{argument.attack}' does not run here")


def model_fingerprints(attacks: Iterable[Attack]) -> dict[str, dict[str, str]]:
    """SHA-256 of every model directory that an argument of an attack names, by attack and argument.

    A path alone says nothing of the weights behind it. Attacks without such an argument are left out, and a hub id has
    no fingerprint here.

    Raises:
        OSError: a file cannot be read.
    """
    found: dict[str, dict[str, str]] = {}
    for attack in attacks:
        named = {name: value for name, value in attack.arguments().items() if isinstance(value, str)}
        if models := {name: model_sha256(value) for name, value in named.items() if _is_model(value)}:
            found[attack.spec.name] = models
    return found


def _is_model(value: str) -> bool:
    try:
        return (Path(value) / "config.json").is_file()
    except OSError:  # a text too long for the name of a file
        return False
