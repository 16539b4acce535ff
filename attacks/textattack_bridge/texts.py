"""TextAttack's texts, with what it works out again for every candidate remembered; nothing comes out otherwise.

Its word splitting works on each stretch between blanks by itself, except that one Chinese character anywhere makes
jieba segment the whole text. So stretches of texts without Chinese are remembered one by one. And where one word is
exchanged for another, the places of all words are those of the text before, which has many candidates.
"""

import re
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from .library import textattack

_CHINESE = re.compile("[\u4e00-\u9fff]")  # TextAttack's own test
_AttackedText = textattack.shared.AttackedText
_words_by_textattack = textattack.shared.utils.strings.words_from_text
_new_text_by_textattack = _AttackedText.generate_new_attacked_text

Places = tuple[tuple[int, int], ...]


def remember_texts() -> None:
    """Put the remembering functions wherever TextAttack calls its own by name."""
    utils = textattack.shared.utils
    for module in (utils, utils.strings, textattack.shared.attacked_text):
        module.words_from_text = words_from_text
    _AttackedText.generate_new_attacked_text = generate_new_attacked_text


@lru_cache(maxsize=1 << 16)
def _words_of_stretch(stretch: str) -> tuple[str, ...]:
    return tuple(_words_by_textattack(stretch))


@lru_cache(maxsize=1 << 16)
def _words(text: str) -> tuple[str, ...]:
    if _CHINESE.search(text):
        return tuple(_words_by_textattack(text))
    return tuple(word for stretch in text.split() for word in _words_of_stretch(stretch))


def words_from_text(s: str, words_to_ignore: Sequence[str] = ()) -> list[str]:
    """The words of `s`, as TextAttack's own function gives them."""
    if words_to_ignore:
        return [word for word in _words(s) if word not in words_to_ignore]
    return list(_words(s))


def generate_new_attacked_text(text: Any, new_words: Sequence[str]) -> Any:  # noqa: ANN401 - TextAttack's texts
    """The text with other words, as TextAttack's own method makes it."""
    words, places = text.words, _places(text)
    if places is None or len(new_words) != len(words):
        return _new_text_by_textattack(text, new_words)
    changed = [i for i, (old, new) in enumerate(zip(words, new_words, strict=True)) if old != new]
    if any(len(_words(new_words[i])) != 1 for i in changed):  # indices shift: left to TextAttack
        return _new_text_by_textattack(text, new_words)
    attributes = {
        "newly_modified_indices": set(changed),
        "previous_attacked_text": text,
        "modified_indices": text.attack_attrs["modified_indices"].copy(),
        "original_index_map": text.attack_attrs["original_index_map"].copy(),
    }
    attributes["modified_indices"].update(changed)
    if "label_names" in text.attack_attrs:
        attributes["label_names"] = text.attack_attrs["label_names"]
    ((column, whole),) = text._text_input.items()
    parts, end = [], 0
    for i in changed:
        parts += [whole[end : places[i][0]], new_words[i]]
        end = places[i][1]
    return _AttackedText(OrderedDict([(column, "".join(parts) + whole[end:])]), attack_attrs=attributes)


def _places(text: Any) -> Places | None:  # noqa: ANN401
    """Where each word of the text stands; None for texts that only TextAttack's own method may change."""
    if not hasattr(text, "_places"):
        text._places = _found(tuple(text._text_input.values()), text.words)
    places: Places | None = text._places
    return places


def _found(columns: Sequence[str], words: Sequence[str]) -> Places | None:
    if len(columns) != 1 or _AttackedText.SPLIT_TOKEN in columns[0]:
        return None
    places, end = [], 0
    for word in words:
        start = columns[0].find(word, end)
        if start < 0 or len(_words(word)) != 1:
            return None
        end = start + len(word)
        places.append((start, end))
    return tuple(places)
