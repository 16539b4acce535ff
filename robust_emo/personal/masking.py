"""Texts with masks in place of personal data, for showing them."""

from robust_emo.personal.finding import Certainty
from robust_emo.personal.rewriting import mask_of, rewrite


def masked(text: str) -> str:
    """`text` with a mask for every finding: where texts are shown, also for what is only possibly personal."""
    return rewrite(text, mask_of, certainty=Certainty.POSSIBLE).text
