"""Very, so, really, a bit: put before words of feeling, exchanged or taken away.

The emotion stays, stronger or weaker. An invariance test in the sense of Ribeiro, Wu, Guestrin & Singh 2020, "Beyond
Accuracy: Behavioral Testing of NLP Models with CheckList", which tests intensifiers and reducers for sentiment.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from robust_emo.plugins import PluginSpec

from .best_of import VariantAttack
from .emotion_words import ADJECTIVES, CHINESE, DEGREE_BEFORE, NEGATED_VERB, SET_PHRASE, VERBS
from .text_edits import Edit, free_matches, in_case_of, with_article
from .word_list import word_list

_BEFORE_ADJECTIVES = (
    "very", "so", "really", "truly", "extremely", "super", "totally", "absolutely", "incredibly", "deeply", "pretty",
    "quite", "rather", "somewhat", "a bit", "a little", "kind of", "just so", "honestly",
)  # fmt: skip
_BEFORE_VERBS = ("really", "truly", "totally", "absolutely", "just", "honestly", "deeply", "kind of", "so")
_BEFORE_NOUNS = tuple(sorted({*_BEFORE_ADJECTIVES} - {"so", "a bit", "a little", "kind of", "just so", "honestly"}))
_CHINESE_DEGREES = ("很", "非常", "特别", "真的很", "真", "好", "十分", "超级", "挺", "有点", "有些", "相当", "实在")
_STRONG = frozenset(  # mean "very" already: "very furious" is no English
    word_list("""
furious terrified terrifying horrified horrifying delighted ecstatic elated euphoric overjoyed enraged livid amazing
awesome fantastic brilliant excellent perfect wonderful hilarious delicious devastated devastating awful horrible
terrible horrid disgusting revolting outrageous infuriating astonished astonishing heartbroken heartbreaking hopeless
alone blissful lost stunned stunning tragic
""")
)
_NOT_BEFORE_STRONG = frozenset(
    ("very", "extremely", "a bit", "a little", "somewhat", "rather", "deeply", "quite", "pretty", "super")
)

_DEGREE = "|".join(sorted((*_BEFORE_ADJECTIVES, "too"), key=len, reverse=True))
_ADJECTIVE = re.compile(
    rf"\b(?:(?P<degree>{_DEGREE})[ ]+)?(?!{SET_PHRASE})(?P<word>{'|'.join(chain(*ADJECTIVES.values()))})\b"
    r"(?!['’-]\w)(?P<that>[ ]+that\b)?",
    re.IGNORECASE,
)
_VERB = re.compile(
    rf"\b(?P<subject>I|we|you|they|he|she)[ ]+(?:(?P<degree>{'|'.join(_BEFORE_VERBS)})[ ]+)?"
    rf"(?P<word>{'|'.join(chain(*VERBS.values()))})\b(?!['’-]\w)",
    re.IGNORECASE,
)
_HAN_WORD = re.compile(
    rf"(?P<degree>{'|'.join(sorted(_CHINESE_DEGREES, key=len, reverse=True))})?"
    rf"(?P<word>{'|'.join(chain(*CHINESE.values()))})"
)
_HAN_BLOCKS = "不没别太最更越多这那么无未怎"  # before a word of feeling, they have no room for a degree
_HAN_DENIED = re.compile(
    r"(?:[没沒无無未勿]|(?<![特区分告性])别(?!人)|不(?![过但仅管]))\w{0,2}$"
)  # 没有, 不是, 不会, 并未
_HAN_LOOK_BACK = 3  # characters
_NOT = re.compile(
    rf"\b(?:{NEGATED_VERB}|not|no|never|nothing|without|hardly|barely|neither|nor|cannot|less|least|more|most|as|how|too)"
    r"(?:[ ]+(?:a|an|the|that|so|very|really|all|at|even|ever|be|been|being|feel))*[ ]*$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"\b(?:an?|the|my|your|his|her|our|their|this|that|these|those|some|any|every|such)[ ]+$", re.IGNORECASE
)


class Intensifiers(VariantAttack):
    """One degree word more, less or exchanged before an adjective or verb of feeling.

    Behind a negation, a comparison or "too" nothing is changed: "not very happy" is not "not happy". Strong words such
    as "furious" get no "very", and the article follows ("an extremely sad day").

    Args:
        max_edits: changes on top of each other, at least 1.
    """

    spec = PluginSpec(
        name="intensifiers",
        version="1",
        summary="adds, exchanges and drops very, so, really, a bit before words of feeling",
        paper="Ribeiro 2020",
        family="emotion",
        languages=("en", "zh"),
    )

    def variants(self, text: str) -> Iterable[str]:
        """One degree word changed."""
        return (edit.of(text) for edit in chain(_adjectives(text), _verbs(text), _chinese(text)))

    def notes(self) -> Sequence[str]:
        """What can change and what cannot."""
        return (
            "Words of feeling are a table of our own, about 180 in English and 60 in Chinese; texts without one of "
            "them are left unchanged and count as withstood. The emotion stays, its strength does not.",
        )


def _adjectives(text: str) -> Iterator[Edit]:
    for match in free_matches(_ADJECTIVE, text):
        degree, word = (match.group("degree") or "").lower(), match.group("word").lower()
        article = _ARTICLE.search(text, 0, match.start())
        before = text, 0, match.start()
        if degree == "too" or _NOT.search(*before) or DEGREE_BEFORE.search(*before):
            continue
        degrees = _BEFORE_NOUNS if article else _BEFORE_ADJECTIVES
        for other in degrees:
            if other != degree and not (word in _STRONG and other in _NOT_BEFORE_STRONG):
                yield _with_degree(text, match, other)
        if degree and not match.group("that"):
            yield _with_degree(text, match, "")


def _with_degree(text: str, match: re.Match[str], degree: str) -> Edit:
    """Another degree word (or none) before the adjective, with the article before it put right."""
    found, word = match.group("degree"), match.group("word")
    new = in_case_of(found or word, f"{degree} {word if found else word.lower()}".strip())
    return with_article(text, Edit(match.start(), match.end("word"), new))


def _verbs(text: str) -> Iterator[Edit]:
    for match in free_matches(_VERB, text):
        degree, word = match.group("degree"), match.group("word")
        start = match.start("degree") if degree else match.start("word")
        for other in _BEFORE_VERBS:
            if other != (degree or "").lower():
                yield Edit(start, match.end(), f"{other.upper() if word.isupper() else other} {word}")
        if degree:
            yield Edit(start, match.end(), word)


def _chinese(text: str) -> Iterator[Edit]:
    for match in free_matches(_HAN_WORD, text):
        degree, word = match.group("degree"), match.group("word")
        start = match.start()
        if start and text[start - 1] in _HAN_BLOCKS:
            continue
        if _HAN_DENIED.search(text, max(0, start - _HAN_LOOK_BACK), start):
            continue
        yield from (Edit(*match.span(), other + word) for other in _CHINESE_DEGREES if other != degree)
