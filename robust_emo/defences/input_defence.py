"""A row of normalisers through which every text goes before a model reads it."""

from collections.abc import Iterable, Sequence

from robust_emo.defences.normaliser import Normaliser
from robust_emo.defences.rewriting import Rewriting, replaced


class InputDefence:
    """Normalisers in the order in which they are applied.

    Args:
        normalisers: each gets what the one before it made.
    """

    def __init__(self, normalisers: Sequence[Normaliser]) -> None:
        self.normalisers = tuple(normalisers)

    def text(self, text: str) -> str:
        """What the model reads in place of `text`."""
        for normaliser in self.normalisers:
            text = replaced(text, normaliser.replacements(text))
        return text

    def rewriting(self, text: str) -> Rewriting:
        """The same with the way back to `text`."""
        steps = []
        for normaliser in self.normalisers:
            steps.append(tuple(normaliser.replacements(text)))
            text = replaced(text, steps[-1])
        return Rewriting(text, tuple(steps))

    def count_rewritten(self, texts: Iterable[str]) -> int:
        """How many of the texts a model reads otherwise than they are written."""
        return sum(self.text(text) != text for text in texts)

    def described(self) -> tuple[str, ...]:
        """Each normaliser with its version, e.g. ``spelling 1``."""
        return tuple(f"{normaliser.spec.name} {normaliser.spec.version}" for normaliser in self.normalisers)

    def notes(self) -> tuple[str, ...]:
        """What a reader must know of each."""
        return tuple(f"{each.spec.name}: {note}" for each in self.normalisers for note in each.notes())
