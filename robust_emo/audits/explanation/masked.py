"""Heat maps for showing: personal data becomes placeholders, and its words one word."""

from collections.abc import Sequence
from dataclasses import replace

from robust_emo.personal.edited import find_in_edited
from robust_emo.personal.finding import Certainty, Finding
from robust_emo.personal.recognisers import BUILT_IN, Recogniser
from robust_emo.personal.rewriting import mask_of
from robust_emo.personal.scanning import find
from robust_emo.types import AttackedPair, Explanation, WordAttribution


def masked_explanation(explanation: Explanation, *, recognisers: Sequence[Recogniser] = BUILT_IN) -> Explanation:
    """The same with a placeholder for what is, or may be, personal; attributions of its words are added up.

    A word that only touches something personal goes with it: half a name is a name to who knows the rest.
    """
    return _masked(explanation, find(explanation.text, recognisers=recognisers, certainty=Certainty.POSSIBLE))


def masked_pair(pair: AttackedPair, *, recognisers: Sequence[Recogniser] = BUILT_IN) -> AttackedPair:
    """Both likewise; in the attacked text also what stands in the place of something personal."""
    attacked = find_in_edited(pair.original.text, pair.perturbed.text, recognisers=recognisers)
    return replace(
        pair,
        original=masked_explanation(pair.original, recognisers=recognisers),
        perturbed=_masked(pair.perturbed, attacked),
    )


def _masked(explanation: Explanation, findings: Sequence[Finding]) -> Explanation:
    pieces: list[str] = []
    words: list[WordAttribution] = []
    length = end = 0
    shown: Finding | None = None
    for word in explanation.words:
        own = next((one for one in findings if one.start < word.end and word.start < one.end), None)
        if own is not None and own is shown:
            words[-1] = replace(words[-1], attribution=words[-1].attribution + word.attribution)
        else:
            blank = explanation.text[end : word.start]
            text = word.text if own is None else mask_of(own)
            pieces += (blank, text)
            start = length + len(blank)
            length = start + len(text)
            words.append(WordAttribution(text, start, length, word.attribution))
        end, shown = word.end, own
    return replace(explanation, text="".join(pieces), words=tuple(words))
