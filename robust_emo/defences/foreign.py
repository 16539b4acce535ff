"""Texts in other languages that are written in Latin letters, told by their most frequent words."""

from collections.abc import Sequence

_GERMAN_TO_TURKISH = """
    aber ama anche as auch auf avec beim ben bin bir bu c'est ce cette che come como con cuando dans das dass dat de
    del della dem den der des deze değil di dich du een ein eine einen el ela ele elle em en eres es est esta este
    estoy está et eu für gibi gli habe hat heb het heute hij ich ihr ik il ils immer isso ist için j'ai je kein
    keine la las le les lo los ma maar mais mas mein meine met meu mi mich mijn minha mir mit molto mon muito muy
    más ne nel nicht niet no noch non nous nur não o ook op os ou où para pas per pero plus por pour que questa
    questo qui schon se sehr sei sen si sich sie sind sono sont su suis sur te tem ti todo ton très tu um uma un una
    und une unos van ve você vom von voor vous wat wenn wie wij wir wird y yo zij zu zum zur çok è é être
"""
_ENGLISH_ONES = """
    a about all am an and are as at be been but by can could did do does for from had has have he her here him his
    how i if in into is it its just me more most my no not of on or our out over she should so than that the their
    them then there these they this those to up us very was we were what when who why will with would you your
"""
_ENGLISH = frozenset(_ENGLISH_ONES.split())
_FOREIGN = frozenset(_GERMAN_TO_TURKISH.split()) - _ENGLISH
_FEWEST = 2


def is_foreign(words: Sequence[str]) -> bool:
    """Whether most frequent little words among these are of another language.

    Words that English has too, such as the Spanish "no" or the Italian "come", count for English.

    Args:
        words: of one text, in small letters.
    """
    found = set(words)
    foreign = len(found & _FOREIGN)
    return foreign >= _FEWEST and foreign > len(found & _ENGLISH)
