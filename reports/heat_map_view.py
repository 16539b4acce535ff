"""One heat map as it stands on the page."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.types import Explanation, HeatMapQuality, Trust

from . import numbers
from .attributed_spans import Span
from .attribution_levels import shade_of
from .examples_view import label_names
from .language import later, say
from .section_view import Fact
from .visible import look_alike, shortened, tag_of, visible
from .word_diff import Glyphs

_MAX_SHOWN = 1_200
"""Characters of one text; the strongest words are named below it wherever they stand."""
_MAX_SPAN = 240
_NAMED = 3
"""Strongest words of each sign that are named below a heat map."""

TRUST_WORDS = {
    Trust.TRUSTED: later("trusted"),
    Trust.CAUTION: later("with caution"),
    Trust.UNRELIABLE: later("unreliable"),
}
_ROLES = {
    (True, True): later("predicted, gold"),
    (True, False): later("predicted"),
    (False, True): later("gold"),
}
TRUST_RANKS = {Trust.UNRELIABLE: 0, Trust.CAUTION: 1, Trust.TRUSTED: 2}
"""The worst first."""


@dataclass(frozen=True, slots=True)
class HeatPiece:
    """A word, or what stands between two words."""

    glyphs: tuple[Glyphs, ...]
    shade: str | None = None
    """Style class ``f0`` to ``f5`` (for) or ``g1`` to ``g5`` (against); null between words."""
    value: str = ""
    """``+0.812``."""
    changed: bool = False
    """Differs from the other text of a pair."""


@dataclass(frozen=True, slots=True)
class HeatMapView:
    """Words with their shades, and whether to believe them."""

    target: str
    role: str
    """``predicted``, ``gold``, ``predicted, gold``, or empty: what the explained emotion is to this text."""
    method: str
    trust: Trust
    trust_words: str
    reasons: tuple[str, ...]
    """Of this heat map alone."""
    see_above: bool
    """There are none, and it is not trusted for those that hold for all heat maps."""
    outcome: str
    """Prediction, true emotion, probability and completeness gap in one line."""
    wrong: bool
    pieces: tuple[HeatPiece, ...]
    speak_for: str
    """The strongest words with their values; empty where none is."""
    speak_against: str
    facts: tuple[Fact, ...]

    @property
    def markup(self) -> int:
        """Rough bytes of HTML."""
        glyphs = sum(24 + 2 * len(glyph.text) for piece in self.pieces for glyph in piece.glyphs)
        return 1_000 + glyphs + sum(62 for piece in self.pieces if piece.shade) + 110 * len(self.facts)


def heat_map_view(
    explanation: Explanation,
    spans: Sequence[Span],
    most: float,
    *,
    changed: Sequence[bool] = (),
    told: Sequence[str] = (),
) -> HeatMapView:
    """Put one explanation into shades and words.

    Args:
        explanation: whose trust and quality are told.
        spans: its text.
        most: attribution that gets the strongest shade.
        changed: by word, whether it differs from the other text of a pair.
        told: reasons that are told elsewhere, since they hold for all heat maps.
    """
    own = tuple(reason for reason in explanation.reasons if reason not in told)
    words = [(span.text, span.attribution) for span in spans if span.attribution is not None]
    return HeatMapView(
        target=shortened(explanation.target),
        role=_role(explanation),
        method=explanation.method,
        trust=explanation.trust,
        trust_words=say(TRUST_WORDS[explanation.trust]),
        reasons=own,
        see_above=bool(explanation.reasons) and not own,
        outcome=outcome(explanation),
        wrong=is_wrong(explanation),
        pieces=_pieces(spans, most, changed),
        speak_for=_strongest([pair for pair in words if pair[1] > 0], most),
        speak_against=_strongest([pair for pair in words if pair[1] < 0], most),
        facts=_facts(explanation),
    )


def _role(explanation: Explanation) -> str:
    roles = (explanation.target in explanation.predicted, explanation.target in (explanation.label or ()))
    return say(_ROLES[roles]) if any(roles) else ""


def is_wrong(explanation: Explanation) -> bool:
    """Whether the prediction is known to be wrong."""
    return explanation.label is not None and set(explanation.label) != set(explanation.predicted)


def outcome(explanation: Explanation) -> str:
    """Prediction, true emotion, probability and completeness gap in one line."""
    gold = explanation.label
    target, probability = shortened(explanation.target), numbers.percent(explanation.probability)
    parts = [
        say("predicted {emotion}", emotion=label_names(explanation.predicted)),
        say("gold unknown") if gold is None else say("gold {emotion}", emotion=label_names(gold)),
        say("probability of {emotion} {share}", emotion=target, share=probability),
    ]
    if explanation.completeness_gap is not None:
        parts.append(say("completeness gap {share}", share=numbers.percent(explanation.completeness_gap)))
    return " · ".join(parts)


def _pieces(spans: Sequence[Span], most: float, changed: Sequence[bool]) -> tuple[HeatPiece, ...]:
    pieces: list[HeatPiece] = []
    shown, row, before = 0, 0, ""
    for number, span in enumerate(spans):
        if shown > _MAX_SHOWN:
            rest = sum(len(left.text) for left in spans[number:])
            pieces.append(HeatPiece((Glyphs("", left_out=numbers.count(rest)),)))
            break
        glyphs = glyphs_of(span.text, before)
        shown, before = shown + min(len(span.text), _MAX_SPAN), span.text[-1:] or before
        if span.attribution is None:
            pieces.append(HeatPiece(glyphs))
            continue
        shade = shade_of(span.attribution, most)
        style = f"{'g' if shade.against and shade.level else 'f'}{shade.level}"
        differs = row < len(changed) and changed[row]
        pieces.append(HeatPiece(glyphs, style, numbers.signed(span.attribution), differs))
        row += 1
    return tuple(pieces)


def glyphs_of(text: str, before: str = "") -> tuple[Glyphs, ...]:
    """`text` with hidden characters, and letters of another alphabet among Latin ones, named by their code points."""
    if len(text) > _MAX_SPAN:
        half = _MAX_SPAN // 2
        gap = Glyphs("", left_out=numbers.count(len(text) - 2 * half))
        return (*glyphs_of(text[:half], before), gap, *glyphs_of(text[-half:], text[-half - 1]))
    mixed = any(char.isascii() and char.isalpha() for char in text)
    found: list[Glyphs] = []
    plain = ""
    for char in text:
        hidden = tag_of(char, before)
        tag = hidden or (look_alike(char) if mixed and _is_foreign(char) else None)
        before = char
        if tag is None:
            plain += char
            continue
        if plain:
            found.append(Glyphs(plain))
        found.append(Glyphs("" if hidden else char, tag=tag))
        plain = ""
    return (*found, Glyphs(plain)) if plain else tuple(found)


def _is_foreign(char: str) -> bool:
    return not char.isascii() and not unicodedata.name(char, "").startswith("LATIN")


def _strongest(words: Sequence[tuple[str, float]], most: float) -> str:
    ranked = sorted((pair for pair in words if shade_of(pair[1], most).level), key=lambda pair: -abs(pair[1]))
    return ", ".join(f"“{visible(shortened(word, 30))}” ({numbers.signed(value)})" for word, value in ranked[:_NAMED])


def _facts(explanation: Explanation) -> tuple[Fact, ...]:
    facts = [Fact(say("On special tokens"), numbers.signed(explanation.special))]
    if explanation.completeness_gap is None:
        facts.append(Fact(say("Completeness gap"), say("does not apply to this method")))
    if explanation.baseline is not None:
        facts.append(Fact(say("Baseline"), explanation.baseline))
    if explanation.steps is not None:
        facts.append(Fact(say("Steps"), numbers.count(explanation.steps)))
    if explanation.windows > 1:
        parts = say("put together from {n} parts", n=numbers.count(explanation.windows))
        facts.append(Fact(say("Longer than the model reads"), parts))
    return (*facts, *(_quality(explanation.quality) if explanation.quality else ()))


def _quality(quality: HeatMapQuality) -> tuple[Fact, ...]:
    def against_random(value: float | None, random: float | None) -> str:
        if value is None or random is None:
            return _or_missing(value)
        return say("{value}, of random words {random}", value=numbers.signed(value), random=numbers.signed(random))

    p = quality.beats_random
    return (
        Fact(say("Comprehensiveness"), against_random(quality.comprehensiveness, quality.random_comprehensiveness)),
        Fact(say("Sufficiency"), against_random(quality.sufficiency, quality.random_sufficiency)),
        Fact(
            say("Comprehensiveness, masked"),
            against_random(quality.masked_comprehensiveness, quality.random_masked_comprehensiveness),
        ),
        Fact(say("Sufficiency, masked"), against_random(quality.masked_sufficiency, quality.random_masked_sufficiency)),
        Fact(say("Better than random words"), _or_missing(None) if p is None else f"p {numbers.p_value(p)}"),
        Fact(say("Agrees with leaving words out"), _or_missing(quality.leave_one_out_correlation)),
        Fact(
            say("Infidelity"), _or_missing(None) if quality.infidelity is None else numbers.general(quality.infidelity)
        ),
        *(
            Fact(name, _or_missing(value))
            for name, value in (
                (say("Sensitivity"), quality.max_sensitivity),
                (say("Stability under small edits"), quality.stability),
                (say("Highest words that stay under small edits"), quality.stability_overlap),
                (say("Highest words shared with leave-one-out"), quality.agreement),
            )
            if value is not None
        ),
    )


def _or_missing(value: float | None) -> str:
    return say(numbers.NOT_MEASURED) if value is None else numbers.signed(value)
