"""The same said by denying its opposite: not unhappy for happy, I can't deny that I love it for I love it.

In the spirit of the negation tests of Ribeiro, Wu, Guestrin & Singh 2020, "Beyond Accuracy: Behavioral Testing of NLP
Models with CheckList", but with paraphrases that keep the emotion in place of ones that turn it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from robust_emo.plugins import PluginSpec

from .best_of import VariantAttack
from .emotion_words import ADJECTIVES as FEELINGS
from .emotion_words import DEGREE_BEFORE, NEGATED_VERB, SET_PHRASE
from .negation_table import ADJECTIVES, ADVERBS, BE_FRAMES, VERB_FRAMES, VERBS
from .text_edits import Edit, free_matches, has_article, in_case_of, with_article

_DEGREE = "very|so|really|truly|extremely|super|totally|absolutely|pretty|quite|incredibly"
_OTHER_SENSE = r"(?:mad[ ]+(?:to|about)|sorry[ ]+to|good[ ]+to[ ]+go)\b"  # mad to go: foolish, not angry
_ADJECTIVE = re.compile(
    rf"\b(?:(?P<degree>{_DEGREE})[ ]+)?(?!{SET_PHRASE}|{_OTHER_SENSE})(?P<word>{'|'.join(ADJECTIVES)})\b(?!['’-]\w)"
    r"(?![ ]+(?:for|that|as|enough)\b)",
    re.IGNORECASE,
)
_ADVERB = re.compile(rf"\b(?P<word>{'|'.join(ADVERBS)})\b(?!['’-]\w)", re.IGNORECASE)
_I_FEEL = re.compile(
    rf"\bI[ ]+(?:(?P<degree>really|truly|just|still)[ ]+)?(?P<verb>{'|'.join(VERBS)})\b", re.IGNORECASE
)
_I_AM = re.compile(
    rf"\b(?:I[ ]+am|I['’]m)(?=[ ]+(?P<degree>(?:{_DEGREE})[ ]+)?(?:{'|'.join(chain(*FEELINGS.values()))})\b)",
    re.IGNORECASE,
)
# A second negation would turn the meaning; after these words an adjective has no room for one either.
_BLOCKED = re.compile(
    rf"\b(?:{NEGATED_VERB}|not|no|never|nothing|nobody|none|without|hardly|barely|neither|nor|cannot|deny|denying|pretend|if|but|from|"
    rf"of|less|least|more|most|as|how|too|what|such)(?:[ ]+[A-Za-z'’]+){{0,2}}[ ]*$",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\b(?:do|does|did|should|can|could|would|will|shall|may|might|must)[ ]+$", re.IGNORECASE
)  # "Do I" takes no frame
_POSSESSIVE = re.compile(r"\b(?:my|your|his|her|its|our|their)[ ]+$", re.IGNORECASE)  # my bad, her good
_THE = re.compile(r"\bthe[ ]+$", re.IGNORECASE)
# Behind these the rest of the sentence is not said of everybody, or not meant as a fact.
_LIMITED = re.compile(r"\b(?:few|little|wish(?:e[sd]|ing)?|if only|used to)\b", re.IGNORECASE)
_STOP = re.compile(r"[.!?…\n]")
_LONGEST_SENTENCE = 400  # characters
_NOUN_AFTER = re.compile(
    r"[ ]+(?!(?:and|or|but|to|of|at|with|about|by|in|on|so|because|when|if|now|today|i)\b)[A-Za-z]", re.I
)
_BEFORE_NOUN = re.compile(r"(?:not|far from|anything but) [a-z]+")  # a far from happy day, but no not at ease day


class Negation(VariantAttack):
    """One word of feeling replaced by its denied opposite, or one "I love", "I am sad" put behind a double negation.

    A degree word before the adjective goes with it ("so happy" becomes "anything but unhappy"). Words shortly behind a
    negation or comparison are not touched, since a further negation would turn the meaning.

    Args:
        max_edits: paraphrases on top of each other, at least 1.
    """

    spec = PluginSpec(
        name="negation",
        version="1",
        summary="says the same by denying the opposite: not unhappy for happy",
        paper="Ribeiro 2020",
        family="emotion",
        languages=("en",),
    )

    def __init__(self, *, max_edits: int = 2) -> None:
        super().__init__(max_edits=max_edits)

    def variants(self, text: str) -> Iterable[str]:
        """One paraphrase."""
        edits = chain(_adjectives(text), _adverbs(text), _frames(text))
        return (edit.of(text) for edit in edits)

    def notes(self) -> Sequence[str]:
        """What the paraphrases do to the strength, and which texts are left alone."""
        return (
            "A denied opposite is weaker than the word (not unhappy is less than happy), and sadness and anger share "
            "opposites: read the examples. The table has about 75 English words; texts without one of them count as "
            "withstood.",
        )


def _has_no_room(text: str, start: int) -> bool:
    """Whether what stands before `start` leaves no room for a further negation there."""
    sentence = _STOP.split(text[max(0, start - _LONGEST_SENTENCE) : start])[-1]
    return _BLOCKED.search(text, 0, start) is not None or _LIMITED.search(sentence) is not None


def _is_noun(text: str, match: re.Match[str]) -> bool:
    """My bad, the good and the ugly: an adjective that stands for a noun, or may."""
    if _POSSESSIVE.search(text, 0, match.start()):
        return True
    return _THE.search(text, 0, match.start()) is not None and not _NOUN_AFTER.match(text, match.end())


def _adjectives(text: str) -> Iterator[Edit]:
    for match in free_matches(_ADJECTIVE, text):
        if _has_no_room(text, match.start()) or DEGREE_BEFORE.search(text, 0, match.start()) or _is_noun(text, match):
            continue
        before_noun = has_article(text, match.start()) or _NOUN_AFTER.match(text, match.end())
        for phrase in ADJECTIVES[match.group("word").lower()]:
            if match.group("degree") and phrase.startswith("not ") and not phrase.startswith("not without"):
                continue  # "very happy" is more than "not unhappy"
            if before_noun and not _BEFORE_NOUN.fullmatch(phrase):
                continue
            yield with_article(text, Edit(*match.span(), in_case_of(match.group(), phrase)))


def _adverbs(text: str) -> Iterator[Edit]:
    for match in free_matches(_ADVERB, text):
        if not _has_no_room(text, match.start()):
            for phrase in ADVERBS[match.group("word").lower()]:
                yield Edit(*match.span(), in_case_of(match.group(), phrase))


def _frames(text: str) -> Iterator[Edit]:
    for match in free_matches(_I_FEEL, text):
        if not _has_no_room(text, match.start()) and not _QUESTION.search(text, 0, match.start()):
            degree, verb = match.group("degree"), match.group("verb")
            for frame in VERB_FRAMES:
                if not degree:
                    yield _framed(text, match, frame.format(verb=verb))
                elif "don't" not in frame:  # "I don't really love it" denies the wrong word
                    yield _framed(text, match, frame.format(verb=f"{degree} {verb}"))
    for match in free_matches(_I_AM, text):
        if not _has_no_room(text, match.start()):
            frames = (frame for frame in BE_FRAMES if "not" not in frame or not match.group("degree"))
            yield from (_framed(text, match, frame) for frame in frames)


def _framed(text: str, match: re.Match[str], frame: str) -> Edit:
    """A frame in place of the match, with a capital at the start of a sentence."""
    before = text[: match.start()].rstrip(" \"'(“‘")
    starts = not before or before[-1] in ".!?…\n"
    return Edit(*match.span(), frame[:1].upper() + frame[1:] if starts else frame)
