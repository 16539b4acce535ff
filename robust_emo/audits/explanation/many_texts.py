"""What heat maps come to over many texts: words, kinds of words, shortcuts, denials, smallest edits, a map."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.audits.context import AuditContext
from robust_emo.audits.explanation.attributed_text import AttributedText
from robust_emo.audits.explanation.counterfactuals import minimal_counterfactuals
from robust_emo.audits.explanation.embedding_map import EmbeddingMap, embedding_map
from robust_emo.audits.explanation.explaining import Explainer, HeatMap, examples_of
from robust_emo.audits.explanation.negation_shift import negation_shift
from robust_emo.audits.explanation.shortcuts import suspected_shortcuts
from robust_emo.audits.explanation.top_words import top_words
from robust_emo.audits.explanation.wrong_reasons import attribution_shares
from robust_emo.personal.recognisers import BUILT_IN, Recogniser
from robust_emo.types import AttributionShare, Counterfactual, Metric, SuspectedShortcut, TopWord

_DENIED = 40
"""Texts whose answer a negation changed that are explained."""
_COUNTERFACTUALS = 12


@dataclass(frozen=True, slots=True)
class ManyTexts:
    """What was found."""

    metrics: tuple[Metric, ...]
    top_words: tuple[TopWord, ...]
    shares: tuple[AttributionShare, ...]
    shortcuts: tuple[SuspectedShortcut, ...]
    counterfactuals: tuple[Counterfactual, ...]
    map: EmbeddingMap | None


def over_many_texts(
    context: AuditContext,
    explainer: Explainer,
    maps: Sequence[HeatMap],
    *,
    projection: str,
    recognisers: Sequence[Recogniser] = BUILT_IN,
) -> ManyTexts:
    """Everything that takes more than one text.

    Args:
        context: of the audit.
        explainer: that made the heat maps.
        maps: of the predicted emotions, with their examples.
        projection: of the map of the texts.
        recognisers: of what is personal, and not shown.
    """
    # In multi-label data the most probable emotion need not be predicted.
    texts = [_attributed(each, recognisers) for each in maps if each.attribution.target.label in each.predicted]
    with explainer.watched("explanations: denials", _DENIED) as progress:
        denied = negation_shift(
            context.engine,
            explainer.chosen,
            [each.reading.text for each in maps],
            most=_DENIED,
            progress=progress,
        )
    logits = context.engine.scores([each.reading.text for each in maps])
    predictions = context.engine.victim.predictions(logits)
    outcomes = context.journal.outcomes(context.attacks, context.attacked)
    return ManyTexts(
        metrics=denied.metrics(examples_of(maps), context.seed),
        top_words=top_words(texts, seed=context.seed),
        shares=attribution_shares(texts, seed=context.seed),
        shortcuts=suspected_shortcuts(texts, seed=context.seed),
        counterfactuals=minimal_counterfactuals(outcomes, recognisers=recognisers)[:_COUNTERFACTUALS],
        map=embedding_map(context.engine, examples_of(maps), predictions, projection=projection, seed=context.seed),
    )


def _attributed(heat_map: HeatMap, recognisers: Sequence[Recogniser]) -> AttributedText:
    assert heat_map.example is not None  # noqa: S101 - an audit explains examples
    right = set(heat_map.predicted) == set(heat_map.example.labels)
    return AttributedText.of(heat_map.example, heat_map.attribution, right=right, recognisers=recognisers)
