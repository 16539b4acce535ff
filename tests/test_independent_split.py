"""The split of private training: nobody's part depends on who else is there."""

import pytest

from robust_emo.data.independent_split import split_independently
from robust_emo.errors import InputError
from robust_emo.types import Example

pytestmark = pytest.mark.model_free

EXAMPLES = [
    Example(f"text-{number}", f"text number {number}", ("joy",), f"author {number % 40}" if number % 2 else None)
    for number in range(2000)
]


def places(examples, **arguments):
    parts = split_independently(examples, seed=0, **arguments)
    return {example.id: name for name in ("train", "validation", "test") for example in getattr(parts, name)}


def test_whoever_is_added_or_taken_away_moves_nobody():
    everyone = places(EXAMPLES)
    fewer = places(EXAMPLES[::3])
    assert fewer == {example.id: everyone[example.id] for example in EXAMPLES[::3]}


def test_numbers_of_rows_count_within_the_part_and_other_ids_stay():
    rows = [Example(f"row-{number}", f"text number {number}", ("joy",)) for number in range(2, 300)]
    parts = split_independently([*rows, *EXAMPLES], seed=0)
    trained = parts.train[0].text
    without = split_independently([row for row in rows if row.text != trained] + EXAMPLES, seed=0)
    for part in ("validation", "test"):
        found = getattr(parts, part)
        count = sum(example.id.startswith("row-") for example in found)
        assert [example.id for example in found[:count]] == [f"row-{number}" for number in range(1, count + 1)]
        assert getattr(without, part) == found


def test_every_text_has_its_part_and_the_parts_their_shares():
    found = places(EXAMPLES)
    assert len(found) == 2000
    alone = [found[example.id] for example in EXAMPLES if example.group is None]  # authors are few, and fall as they do
    for name, share in (("train", 0.8), ("validation", 0.1), ("test", 0.1)):
        assert alone.count(name) / len(alone) == pytest.approx(share, abs=0.05)


def test_groups_and_copies_stay_together():
    found = places(EXAMPLES)
    for author in range(1, 40, 2):
        assert len({found[example.id] for example in EXAMPLES if example.group == f"author {author}"}) == 1
    copies = [Example(f"copy {number}", text, ("joy",)) for number, text in enumerate(["So  HAPPY", "so happy"])]
    both = places([*EXAMPLES, *copies])
    assert both["copy 0"] == both["copy 1"]


def test_another_seed_draws_anew_and_the_order_does_not_matter():
    one, other = (split_independently(EXAMPLES, seed=seed).test for seed in (0, 1))
    assert set(one) != set(other)
    assert set(split_independently(EXAMPLES[::-1], seed=0).test) == set(one)


@pytest.mark.parametrize(
    ("examples", "shares", "message"),
    [(EXAMPLES, (0.5, 0.1, 0.1), "add up to 1"), (EXAMPLES[:2:2], (0.8, 0.1, 0.1), "nothing is left for")],
)
def test_impossible_splits_are_refused(examples, shares, message):
    with pytest.raises(InputError, match=message):
        split_independently(examples, shares=shares, seed=0)
