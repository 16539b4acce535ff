"""What a text looks like on the screen: invisible characters, directions, erased characters and look-alikes resolved.

The tricks are those of Boucher, Shumailov, Anderson & Papernot 2022, "Bad Characters". Two texts with the same
visible text are one text to a reader.
"""

import re
import unicodedata
from functools import lru_cache

from robust_emo.display_order import DIRECTION_CONTROLS, displayed, erased
from robust_emo.look_alikes import LATIN_OF

# Letters that differ from Latin ones only to a trained eye; looser than what an attack may use.
_PAIRS = "ɑa ɡg ıi ɩi ιi ⲟo ᴏo ᴄc ᴠv ᴡw ᴢz ꜱs Il ǀl кk гr ꭰD ᎪA ᏴB ᏟC ᎠD ᎬE ᎻH ᎫJ ᏦK ᎷM ᏢP ᎡR ᏚS ᎢT ᏙV ᎳW"
_NEARLY_LATIN = {pair[0]: pair[1] for pair in _PAIRS.split()}
_FILLERS = "\u115f\u1160\u2065\u3164\u034f"  # letters without a shape
_JOINED_EMOJI = re.compile(
    "(?<=[\u2600-\u27bf\ufe0f\U0001f300-\U0001faff])\u200d(?=[\u2600-\u27bf\U0001f300-\U0001faff])"
)


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """The text as displayed, in plain code points: NFKC, no invisible characters, erasures and directions carried out.

    A backspace erases the character before it, as in the paper; a joiner stays between two emoji, since it makes
    one picture of them. Look-alike letters become Latin unless more words are written in their own alphabet alone
    than hold a Latin letter.
    """
    text = erased(displayed(unicodedata.normalize("NFKC", text)) if DIRECTION_CONTROLS.search(text) else text)
    text = _JOINED_EMOJI.sub("\ue000", unicodedata.normalize("NFKC", text))
    shown = "".join(character for character in text if not _unseen(character))
    return _latinised(shown.replace("\ue000", "\u200d"))


@lru_cache(maxsize=4096)
def skeleton(text: str) -> str:
    """A key that two texts share exactly if they look alike; not for display (compare UTS 39)."""
    bare = (LATIN_OF.get(character, character) for character in clean(text))
    return " ".join("".join(_NEARLY_LATIN.get(character, character) for character in bare).split())


def looks_the_same(left: str, right: str) -> bool:
    """Whether a reader sees one and the same text; runs of white space count as one space."""
    return skeleton(left) == skeleton(right)


def _unseen(character: str) -> bool:
    if character in "\n\t\r\u200d\ue000":
        return character in "\u200d"
    category = unicodedata.category(character)
    return category in ("Cf", "Cc") or "\ufe00" <= character <= "\ufe0f" or character in _FILLERS


def _latinised(text: str) -> str:
    if text.isascii():
        return text
    words = re.split(r"(\s+)", text)
    latin = sum(1 for word in words if re.search("[A-Za-z]", word))
    foreign = sum(1 for word in words if word and not re.search("[A-Za-z]", word) and any(c in LATIN_OF for c in word))
    if latin == 0 or foreign > latin:
        return text
    return "".join(LATIN_OF.get(character, character) for character in text)
