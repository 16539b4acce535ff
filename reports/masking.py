"""People are not for the report: what :mod:`robust_emo.personal` finds in a text becomes a placeholder.

Also what is only possibly personal is masked. Patterns find the usual forms, not every way to write a name.
"""

from robust_emo.personal.finding import Certainty, Finding
from robust_emo.personal.masking import masked
from robust_emo.personal.placeholders import MASKS
from robust_emo.personal.rewriting import mask_of, rewrite
from robust_emo.personal.scanning import find

CHANGED = "▮▮▮"
"""Stands behind a placeholder for something that the original text does not have there."""
# The words of the placeholders, as robust_emo.words splits them.
PLACEHOLDER_WORDS = frozenset(mask.strip("[]") for mask in MASKS.values())


def mask(text: str) -> str:
    """`text` with every name, address, handle, link and number of a person replaced."""
    return masked(text)


def mask_changed(perturbed: str, original: str) -> str:
    """`perturbed` masked like :func:`mask`, with a mark on whatever is not what stands in `original`.

    Without the mark an edit of a handle would vanish: both texts would say ``@user``.
    """
    was, now = (find(text, certainty=Certainty.POSSIBLE) for text in (original, perturbed))
    kept: set[int] = set()
    for kind in MASKS:
        before = [finding.text for finding in was if finding.kind is kind]
        after = [finding for finding in now if finding.kind is kind]
        for number, finding in enumerate(after):
            if finding.text == before[number] if len(before) == len(after) else finding.text in before:
                kept.add(finding.start)

    def shown(finding: Finding) -> str:
        return mask_of(finding) if finding.start in kept else _marked(mask_of(finding))

    return rewrite(perturbed, shown, certainty=Certainty.POSSIBLE).text


def secrets(text: str) -> tuple[str, ...]:
    """What :func:`mask` hides in `text`, lower case, without what was masked before the audit."""
    return tuple(finding.text.lower() for finding in find(text, certainty=Certainty.POSSIBLE))


def _marked(placeholder: str) -> str:
    """``@user▮▮▮``, ``[LINK▮▮▮]``."""
    name, bracket = placeholder.removesuffix("]"), placeholder[-1:]
    return f"{name}{CHANGED}{bracket if bracket == ']' else ''}"
