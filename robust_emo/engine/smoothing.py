"""A classifier smoothed by hiding words, and what it certifies; the base model is asked in pooled batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from robust_emo.ablation import Ablation
from robust_emo.engine.engine import Engine
from robust_emo.engine.grading import example_rng
from robust_emo.engine.reading import Reading, Ways
from robust_emo.errors import InputError
from robust_emo.statistics.certification import (
    IntArray,
    deletion_radius,
    exact_deletion_radius,
    exact_masking_radius,
    lead_bound,
    masking_radius,
)
from robust_emo.types import Example, Task
from robust_emo.words import Words, joined

_CHUNK = 8192  # texts asked at once: batches are full, and a progress bar moves


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoothing:
    """A smoothed classifier and how surely it is known.

    Raises:
        InputError: a value out of its range.
    """

    ablation: Ablation
    selection_samples: int = 100
    """Texts with hidden words that choose the class."""
    samples: int = 1000
    """Other ones that bound its lead (Cohen et al. 2019)."""
    alpha: float = 0.001
    """Probability with which the bound of one example may be too high."""
    largest_radius: int = 10
    """Words; larger certificates are not looked for."""

    def __post_init__(self) -> None:
        counts = ("selection_samples", 1), ("samples", 1), ("largest_radius", 0)
        for name, least in counts:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise InputError(f"{name} must be a whole number of at least {least}, got {value}")
        if isinstance(self.alpha, bool) or not isinstance(self.alpha, int | float) or not 0 < self.alpha < 1:
            raise InputError(f"alpha must lie between 0 and 1, got {self.alpha}")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What the smoothed classifier says of one text, and how many words would have to change before it can say else."""

    example_id: str
    predicted: str | None
    """Null where it abstains: no class is the most frequent one for sure."""
    radius: int
    """Words; 0 where only the prediction itself is sure, or not even that."""
    exact: bool
    """Every way to hide words was asked: nothing is left to chance."""
    words: int
    """Of the text; masking may read fewer."""
    cut: bool
    """The base reads only the beginning of some of what it is shown: it takes no more tokens."""


@dataclass(frozen=True, slots=True)
class _Question:
    example: Example
    length: int
    words: tuple[str, ...]
    """Those that are read, of `length`."""
    ways: Ways
    texts: tuple[str, ...]


class SmoothedClassifier:
    """Certifies texts for single-label models.

    What it says of an example depends on (seed, plug-in, example) only. How it reads texts: :class:`Reading`.

    Args:
        engine: of the base model.
        smoothing: the noise and its sampling.
        seed: of the run.
        plugin: in whose name random numbers are drawn.
        chunk: texts asked at once; no result depends on it.

    Raises:
        InputError: the model is multi-label.
        PrerequisiteError: masking, and the tokenizer has neither a mask nor an unknown token.
    """

    def __init__(
        self, engine: Engine, smoothing: Smoothing, *, seed: int, plugin: str = "certificate", chunk: int = _CHUNK
    ) -> None:
        self._engine, self._seed, self._plugin, self._chunk = engine, seed, plugin, chunk
        self.smoothing = smoothing
        if engine.victim.task is not Task.SINGLE_LABEL:
            raise InputError("certificates are made for single-label models only")
        self.reading = Reading(engine.victim, smoothing.ablation)

    def certify(self, examples: Sequence[Example]) -> Iterator[Certificate]:
        """One certificate per example, in order."""
        waiting: list[_Question] = []
        texts = 0
        for example in examples:
            waiting.append(self._question(example))
            texts += len(waiting[-1].texts)
            if texts >= self._chunk:
                yield from self._answered(waiting)
                waiting, texts = [], 0
        yield from self._answered(waiting)

    def _question(self, example: Example) -> _Question:
        words = self.reading.words(example.text)
        rng = np.random.default_rng(example_rng(self._seed, self._plugin, example.id).getrandbits(128))
        ways = self.reading.ways(len(words), self.smoothing.selection_samples + self.smoothing.samples, rng)
        return _Question(example, len(Words.of(example.text)), words, ways, self.reading.texts(words, ways))

    def _classes(self, texts: Sequence[str]) -> IntArray:
        classes: IntArray = self._engine.scores(texts).argmax(axis=1)
        return classes

    def _answered(self, questions: Sequence[_Question]) -> Iterator[Certificate]:
        if not questions:
            return
        answers = self._classes([text for question in questions for text in question.texts])
        start = 0
        for question in questions:
            end = start + len(question.texts)
            yield self._certificate(question, answers[start:end])
            start = end

    def _certificate(self, question: _Question, answers: IntArray) -> Certificate:
        exact = question.ways.exact
        found, radius = self._exact(question, answers) if exact else self._sampled(question, answers)
        predicted = None if found is None else self._engine.victim.labels[found]
        return Certificate(question.example.id, predicted, radius, exact, question.length, self._cut(question))

    def _cut(self, question: _Question) -> bool:
        """A text that is far from too long as a whole is not with words hidden either: saves reading all again."""
        victim = self._engine.victim
        near = victim.batched.max_length / 2
        if max(len(question.words), len(victim.encode([joined(question.words)])[0])) <= near:
            return False
        return victim.truncated(question.texts) > 0

    def _exact(self, question: _Question, answers: IntArray) -> tuple[int | None, int]:
        ablation, most = self.smoothing.ablation, self.smoothing.largest_radius
        words, classes = len(question.words), len(self._engine.victim.labels)
        if ablation.mechanism == "masking":
            return exact_masking_radius(question.ways.shown, answers, words=words, classes=classes, most=most)
        weights = [ablation.probability(len(way), words) for way in question.ways.shown]
        shares = np.bincount(answers, weights=weights, minlength=classes)
        return exact_deletion_radius(shares.tolist(), rate=ablation.rate, most=most)

    def _sampled(self, question: _Question, answers: IntArray) -> tuple[int | None, int]:
        """One sample chooses the class, another bounds its lead: judged on the same one, it looks better."""
        smoothing, words = self.smoothing, len(question.words)
        chosen = int(np.bincount(answers[: smoothing.selection_samples]).argmax())
        judged = answers[smoothing.selection_samples :]
        counts = np.bincount(judged, minlength=len(self._engine.victim.labels))
        lead = lead_bound(counts, chosen, smoothing.alpha)
        most, ablation = smoothing.largest_radius, smoothing.ablation
        if ablation.mechanism == "masking":
            radius = masking_radius(lead, words=words, kept=ablation.kept(words), most=most)
        else:
            radius = deletion_radius(lead, rate=ablation.rate, most=most)
        return (None, 0) if radius is None else (chosen, radius)
