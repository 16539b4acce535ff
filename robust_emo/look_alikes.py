"""Characters that look like others in common typefaces.

The pairs are facts about letter shapes (compare Unicode Technical Standard 39, "confusables"), chosen strictly:
one character for one, no change of width, weight or baseline.
"""

import unicodedata
from functools import cache

# Latin letter, then its Cyrillic, Greek, Armenian or other Latin doubles.
_PAIRS = """
a а | c с ϲ | d ԁ | e е | h һ | i і | j ј ϳ | l ӏ | n ո | o о ο օ | p р ρ | q ԛ | s ѕ | u ս | v ν ѵ | w ԝ | x х | y у
A А Α | B В Β | C С Ϲ | E Е Ε | F Ϝ | H Н Η | I І Ι Ӏ | J Ј | K К Κ | L Ꮮ | M М Μ | N Ν | O О Ο | P Р Ρ | Q Ԛ | S Ѕ
T Т Τ | V Ѵ | W Ԝ | X Х Χ | Y Υ Ү | Z Ζ
""".replace("\n", " | ")

_LATIN = {entry.split()[0]: tuple(entry.split()[1:]) for entry in _PAIRS.split("|") if entry.strip()}

LATIN_OF = {double: latin for latin, doubles in _LATIN.items() for double in doubles}
"""The Latin letter that has the same shape, by its double."""


@cache
def look_alikes(character: str) -> tuple[str, ...]:
    """Other characters with the same shape as `character`; empty where none is known.

    Latin letters have Cyrillic, Greek and Armenian doubles and these have the Latin letter; Chinese characters have
    the compatibility ideographs and radicals that Unicode maps to them.
    """
    found = [
        *_LATIN.get(character, ()),
        *(latin for latin, doubles in _LATIN.items() if character in doubles),
    ]
    return tuple(found) or _compatibility_forms().get(character, ())


@cache
def _compatibility_forms() -> dict[str, tuple[str, ...]]:
    forms: dict[str, tuple[str, ...]] = {}
    for block in (range(0x2F00, 0x2FD6), range(0xF900, 0xFADA)):  # Kangxi radicals, compatibility ideographs
        for form in map(chr, block):
            plain = unicodedata.normalize("NFKC", form)
            if plain != form:
                forms[plain] = (*forms.get(plain, ()), form)
    return forms
