"""What a section gets to work with."""

from dataclasses import dataclass

from robust_emo.audits.journal import Journal
from robust_emo.engine.engine import Engine
from robust_emo.plugins import Attack
from robust_emo.progress import Progress
from robust_emo.types import AttackBudget, Example


@dataclass(frozen=True, slots=True)
class AuditContext:
    """One audit in progress. The victim model is `engine.victim`."""

    engine: Engine
    examples: tuple[Example, ...]
    """All audited examples, in data order."""
    attacked: tuple[Example, ...]
    """Those drawn for attacks, in data order."""
    attacks: tuple[Attack, ...]
    limit: AttackBudget
    """Of the profile: tightens every attack's own budget."""
    seed: int
    journal: Journal
    progress: Progress
