"""Splits and draws: deterministic, stratified, and never one author on both sides."""

import random
from collections import Counter
from itertools import pairwise

import pytest

from robust_emo.data.duplicates import count_repeated, count_shared, fold
from robust_emo.data.splits import draw_stratified, split
from robust_emo.errors import InputError
from robust_emo.types import Example

SHARES = {"joy": 0.5, "anger": 0.3, "fear": 0.15, "disgust": 0.05}


def single(count: int, groups: int = 0) -> list[Example]:
    rng = random.Random(1)
    return [
        Example(
            f"{number}",
            f"text {number}",
            tuple(rng.choices(list(SHARES), SHARES.values())),
            f"author {rng.randrange(groups)}" if groups else None,
        )
        for number in range(count)
    ]


def multi(count: int) -> list[Example]:
    rng = random.Random(2)
    return [
        Example(f"{number}", f"text {number}", tuple(name for name, share in SHARES.items() if rng.random() < share))
        for number in range(count)
    ]


def label_share(examples, label: str) -> float:
    return sum(label in example.labels for example in examples) / len(examples)


def parts(splits):
    return splits.train, splits.validation, splits.test


@pytest.mark.parametrize("examples", [single(1000), multi(1000), single(1000, groups=150)])
def test_a_split_is_a_stratified_partition_in_order(examples):
    splits = split(examples, seed=3)
    assert sorted(e.id for part in parts(splits) for e in part) == sorted(e.id for e in examples)
    for part, share in zip(parts(splits), (0.8, 0.1, 0.1), strict=True):
        assert abs(len(part) / len(examples) - share) < 0.02
        assert [int(e.id) for e in part] == sorted(int(e.id) for e in part)
        for label in SHARES:
            assert abs(label_share(part, label) - label_share(examples, label)) < 0.03


@pytest.mark.parametrize("examples", [single(300), multi(300), single(300, groups=40)])
def test_the_seed_decides(examples):
    assert split(examples, seed=3) == split(examples, seed=3)
    assert split(examples, seed=3) != split(examples, seed=4)


def test_a_group_never_straddles():
    splits = split(single(500, groups=60), seed=0)
    groups = [{example.group for example in part} for part in parts(splits)]
    assert not groups[0] & groups[1]
    assert not (groups[0] | groups[1]) & groups[2]


def test_copies_of_a_text_never_straddle():
    examples = [
        Example(f"{n}", f"Some  TEXT {n % 50}" if n % 2 else f"some text {n % 50}", ("joy",)) for n in range(200)
    ]
    splits = split(examples, seed=0)
    assert count_shared(splits.test, [*splits.train, *splits.validation]) == 0


def test_rare_labels_stand_in_the_training_part():
    examples = [*single(200), *(Example(f"rare {n}", f"rare {n}", (f"rare {n // 2}",)) for n in range(8))]
    train = split(examples, shares=(0.4, 0.3, 0.3), seed=0).train
    assert {label for e in train for label in e.labels} == {label for e in examples for label in e.labels}


@pytest.mark.parametrize("seed", range(20))
def test_labels_of_few_authors_stand_in_the_training_part(seed):
    rng = random.Random(seed)
    examples = [Example(f"{n}", f"{n}", (f"emotion {rng.randrange(12)}",), f"{rng.randrange(10)}") for n in range(60)]
    train = split(examples, shares=(0.5, 0.25, 0.25), seed=seed).train
    assert {e.labels for e in train} == {e.labels for e in examples}


def test_a_part_may_have_no_share():
    splits = split(single(100), shares=(0.9, 0.1, 0), seed=0)
    assert abs(len(splits.train) - 90) <= 2
    assert splits.test == ()


def test_unlabelled_texts_of_multi_label_data_are_divided_too():
    splits = split([Example(f"{n}", f"text {n}", ()) for n in range(100)], seed=0)
    assert [len(part) for part in parts(splits)] == [80, 10, 10]


@pytest.mark.parametrize("shares", [(0.8, 0.1, 0.2), (0, 0.5, 0.5), (1.1, -0.1, 0)])
def test_impossible_shares(shares):
    with pytest.raises(InputError, match="split shares"):
        split(single(100), shares=shares, seed=0)


@pytest.mark.parametrize("examples", [single(2), single(100, groups=1), [Example("a", "a", ("x",))], []])
def test_too_few_sources_are_refused(examples):
    with pytest.raises(InputError, match="too few"):
        split(examples, seed=0)


@pytest.mark.parametrize("examples", [single(1000), multi(1000)])
def test_a_draw_is_proportional_and_in_order(examples):
    drawn = draw_stratified(examples, 200, seed=5)
    assert len(drawn) == 200
    assert [int(e.id) for e in drawn] == sorted(int(e.id) for e in drawn)
    for label in SHARES:
        assert abs(label_share(drawn, label) - label_share(examples, label)) < 0.05


def test_a_single_label_draw_is_within_one_of_its_proportion():
    examples = single(1000)
    total, drawn = (Counter(e.labels for e in some) for some in (examples, draw_stratified(examples, 100, seed=5)))
    assert all(abs(drawn[label] - count / 10) <= 1 for label, count in total.items())


@pytest.mark.parametrize("examples", [single(300), multi(300)])
def test_a_larger_draw_holds_the_smaller_ones(examples):
    draws = [set(draw_stratified(examples, count, seed=5)) for count in (1, 4, 20, 100, 300, 400)]
    assert [len(draw) for draw in draws] == [1, 4, 20, 100, 300, 300]
    assert all(smaller <= larger for smaller, larger in pairwise(draws))
    assert draw_stratified(examples, 20, seed=5) != draw_stratified(examples, 20, seed=6)


@pytest.mark.parametrize("examples", [single(500), multi(500)])
def test_every_label_is_drawn_where_possible(examples):
    assert {label for e in draw_stratified(examples, 4, seed=5) for label in e.labels} == set(SHARES)


def test_an_empty_draw_is_refused():
    with pytest.raises(InputError, match="at least 1"):
        draw_stratified(single(10), 0, seed=0)


def test_duplicates_ignore_case_spacing_and_composition():
    assert fold("Caf\u00e9  au\nLAIT ") == fold("cafe\u0301 au lait")
    assert fold("joy!") != fold("joy")
    train = [Example("1", "So  happy", ("joy",)), Example("2", "so happy", ("joy",)), Example("3", "sad", ("sadness",))]
    test = [Example("4", "SO HAPPY", ("joy",)), Example("5", "so happy", ("fear",)), Example("6", "new", ("joy",))]
    assert count_repeated(train) == 1
    assert (count_shared(test, train), count_shared(train, test), count_shared(test, [])) == (2, 2, 0)
