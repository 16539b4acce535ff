"""What a smoothed classifier reads of a text and shows its base: the same for certificates and for attacks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust_emo.ablation import Ablation
from robust_emo.errors import PrerequisiteError
from robust_emo.models.victim import Victim
from robust_emo.words import Words, edit_distance


@dataclass(frozen=True, slots=True)
class Ways:
    """Ways to hide words of a text."""

    shown: tuple[tuple[int, ...], ...]
    """Positions of the words that each leaves."""
    exact: bool
    """They are all there are, not a sample."""


class Reading:
    """How a smoothed classifier reads texts.

    Masking reads as many words of a text as the model takes tokens, deletion all of them: a word added at the front
    must not push another one out.

    Args:
        victim: the base.
        ablation: how words are hidden.

    Raises:
        PrerequisiteError: masking, and the tokenizer has neither a mask nor an unknown token.
    """

    def __init__(self, victim: Victim, ablation: Ablation) -> None:
        masking = ablation.mechanism == "masking"
        self.ablation = ablation
        self._mask = mask_token(victim.batched.tokenizer) if masking else ""
        self._most = victim.batched.max_length if masking else None

    def words(self, text: str) -> tuple[str, ...]:
        """The words that are read."""
        return Words.of(text).words[: self._most]

    def ways(self, words: int, most: int, rng: np.random.Generator) -> Ways:
        """All ways to hide some of `words` words if there are no more than `most`, else so many at random."""
        if self.ablation.ways(words) <= most:
            return Ways(tuple(self.ablation.all_ways(words)), exact=True)
        return Ways(tuple(self.ablation.draw(words, rng) for _ in range(most)), exact=False)

    def texts(self, words: Sequence[str], ways: Ways) -> tuple[str, ...]:
        """What the base gets to see, one text per way."""
        return tuple(self.ablation.text(words, way, self._mask) for way in ways.shown)

    def changed(self, original: str, perturbed: str) -> int | None:
        """Words changed as a certificate counts them; None for a change that it does not cover."""
        before, after = self.words(original), self.words(perturbed)
        if self.ablation.mechanism == "deletion":
            return edit_distance(before, after)
        if len(before) != len(after):
            return None
        return sum(one != other for one, other in zip(before, after, strict=True))


def mask_token(tokenizer: object) -> str:
    """What stands for a masked word.

    Raises:
        PrerequisiteError: the tokenizer has neither a mask nor an unknown token.
    """
    token = getattr(tokenizer, "mask_token", None) or getattr(tokenizer, "unk_token", None)
    if not token:
        raise PrerequisiteError("the tokenizer has no mask token and no unknown token: words can only be deleted")
    return str(token)
