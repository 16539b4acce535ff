"""Swear words written the way people get them past a filter: f*ck, f**k, sh1t. Only words that are there change."""

import re
from collections.abc import Iterable, Sequence

from robust_emo.plugins import PluginSpec

from .best_of import VariantAttack
from .text_edits import Edit, edited, free_matches

_STEMS = {
    "fuck": "s|ed|er|ers|in|ing|ery|up|wit|face",
    "motherfuck": "er|ers|ing|in",
    "shit": "s|ty|tier|tiest|ting|show|head|hole|load",
    "bullshit": "s|ting|ter",
    "bitch": "es|y|ing|ed",
    "damn": "s|ed|it",
    "goddamn": "ed|it",
    "crap": "s|py|ped",
    "ass": "es|hole|holes|hat",
    "arse": "s|hole|holes",
    "dumbass": "es",
    "jackass": "es",
    "bastard": "s|ly",
    "dick": "s|head|heads",
    "prick": "s",
    "cock": "s|sucker",
    "cunt": "s|y",
    "piss": "es|ed|ing|y",
    "whore": "s",
    "slut": "s|ty",
    "twat": "s",
    "wank": "s|er|ers|ing",
    "douche": "s|bag|bags",
    "bugger": "s|ed",
    "bollocks": "",
    "bloody": "",
    "hell": "",
    "tit": "s|ties",
    "suck": "s|ed|er|ers|y",
    "screw": "ed",
    "wtf": "",
    "stfu": "",
}
"""Word -> endings."""

_FORMS = "|".join(rf"{stem}(?:{ends})?" if ends else stem for stem, ends in _STEMS.items())
_SWEARING = re.compile(rf"(?<![\w'’*-])(?:{_FORMS})(?![\w'’*]|-\w)", re.IGNORECASE)
_LEET = str.maketrans({"a": "@", "e": "3", "i": "1", "o": "0", "s": "$", "u": "v", "t": "7", "l": "1"})
_VOWELS = frozenset("aeiouAEIOU")


class ProfanityMasking(VariantAttack):
    """Each swear word with one or all inner letters starred, or one letter exchanged for a digit or sign like it.

    Masked words keep their first letter and their length.

    Args:
        max_edits: changes on top of each other, at least 1.
    """

    spec = PluginSpec(
        name="profanity-masking",
        version="1",
        summary="masks the swear words that are there: f*ck, f**k, sh1t",
        paper="Hosseini 2017",
        family="emotion",
        languages=("en",),
    )

    def variants(self, text: str) -> Iterable[str]:
        """All swear words with their vowels starred, and each one masked in each way."""
        found = list(free_matches(_SWEARING, text))
        if len(found) > 1:
            for number in (0, 1):
                yield edited(text, (Edit(*match.span(), masks(match.group())[number]) for match in found))
        for match in found:
            yield from (Edit(*match.span(), mask).of(text) for mask in masks(match.group()))

    def notes(self) -> Sequence[str]:
        """What is masked."""
        return ("About thirty English swear words with their endings; texts without one count as withstood.",)


def masks(word: str) -> list[str]:
    """Masked forms of a swear word: its vowel starred, its inside starred, then the others; all as long as the word."""
    vowel = next((i for i, letter in enumerate(word) if i and letter in _VOWELS), 1)
    inner, tail = len(word) - 2, word[1:]
    forms = [_with(word, vowel, "*"), word[0] + "*" * inner + word[-1], word[0] + "*" * len(tail)]
    forms.append(_with(word, vowel, "-"))
    for place, letter in enumerate(word):
        like = letter.lower().translate(_LEET)
        if place and like != letter.lower():
            forms.append(_with(word, place, like.upper() if letter.isupper() else like))
    return list(dict.fromkeys(form for form in forms if form != word))


def _with(word: str, place: int, sign: str) -> str:
    return word[:place] + sign + word[place + 1 :]
