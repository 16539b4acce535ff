"""Guessing the words of a text from its embedding alone (Song & Raghunathan 2020, with a linear inverter).

One ridge regression for all words at once: closed form, no iterations. Its strength and the threshold above which a
word is guessed are chosen by five-fold cross-validation on the texts that it learns from.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust_emo.statistics.membership import Flags, Floats, Folds
from robust_emo.words import Words

STRENGTHS = (1.0, 10.0, 100.0, 1e3, 1e4)


def words_of(text: str) -> frozenset[str]:
    """Its distinct words, without regard to case."""
    return frozenset(word.casefold() for word in Words.of(text).words)


def vocabulary(texts: Sequence[frozenset[str]], least: int) -> tuple[str, ...]:
    """Words of `least` texts at least, in alphabetical order."""
    counts = Counter(word for words in texts for word in words)
    return tuple(sorted(word for word, count in counts.items() if count >= least))


def presence(texts: Sequence[frozenset[str]], known: Sequence[str]) -> Flags:
    """(texts, words): whether each word stands in each text."""
    return np.array([[word in words for word in known] for words in texts], dtype=np.bool_).reshape(-1, len(known))


@dataclass(frozen=True, slots=True)
class Ridge:
    """A ridge regression of standardised embeddings, ready for any strength (Hoerl & Kennard 1970)."""

    mean: Floats
    scale: Floats
    frequency: Floats
    """(words,), what is expected of a text of which nothing is known."""
    directions: Floats
    singular: Floats
    projected: Floats

    @classmethod
    def of(cls, embeddings: Floats, words: Flags) -> "Ridge":
        """Learn from texts.

        Args:
            embeddings: (n, width); a width of 0 knows nothing but how frequent words are.
            words: (n, words).
        """
        mean, scale = embeddings.mean(axis=0), np.maximum(embeddings.std(axis=0), 1e-9)
        frequency = words.mean(axis=0)
        left, singular, directions = np.linalg.svd((embeddings - mean) / scale, full_matrices=False)
        return cls(mean, scale, frequency, directions, singular, left.T @ (words - frequency))

    def scores(self, embeddings: Floats, strength: float) -> Floats:
        """(n, words): how much each word is to be expected, in the mean its share of texts."""
        shrunk = (self.singular / (self.singular**2 + strength))[:, None] * self.projected
        return np.asarray(self.frequency + ((embeddings - self.mean) / self.scale) @ self.directions.T @ shrunk)


@dataclass(frozen=True, slots=True)
class Inverter:
    """From embeddings to words."""

    ridge: Ridge
    strength: float
    threshold: float

    @classmethod
    def learnt(cls, embeddings: Floats, words: Flags, fold: Folds) -> "Inverter":
        """With the strength and the threshold of the best micro-F1 on folds that it did not learn from.

        Args:
            embeddings: (n, width), of width 0 for the guess of frequent words.
            words: (n, words).
            fold: (n,), two different ones at least.
        """
        apart = {strength: np.empty(words.shape) for strength in STRENGTHS}
        for each in np.unique(fold):
            here = fold == each
            ridge = Ridge.of(embeddings[~here], words[~here])
            for strength, scores in apart.items():
                scores[here] = ridge.scores(embeddings[here], strength)
        found = {strength: best_threshold(scores, words) for strength, scores in apart.items()}
        strength = max(found, key=lambda each: found[each][1])
        return cls(Ridge.of(embeddings, words), strength, found[strength][0])

    def guesses(self, embeddings: Floats) -> Flags:
        """(n, words)."""
        return np.asarray(self.ridge.scores(embeddings, self.strength) >= self.threshold)


def best_threshold(scores: Floats, words: Flags) -> tuple[float, float]:
    """The score from which on guessing a word gives the best micro-F1, and that F1.

    Args:
        scores: (n, words).
        words: (n, words), at least one true.
    """
    order = np.argsort(-scores, axis=None, kind="stable")
    ranked, right = scores.ravel()[order], np.cumsum(words.ravel()[order])
    f1 = 2 * right / (np.arange(1, len(order) + 1) + right[-1])
    last = np.append(ranked[1:] != ranked[:-1], True)  # a threshold takes all of equal scores
    best = int(np.argmax(np.where(last, f1, -np.inf)))
    return float(ranked[best]), float(f1[best])
