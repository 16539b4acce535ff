"""The explanation section: what moves the model, and whether that may be believed."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from robust_emo.audits.context import AuditContext
from robust_emo.audits.explanation.curves import agreement, faithfulness_curve, sanity_curve, stability_bins
from robust_emo.audits.explanation.explaining import Explainer, HeatMap, of_examples
from robust_emo.audits.explanation.explanation_metrics import explanation_metrics, mean_over_texts
from robust_emo.audits.explanation.integrated_gradients import IntegratedGradients
from robust_emo.audits.explanation.many_texts import over_many_texts
from robust_emo.audits.explanation.masked import masked_explanation, masked_pair
from robust_emo.audits.explanation.methods import DEFAULT, METHODS, Method, method_entry
from robust_emo.audits.explanation.randomisation import SEEDS, Stage, randomisation_correlations
from robust_emo.audits.explanation.randomness import seed_of
from robust_emo.audits.explanation.sensitivity import DRAWS, max_sensitivity
from robust_emo.audits.explanation.shown import attacked_pairs, chosen_for_showing, with_other_emotions
from robust_emo.audits.explanation.skill import better_than_guessing
from robust_emo.audits.explanation.stability import EDITS, Stability, stability
from robust_emo.audits.explanation.trust import FEWEST_WORDS
from robust_emo.data.splits import draw_stratified
from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.personal.choice import check_recogniser, recognisers_called
from robust_emo.plugins import PluginSpec
from robust_emo.types import AttackedPair, Explanation, ExplanationFindings, MethodAgreement, Section

_COMPARED = ("gradient-x-input", "leave-one-out", "occlusion", "attention-rollout")
"""Methods whose ranking is held beside the chosen one's; all are cheap."""
_NOT_LEARNT = "The model is no better than guessing on these texts: there is nothing to explain, and no map is trusted."
_MASKED = "Personal data in shown texts are masked; `--section-arg explanation.show_raw=true` shows them."
_TARGET = "Explained is the logit of the emotion with the highest one, whether right or wrong."
_OTHERS = "Other emotions of shown texts are explained, too, without stability and sensitivity; no number counts them."
_CLOSELY = "Stability and sensitivity were looked at on {closely} of {texts} texts; other labels rest on other checks."
_NO_SENSITIVITY = "not measured: max_sensitivity, which is defined for integrated gradients here"


@dataclass(frozen=True, slots=True)
class _Judged:
    """Heat maps with everything that was measured on them."""

    maps: list[HeatMap]
    stabilities: list[Stability]
    sanity: list[tuple[Stage, list[float]]]
    learnt: bool | None


class Explanations:
    """Heat maps of many texts, how faithful and stable they are, and what they come to.

    Args:
        method: see `robust-emo explain --method`.
        texts: explained, drawn from the audited ones; all where there are fewer.
        closely: of these, how many are edited and moved, for rank stability and max-sensitivity.
        sanity_texts: of these, how many are explained with random weights, each :data:`SEEDS` times at four depths.
        shown: texts with heat maps in the report, each for a few emotions.
        show_raw: show texts as they are, with names, handles and addresses in them.
        recogniser: of what is masked: ``built-in``, or ``presidio`` to ask Microsoft Presidio, too.

    Raises:
        InputError: an unknown method or recogniser, or a value out of its range.
    """

    spec = PluginSpec(
        name="explanation",
        version="1",
        summary="what moves the model word by word, and whether that may be believed",
        paper="Sundararajan et al. 2017, DeYoung et al. 2020, Adebayo et al. 2018",
    )

    def __init__(
        self,
        *,
        method: str = DEFAULT,
        texts: int = 200,
        closely: int = 50,
        sanity_texts: int = 12,
        shown: int = 24,
        show_raw: bool = False,
        recogniser: str = "built-in",
    ) -> None:
        try:
            entry = method_entry(method)
            check_recogniser(recogniser)
        except InputError as error:
            raise InputError(f"section explanation: {error}") from None
        if not entry.explains:
            raise InputError(f"section explanation: {method} is shown for comparison only; choose another method")
        for name, value, least in (
            ("texts", texts, 5),
            ("closely", closely, 0),
            ("sanity_texts", sanity_texts, 0),
            ("shown", shown, 0),
        ):
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise InputError(f"section explanation: {name} must be a whole number of at least {least}, got {value}")
        if not isinstance(show_raw, bool):
            raise InputError(f"section explanation: show_raw must be true or false, got {show_raw}")
        self._method, self._texts, self._closely, self._sanity_texts = method, texts, closely, sanity_texts
        self._shown, self._show_raw, self._recogniser = shown, show_raw, recogniser

    def problems(self) -> Sequence[str]:
        """Presidio or its model, where it is asked for and not installed."""
        try:
            recognisers_called(self._recogniser)
        except PrerequisiteError as error:
            return (str(error),)
        return ()

    def run(self, context: AuditContext) -> Sequence[Section]:
        """One section."""
        started = time.perf_counter()
        explainer = Explainer(context.engine, self._method, context.seed, progress=context.progress)
        judged = self._judge(context, explainer)
        curve = sanity_curve(judged.sanity, seed=context.seed)
        whole = judged.sanity[-1][1] if judged.sanity else []
        correlation = mean_over_texts("randomisation_correlation", whole, higher_is_better=False, seed=context.seed)
        sanity = correlation.value
        labelled = [explainer.explanation(each, sanity=sanity, learnt=judged.learnt) for each in judged.maps]
        shown = chosen_for_showing(labelled, self._shown, context.seed)
        many = over_many_texts(context, explainer, judged.maps, recognisers=recognisers_called(self._recogniser))
        section = Section(
            kind="explanation",
            plugin=self.spec.name,
            version=self.spec.version,
            args=self._arguments(explainer),
            metrics=(*explanation_metrics(judged.maps, labelled, correlation, seed=context.seed), *many.metrics),
            counts=dict(Counter(str(each.trust) for each in labelled)),
            notes=self._notes(judged),
            explanation=ExplanationFindings(
                method=self._method,
                baselines=explainer.baselines,
                shown=self._for_show(with_other_emotions(explainer, shown, sanity=sanity, learnt=judged.learnt)),
                pairs=self._pairs(context, explainer, sanity, judged.learnt),
                faithfulness=faithfulness_curve(judged.maps),
                sanity=curve,
                stability=stability_bins([each.correlation for each in judged.stabilities]),
                agreement=self._agreements(explainer, judged.maps),
                top_words=many.top_words,
                shares=many.shares,
                shortcuts=many.shortcuts,
                counterfactuals=many.counterfactuals,
                embedding_map=many.map.points if many.map else (),
                variance_shown=many.map.variance_shown if many.map else None,
                reasons=explainer.reasons_for_all(sanity=sanity, learnt=judged.learnt),
            ),
        )
        return [replace(section, seconds=time.perf_counter() - started)]  # pairs and agreements took some, too

    def _judge(self, context: AuditContext, explainer: Explainer) -> _Judged:
        examples = list(draw_stratified(context.examples, min(self._texts, len(context.examples)), context.seed))
        # The first ones are looked at closely; data may come sorted by emotion.
        random.Random(seed_of(context.seed, "explanation")).shuffle(examples)
        readings = explainer.readings([example.text for example in examples], [None] * len(examples))
        maps = of_examples(explainer.heat_maps(readings), examples)
        maps, stabilities = self._looked_at_closely(explainer, maps)
        logits = context.engine.scores([example.text for example in context.examples])
        learnt = better_than_guessing(context.engine.victim, context.examples, logits, seed=context.seed)
        return _Judged(maps, stabilities, self._sanity(explainer, maps), learnt)

    def _looked_at_closely(
        self, explainer: Explainer, maps: Sequence[HeatMap]
    ) -> tuple[list[HeatMap], list[Stability]]:
        some, rest = maps[: self._closely], maps[self._closely :]
        readings, own = [each.reading for each in some], [each.attribution for each in some]
        seed, method = explainer.seed, explainer.chosen
        with explainer.watched("explanations: harmless edits", len(some) * EDITS) as progress:
            stable = stability(explainer.engine, method, readings, own, seed=seed, progress=progress)
        moved: list[float | None] = [None] * len(some)
        if isinstance(method, IntegratedGradients):
            with explainer.watched("explanations: moved vectors", len(some) * DRAWS) as progress:
                moved = max_sensitivity(explainer.engine, method, readings, own, seed=seed, progress=progress)
        judged = [
            replace(
                each,
                quality=replace(
                    each.quality, stability=found.correlation if found else None, max_sensitivity=sensitivity
                ),
            )
            for each, found, sensitivity in zip(some, stable, moved, strict=True)
        ]
        return [*judged, *rest], [each for each in stable if each is not None]

    def _sanity(self, explainer: Explainer, maps: Sequence[HeatMap]) -> list[tuple[Stage, list[float]]]:
        some = [each for each in maps if len(each.attribution.segments) >= FEWEST_WORDS][: self._sanity_texts]
        readings, own = [each.reading for each in some], [each.attribution for each in some]
        with explainer.watched("explanations: random weights", len(some) * SEEDS * 4) as progress:
            return randomisation_correlations(
                explainer.engine, _plain(explainer.chosen), readings, own, seed=explainer.seed, progress=progress
            )

    def _pairs(
        self, context: AuditContext, explainer: Explainer, sanity: float | None, learnt: bool | None
    ) -> tuple[AttackedPair, ...]:
        pairs = attacked_pairs(context, explainer, sanity=sanity, learnt=learnt)
        if self._show_raw:
            return tuple(pairs)
        recognisers = recognisers_called(self._recogniser)
        return tuple(masked_pair(pair, recognisers=recognisers) for pair in pairs)

    def _agreements(self, explainer: Explainer, maps: Sequence[HeatMap]) -> tuple[MethodAgreement, ...]:
        some = maps[: self._closely]
        own, readings = [each.attribution for each in some], [each.reading for each in some]
        found = []
        for name in _COMPARED:
            if name == self._method:
                continue
            try:
                others = METHODS[name].make(explainer.seed).attribute(explainer.engine, readings)
            except InputError:  # does not apply to this model: not measured
                found.append(MethodAgreement(self._method, name, None, None, None, 0))
            else:
                found.append(agreement(self._method, own, name, others, seed=explainer.seed))
        return tuple(found)

    def _for_show(self, explanations: Sequence[Explanation]) -> tuple[Explanation, ...]:
        if self._show_raw:
            return tuple(explanations)
        recognisers = recognisers_called(self._recogniser)
        return tuple(masked_explanation(each, recognisers=recognisers) for each in explanations)

    def _notes(self, judged: _Judged) -> tuple[str, ...]:
        notes = [_TARGET, _OTHERS] if self._shown else [_TARGET]
        if not self._show_raw:
            notes.append(_MASKED)
        if len(judged.maps) > self._closely:
            notes.append(_CLOSELY.format(closely=self._closely, texts=len(judged.maps)))
        if judged.learnt is False:
            notes.append(_NOT_LEARNT)
        if self._method != DEFAULT:
            notes.append(_NO_SENSITIVITY)
        return tuple(notes)

    def _arguments(self, explainer: Explainer) -> dict[str, Any]:
        return {
            "method": self._method,
            "baselines": list(explainer.baselines),
            "texts": self._texts,
            "closely": self._closely,
            "sanity_texts": self._sanity_texts,
            "shown": self._shown,
            "show_raw": self._show_raw,
            "recogniser": self._recogniser,
        }


def _plain(method: Method) -> Method:
    """The same without doubling its steps: with random weights answers hardly change, and a share of hardly anything
    is never small."""
    return replace(method, most_steps=method.steps) if isinstance(method, IntegratedGradients) else method
