"""Surrogates: one for every value, the same wherever it stands, numbered by first appearance."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from robust_emo.personal.finding import Finding, Kind
from robust_emo.personal.folded import Folded
from robust_emo.personal.placeholders import anonymised, surrogate


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """A value and what stands for it; its representation does not show the value."""

    kind: Kind
    surrogate: str
    value: str = field(repr=False)
    """As written where it was first seen."""


class Surrogates:
    """Gives out surrogates. They are counted and not computed from the value: nobody can try values to find theirs."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """Surrogates that `texts` hold already are not given out again."""
        self._last = dict.fromkeys(Kind, 0)
        self._known: dict[tuple[Kind, str], Pseudonym] = {}
        for text in texts:
            for match in anonymised(Folded.of(text).text):
                if match.lastgroup is not None:
                    kind = Kind(match.lastgroup)
                    self._last[kind] = max(self._last[kind], int(match[kind]))

    def of(self, finding: Finding) -> str:
        """The surrogate of what was found; a new one at the first time."""
        known = self._known.get((finding.kind, finding.key))
        if known is None:
            self._last[finding.kind] += 1
            known = Pseudonym(finding.kind, surrogate(finding.kind, self._last[finding.kind]), finding.text)
            self._known[finding.kind, finding.key] = known
        return known.surrogate

    def given(self) -> tuple[Pseudonym, ...]:
        """All of them, in the order in which they were given out."""
        return tuple(self._known.values())
