"""The words that speak for each emotion, over many texts."""

from collections import Counter
from collections.abc import Sequence

from robust_emo.audits.authors import authors
from robust_emo.audits.explanation.attributed_text import AttributedText
from robust_emo.audits.explanation.word_kinds import WordKind
from robust_emo.audits.metrics import CONFIDENCE
from robust_emo.personal.placeholders import MASKS
from robust_emo.statistics import bootstrap_mean
from robust_emo.types import TopWord

LEAST_DOCUMENTS = 5
"""Fewer texts give no honest interval of a mean."""
_LEFT_OUT = (WordKind.PUNCTUATION, WordKind.URL, WordKind.HANDLE, WordKind.NAME)
_MASKS = frozenset(MASKS.values())


def top_words(
    texts: Sequence[AttributedText], *, seed: int, most: int = 20, least_documents: int = LEAST_DOCUMENTS
) -> tuple[TopWord, ...]:
    """Words whose mean attribution is above 0 with all of its interval, by emotion, the highest lower bound first.

    A word counts once a text, with all its occurrences together. Intervals are by text, or by author where authors are
    known; of so many words that were looked at some stand here by chance. Punctuation and whatever may be personal is
    left out. Chinese words are single characters, as the tokens of Chinese models are.

    Args:
        texts: each attributed to the emotion that is predicted for it.
        seed: of the bootstrap.
        most: words per emotion.
        least_documents: texts of the emotion that a word must be in.
    """
    found: list[TopWord] = []
    for label in sorted({text.label for text in texts}):
        of_label = [text for text in texts if text.label == label]
        words = [
            top
            for word, holding in _holding(of_label).items()
            if len(holding) >= least_documents and (top := _measured(word, label, holding, seed)) is not None
        ]
        found += sorted(words, key=lambda top: (-(top.ci_low or 0), top.word))[:most]
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


def _measured(word: str, label: str, holding: Sequence[tuple[AttributedText, float]], seed: int) -> TopWord | None:
    values = [value for _, value in holding]
    mean = sum(values) / len(values)
    clusters = authors([text.example for text, _ in holding])
    bounds = bootstrap_mean(values, seed=seed, confidence=CONFIDENCE, clusters=clusters) if mean > 0 else None
    if bounds is None or bounds.low <= 0:
        return None
    return TopWord(label, word, mean, bounds.low, bounds.high, len(values))
