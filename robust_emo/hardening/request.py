"""What a user asks of `robust-emo harden`."""

from dataclasses import dataclass
from pathlib import Path

from robust_emo.data_file import DataFile


@dataclass(frozen=True, slots=True)
class HardenRequest:
    """What the user asked for, unresolved."""

    model: str
    out: Path
    recipe: str = "fast"
    data: DataFile | None = None
    """Measured on; None: the test data that the manifest names."""
    train_data: DataFile | None = None
    """Learnt from; None: what the manifest names, if anything."""
    outcomes: tuple[Path, ...] = ()
    """Output directories of finished audits of the model on its training texts; valid successes are trained on."""
    examples: int | None = None
    """Attacked texts; None: as the recipe says."""
    seed: int | None = None
    """Of the measurement (None: as its profile says) and of the rounds (None: 0)."""
    device: str = "cpu"
    language: str = "en"
    """Of the pages."""
    measure: bool = True
    resume: bool = False
    """Keep the model, the rounds and the measurements that an interrupted run of the same command finished."""
    restart: bool = False
    """Throw the rounds and measurements of an interrupted run away."""
    overwrite: bool = False
    """Replace a model in `out`."""
    cache: bool = True

    @property
    def audits(self) -> Path:
        """Where the rounds, the audits of the model before and after, and their comparison go."""
        return self.out.with_name(f"{self.out.name}-hardening")

    @property
    def rounds(self) -> Path:
        """Where the rounds go."""
        return self.audits / "rounds"
