"""Words that may stand for a word: near in the word vectors, of the same part of speech."""

from dataclasses import dataclass

from robust_emo.errors import InputError
from robust_emo.words import Words

from .part_of_speech import keeping_part_of_speech
from .word_swaps import swapped
from .word_vectors import word_vectors


@dataclass(frozen=True, slots=True)
class NearWords:
    """Which neighbours of a word count."""

    most: int
    """Neighbours looked at per word, at least 1."""
    least_cosine: float
    """Cosine between two words, in [-1, 1]."""
    part_of_speech: bool
    """Only words of the same part of speech, where the tagger is installed."""
    nouns_for_verbs: bool = True
    """Whether nouns may stand for verbs all the same, and the other way round."""

    def check(self, attack: str) -> None:
        """Refuse values outside their range.

        Raises:
            InputError: naming the attack's argument.
        """
        if self.most < 1:
            raise InputError(f"attack {attack}: max_candidates must be at least 1, got {self.most}")
        if not -1 <= self.least_cosine <= 1:
            raise InputError(f"attack {attack}: min_word_similarity must lie in [-1, 1], got {self.least_cosine:g}")

    def any_for(self, word: str) -> bool:
        """Whether a word has neighbours, whatever its part of speech."""
        return bool(swapped(word, self._near))

    def of(self, words: Words, index: int) -> list[str]:
        """What may stand at `index`, the nearest first, in the case of the word there."""
        others = swapped(words[index], self._near)
        if not self.part_of_speech:
            return others
        return keeping_part_of_speech(words, index, others, nouns_for_verbs=self.nouns_for_verbs)

    def _near(self, stem: str) -> list[str]:
        near = word_vectors().neighbours(stem, self.most)
        return [word for word, cosine in near if cosine >= self.least_cosine]
