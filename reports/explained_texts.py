"""Heat maps on the page: those of one text together, and pairs of an original text and what an attack made of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.types import AttackedPair, Explanation

from . import numbers
from .alignment import align
from .attributed_spans import Span, spans_of
from .attribution_levels import strongest
from .examples_view import label_names
from .heat_map_view import TRUST_RANKS, TRUST_WORDS, HeatMapView, heat_map_view, is_wrong
from .language import say
from .masking import secrets
from .visible import shortened

_MAX_MARKUP = 260_000
"""Rough bytes of HTML that all heat maps of single texts may take."""
_MAX_PAIR_MARKUP = 70_000


@dataclass(frozen=True, slots=True)
class ExplainedText:
    """One text with its heat maps, one per explained emotion."""

    example: str
    """Name of the text; empty where it has none."""
    maps: tuple[HeatMapView, ...]
    rank: int
    """Of the first of them, which explains the answer: 0 where it is unreliable, 2 where it is trusted."""
    answer: str
    """``right``, ``wrong`` or ``unknown``."""
    emotions: str
    """Places of its emotions among those of the filter, such as ``0 3``."""


@dataclass(frozen=True, slots=True)
class ExplainedTexts:
    """What is shown."""

    shown: tuple[ExplainedText, ...]
    emotions: tuple[str, ...]
    """Those to filter by."""
    trusts: tuple[tuple[int, str], ...]
    """Rank and words of those that occur, the worst first."""
    left_out: str
    """Texts that had no place; empty where all have."""


@dataclass(frozen=True, slots=True)
class PairView:
    """Before and after an attack, both shaded on one scale."""

    attack: str
    example: str
    before: str
    after: str
    original: HeatMapView
    perturbed: HeatMapView


def explained_texts(explanations: Sequence[Explanation], *, masked: bool, told: Sequence[str] = ()) -> ExplainedTexts:
    """Group by text; the least trusted first, then wrong answers, then in the order of the audit.

    Args:
        explanations: those of one text in a row, the one of its answer first.
        masked: replace what is personal.
        told: reasons that are told elsewhere, since they hold for all.
    """
    groups: dict[tuple[str, str], list[Explanation]] = {}
    for row, explanation in enumerate(explanations):
        name = (explanation.example_id, "") if explanation.example_id is not None else ("", str(row))
        groups.setdefault(name, []).append(explanation)
    ordered = sorted(groups.values(), key=lambda group: (_rank(group), not is_wrong(group[0])))
    emotions = sorted({label for group in ordered for label in _emotions(group)})
    shown, size = [], 0
    for group in ordered:
        text = _explained_text(group, emotions, masked=masked, told=told)
        size += 500 + sum(each.markup for each in text.maps)
        if size > _MAX_MARKUP:
            break
        shown.append(text)
    ranks = {text.rank for text in shown}
    left_out = len(ordered) - len(shown)
    return ExplainedTexts(
        shown=tuple(shown),
        emotions=tuple(map(shortened, emotions)),
        trusts=tuple((rank, say(TRUST_WORDS[trust])) for trust, rank in TRUST_RANKS.items() if rank in ranks),
        left_out=numbers.count(left_out) if left_out else "",
    )


def _rank(group: Sequence[Explanation]) -> int:
    return TRUST_RANKS[group[0].trust]


def _emotions(group: Sequence[Explanation]) -> set[str]:
    return {label for each in group for label in (*each.predicted, *(each.label or ()))}


def _explained_text(
    group: Sequence[Explanation], emotions: Sequence[str], *, masked: bool, told: Sequence[str]
) -> ExplainedText:
    spans = [spans_of(explanation, masked=masked) for explanation in group]
    most = strongest(value for each in spans for value in _values(each))
    known = group[0].label is not None
    return ExplainedText(
        example=shortened(group[0].example_id or ""),
        maps=tuple(heat_map_view(each, own, most, told=told) for each, own in zip(group, spans, strict=True)),
        rank=_rank(group),
        answer=("wrong" if is_wrong(group[0]) else "right") if known else "unknown",
        emotions=" ".join(str(emotions.index(label)) for label in sorted(_emotions(group))[:40]),
    )


def pair_views(
    pairs: Sequence[AttackedPair], *, masked: bool, told: Sequence[str] = ()
) -> tuple[tuple[PairView, ...], str]:
    """Pairs in the order of the audit, and how many had no place (empty where all have)."""
    shown, size = [], 0
    for pair in pairs:
        view = _pair(pair, masked=masked, told=told)
        size += 500 + view.original.markup + view.perturbed.markup
        if size > _MAX_PAIR_MARKUP:
            break
        shown.append(view)
    return tuple(shown), numbers.count(len(pairs) - len(shown)) if len(shown) < len(pairs) else ""


def _pair(pair: AttackedPair, *, masked: bool, told: Sequence[str]) -> PairView:
    hidden = secrets(pair.original.text) if masked else ()
    left = spans_of(pair.original, masked=masked)
    right = spans_of(pair.perturbed, masked=masked, hidden=hidden)
    words = [[span.text for span in spans if span.attribution is not None] for spans in (left, right)]
    kept_left, kept_right = set(), set()
    for i, j in align(*words):
        if i is not None and j is not None and words[0][i] == words[1][j]:
            kept_left.add(i)
            kept_right.add(j)
    most = strongest((*_values(left), *_values(right)))
    changed = [
        [row not in kept for row in range(len(own))] for own, kept in zip(words, (kept_left, kept_right), strict=True)
    ]
    return PairView(
        attack=shortened(pair.plugin),
        example=shortened(pair.original.example_id or ""),
        before=label_names(pair.original.predicted),
        after=label_names(pair.perturbed.predicted),
        original=heat_map_view(pair.original, left, most, changed=changed[0], told=told),
        perturbed=heat_map_view(pair.perturbed, right, most, changed=changed[1], told=told),
    )


def _values(spans: Sequence[Span]) -> list[float]:
    return [span.attribution for span in spans if span.attribution is not None]
