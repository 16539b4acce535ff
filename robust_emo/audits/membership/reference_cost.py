"""What reference models will cost, said before they are trained, and a limit on it."""

import time

from robust_emo.models.manifest import Manifest
from robust_emo.training.observer import SilentObserver


class OutOfTimeError(Exception):
    """The minutes for reference models are over; those that are finished stay."""


class Deadline(SilentObserver):
    """Ends a training between two of its steps when the minutes are over."""

    def __init__(self, minutes: float | None) -> None:
        """Begin to count; None for no limit."""
        self._end = None if minutes is None else time.monotonic() + 60 * minutes

    def check(self) -> None:
        """Raise where they are over.

        Raises:
            OutOfTimeError: they are.
        """
        if self._end is not None and time.monotonic() >= self._end:
            raise OutOfTimeError

    def stepped(self, *, step: int, loss: float, learning_rate: float) -> None:
        """See :meth:`check`."""
        self.check()


def cost_sentence(manifest: Manifest, *, missing: int, count: int, texts: int, minutes: float | None) -> str:
    """What is ahead.

    Args:
        manifest: of the model whose recipe is repeated.
        missing: reference models that no earlier audit has trained.
        count: all of them.
        texts: that each is trained on.
        minutes: the limit, if any.
    """
    known = f" ({count - missing} of {count} are known from an earlier audit)" if missing < count else ""
    each = _seconds(manifest, texts)
    guess = (
        "the model's manifest does not say how long its training took"
        if each is None
        else f"about {_spent(missing * each)} in all, by what the steps of the model's own training took"
    )
    limit = "" if minutes is None else f"; after {minutes:g} minutes those that are finished will do"
    return f"membership: {missing} reference models to train{known}: {guess}{limit}"


def shortfall(finished: int, count: int, minutes: float | None) -> tuple[str, ...]:
    """A note where not all were finished in time."""
    if finished == count or minutes is None:
        return ()
    again = "Answers of finished models are kept, so that the same audit goes on from there."
    if finished:
        return (
            f"Reference models: {finished} of {count}, those that were finished within {minutes:g} minutes. {again}",
        )
    return (
        f"Not measured: rmia and lira, since fewer than two of {count} reference models were finished within "
        f"{minutes:g} minutes. {again}",
    )


def _seconds(manifest: Manifest, texts: int) -> float | None:
    """Of one reference model, by texts; None where the manifest does not tell."""
    seconds = [epoch.seconds for epoch in manifest.history]
    known = [each for each in seconds if each is not None]
    rows = manifest.data["train"].rows if "train" in manifest.data else 0
    if not known or len(known) < len(seconds) or not rows:
        return None
    return sum(known) * texts / rows


def _spent(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 90 else f"{max(1, round(seconds))} seconds"
