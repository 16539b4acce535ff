"""Texts to heat maps with their quality and trust: what the audit and `robust-emo explain` have in common."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import isinf

from robust_emo.audits.explanation.attribution import Attribution
from robust_emo.audits.explanation.faithfulness import Faithfulness, faithfulness
from robust_emo.audits.explanation.heat_map_quality import heat_map_quality
from robust_emo.audits.explanation.hidden_words import faithfulness_when_hidden
from robust_emo.audits.explanation.integrated_gradients import IntegratedGradients
from robust_emo.audits.explanation.methods import DEFAULT, LEAVE_ONE_OUT, Method, method_entry
from robust_emo.audits.explanation.reading import Reading, check_text, read
from robust_emo.audits.explanation.removal import Occlusion
from robust_emo.audits.explanation.target import Target, predicted_target
from robust_emo.audits.explanation.trust import Circumstances, reasons_for_all, trust
from robust_emo.engine.engine import Engine
from robust_emo.progress import Progress, Silent
from robust_emo.types import Example, Explanation, HeatMapQuality, WordAttribution


@dataclass(frozen=True, slots=True)
class HeatMap:
    """One text explained, and judged."""

    reading: Reading
    attribution: Attribution
    faithfulness: Faithfulness
    hidden: Faithfulness | None
    """The same with words masked instead of deleted; None where the model reads no mask."""
    quality: HeatMapQuality
    predicted: tuple[str, ...]
    example: Example | None = None


@dataclass(frozen=True, slots=True)
class Explainer:
    """Explains texts by one method, and judges each heat map.

    Raises:
        InputError: an unknown method.
    """

    engine: Engine
    name: str = DEFAULT
    seed: int = 0
    method: Method | None = None
    """None: the one called `name`."""
    progress: Progress = field(default_factory=Silent)

    def __post_init__(self) -> None:
        method_entry(self.name)

    @property
    def chosen(self) -> Method:
        """The method."""
        return self.method or method_entry(self.name).make(self.seed)

    @property
    def baselines(self) -> tuple[str, ...]:
        """What the method compares texts with; empty for methods without baselines."""
        chosen = self.chosen
        return chosen.baselines if isinstance(chosen, IntegratedGradients) else ()

    def readings(self, texts: Sequence[str], targets: Sequence[Target | None]) -> list[Reading]:
        """Texts ready to be explained; the predicted emotion where the target is None.

        Raises:
            InputError: as :func:`~.reading.check_text`, a label that the model does not have, or a tokenizer without
                offsets.
        """
        for text in texts:
            check_text(text)
        labels = self.engine.victim.labels
        for target in targets:
            if target is not None:
                target.check(labels)
        logits = self.engine.scores(texts)
        chosen = [target or predicted_target(row, labels) for target, row in zip(targets, logits, strict=True)]
        return [read(self.engine.victim, text, target) for text, target in zip(texts, chosen, strict=True)]

    def heat_maps(self, readings: Sequence[Reading]) -> list[HeatMap]:
        """Attributions with their faithfulness, words deleted and masked, infidelity, and agreement with leave-one-out.

        Raises:
            InputError: the method does not apply to this model.
        """
        attributions = self.attributions(readings)
        seen = [_seen(*pair) for pair in zip(readings, attributions, strict=True)]
        single = [_seen(*pair) for pair in zip(readings, self._left_out(readings), strict=True)]
        predictions = self.engine.victim.predictions(self.engine.scores([each.text for each in readings]))
        own_judge = self.name == LEAVE_ONE_OUT
        return [
            HeatMap(
                reading,
                own,
                deleted,
                hidden,
                heat_map_quality(cut, None if own_judge else other, deleted, hidden, seed=self.seed),
                answer.labels,
            )
            for reading, own, cut, other, deleted, hidden, answer in zip(
                readings, attributions, seen, single, self._judged(seen), self._hidden(seen), predictions, strict=True
            )
        ]

    def _left_out(self, readings: Sequence[Reading]) -> list[Attribution]:
        with self.watched(f"explanations: {LEAVE_ONE_OUT}", len(readings)) as progress:
            return Occlusion(width=1).attribute(self.engine, readings, progress)

    def attributions(self, readings: Sequence[Reading]) -> list[Attribution]:
        """Attributions alone."""
        with self.watched(f"explanations: {self.name}", len(readings)) as progress:
            return self.chosen.attribute(self.engine, readings, progress)

    def _judged(self, attributions: Sequence[Attribution]) -> list[Faithfulness]:
        found = []
        with self.watched("explanations: faithfulness", len(attributions)) as progress:
            for each in faithfulness(self.engine, attributions, seed=self.seed):
                found.append(each)
                progress.advance()
        return found

    def _hidden(self, attributions: Sequence[Attribution]) -> list[Faithfulness | None]:
        with self.watched("explanations: masked words", len(attributions)) as progress:
            return faithfulness_when_hidden(self.engine, attributions, seed=self.seed, progress=progress)

    @contextmanager
    def watched(self, task: str, total: int) -> Iterator[Progress]:
        """Within it, whoever watches is told of a task of `total` steps."""
        self.progress.begin(task, total)
        try:
            yield self.progress
        finally:
            self.progress.end()

    def explanation(
        self, heat_map: HeatMap, *, sanity: float | None = None, learnt: bool | None = None, labelled: bool = True
    ) -> Explanation:
        """The heat map as it is shown and written, raw, with its trust label.

        Args:
            heat_map: of this explainer.
            sanity: rank correlation with attributions of random weights; None: not measured.
            learnt: whether the model is better than guessing; None: not measured.
            labelled: the labels of its example are the true emotions.
        """
        own = heat_map.attribution
        label, reasons = trust(
            heat_map.quality,
            Circumstances(
                words=len(own.segments),
                windows=own.windows,
                completeness_gap=own.gap,
                explains=method_entry(self.name).explains,
                sanity=sanity,
                learnt=learnt,
            ),
        )
        return Explanation(
            method=self.name,
            target=str(own.target),
            text=own.segments.text,
            words=tuple(
                WordAttribution(word, start, end, float(value))
                for word, (start, end), value in zip(own.segments.words, own.segments.spans, own.values, strict=True)
            ),
            trust=label,
            reasons=reasons,
            probability=heat_map.faithfulness.probability,
            predicted=heat_map.predicted,
            completeness_gap=None if own.gap is None or isinf(own.gap) else own.gap,  # JSON has no infinity
            special=own.special,
            steps=own.steps,
            baseline=",".join(self.baselines) or None,
            windows=own.windows,
            quality=heat_map.quality,
            example_id=heat_map.example.id if heat_map.example else None,
            label=heat_map.example.labels if heat_map.example and labelled else None,
        )

    def reasons_for_all(self, *, sanity: float | None, learnt: bool | None) -> tuple[str, ...]:
        """Those of its reasons that every explanation has, whatever the text; see :meth:`explanation`."""
        return reasons_for_all(explains=method_entry(self.name).explains, sanity=sanity, learnt=learnt)


def of_examples(heat_maps: Sequence[HeatMap], examples: Sequence[Example]) -> list[HeatMap]:
    """The same, each with the example that its text is of."""
    return [replace(each, example=example) for each, example in zip(heat_maps, examples, strict=True)]


def examples_of(heat_maps: Sequence[HeatMap]) -> list[Example]:
    """The example of each.

    Raises:
        ValueError: the text of a heat map is not of any.
    """
    examples = [each.example for each in heat_maps if each.example is not None]
    if len(examples) != len(heat_maps):
        raise ValueError(f"{len(heat_maps)} heat maps but {len(examples)} examples")
    return examples


def _seen(reading: Reading, attribution: Attribution) -> Attribution:
    """Of what the model itself reads: leaving out what it does not read does nothing."""
    return replace(attribution, segments=reading.seen, values=attribution.values[: len(reading.seen)])
