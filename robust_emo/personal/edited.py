"""Personal data in an edited text, also where the edit hides it: to no recogniser is ``J0hn`` a name.

Both texts are laid side by side by the fewest edits of characters (Levenshtein 1966), and what stands in the place of a
finding is one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from rapidfuzz.distance import Levenshtein

from robust_emo.personal.finding import Certainty, Finding
from robust_emo.personal.recognisers import BUILT_IN, Recogniser
from robust_emo.personal.scanning import find
from robust_emo.words import Words

Block = tuple[bool, int, int, int, int]
"""Whether both texts are alike there; start and end in the original, start and end in the edited one."""


def find_in_edited(original: str, edited: str, *, recognisers: Sequence[Recogniser] = BUILT_IN) -> tuple[Finding, ...]:
    """Personal data in `edited`, down to what is only possibly such, in its order and without overlaps.

    That is what recognisers find there, what stands in the place of their findings in `original`, up to the ends of
    words that the edit made longer, and every copy of these.

    Args:
        original: as it was written.
        edited: what an attack made of it.
        recognisers: what to ask.
    """
    inside = _inside_words(edited)
    found = list(find(edited, recognisers=recognisers, certainty=Certainty.POSSIBLE))
    blocks = _blocks(original, edited)
    for finding in find(original, recognisers=recognisers, certainty=Certainty.POSSIBLE):
        start, end = _counterpart(finding, blocks)
        while start in inside and start > 0 and edited[start - 1] != original[finding.start - 1 : finding.start]:
            start -= 1
        while end in inside and edited[end] != original[finding.end : finding.end + 1]:
            end += 1
        places = ((start, end), *_copies(finding.text, edited, inside))
        found += (replace(finding, start=a, end=b, text=edited[a:b]) for a, b in places if edited[a:b].strip())
    return _joined(found, edited)


def _inside_words(text: str) -> frozenset[int]:
    """Offsets that have letters of one word on either side."""
    words, inside, end = Words.of(text), set[int](), 0
    for gap, word in zip(words.gaps, words.words, strict=False):
        start = end + len(gap)
        end = start + len(word)
        inside.update(range(start + 1, end))
    return frozenset(inside)


def _blocks(original: str, edited: str) -> list[Block]:
    """Stretches that are alike and stretches that are not, in turn."""
    steps = Levenshtein.opcodes(original, edited)
    blocks = []
    for same, run in groupby(steps, lambda step: step.tag == "equal"):
        together = list(run)
        first, last = together[0], together[-1]
        blocks.append((same, first.src_start, last.src_end, first.dest_start, last.dest_end))
    return blocks


def _counterpart(finding: Finding, blocks: Sequence[Block]) -> tuple[int, int]:
    """What stands in the edited text where the finding stands in the original; empty where that is gone."""
    places: list[tuple[int, int]] = []
    for same, start, end, new_start, new_end in blocks:
        first, last = max(start, finding.start), min(end, finding.end)
        if same and first < last:
            places.append((new_start + first - start, new_start + last - start))
        elif not same and (first < last or finding.start < start < finding.end):
            places.append((new_start, new_end))
    return (places[0][0], places[-1][1]) if places else (0, 0)


def _copies(text: str, edited: str, inside: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Where `text` stands in `edited` and no longer word around it."""
    start = edited.find(text)
    while start >= 0:
        if start not in inside and start + len(text) not in inside:
            yield start, start + len(text)
        start = edited.find(text, start + len(text))


def _joined(found: Sequence[Finding], text: str) -> tuple[Finding, ...]:
    """Findings that overlap become one, of the longer one's kind."""
    joined: list[Finding] = []
    for finding in sorted(found, key=lambda each: (each.start, -each.end)):
        if not joined or joined[-1].end <= finding.start:
            joined.append(finding)
            continue
        before = joined[-1]
        kind = max(before, finding, key=lambda each: each.end - each.start).kind
        end = max(before.end, finding.end)
        joined[-1] = replace(before, kind=kind, end=end, text=text[before.start : end])
    return tuple(joined)
