"""What explanations come to over many texts: words of an emotion, kinds of words, methods, counterfactuals."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.types import AttributionShare, Counterfactual, MethodAgreement, SuspectedShortcut, TopWord

from . import numbers
from .charts import Scale, Whisker
from .examples_view import label_names, markup_size
from .language import later, say, say_counted
from .masking import mask
from .visible import shortened
from .word_diff import WordDiff, word_diff

_MOST_WORDS = 140
_MOST_SHARES = 90
_MOST_PAIRS = 60
_MAX_MARKUP = 60_000


@dataclass(frozen=True, slots=True)
class WordRow:
    """One word of an emotion."""

    word: str
    bar: Whisker
    value: str
    interval: str
    documents: str


@dataclass(frozen=True, slots=True)
class EmotionWords:
    """The words that speak for one emotion."""

    label: str
    rows: tuple[WordRow, ...]


def top_words(words: Sequence[TopWord]) -> tuple[EmotionWords, ...]:
    """By emotion, in the order of the audit; all bars on one scale from 0."""
    by_label: dict[str, list[TopWord]] = {}
    for word in words:
        by_label.setdefault(word.label, []).append(word)
    each = max(3, _MOST_WORDS // max(1, len(by_label)))
    kept = [(label, own[: min(each, 12)]) for label, own in by_label.items()][: _MOST_WORDS // 3]
    ends = [end for _, own in kept for word in own for end in (word.attribution, word.ci_high or 0.0)]
    scale = Scale(0.0, max(ends, default=0.0) or 1.0)
    return tuple(EmotionWords(shortened(label), tuple(_word(word, scale) for word in own)) for label, own in kept)


def without_words(words: Sequence[TopWord], labels: Sequence[str]) -> str:
    """Those of `labels` that no word speaks for, in one line."""
    found = {word.label for word in words}
    return ", ".join(shortened(label, 40) for label in labels if label not in found)


def _word(word: TopWord, scale: Scale) -> WordRow:
    ends = _ends(word.ci_low, word.ci_high)
    return WordRow(
        word=shortened(mask(word.word), 40),
        bar=scale.whisker(word.attribution, ends),
        value=numbers.signed(word.attribution, 2),
        interval=_interval(ends, 2),
        documents=numbers.count(word.documents),
    )


@dataclass(frozen=True, slots=True)
class ShortcutRow:
    """A word that all but decides an emotion by itself."""

    word: str
    label: str
    share: str
    interval: str
    rate: str
    documents: str


def shortcut_rows(shortcuts: Sequence[SuspectedShortcut]) -> tuple[ShortcutRow, ...]:
    """In the order of the audit."""
    return tuple(
        ShortcutRow(
            word=shortened(mask(each.word), 40),
            label=shortened(each.label),
            share=numbers.percent(each.share),
            interval=numbers.percent_range(each.ci_low, each.ci_high),
            rate=numbers.percent(each.label_rate),
            documents=numbers.count(each.documents),
        )
        for each in shortcuts[:_MOST_PAIRS]
    )


CATEGORIES = {
    "emotion": (later("Emotion words"), later("words that a lexicon knows as emotional")),
    "negation": (later("Negations"), later("not, never, no, ...")),
    "identity": (later("Words for groups of people"), later("gender, religion, origin, ...")),
    "name": (later("Names of people"), ""),
    "handle": (later("Handles"), "@user"),
    "url": (later("Links"), ""),
    "number": (later("Numbers"), ""),
    "emoji": (later("Emoji and emoticons"), ""),
    "punctuation": (later("Punctuation"), ""),
    "artefact": (later("Traces of how the data was made"), later("@user, &amp; and other remains of markup")),
    "function": (later("Function words"), later("the, of, and, ...")),
    "other": (later("Other words"), ""),
}
_ANSWERS = {None: later("all"), True: later("right answers"), False: later("wrong answers")}
_ANSWERS_OF = {
    None: later("predicted {emotion}"),
    True: later("predicted {emotion}, right answers"),
    False: later("predicted {emotion}, wrong answers"),
}


@dataclass(frozen=True, slots=True)
class ShareRow:
    """One kind of word, over all texts or some."""

    category: str
    meaning: str
    among: str
    """``all``, ``predicted joy``, ``wrong answers``."""
    bar: Whisker
    expected_at: str
    """Where the share of the words lies, percent of the bar's width."""
    share: str
    interval: str
    expected: str
    n: str
    flagged: bool


@dataclass(frozen=True, slots=True)
class SharesView:
    """What moves the model, by kind of word."""

    overall: tuple[ShareRow, ...]
    parts: tuple[ShareRow, ...]
    """Of single emotions, and of right and wrong answers apart; what is flagged first."""
    left_out: str
    flagged: str
    """How many of the kinds are, in a sentence; empty where none is."""


def shares_view(shares: Sequence[AttributionShare]) -> SharesView | None:
    """All rows on one scale; None without any."""
    if not shares:
        return None
    ends = [end for row in shares for end in (row.share, row.ci_high or 0.0, row.expected)]
    scale = Scale(0.0, max(ends) or 1.0)
    overall = [row for row in shares if row.label is None and row.right is None]
    parts = sorted((row for row in shares if row not in overall), key=lambda row: not row.flagged)
    flagged = sum(row.flagged for row in overall)
    return SharesView(
        overall=tuple(_share(row, scale) for row in overall),
        parts=tuple(_share(row, scale) for row in parts[:_MOST_SHARES]),
        left_out=numbers.count(len(parts) - _MOST_SHARES) if len(parts) > _MOST_SHARES else "",
        flagged=_leans_on(flagged, len(overall)) if flagged else "",
    )


def _leans_on(flagged: int, kinds: int) -> str:
    return say_counted(
        kinds,
        "The model leans on {flagged} of {n} kind that should not decide an emotion.",
        "The model leans on {flagged} of {n} kinds that should not decide an emotion.",
        flagged=numbers.count(flagged),
    )


def _share(row: AttributionShare, scale: Scale) -> ShareRow:
    ends = _ends(row.ci_low, row.ci_high)
    known = CATEGORIES.get(row.category)
    return ShareRow(
        category=say(known[0]) if known else shortened(row.category),
        meaning=say(known[1]) if known else "",
        among=_among(row.label, row.right),
        bar=scale.whisker(row.share, ends),
        expected_at=numbers.coordinate(scale.at(row.expected)),
        share=numbers.percent(row.share),
        interval=numbers.percent_range(*ends) if ends else say(numbers.NO_INTERVAL),
        expected=numbers.percent(row.expected),
        n=numbers.count(row.n),
        flagged=row.flagged,
    )


def _among(label: str | None, right: bool | None) -> str:
    return say(_ANSWERS[right]) if label is None else say(_ANSWERS_OF[right], emotion=shortened(label))


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """How alike two methods are."""

    left: str
    right: str
    value: str | None
    """Null: not measured."""
    interval: str
    bar: Whisker | None
    overlap: str | None
    overlap_interval: str
    random_overlap: str
    n: str


def agreement_rows(pairs: Sequence[MethodAgreement]) -> tuple[AgreementRow, ...]:
    """In the order of the audit, on a scale from −1 to 1."""
    rows = []
    for pair in pairs[:_MOST_PAIRS]:
        ends, overlap_ends = _ends(pair.ci_low, pair.ci_high), _ends(pair.overlap_low, pair.overlap_high)
        rows.append(
            AgreementRow(
                left=shortened(pair.left),
                right=shortened(pair.right),
                value=None if pair.correlation is None else numbers.signed(pair.correlation),
                interval="" if pair.correlation is None else _interval(ends, 3),
                bar=None if pair.correlation is None else Scale(-1.0, 1.0).whisker(pair.correlation, ends),
                overlap=None if pair.overlap is None else numbers.percent(pair.overlap),
                overlap_interval="" if overlap_ends is None else numbers.percent_range(*overlap_ends),
                random_overlap="" if pair.random_overlap is None else numbers.percent(pair.random_overlap),
                n=numbers.count(pair.n),
            )
        )
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class CounterfactualView:
    """A small edit that changes the answer."""

    example: str
    before: str
    after: str
    attack: str
    words: str
    diff: WordDiff


def counterfactual_views(
    found: Sequence[Counterfactual], *, masked: bool
) -> tuple[tuple[CounterfactualView, ...], str]:
    """The smallest edits first, and how many had no place (empty where all have)."""
    shown, size = [], 0
    for each in sorted(found, key=lambda each: each.words_changed):
        view = CounterfactualView(
            example=shortened(each.example_id),
            before=label_names(each.predicted),
            after=label_names(each.predicted_after),
            attack=shortened(each.plugin),
            words=say_counted(each.words_changed, "{n} word changed", "{n} words changed"),
            diff=word_diff(each.original, each.changed, masked=masked),
        )
        size += 900 + markup_size(view.diff)
        if size > _MAX_MARKUP:
            break
        shown.append(view)
    return tuple(shown), numbers.count(len(found) - len(shown)) if len(shown) < len(found) else ""


def _ends(low: float | None, high: float | None) -> tuple[float, float] | None:
    return None if low is None or high is None else (low, high)


def _interval(ends: tuple[float, float] | None, digits: int) -> str:
    if ends is None:
        return say(numbers.NO_INTERVAL)
    return f"{numbers.signed(ends[0], digits)}{numbers.RANGE}{numbers.signed(ends[1], digits)}"
