"""Adaptive evaluation: the attacks that aim at the input defence which a model carries.

Attacks always query the whole pipeline, so that each is adaptive in its search; which of them know where a defence is
weak, its normalisers say. After Tramèr, Carlini, Brendel & Madry 2020, "On Adaptive Attacks to Adversarial Example
Defenses".
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from robust_emo import plugins
from robust_emo.attack_choice import ADAPTIVE, AttackArgument, load_attack
from robust_emo.defences.known_gaps import known_gaps
from robust_emo.defences.steps import load_defence
from robust_emo.errors import InputError, PluginError, RobustEmoError
from robust_emo.models.manifest import read_manifest
from robust_emo.readiness import check_ready
from robust_emo.types import AdaptiveInfo


@dataclass(frozen=True, slots=True)
class ChosenAttacks:
    """Which attacks an audit was asked for, with ``adaptive`` resolved."""

    names: tuple[str, ...] | None
    """Each once; None where none was named."""
    adaptive: AdaptiveInfo | None
    """Of the model's input defence; None where it has none."""
    left_out: tuple[str, ...] = ()
    """One sentence for each attack that ``adaptive`` stands for and that cannot run here."""


def choose_attacks(names: Sequence[str] | None, model: str, arguments: Sequence[AttackArgument] = ()) -> ChosenAttacks:
    """Put the attacks that aim at the model's input defence in the place of ``adaptive``.

    Those that cannot run here are left out, but for those with arguments of their own: whoever sets them wants them.

    Args:
        names: of attacks, as they were asked for.
        model: its directory; whether it is one at all is not checked here.
        arguments: hyperparameters, that may let an attack run which cannot by itself.

    Raises:
        InputError: ``adaptive`` for a model without a defence, or one whose gaps nobody names, or where none of the
            attacks can run; a defence or manifest that cannot be read.
        PluginError: a normaliser is not installed or cannot name its gaps; an attack is called ``adaptive``.
    """
    adaptive = adaptive_info(model, arguments)
    if names is None or ADAPTIVE not in names or not Path(model).is_dir():
        return ChosenAttacks(without_adaptive(names), adaptive)
    ready = _ready(adaptive, model, {argument.attack for argument in arguments})
    chosen = tuple(dict.fromkeys(each for name in names for each in (ready if name == ADAPTIVE else (name,))))
    reasons = adaptive.not_runnable if adaptive else {}
    left_out = (
        f"'{ADAPTIVE}' without {name}, which cannot run here: {reason}"
        for name, reason in reasons.items()
        if name not in chosen
    )
    return ChosenAttacks(chosen, adaptive, tuple(left_out))


def without_adaptive(names: Sequence[str] | None) -> tuple[str, ...] | None:
    """The other names; None where there are none."""
    return tuple(name for name in names or () if name != ADAPTIVE) or None


def _ready(adaptive: AdaptiveInfo | None, model: str, wanted: Set[str]) -> tuple[str, ...]:
    if ADAPTIVE in plugins.available("attacks"):
        raise PluginError(f"an attack plug-in is called '{ADAPTIVE}', which stands for others: uninstall its package")
    if adaptive is None:
        raise InputError(
            f"'{ADAPTIVE}' stands for the attacks that aim at a model's input defence, and {model} has none: "
            "name attacks, or harden it first (robust-emo harden)"
        )
    if not adaptive.attacks:
        listed = ", ".join(each.normaliser for each in adaptive.normalisers)
        raise InputError(f"'{ADAPTIVE}': the authors of {listed} name no attack that aims at gaps: name attacks")
    ready = tuple(name for name in adaptive.attacks if name not in adaptive.not_runnable or name in wanted)
    if not ready:
        reasons = "; ".join(adaptive.not_runnable.values())
        raise InputError(f"'{ADAPTIVE}': no attack that aims at the defence of {model} can run here: {reasons}")
    return ready


def adaptive_info(directory: str | Path, arguments: Sequence[AttackArgument]) -> AdaptiveInfo | None:
    """What attackers who know the input defence of a model aim at; None without one.

    Args:
        directory: of the model.
        arguments: hyperparameters that may let an attack run which cannot by itself.

    Raises:
        InputError: as :func:`~robust_emo.models.manifest.read_manifest` and
            :func:`~robust_emo.defences.steps.load_defence`.
        PluginError: as :func:`~robust_emo.defences.steps.load_defence`; or a normaliser cannot name its gaps.
    """
    manifest = read_manifest(directory)
    defence = load_defence(manifest.defence if manifest else (), Path(directory))
    if defence is None:
        return None
    info = AdaptiveInfo(known_gaps(defence), {})
    reasons = {name: _why_not(name, arguments) for name in info.attacks}
    return AdaptiveInfo(info.normalisers, {name: reason for name, reason in reasons.items() if reason is not None})


def _why_not(name: str, arguments: Sequence[AttackArgument]) -> str | None:
    """Why an attack cannot run here, in one line; None where it can."""
    try:
        check_ready(load_attack(name, arguments))
    except RobustEmoError as error:
        return str(error)
    return None
