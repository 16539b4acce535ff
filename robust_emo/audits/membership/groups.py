"""Groups, as opposed to authors: a few sources, such as platforms or dialects, with many texts in both sets each."""

from collections import Counter
from collections.abc import Sequence

from robust_emo.personal.hidden_names import hidden_name
from robust_emo.personal.masking import masked
from robust_emo.types import Example

MOST = 20
"""Names in a group column above which all of them are authors."""
LEAST_OF_GROUP = 10
"""Texts in either set below which a name of a group column is an author."""


def find_groups(members: Sequence[Example], nonmembers: Sequence[Example]) -> tuple[str, ...]:
    """Names of the group column with at least 10 texts in both sets, in alphabetical order.

    Of an author the texts depend on each other, and a few authors on one side alone would look like a leak. The texts
    of a source that has many on both sides count one by one. Where it has a larger share of one side than of the other,
    that is a difference of the sets, as any other, which the blind baseline is there to find.

    Returns:
        None of them where the column has one name, or more than 20.
    """
    counts = [Counter(example.group for example in side if example.group is not None) for side in (members, nonmembers)]
    names = sorted(counts[0] | counts[1])
    if not 2 <= len(names) <= MOST:
        return ()
    return tuple(name for name in names if min(count[name] for count in counts) >= LEAST_OF_GROUP)


def shown_names(names: Sequence[str]) -> dict[str, str]:
    """How groups are called in an audit: by their names, but for those that look like personal data."""
    return {name: name if masked(name) == name else hidden_name(number) for number, name in enumerate(sorted(names), 1)}
