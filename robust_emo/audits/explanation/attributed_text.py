"""A text of the data with what moved the model towards the emotion that it predicts, word by word."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robust_emo.audits.explanation.attribution import Attribution, Values
from robust_emo.audits.explanation.word_kinds import WordKind, shown_words, word_kinds
from robust_emo.personal.finding import Certainty
from robust_emo.personal.recognisers import BUILT_IN, Recogniser
from robust_emo.personal.scanning import find
from robust_emo.types import Example


@dataclass(frozen=True, slots=True)
class AttributedText:
    """What the audits of many texts read."""

    example: Example
    attribution: Attribution
    """Of the predicted emotion."""
    right: bool
    """Whether the prediction is."""
    kinds: tuple[WordKind, ...]
    """Of each segment."""
    shown: tuple[str, ...]
    """Words in lower case without #, personal data masked."""

    @classmethod
    def of(
        cls,
        example: Example,
        attribution: Attribution,
        *,
        right: bool,
        recognisers: Sequence[Recogniser] = BUILT_IN,
    ) -> "AttributedText":
        """Look up what each word of a text is.

        Args:
            example: the text.
            attribution: of the emotion that is predicted for it.
            right: whether that is right.
            recognisers: of what is personal.
        """
        found = find(example.text, recognisers=recognisers, certainty=Certainty.POSSIBLE)
        segments = attribution.segments
        return cls(example, attribution, right, word_kinds(segments, found), shown_words(segments, found))

    @property
    def label(self) -> str:
        """The predicted emotion."""
        return self.attribution.target.label

    @property
    def weights(self) -> Values | None:
        """Share of each segment in the sum of absolute attributions, signed, (segments,); None where all are 0."""
        total = float(np.abs(self.attribution.values).sum())
        return self.attribution.values / total if total > 0 else None

    def places(self) -> dict[str, list[int]]:
        """Positions of each word, by the word in lower case without its #."""
        found: dict[str, list[int]] = {}
        for position, word in enumerate(self.attribution.segments.words):
            found.setdefault(word.lower().removeprefix("#") or word, []).append(position)
        return found
