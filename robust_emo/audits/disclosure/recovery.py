"""How many words come back from embeddings: of texts that nobody trained on, and of training texts."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from robust_emo.audits.disclosure.inverter import Inverter, presence, vocabulary, words_of
from robust_emo.audits.membership.sets import FOLDS, LEAST, MembershipSets
from robust_emo.statistics.membership import Flags, Floats

LEAST_MEMBERS = LEAST
"""By authors that the inverter did not learn from, below which nothing is said of members' words."""


class NoWordsError(Exception):
    """No word stands in enough of the texts that the inverter learns from."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the guesses for each of n texts came to."""

    right: Floats
    """(n,), words guessed that stand in the text."""
    wrong: Floats
    """(n,), words guessed that do not."""
    missed: Floats
    """(n,), words that stand in the text and were not guessed."""

    @classmethod
    def of(cls, guessed: Flags, words: Flags) -> "Counts":
        """Both (n, words)."""
        pairs = (guessed & words, guessed & ~words, ~guessed & words)
        return cls(*(pair.sum(axis=1).astype(np.float64) for pair in pairs))

    def of_rows(self, rows: Flags) -> "Counts":
        """Of some of the texts."""
        return Counts(self.right[rows], self.wrong[rows], self.missed[rows])

    @property
    def columns(self) -> Floats:
        """(n, 3)."""
        return np.column_stack([self.right, self.wrong, self.missed])


@dataclass(frozen=True, slots=True)
class Division:
    """Which texts the inverter learns from, and which it is tried on."""

    learnt: Flags
    """(n,), half of the non-members; all texts of one author are on one side."""
    known: Flags
    """(n,), texts of the authors that are learnt from, those of members too; without authors the texts learnt from."""
    fold: "np.ndarray[tuple[int], np.dtype[np.int64]]"
    """(n,), for the choice of strength and threshold."""
    words: Flags
    """(n, vocabulary)."""
    covered: float
    """Share of the distinct words of all texts that stand in the vocabulary."""


def divided(sets: MembershipSets, read: Callable[[str], str], least: int, rng: random.Random) -> Division:
    """Divide the non-members in two by lot, and take the vocabulary from the half that is learnt from.

    Args:
        sets: no member is learnt from; members are tried where no text of their author is, either.
        read: what the model reads of a text; what is cut off is in no embedding.
        least: texts of that half that a word must stand in.
        rng: draws.

    Raises:
        NoWordsError: no word does.
    """
    names = sets.authors or [f"row:{row}" for row in range(len(sets.examples))]
    units = sorted({name for name, inside in zip(names, sets.member, strict=True) if not inside})
    rng.shuffle(units)
    place = {unit: position for position, unit in enumerate(units[: len(units) // 2])}
    by_known = np.array([name in place for name in names])
    learnt = by_known & ~sets.member
    texts = [words_of(read(text)) for text in sets.texts]
    known = vocabulary([words for words, inside in zip(texts, learnt, strict=True) if inside], least)
    if not known:
        raise NoWordsError(f"no word stands in {least} of the {int(learnt.sum())} texts that are learnt from")
    words = presence(texts, known)
    return Division(
        learnt=learnt,
        known=by_known,
        fold=np.array([place.get(name, 0) % FOLDS for name in names], dtype=np.int64),
        words=words,
        covered=float(words.sum() / sum(map(len, texts))),
    )


def recovered(embeddings: Floats, division: Division) -> Counts:
    """Learn on one part, guess the words of all texts; (n,) counts, those learnt from among them.

    Args:
        embeddings: (n, width); a width of 0 makes the guess of the most frequent words.
        division: of the same texts.
    """
    own = division.learnt
    inverter = Inverter.learnt(embeddings[own], division.words[own], division.fold[own])
    return Counts.of(inverter.guesses(embeddings), division.words)


def precision(sums: Floats) -> Floats:
    """(...) in [0, 1] from (..., 3) sums of right, wrong and missed words; 0 where nothing was guessed."""
    return _ratio(sums[..., 0], sums[..., 0] + sums[..., 1])


def recall(sums: Floats) -> Floats:
    """Likewise; 0 where there was no word."""
    return _ratio(sums[..., 0], sums[..., 0] + sums[..., 2])


def f1(sums: Floats) -> Floats:
    """Likewise, 2 right / (2 right + wrong + missed)."""
    return _ratio(2 * sums[..., 0], 2 * sums[..., 0] + sums[..., 1] + sums[..., 2])


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def authors_of(sets: MembershipSets, rows: Flags) -> Sequence[str] | None:
    """Of some texts; None where nobody knows."""
    return None if sets.authors is None else [name for name, inside in zip(sets.authors, rows, strict=True) if inside]
