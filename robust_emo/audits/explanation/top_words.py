"""The words that speak for each emotion, over many texts."""

from collections import Counter
from collections.abc import Sequence
from math import ceil

from robust_emo.audits.authors import authors
from robust_emo.audits.explanation.attributed_text import AttributedText
from robust_emo.audits.explanation.word_kinds import WordKind
from robust_emo.audits.metrics import CONFIDENCE
from robust_emo.personal.placeholders import MASKS
from robust_emo.statistics import bootstrap_mean
from robust_emo.types import TopWord

LEAST_DOCUMENTS = 3
"""And at least one text in 300. Emotions have many words: in a few hundred texts most stand once or twice."""
_ONE_IN = 300
_LEFT_OUT = (WordKind.PUNCTUATION, WordKind.URL, WordKind.HANDLE, WordKind.NAME)
_MASKS = frozenset(MASKS.values())


def top_words(
    texts: Sequence[AttributedText], *, seed: int, most: int = 20, least_documents: int | None = None
) -> tuple[TopWord, ...]:
    """Words whose mean attribution is above 0 with all of its interval, by emotion, the highest lower bound first.

    Of words in fewer than five texts, which have no interval, all attributions must be above 0, and the lowest takes
    the bound's place. A word counts once a text, with all its occurrences together, with or without a #. Intervals are
    by text, or by author where authors are known; of so many words that were looked at some stand here by chance.
    Punctuation and whatever may be personal is left out. Chinese words are single characters, as the tokens of Chinese
    models are.

    Args:
        texts: each attributed to the emotion that is predicted for it.
        seed: of the bootstrap.
        most: words per emotion.
        least_documents: texts of the emotion that a word must be in; None for LEAST_DOCUMENTS and what it says.
    """
    least = max(LEAST_DOCUMENTS, ceil(len(texts) / _ONE_IN)) if least_documents is None else least_documents
    found: list[TopWord] = []
    for label in sorted({text.label for text in texts}):
        ranked = [
            measured
            for word, holding in _holding([text for text in texts if text.label == label]).items()
            if len(holding) >= least and (measured := _measured(word, label, holding, seed)) is not None
        ]
        ranked.sort(key=lambda pair: (-pair[0], pair[1].word))
        found += [word for _, word in ranked[:most]]
    return tuple(found)


def _holding(texts: Sequence[AttributedText]) -> dict[str, list[tuple[AttributedText, float]]]:
    """By word, the texts with it and its attribution there; without words that half of these texts must not show."""
    found: dict[str, list[tuple[AttributedText, float]]] = {}
    hidden: Counter[str] = Counter()
    for text in texts:
        for word, places in text.places().items():
            value = float(text.attribution.values[places].sum())
            found.setdefault(word, []).append((text, value))
            hidden[word] += any(text.kinds[place] in _LEFT_OUT or text.shown[place] in _MASKS for place in places)
    return {word: holding for word, holding in found.items() if 2 * hidden[word] < len(holding)}


def _measured(
    word: str, label: str, holding: Sequence[tuple[AttributedText, float]], seed: int
) -> tuple[float, TopWord] | None:
    """With what it is ranked by; None where that is not above 0."""
    values = [value for _, value in holding]
    clusters = authors([text.example for text, _ in holding])
    bounds = bootstrap_mean(values, seed=seed, confidence=CONFIDENCE, clusters=clusters) if sum(values) > 0 else None
    lowest = bounds.low if bounds else min(values)
    low, high = (bounds.low, bounds.high) if bounds else (None, None)
    return (lowest, TopWord(label, word, sum(values) / len(values), low, high, len(values))) if lowest > 0 else None
