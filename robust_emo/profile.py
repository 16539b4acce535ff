"""Audit profiles: fixed, versioned answers to how many examples, which attacks, budget and seed.

A profile is a TOML file in `profiles/`; its version changes whenever its numbers do, so that two audits of the same
profile and version are comparable.
"""

from dataclasses import dataclass

from robust_emo.bundled import bundled_names, read_bundled
from robust_emo.types import AttackBudget


@dataclass(frozen=True, slots=True)
class Profile:
    """How thorough an audit is."""

    name: str
    version: str
    summary: str
    attacked_examples: int
    """Drawn from the audited data, stratified by label; all of it when there are fewer."""
    sections: tuple[str, ...]
    """Section plug-ins, in the order they run."""
    attacks: tuple[str, ...]
    """Attack plug-ins in the order they run, with their own hyperparameters; or one standard ensemble."""
    budget: AttackBudget
    """Tightens every attack's own budget."""
    seed: int


def profile_names() -> list[str]:
    """Names of the profiles that come with the package."""
    return bundled_names("profiles")


def read_profile(name: str) -> Profile:
    """The profile called `name`.

    Raises:
        InputError: there is none; the message names the nearest.
    """
    content = read_bundled("profiles", "profile", name)
    return Profile(
        name=name,
        version=content["version"],
        summary=content["summary"],
        attacked_examples=content["attacked_examples"],
        sections=tuple(content["sections"]),
        attacks=tuple(content["attacks"]),
        budget=AttackBudget(**content["budget"]),
        seed=content["seed"],
    )
