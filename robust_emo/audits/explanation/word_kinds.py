"""What each segment of a text is: a word of emotion, a name, an artefact of the data, ...; one kind each.

Kinds are read off lists and forms (docs/explanations.md): a word of emotion that no list has is `other`.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

import emoji

from robust_emo.audits.explanation.segments import Segments, Span
from robust_emo.audits.explanation.word_lists import identity_terms, words
from robust_emo.defences.word_valence import word_valence
from robust_emo.personal.finding import Certainty, Finding, Kind
from robust_emo.personal.placeholders import MASKS, anonymised
from robust_emo.personal.scanning import find
from robust_emo.validity.emotion_words import chinese_spans, class_of_word
from robust_emo.validity.negation import negation_spans


class WordKind(StrEnum):
    """Kinds of segments, the one that wins first."""

    URL = "url"
    ARTEFACT = "artefact"
    """What the making of the data left: placeholders (@user, [NAME], http), HTML, line ends written out, RT."""
    HANDLE = "handle"
    """Handles, e-mail addresses and accounts."""
    NAME = "name"
    EMOJI = "emoji"
    """And emoticons."""
    NUMBER = "number"
    """Numbers, also those that are personal, such as of phones."""
    PUNCTUATION = "punctuation"
    NEGATION = "negation"
    IDENTITY = "identity"
    """Terms for groups of people by gender, orientation, religion, origin, age or disability."""
    EMOTION = "emotion"
    """Words that our table knows for an emotion, or VADER for clearly pleasant or unpleasant."""
    FUNCTION = "function"
    OTHER = "other"


SUSPECT = (
    WordKind.IDENTITY, WordKind.NAME, WordKind.HANDLE, WordKind.URL, WordKind.ARTEFACT, WordKind.PUNCTUATION,
    WordKind.NUMBER,
)  # fmt: skip
"""Kinds that should not decide an emotion."""

_CLEAR = 1.0
"""VADER's valence, of at most 4, from which on a word bears emotion: "good" has 1.9, "serious" -0.3."""
_OF_PERSONAL = {Kind.LINK: WordKind.URL, Kind.NAME: WordKind.NAME} | dict.fromkeys(
    (Kind.HANDLE, Kind.EMAIL, Kind.ACCOUNT), WordKind.HANDLE
)
_ARTEFACT = re.compile(
    r"&(?:[a-z]{2,6}|\#\d{1,6});|\bamp;|</?[a-z][^<>]{0,200}>|\b(?:href|nbsp|amp)\b|\\[nrt/\"']|\\u[0-9a-f]{4}"
    r"|^RT\b|\bRT(?=\s*:?\s*@)|\bhttps?\b(?!:)|@?\b(?:USER|USERNAME|URL|HTTPURL)\b|(?:â€|Ã|ï¿½).?|\ufffd"
)
_EMOTICON = re.compile(r"(?<![\w/])(?:>?[:;=]['’]?-?[()DPpOo/|\[\]*](?!\w)|[xX]D(?!\w)|<3+|\^_*\^|[Tt]_[Tt]|;_;|-_+-)")
_FACE = re.compile("face|heart|smil|cry|kiss|thumbs|cat_with")
_LATIN = re.compile(r"[^\W\d_]")
_LONG = re.compile(r"(.)\1{2,}")


def word_kinds(segments: Segments, found: Sequence[Finding] | None = None) -> tuple[WordKind, ...]:
    """One kind per segment.

    Args:
        segments: of a text.
        found: personal data in the text; searched for where None.
    """
    text = segments.text
    personal = find(text) if found is None else [each for each in found if each.certainty >= Certainty.LIKELY]
    by_kind: dict[WordKind, Iterable[Span]] = {kind: [] for kind in WordKind}
    for kind in (WordKind.URL, WordKind.HANDLE, WordKind.NAME, WordKind.NUMBER):
        by_kind[kind] = [(one.start, one.end) for one in personal if _OF_PERSONAL.get(one.kind, "number") == kind]
    by_kind[WordKind.EMOJI] = [match.span() for match in _EMOTICON.finditer(text)]
    by_kind[WordKind.NEGATION] = negation_spans(text)
    by_kind[WordKind.IDENTITY] = [match.span() for match in identity_terms().finditer(text)]
    by_kind[WordKind.EMOTION] = chinese_spans(text)
    covered = {kind: _covered(segments, spans) for kind, spans in by_kind.items()}
    artefacts = [match.span() for pattern in (_ARTEFACT.finditer, anonymised) for match in pattern(text)]
    covered[WordKind.ARTEFACT] = _covered(segments, artefacts, share=0.5)  # of \nBut, most is the word
    return tuple(
        next(kind for kind in WordKind if position in covered[kind] or kind is _by_form(kind, word))
        for position, word in enumerate(segments.words)
    )


def bears_emotion(kind: WordKind, word: str) -> bool:
    """Whether a word says something of an emotion: words of emotion, emoticons, and emoji of faces and hearts."""
    if kind is not WordKind.EMOJI:
        return kind is WordKind.EMOTION
    return not emoji.emoji_count(word) or _FACE.search(emoji.demojize(word)) is not None


def shown_words(segments: Segments, found: Sequence[Finding]) -> tuple[str, ...]:
    """Segments in lower case without #, those that may be personal masked.

    Args:
        segments: of a text.
        found: personal data in the text, also what is only possibly such.
    """
    shown = [word.lower().removeprefix("#") or word for word in segments.words]
    for finding in found:
        for position in _covered(segments, [(finding.start, finding.end)]):
            shown[position] = MASKS[finding.kind]
    return tuple(shown)


def _covered(segments: Segments, spans: Iterable[Span], share: float = 0.0) -> set[int]:
    """Positions of segments of which more than nothing, and at least this share, lies in the spans."""
    inside = [0] * len(segments)
    for first, last in spans:
        for position, (start, end) in enumerate(segments.spans):
            inside[position] += max(0, min(end, last) - max(start, first))
    least = [max(1.0, share * (end - start)) for start, end in segments.spans]
    return {position for position, part in enumerate(inside) if part >= least[position]}


def _by_form(kind: WordKind, word: str) -> WordKind | None:
    """`kind` if the word alone shows that it is of it."""
    low = word.lower().lstrip("#").replace("’", "'")
    if kind is WordKind.EMOJI:
        fits = emoji.emoji_count(word) > 0 and not _LATIN.search(word)
    elif kind is WordKind.NUMBER:
        fits = 2 * sum(map(str.isdigit, low)) >= max(1, len(low))
    elif kind is WordKind.PUNCTUATION:
        fits = not any(map(str.isalnum, word))
    elif kind is WordKind.EMOTION:
        fits = _of_emotion(low)
    elif kind is WordKind.FUNCTION:
        fits = low in words("function") or low in words("function chinese")
    else:
        fits = kind is WordKind.OTHER
    return kind if fits else None


def _of_emotion(low: str) -> bool:
    if low in words("function"):  # "well", which VADER finds pleasant
        return False
    forms = {low, _LONG.sub(r"\1\1", low), _LONG.sub(r"\1", low), low.removesuffix("'s")}
    return any(class_of_word(form) is not None or abs(word_valence(form)) >= _CLEAR for form in forms)
