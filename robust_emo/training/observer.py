"""What a training tells whoever watches it. The library itself never prints."""

from typing import Protocol

from robust_emo.models.manifest import EpochRecord


class Observer(Protocol):
    """Watches a training; called on the main process only."""

    def started(self, *, steps_per_epoch: int, epochs: int, done: int) -> None:
        """Training begins at step `done` of `steps_per_epoch * epochs`."""
        ...

    def stepped(self, *, step: int, loss: float, learning_rate: float) -> None:
        """`step` steps of the whole run are done; `loss` is the mean of this epoch so far."""
        ...

    def epoch_ended(self, record: EpochRecord) -> None:
        """An epoch was trained and validated."""
        ...

    def noted(self, message: str) -> None:
        """Something the user should know, one sentence."""
        ...


class SilentObserver:
    """Watches and says nothing."""

    def started(self, *, steps_per_epoch: int, epochs: int, done: int) -> None:
        """Ignore."""

    def stepped(self, *, step: int, loss: float, learning_rate: float) -> None:
        """Ignore."""

    def epoch_ended(self, record: EpochRecord) -> None:
        """Ignore."""

    def noted(self, message: str) -> None:
        """Ignore."""
