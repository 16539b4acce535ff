"""A sentence that an audit writes, with gaps where its values stand.

Gaps are found as in file name patterns: each text between two gaps where it stands first, the last one at the end. That
takes one walk over the sentence, however hostile it is, where a regular expression with many gaps might try them all.
"""

from dataclasses import dataclass

GAP = "{}"


@dataclass(frozen=True, slots=True)
class ToldTemplate:
    """An English sentence with gaps, and the same in another language."""

    fixed: tuple[str, ...]
    """What stands before, between and after the gaps."""
    other: str
    """In the other language; ``{0}`` is the value of the first gap."""

    @property
    def letters(self) -> int:
        """How much of the sentence is fixed: of two that fit, the one with more of it says more of what was meant."""
        return sum(map(len, self.fixed))

    def values(self, text: str) -> list[str] | None:
        """What stands in the gaps of `text`, at least one character each; None where it is another sentence."""
        first, last = self.fixed[0], self.fixed[-1]
        end = len(text) - len(last)
        if not (text.startswith(first) and text.endswith(last)):
            return None
        found, at = [], len(first)
        for following in self.fixed[1:-1]:
            next_at = text.find(following, at + 1, end)
            if next_at < 0:
                return None
            found.append(text[at:next_at])
            at = next_at + len(following)
        if at >= end:
            return None
        return [*found, text[at:end]]


def told_template(english: str, other: str) -> ToldTemplate:
    """Template of a line of a catalogue.

    Args:
        english: with at least one :data:`GAP`.
        other: the same in another language.
    """
    return ToldTemplate(tuple(english.split(GAP)), other)
