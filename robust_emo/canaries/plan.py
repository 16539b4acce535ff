"""How many canaries of which kind, and how many guesses there will be about them: settled before the coins."""

from dataclasses import dataclass
from typing import Literal, get_args

from robust_emo.errors import InputError

CanaryKind = Literal["mixed", "emotion", "mislabelled", "random", "features"]
KINDS: tuple[CanaryKind, ...] = get_args(CanaryKind)

_MOST = 100_000
_FEWEST_GUESSES = 6
"""Five fair coins all show the same more often than once in twenty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryPlan:
    """What is drawn before a training.

    Raises:
        InputError: a value out of its range.
    """

    count: int
    """Canaries, about half of which will be trained on."""
    kind: CanaryKind = "mixed"
    """`emotion` and `mislabelled` texts, `random` words, or a third of each (`mixed`); `features`, for a private head
    only, are directions that no text has."""
    guesses: int | None = None
    """Even: half for those that look most trained on, half for those that look least; None: a quarter of `count`."""

    @property
    def guessed(self) -> int:
        """How many guesses there will be."""
        return self.count // 4 // 2 * 2 if self.guesses is None else self.guesses

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"canaries must be of the kind {', '.join(KINDS)}; got {self.kind}")
        if self.count > _MOST:
            raise InputError(f"at most {_MOST:,} canaries, got {self.count:,}")
        if self.guesses is not None and (self.guesses % 2 or not _FEWEST_GUESSES <= self.guesses <= self.count):
            raise InputError(
                f"guesses must be an even number from {_FEWEST_GUESSES} to the {self.count} canaries, got "
                f"{self.guesses}"
            )
        if self.guessed < _FEWEST_GUESSES:
            raise InputError(
                f"{self.count} canaries are too few: a quarter of them is guessed about, and fewer than "
                f"{_FEWEST_GUESSES} guesses show nothing at 95% confidence"
            )
