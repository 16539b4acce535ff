"""What a section gets to work with."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from robust_emo.audits.journal import Journal
from robust_emo.engine.engine import Engine
from robust_emo.engine.goal_choice import UNTARGETED, GoalChoice
from robust_emo.ensemble import Ensemble
from robust_emo.models.manifest import Manifest
from robust_emo.plugins import Attack
from robust_emo.progress import Progress
from robust_emo.types import AdaptiveInfo, AttackBudget, Example, Section
from robust_emo.validity.checker import ValidityChecker


@dataclass(frozen=True, slots=True)
class AuditContext:
    """One audit in progress. The victim model is `engine.victim`."""

    engine: Engine
    examples: tuple[Example, ...]
    """All audited examples, in data order."""
    attacked: tuple[Example, ...]
    """Those drawn for attacks, in data order."""
    attacks: tuple[Attack, ...]
    """In the order they run; the members of `ensemble` where there is one."""
    limit: AttackBudget
    """Of the profile: tightens every attack's own budget."""
    seed: int
    journal: Journal
    progress: Progress
    ensemble: Ensemble | None = None
    """Its attacks run on survivors only; None: every attack runs on every example."""
    goal: GoalChoice = UNTARGETED
    validity: ValidityChecker | None = None
    """Judges every success; None: not checked."""
    decided: Callable[[Sequence[Section]], bool] | None = None
    """Whether the verdict on evasion is certain, so that attacking may stop; None: attack all examples."""
    manifest: Manifest | None = None
    """Of the model; None where it was not made by this tool."""
    model_directory: Path | None = None
    """Where the model lies, for files that its manifest names."""
    models: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """SHA-256 of the model directories that arguments of attacks name, by attack and argument."""
    adaptive: AdaptiveInfo | None = None
    """What attackers who know the victim's input defence aim at; None where it has none."""
    members: tuple[Example, ...] | None = None
    """What the model was trained on; None where nobody knows."""
    data_sha256: str | None = None
    """Fingerprint of the file of `examples`; None where they are from none."""
    holdout: tuple[Example, ...] | None = None
    """From the source of the training data, set aside by chance; None where nothing was."""

    @property
    def nonmembers(self) -> tuple[Example, ...]:
        """What the model was not trained on, but for duplicates."""
        return self.examples if self.holdout is None else self.holdout
