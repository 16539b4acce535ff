"""Whose membership is asked: members and non-members, without texts that are both, in folds."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from robust_emo.audits.authors import authors
from robust_emo.audits.membership.groups import find_groups
from robust_emo.data.duplicates import fold
from robust_emo.data.near_duplicates import near_duplicates
from robust_emo.statistics.membership import Flags, Folds
from robust_emo.types import Example

LEAST = 50
"""Members, and non-members, below which nothing is measured."""
FOLDS = 5


class InsufficientDataError(Exception):
    """Too few members or non-members are left; the section is not measured."""


@dataclass(frozen=True, slots=True)
class MembershipSets:
    """Members first, then non-members; every text once."""

    examples: tuple[Example, ...]
    member: Flags
    """(n,), whether the model was trained on it."""
    fold: Folds
    """(n,), 0 to 4: texts of one author share a fold, and each fold has members and non-members."""
    shared: int
    """Non-members left out because the same text is a member, too."""
    near: int
    """Non-members left out because a member is nearly the same text."""
    repeated: int
    """Texts left out because they repeat an earlier one of their own set."""
    groups: tuple[str, ...] = ()
    """Names of the group column that are no authors: each has at least 10 texts in both sets that are drawn from."""

    @property
    def members(self) -> int:
        """How many."""
        return int(self.member.sum())

    @property
    def nonmembers(self) -> int:
        """How many."""
        return len(self.examples) - self.members

    @property
    def texts(self) -> list[str]:
        """In order."""
        return [example.text for example in self.examples]

    @property
    def units(self) -> tuple[int, int]:
        """Independent ones among members and among non-members: authors where they are known, else texts."""
        names = self.authors
        if names is None:
            return self.members, self.nonmembers
        own = {name for name, inside in zip(names, self.member, strict=True) if inside}
        others = {name for name, inside in zip(names, self.member, strict=True) if not inside}
        return len(own), len(others)

    @property
    def authors(self) -> list[str] | None:
        """One name per text; None where no author is known. Texts of one author depend on each other."""
        return _authors(self.examples, self.groups)


def draw_sets(members: Sequence[Example], nonmembers: Sequence[Example], *, most: int, seed: int) -> MembershipSets:
    """Draw at most `most` of each at random, after taking away what is in both.

    Raises:
        InsufficientDataError: fewer than 50 texts, or authors where they are known, are left of either.
    """
    known = {fold(example.text) for example in members}
    own, repeated_members = _distinct(members)
    others, repeated_others = _distinct(nonmembers)
    unseen = [example for example in others if fold(example.text) not in known]
    groups = find_groups(own, unseen)
    rng = random.Random(f"membership {seed}")
    chosen = _drawn(own, most, rng)
    kept = _drawn(unseen, most, rng)
    near = near_duplicates([example.text for example in kept], [example.text for example in own])
    apart = [example for example, is_near in zip(kept, near, strict=True) if not is_near]
    for what, count in (("members", len(chosen)), ("non-members", len(apart))):
        if count < LEAST:
            raise InsufficientDataError(
                f"insufficient data: {count} {what} are left after removing duplicates, at least {LEAST} are needed"
            )
    member = np.arange(len(chosen) + len(apart)) < len(chosen)
    examples = (*chosen, *apart)
    sets = MembershipSets(
        examples=examples,
        member=member,
        fold=_folds(_authors(examples, groups), member, rng),
        shared=len(others) - len(unseen),
        near=sum(near),
        repeated=repeated_members + repeated_others,
        groups=groups,
    )
    if min(sets.units) < LEAST:
        raise InsufficientDataError(
            f"insufficient data: the texts are of {min(sets.units)} authors on one side, at least {LEAST} are needed: "
            "texts of one author are alike, and of a few that would look like a leak"
        )
    return sets


def _distinct(examples: Sequence[Example]) -> tuple[list[Example], int]:
    """The first of each text, and how many others there are."""
    first: dict[str, Example] = {}
    for example in examples:
        first.setdefault(fold(example.text), example)
    return list(first.values()), len(examples) - len(first)


def _drawn(examples: Sequence[Example], most: int, rng: random.Random) -> list[Example]:
    """At most so many, in the data's order."""
    positions = sorted(rng.sample(range(len(examples)), min(most, len(examples))))
    return [examples[position] for position in positions]


def _authors(examples: Sequence[Example], groups: Sequence[str]) -> list[str] | None:
    """One name per text, its own where its group is no author; None where none is."""
    return authors([replace(example, group=None) if example.group in groups else example for example in examples])


def _folds(known: Sequence[str] | None, member: Flags, rng: random.Random) -> Folds:
    """A fold for each text: authors stay whole, and members and non-members are dealt out evenly."""
    names = known or [f"row:{row}" for row in range(len(member))]
    units = list(dict.fromkeys(names))
    rng.shuffle(units)
    counts = {unit: [0, 0] for unit in units}
    for name, inside in zip(names, member, strict=True):
        counts[name][int(inside)] += 1
    load = [[0, 0] for _ in range(FOLDS)]
    place: dict[str, int] = {}
    for unit in units:
        kind = int(counts[unit][1] > counts[unit][0])  # by the kind that it has most of
        best = min(range(FOLDS), key=lambda each: load[each][kind])
        place[unit] = best
        load[best] = [old + new for old, new in zip(load[best], counts[unit], strict=True)]
    if not all(all(both) for both in load):
        raise InsufficientDataError(
            f"insufficient data: the texts come from too few authors to be divided in {FOLDS} parts that each have "
            "members and non-members"
        )
    return np.array([place[name] for name in names], dtype=np.int64)
