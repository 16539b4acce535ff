"""Punctuation dropped, repeated or added; every word stays.

The punctuation test of Ribeiro, Wu, Guestrin & Singh 2020, "Beyond Accuracy: Behavioral Testing of NLP Models with
CheckList", with commas, apostrophes and Chinese marks too.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from robust_emo.plugins import PluginSpec

from .best_of import VariantAttack
from .contraction_table import apostrophe_may_go
from .language import language_of
from .text_edits import Edit, edited, free_matches, protected_spans

_END_MARKS = {"en": (".", "!", "!!!", "...", "…"), "zh": ("。", "！", "！！！", "……", "～", "…")}
# A mark between words: a decimal point, a time and an abbreviation are none.
_STOP = re.compile(
    r"(?<=[^\s\d.!?…])(?<!\.[A-Za-z])(?<!\b[A-HJ-Z])(?<!\b[MDSv][rts])(?<!\bMrs)(?<!\betc)[.!…]+(?=\s|$)"
    r"|(?<=[^\s。！？～…])[。！～…]+"
)
_QUESTION = re.compile(r"(?<=\S)[?？]+(?=\s|$)|(?<=\S)？+")
_PAUSE = re.compile(r"(?<=[^\s\d])[,;:](?=\s)|[，；：、]")
_CONJUNCTION = re.compile(r"(?<=[A-Za-z])[ ](?=(?:and|but|because|so|or|when|while|which|though|then|yet)\b)", re.I)
_APOSTROPHE = re.compile(r"[A-Za-z]+['’][A-Za-z]+")


class Punctuation(VariantAttack):
    """Final marks removed, exchanged or repeated, pauses dropped or put before a conjunction, apostrophes dropped.

    Without its punctuation the text is the same as before. A question stays a question; numbers, addresses, emoticons,
    emoji, @handles and #hashtags are not touched.

    Args:
        max_edits: changes on top of each other, at least 1.
    """

    spec = PluginSpec(
        name="punctuation",
        version="1",
        summary="drops, repeats and adds final marks, commas and apostrophes",
        paper="Ribeiro 2020",
        family="sentences",
    )

    def variants(self, text: str) -> Iterable[str]:
        """All marks dropped, all full stops emphatic, and each single change."""
        stops, pauses, questions = (list(free_matches(p, text)) for p in (_STOP, _PAUSE, _QUESTION))
        marks = [*stops, *pauses]
        if len(marks) > 1:
            yield edited(text, (Edit(*mark.span(), _dropped(text, mark)) for mark in marks))
            yield edited(text, (Edit(*mark.span(), "！" if _is_wide(mark) else "!") for mark in stops))
        for edit in (*_at_the_end(text), *_other_stops(text, stops), *_fewer(text, pauses), *_more(text)):
            yield edit.of(text)
        for mark in questions:
            for count in (1, 2, 3):
                yield Edit(*mark.span(), mark.group()[0] * count).of(text)
        for match in free_matches(_APOSTROPHE, text):
            if apostrophe_may_go(match.group().lower().replace("’", "'")):
                yield Edit(*match.span(), match.group().replace("’", "").replace("'", "")).of(text)

    def notes(self) -> Sequence[str]:
        """What counts as a change."""
        return (
            "Marks between words are no words: limits on words do not count them, limits on edits do. Marks are added "
            "in English and Chinese, exchanged and dropped in any language.",
        )


def _at_the_end(text: str) -> Iterator[Edit]:
    """Marks behind a last word that has none."""
    end = len(text.rstrip())
    spans = protected_spans(text)
    language = language_of(text)
    if language is None or not text[end - 1 : end].isalnum() or (spans and spans[-1][1] == end):
        return
    yield from (Edit(end, end, mark) for mark in _END_MARKS[language])


def _other_stops(text: str, stops: Iterable[re.Match[str]]) -> Iterator[Edit]:
    for stop in stops:
        wide = _is_wide(stop)
        new = {*_END_MARKS["zh" if wide else "en"]} - {stop.group()}
        yield Edit(*stop.span(), _dropped(text, stop))
        yield from (Edit(*stop.span(), mark) for mark in sorted(new))


def _fewer(text: str, pauses: Iterable[re.Match[str]]) -> Iterator[Edit]:
    return (Edit(*pause.span(), _dropped(text, pause)) for pause in pauses)


def _more(text: str) -> Iterator[Edit]:
    for match in free_matches(_CONJUNCTION, text):
        yield Edit(match.start(), match.start(), ",")


def _is_wide(mark: re.Match[str]) -> bool:
    return not mark.group().isascii()


def _dropped(text: str, mark: re.Match[str]) -> str:
    """Nothing, or the blank that keeps the Chinese phrases on either side apart."""
    return " " if _is_wide(mark) and mark.end() < len(text) and not text[mark.end()].isspace() else ""
