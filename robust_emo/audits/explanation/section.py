"""The explanation section: what moves the model, and whether that may be believed."""

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from robust_emo.audits.context import AuditContext
from robust_emo.audits.explanation.close_look import can_be_ranked, looked_at_closely, with_random_weights
from robust_emo.audits.explanation.curves import (
    agreement,
    faithfulness_curve,
    randomisation_correlation,
    sanity_curve,
    stability_bins,
)
from robust_emo.audits.explanation.embedding_map import PROJECTIONS
from robust_emo.audits.explanation.explaining import Explainer, HeatMap, examples_of, of_examples
from robust_emo.audits.explanation.explanation_metrics import explanation_metrics
from robust_emo.audits.explanation.faithfulness import LEAST_STAKE
from robust_emo.audits.explanation.many_texts import over_many_texts
from robust_emo.audits.explanation.masked import masked_explanation, masked_pair
from robust_emo.audits.explanation.methods import DEFAULT, METHODS, method_entry
from robust_emo.audits.explanation.randomisation import Stage, stages
from robust_emo.audits.explanation.randomness import seed_of
from robust_emo.audits.explanation.shown import attacked_pairs, chosen_for_showing, with_other_emotions
from robust_emo.audits.explanation.skill import better_than_guessing
from robust_emo.audits.explanation.stability import Stability
from robust_emo.audits.explanation.umap_plane import umap_class
from robust_emo.data.splits import draw_stratified
from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.personal.choice import check_recogniser, recognisers_called
from robust_emo.plugins import PluginSpec
from robust_emo.types import (
    AttackedPair,
    Example,
    Explanation,
    ExplanationFindings,
    MethodAgreement,
    Metric,
    Section,
)
from robust_emo.unknown_name import unknown_name

_COMPARED = ("gradient-x-input", "leave-one-out", "occlusion", "attention-rollout")
"""Methods whose ranking is held beside the chosen one's; all are cheap."""
_NOT_LEARNT = "The model is no better than guessing on these texts: there is nothing to explain, and no map is trusted."
_MASKED = "Personal data in shown texts are masked; `--section-arg explanation.show_raw=true` shows them."
_TARGET = "Explained is the logit of the emotion with the highest one, whether right or wrong."
_OTHERS = "Other emotions of shown texts are explained, too, without stability and sensitivity; no number counts them."
_CLOSELY = "Stability and sensitivity were looked at on {closely} of {texts} texts; other labels rest on other checks."
_STAKES = (
    "{without} of {texts} texts are left out of the normalised numbers: less than {least} of probability hangs on "
    "their words"
)
_NO_MASK = "not measured on {without} of {texts} texts: masked words, since the model reads no mask there"
_UMAP = (
    "The map of the texts is by UMAP: it keeps neighbours; how far groups lie apart, how large and how dense they are "
    "says next to nothing."
)
_NO_SENSITIVITY = "not measured: max_sensitivity, which is defined for integrated gradients here"


@dataclass(frozen=True, slots=True)
class _Judged:
    """Heat maps with everything that was measured on them."""

    maps: list[HeatMap]
    stabilities: list[Stability]
    sanity: list[tuple[Stage, list[float | None]]]
    sanity_examples: list[Example]
    """The texts of each stage."""
    learnt: bool | None

    def whole_correlation(self, seed: int) -> Metric:
        """With random weights everywhere."""
        if not self.sanity:
            return randomisation_correlation([], [], seed=seed)
        return randomisation_correlation(self.sanity[-1][1], self.sanity_examples, seed=seed)


class Explanations:
    """Heat maps of many texts, how faithful and stable they are, and what they come to.

    Args:
        method: see `robust-emo explain --method`.
        texts: explained, drawn from the audited ones; all where there are fewer.
        closely: of these, how many are edited and moved, for rank stability and max-sensitivity.
        sanity_texts: of these, how many are explained with random weights, each :data:`SEEDS` times at four depths.
        shown: texts with heat maps in the report, each for a few emotions.
        show_raw: show texts as they are, with names, handles and addresses in them.
        map: projection of the text vectors, `pca` or `umap`; the latter needs umap-learn.
        recogniser: of what is masked: ``built-in``, or ``presidio`` to ask Microsoft Presidio, too.

    Raises:
        InputError: an unknown method or recogniser, or a value out of its range.
    """

    spec = PluginSpec(
        name="explanation",
        version="3",
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
        map: str = "pca",  # noqa: A002 - what users write
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
        if map not in PROJECTIONS:
            raise InputError(f"section explanation: {unknown_name('map', str(map), PROJECTIONS)}")
        self._method, self._texts, self._closely, self._sanity_texts = method, texts, closely, sanity_texts
        self._shown, self._show_raw, self._projection, self._recogniser = shown, show_raw, map, recogniser

    def problems(self) -> Sequence[str]:
        """UMAP, Presidio or its model, where they are asked for and not installed."""
        found = []
        for needed in (self._umap, lambda: recognisers_called(self._recogniser)):
            try:
                needed()
            except PrerequisiteError as error:
                found.append(str(error))
        return tuple(found)

    def _umap(self) -> None:
        if self._projection == "umap":
            umap_class()

    def run(self, context: AuditContext) -> Sequence[Section]:
        """One section."""
        started = time.perf_counter()
        explainer = Explainer(context.engine, self._method, context.seed, progress=context.progress)
        judged = self._judge(context, explainer)
        correlation = judged.whole_correlation(context.seed)
        sanity = correlation.value
        labelled = [explainer.explanation(each, sanity=sanity, learnt=judged.learnt) for each in judged.maps]
        shown = chosen_for_showing(labelled, self._shown, context.seed)
        recognisers = recognisers_called(self._recogniser)
        many = over_many_texts(context, explainer, judged.maps, projection=self._projection, recognisers=recognisers)
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
                faithfulness=faithfulness_curve([each.faithfulness for each in judged.maps]),
                faithfulness_masked=faithfulness_curve([each.hidden for each in judged.maps if each.hidden]),
                sanity=sanity_curve(judged.sanity, judged.sanity_examples, seed=context.seed),
                stability=stability_bins([each.correlation for each in judged.stabilities]),
                agreement=self._agreements(explainer, judged.maps),
                top_words=many.top_words,
                shares=many.shares,
                shortcuts=many.shortcuts,
                counterfactuals=many.counterfactuals,
                embedding_map=many.map.points if many.map else (),
                projection=self._projection,
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
        closely, stabilities = looked_at_closely(explainer, maps[: self._closely])
        maps = [*closely, *maps[self._closely :]]
        logits = context.engine.scores([example.text for example in context.examples])
        learnt = better_than_guessing(context.engine.victim, context.examples, logits, seed=context.seed)
        sane = can_be_ranked(maps)[: self._sanity_texts]
        sanity = with_random_weights(explainer, sane, stages(context.engine.victim.batched.model))
        return _Judged(maps, stabilities, sanity, examples_of(sane), learnt)

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
        examples, found = examples_of(some), list[MethodAgreement]()
        for name in _COMPARED:
            if name == self._method:
                continue
            try:
                others = METHODS[name].make(explainer.seed).attribute(explainer.engine, readings)
            except InputError:  # does not apply to this model: not measured
                found.append(MethodAgreement(self._method, name, None, None, None, 0))
            else:
                found.append(agreement(self._method, own, name, others, examples, seed=explainer.seed))
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
        if without := sum(each.faithfulness.stake is None for each in judged.maps):
            notes.append(_STAKES.format(without=without, texts=len(judged.maps), least=LEAST_STAKE))
        if without := sum(each.hidden is None for each in judged.maps):
            notes.append(_NO_MASK.format(without=without, texts=len(judged.maps)))
        if self._projection == "umap":
            notes.append(_UMAP)
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
            "map": self._projection,
            "recogniser": self._recogniser,
        }
