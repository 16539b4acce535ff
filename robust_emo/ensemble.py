"""Standard ensembles: fixed attacks, hyperparameters and budgets in a fixed order, so that numbers compare.

An ensemble is a TOML file in `ensembles/`; its name ends in its version. What it measures never changes under one
name: another attack, hyperparameter or budget is another ensemble.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from robust_emo import plugins
from robust_emo.bundled import bundled_names, read_bundled
from robust_emo.plugins import Attack
from robust_emo.types import AttackBudget


@dataclass(frozen=True, slots=True)
class Member:
    """One attack of an ensemble."""

    attack: str
    arguments: Mapping[str, Any]
    """Hyperparameters."""
    budget: AttackBudget
    """Tightens the attack's own."""

    def load(self) -> Attack:
        """The attack, ready to run.

        Raises:
            PluginError: as for :func:`robust_emo.plugins.load`.
        """
        attack: Attack = plugins.load("attacks", self.attack, **self.arguments)
        attack.budget = attack.budget.tightened(self.budget)
        return attack


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Attacks that run one after the other, each on what the ones before have left."""

    name: str
    summary: str
    members: tuple[Member, ...]


def ensemble_names() -> list[str]:
    """Names of the ensembles that come with the package."""
    return bundled_names("ensembles")


def read_ensemble(name: str) -> Ensemble:
    """The ensemble called `name`.

    Raises:
        InputError: there is none; the message names the nearest.
    """
    content = read_bundled("ensembles", "ensemble", name)
    members = tuple(
        Member(entry["attack"], entry.get("arguments", {}), AttackBudget(max_queries=content["max_queries"]))
        for entry in content["member"]
    )
    return Ensemble(name, content["summary"], members)
