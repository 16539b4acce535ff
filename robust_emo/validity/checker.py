"""The validity check: does a perturbed text still express the same emotion to a reader?"""

from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from robust_emo.engine.requests import Query
from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.models.minilm import minilm_directory
from robust_emo.validity.alignment import MOST_WORDS, Alignment, align, beginning
from robust_emo.validity.antonyms import antonym_swapped
from robust_emo.validity.contrast import is_taken_back
from robust_emo.validity.emotion_exchange import emotion_exchanged, has_wordnet, mostly_stayed
from robust_emo.validity.emotion_words import alike, expressed
from robust_emo.validity.judge import Judge
from robust_emo.validity.language import languages
from robust_emo.validity.negation import negation_changed, negations
from robust_emo.validity.readability import read
from robust_emo.validity.result import Reason, Validity
from robust_emo.validity.similarity import characters_kept, sentence_similarity
from robust_emo.validity.valence import valence
from robust_emo.validity.visible import clean, looks_the_same

_POLAR = 0.05  # VADER's own border of neutral


class ValidityChecker:
    """Checks one perturbed text at a time; what the encoder and the judge say of many is asked for together.

    A text that looks the same on the screen is valid. Otherwise it is read as a reader would read it (typos put
    right), and every check that speaks its language may reject it. Defaults were chosen on the `tune` half of
    benchmarks/validity_pairs.csv; docs/validity.md has precision and recall on the other half.

    Args:
        judge: must find the gold labels in the perturbed text; None for no judge. The engine has to know its model.
        min_similarity: lowest cosine of the sentence embeddings (English), in [-1, 1].
        min_characters_kept: lowest share of the original's characters that are still there (Chinese), in [0, 1].
        max_flip: largest difference of the two valences where they differ in sign, in [0, 2].
        max_fade: largest difference of the two valences where one text has none, in [0, 1].
        max_noise: largest share of the text that may be unreadable, in [0, 1].

    Raises:
        InputError: an argument outside its range.
    """

    def __init__(
        self,
        *,
        judge: Judge | None = None,
        min_similarity: float = 0.45,
        min_characters_kept: float = 0.3,
        max_flip: float = 0.4,
        max_fade: float = 0.4,
        max_noise: float = 0.25,
    ) -> None:
        _check("min_similarity", min_similarity, -1, 1)
        _check("min_characters_kept", min_characters_kept, 0, 1)
        _check("max_flip", max_flip, 0, 2)
        _check("max_fade", max_fade, 0, 1)
        _check("max_noise", max_noise, 0, 1)
        self.judge = judge
        self.min_similarity = min_similarity
        self.min_characters_kept = min_characters_kept
        self.max_flip = max_flip
        self.max_fade = max_fade
        self.max_noise = max_noise

    async def check(self, original: str, perturbed: str, labels: tuple[str, ...], query: Query) -> Validity:
        """Whether `perturbed` still expresses what `original` does.

        Args:
            labels: gold labels of the original; only the judge reads them.
            query: answers embeddings and asks the judge; nothing is charged.
        """
        if looks_the_same(original, perturbed):
            return Validity(valid=True)
        first, second = beginning(clean(original)), beginning(clean(perturbed))
        spoken = languages(first)
        found: set[Reason] = set()
        if spoken:
            found.update(await self._read_and_compare(first, second, spoken, query))
        accepted = await self.judge.accepts(perturbed, labels, query) if self.judge else None
        if accepted is False:
            found.add(Reason.JUDGE)
        if not spoken and accepted is None:
            return Validity(valid=None)
        return Validity(not found, tuple(reason for reason in Reason if reason in found))

    async def _read_and_compare(
        self, original: str, perturbed: str, spoken: frozenset[str], query: Query
    ) -> list[Reason]:
        reading = read(perturbed, align(original, perturbed))
        alignment = align(original, reading.text)
        found = list(self._compare(original, reading.text, alignment))
        if reading.noise > self.max_noise:
            found.append(Reason.READABILITY)
        if "en" in spoken and "zh" not in spoken:
            cosine = await sentence_similarity(original, reading.text, alignment, query)
            if cosine < self.min_similarity:
                found.append(Reason.SIMILARITY)
        if "zh" in spoken and characters_kept(original, reading.text) < self.min_characters_kept:
            found.append(Reason.SIMILARITY)
        return found

    def _compare(self, original: str, read: str, alignment: Alignment) -> Iterator[Reason]:
        before, after = valence(original), valence(read)
        classes, others = expressed(original), expressed(read)
        kept = any(alike(one, other) for one in classes for other in others)
        if self._valence_shifted(before, after, kept, alignment):
            yield Reason.VALENCE
        if classes and not kept and (others or emotion_exchanged(alignment)):
            yield Reason.EMOTION
        negated, opposed = negation_changed(original, read, alignment), antonym_swapped(alignment)
        same_sign = before * after > 0 and min(abs(before), abs(after)) >= _POLAR
        # "not happy" and "unhappy" say the same: other words make up for the negation
        if negated and not (opposed or (same_sign and _feeling_reworded(alignment))):
            yield Reason.NEGATION
        if opposed and not negated:
            yield Reason.ANTONYM
        if is_taken_back(original, read, alignment):
            yield Reason.CONTRAST

    def _valence_shifted(self, before: float, after: float, kept: bool, alignment: Alignment) -> bool:
        shift = abs(after - before)
        if before * after < 0:
            return shift > self.max_flip
        if min(abs(before), abs(after)) >= _POLAR:
            return False
        # Lexicons miss feeling that a rewritten sentence expresses in other words, so only texts whose wording
        # mostly stayed can lose or gain it.
        return shift > self.max_fade and not kept and mostly_stayed(alignment)

    def problems(self) -> Sequence[str]:
        """What is missing, each with the command that adds it; empty when ready."""
        found = []
        if find_spec("vaderSentiment") is None:
            found.append("emotion validity: VADER is not installed: pip install vaderSentiment")
        if find_spec("pypinyin") is None:
            found.append("emotion validity: pypinyin is not installed: pip install pypinyin")
        try:
            minilm_directory()
        except PrerequisiteError as missing:
            found.append(f"emotion validity: {missing}")
        return found

    def arguments(self) -> Mapping[str, Any]:
        """Thresholds, and the judge's fingerprint; stored in audit.json."""
        return {
            "judge_sha256": self.judge.sha256 if self.judge else None,
            "min_similarity": self.min_similarity,
            "min_characters_kept": self.min_characters_kept,
            "max_flip": self.max_flip,
            "max_fade": self.max_fade,
            "max_noise": self.max_noise,
            "wordnet": has_wordnet(),
        }

    def notes(self) -> Sequence[str]:
        """What a reader must know of the verdicts."""
        notes = [
            "Emotion validity is judged by rules and lexicons, not by people. On 154 pairs of known answer, written by "
            "their author, 10 of the verdicts were wrong; expect more on texts of real attacks (docs/validity.md).",
            "Texts in languages other than English and Chinese are not checked unless they look the same on the "
            f"screen; of longer texts the first {MOST_WORDS} words are compared.",
        ]
        if not has_wordnet():
            notes.append(
                "WordNet was not found: antonyms come from a small table only, and words of one emotion exchanged for "
                "those of another are not noticed."
            )
        if self.judge and self.judge.unknown:
            notes.append(f"The judge does not know the labels {', '.join(self.judge.unknown)} and is silent on them.")
        return notes


def _feeling_reworded(alignment: Alignment) -> bool:
    """Whether words of feeling, other than negations, are among those exchanged."""
    return any(
        valence(token.key) != 0 and not negations(token.key)
        for change in alignment.changes
        for token in (*change.removed, *change.added)
    )


def _check(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise InputError(f"emotion validity: {name} must lie in [{low:g}, {high:g}], got {value:g}")
