"""Texts with masks in place of personal data, for showing them."""

from collections.abc import Sequence

from robust_emo.personal.edited import find_in_edited
from robust_emo.personal.finding import Certainty
from robust_emo.personal.recognisers import BUILT_IN, Recogniser
from robust_emo.personal.rewriting import mask_of, replaced, rewrite


def masked(text: str, *, recognisers: Sequence[Recogniser] = BUILT_IN) -> str:
    """`text` with a mask for every finding: where texts are shown, also for what is only possibly personal."""
    return rewrite(text, mask_of, recognisers=recognisers, certainty=Certainty.POSSIBLE).text


def masked_edited(original: str, edited: str, *, recognisers: Sequence[Recogniser] = BUILT_IN) -> str:
    """`edited` masked in the same way, and wherever `original` is masked, however the edit has spelt it."""
    return replaced(edited, find_in_edited(original, edited, recognisers=recognisers), mask_of).text
