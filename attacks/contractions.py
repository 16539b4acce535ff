"""Contractions written out and full forms contracted: do not, don't, don’t, dont.

The contraction test of Ribeiro, Wu, Guestrin & Singh 2020, "Beyond Accuracy: Behavioral Testing of NLP Models with
CheckList", with a table of our own and apostrophes too.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from robust_emo.plugins import PluginSpec

from .best_of import VariantAttack
from .contraction_table import (
    AFTER_HAVE,
    AFTER_WOULD,
    BARE,
    INFORMAL,
    NEGATED,
    NO_CONTRACTION_AFTER,
    SUBJECTS,
    apostrophe_may_go,
)
from .text_edits import Edit, edited, free_matches, in_case_of
from .word_list import word_list

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
_NEXT = re.compile(r"[ \t]+([A-Za-z]+)")
_BEFORE = re.compile(r"([A-Za-z]+)[ \t]+$")
_FULL_NEGATION = re.compile(rf"\b({'|'.join(full for full in NEGATED)})[ \t]+not\b|\bcannot\b", re.IGNORECASE)
_FULL_SUBJECT = re.compile(
    rf"\b({'|'.join(SUBJECTS)})[ \t]+(am|are|is|will|would|have)(?=[ \t]+([A-Za-z]+))", re.IGNORECASE
)
_INVERTED = frozenset(word_list("i you he she it we they there"))


class Contractions(VariantAttack):
    """Each contraction expanded, each full form contracted, each apostrophe exchanged or dropped, or all at once.

    Only where both forms are good English: "isn't it" is not expanded, "who I am" is not contracted, and "we'll" does
    not lose its apostrophe.

    Args:
        max_edits: changes on top of each other, at least 1.
    """

    spec = PluginSpec(
        name="contractions",
        version="1",
        summary="contracts and expands: do not, don't, dont",
        paper="Ribeiro 2020",
        family="sentences",
        languages=("en",),
    )

    def __init__(self, *, max_edits: int = 5) -> None:
        super().__init__(max_edits=max_edits)

    def variants(self, text: str) -> Iterable[str]:
        """Everything expanded, everything contracted, and each single change."""
        expanded, contracted = list(_expansions(text)), list(_contractions(text))
        yield from (edited(text, edits) for edits in (expanded, contracted) if len(edits) > 1)
        for edit in (*expanded, *contracted, *_other_apostrophes(text)):
            yield edit.of(text)

    def notes(self) -> Sequence[str]:
        """Which texts are left alone."""
        return ("Texts without an English contraction or full form are left unchanged and count as withstood.",)


def _expansions(text: str) -> Iterator[Edit]:
    for match in free_matches(_WORD, text):
        word = match.group()
        full = _expanded(word.lower().replace("’", "'"), _word_after(text, match.end()))
        if full is not None:
            yield Edit(*match.span(), in_case_of(_shape(word), full))


def _expanded(word: str, after: str) -> str | None:
    """The full form of a contraction in lower case, given the word after it ("" where a sign follows)."""
    word = BARE.get(word, word).lower()
    if word in INFORMAL:
        return INFORMAL[word]
    stem, apostrophe, tail = word.partition("'")
    if word.endswith("n't"):
        auxiliary = {"won't": "will", "can't": "can", "shan't": "shall"}.get(word, word[:-3])
        if auxiliary not in NEGATED or after in _INVERTED:
            return None
        return "cannot" if auxiliary == "can" else f"{auxiliary} not"
    if not apostrophe or (stem not in SUBJECTS and stem != "let"):
        return None
    if word == "let's":
        return "let us"
    verb = {"m": "am", "re": "are", "ll": "will", "ve": "have"}.get(tail)
    if tail == "s":
        verb = "has" if after in ("been", "got", "had", "done", "become") else "is"
    if tail == "d":
        verb = "had" if after in ("better", "been") else "would" if after in AFTER_WOULD else None
    return None if verb is None or (not after and tail == "s") else f"{_i(stem)} {verb}"


def _contractions(text: str) -> Iterator[Edit]:
    for match in free_matches(_FULL_NEGATION, text):
        auxiliary = (match.group(1) or "can").lower()
        yield Edit(*match.span(), in_case_of(_shape(match.group()), NEGATED[auxiliary]))
    for match in free_matches(_FULL_SUBJECT, text):
        subject, verb, after = (part.lower() for part in match.groups())
        before = _BEFORE.search(text, 0, match.start())
        if before and before.group(1).lower() in NO_CONTRACTION_AFTER:
            continue
        if verb == "have" and after not in AFTER_HAVE and not after.endswith("ed"):
            continue
        tail = SUBJECTS[subject].get(verb)
        if tail is not None:
            yield Edit(*match.span(), in_case_of(_shape(match.group()), _i(subject) + tail))


def _other_apostrophes(text: str) -> Iterator[Edit]:
    """Straight for typographic ones and the other way round, none, and one where it was forgotten."""
    for match in free_matches(_WORD, text):
        word = match.group()
        plain = word.replace("’", "'")
        if "'" in plain:
            yield Edit(*match.span(), plain if "’" in word else word.replace("'", "’"))
            if apostrophe_may_go(plain.lower()):
                yield Edit(*match.span(), plain.replace("'", ""))
        elif plain.lower() in BARE:
            yield Edit(*match.span(), in_case_of(_shape(word), BARE[plain.lower()]))


def _word_after(text: str, end: int) -> str:
    match = _NEXT.match(text, end)
    return match.group(1).lower() if match else ""


def _i(subject: str) -> str:
    return "I" if subject == "i" else subject


def _shape(word: str) -> str:
    """What :func:`in_case_of` should follow: a capital I alone says nothing about the rest."""
    return word[:1].lower() if word[:2] in ("I'", "I’", "I ") and not word.isupper() else word
