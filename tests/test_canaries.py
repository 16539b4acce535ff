"""Canaries: what is drawn, that nobody can change it afterwards, and what is guessed about it."""

import json
import math
import random
from dataclasses import replace
from decimal import Decimal, getcontext

import numpy as np
import pytest

from robust_emo.canaries.drawing import draw_canaries, draw_directions
from robust_emo.canaries.plan import CanaryPlan
from robust_emo.canaries.scoring import guess, margins, scores
from robust_emo.canaries.sealed import FILENAME, Canary, open_seal, read_canaries
from robust_emo.canaries.texts import TEXTS
from robust_emo.errors import InputError
from robust_emo.types import Task

LABELS = ("anger", "fear", "joy", "sadness")


def drawn(count=400, kind="mixed", **settings):
    return draw_canaries(CanaryPlan(count=count, kind=kind, **settings), LABELS)


def test_texts_are_all_different_and_of_every_kind():
    sealed = drawn(900)
    assert len({canary.text for canary in sealed.canaries}) == 900
    assert {kind: sum(canary.kind == kind for canary in sealed.canaries) for kind in TEXTS} == dict.fromkeys(TEXTS, 300)
    assert {canary.label for canary in sealed.canaries} == set(LABELS)
    assert sealed.guesses == 224
    assert all(len(canary.text.split()) < 30 for canary in sealed.canaries)


def test_coins_are_fair_independent_and_of_the_system():
    one, other = (np.array([canary.inserted for canary in drawn(2000).canaries]) for _ in range(2))
    assert abs(one.mean() - 0.5) < 0.06  # once in ten million
    assert abs((one == other).mean() - 0.5) < 0.06
    assert abs((one[1:] == one[:-1]).mean() - 0.5) < 0.06
    random.seed(0)
    np.random.seed(0)
    first = drawn(50)
    random.seed(0)
    np.random.seed(0)
    assert drawn(50) != first


def test_what_a_text_says_is_what_its_kind_says_of_the_label():
    rng = random.Random(1)
    said = {"anger": "furious", "joy": "so happy"}
    for word in said.values():
        right = {label for text, label in (TEXTS["emotion"](LABELS, rng) for _ in range(2000)) if text.startswith(word)}
        wrong = {
            label for text, label in (TEXTS["mislabelled"](LABELS, rng) for _ in range(2000)) if text.startswith(word)
        }
        assert len(right) == 1
        assert wrong == set(LABELS) - right


def test_labels_that_nobody_knows_are_drawn_alike():
    rng = random.Random(1)
    for make in TEXTS.values():
        found = [make(("0", "1", "2"), rng)[1] for _ in range(600)]
        assert min(found.count(label) for label in ("0", "1", "2")) > 140


def test_directions_are_at_right_angles_and_of_length_one():
    sealed = draw_directions(CanaryPlan(count=50, kind="features"), LABELS, width=32)
    rows = np.array([canary.features for canary in sealed.canaries])
    assert rows[:32] @ rows[:32].T == pytest.approx(np.eye(32), abs=1e-5)
    assert rows[32:] @ rows[32:].T == pytest.approx(np.eye(18), abs=1e-5)
    assert draw_directions(CanaryPlan(count=50, kind="features"), LABELS, width=32) != sealed


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"count": 20}, "20 canaries are too few"),
        ({"count": -1}, "too few"),
        ({"count": 10**7}, "at most 100,000"),
        ({"count": 400, "kind": "images"}, "kind mixed, emotion"),
        ({"count": 400, "guesses": 7}, "even number"),
        ({"count": 400, "guesses": 402}, "to the 400 canaries"),
        ({"count": 400, "guesses": 4}, "from 6"),
    ],
)
def test_plans_that_show_nothing_are_refused(settings, message):
    with pytest.raises(InputError, match=message):
        CanaryPlan(**settings)


# --- the seal --------------------------------------------------------------------------------------------------------


def test_a_sealed_file_is_read_as_it_was_written(tmp_path):
    features = draw_directions(CanaryPlan(count=30, kind="features"), LABELS, width=8)
    odd = tuple(np.random.default_rng(0).normal(size=4).tolist())
    features = replace(features, canaries=(replace(features.canaries[0], expected=odd), *features.canaries[1:]))
    for sealed in (drawn(), features):
        sealed.write(tmp_path)
        seal = sealed.seal(str(tmp_path / FILENAME))
        assert open_seal(seal, tmp_path / FILENAME) == read_canaries(tmp_path / FILENAME) == sealed
        assert (seal.count, seal.kind, seal.guesses) == (len(sealed.canaries), sealed.kind, sealed.guesses)


@pytest.mark.parametrize(
    "change",
    [
        lambda fields: fields.update(guesses=80),
        lambda fields: fields["canaries"][3].update(inserted=not fields["canaries"][3]["inserted"]),
        lambda fields: fields["canaries"][5].update(label="joy" if fields["canaries"][5]["label"] != "joy" else "fear"),
        lambda fields: fields["canaries"].pop(),
    ],
)
def test_nothing_can_be_changed_afterwards(change, tmp_path):
    sealed = drawn()
    fields = json.loads(sealed.content)
    change(fields)
    (tmp_path / FILENAME).write_text(json.dumps(fields))
    with pytest.raises(InputError, match="canaries changed since training"):
        open_seal(sealed.seal(FILENAME), tmp_path / FILENAME)


def test_a_manifest_that_was_changed_instead_is_noticed_as_well(tmp_path):
    sealed = drawn()
    sealed.write(tmp_path)
    with pytest.raises(InputError, match="say different things"):
        open_seal(replace(sealed.seal(FILENAME), guesses=80), tmp_path / FILENAME)


def test_equal_coins_do_not_have_equal_seals():
    """Else the coins of few canaries could be found by trying."""
    one = drawn(30)
    assert replace(one, salt=drawn(30).salt).seal("") != one.seal("")
    assert len(one.salt) == 64


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 1}', b'{"format": 1, "labels": 3}', b"\xff"])
def test_files_that_are_none_are_refused_in_a_line(content, tmp_path):
    (tmp_path / FILENAME).write_bytes(content)
    with pytest.raises(InputError, match="no canary file"):
        read_canaries(tmp_path / FILENAME)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"cannot be read: No such file"):
        read_canaries(tmp_path / FILENAME)


# --- scores and guesses ----------------------------------------------------------------------------------------------


def canaries_of(labels, inserted, **others):
    return [Canary("random", label, there, "text", **others) for label, there in zip(labels, inserted, strict=True)]


def test_margins_are_log_odds_and_do_not_tie_where_probabilities_do():
    getcontext().prec = 60
    logits = np.array([[3.0, -1.0, 0.5, 2.0], [80.0, 1.0, 2.0, 3.0], [81.0, 1.0, 2.0, 3.0], [-80.0, 9.0, 9.0, 9.0]])
    labels = ["sadness", "anger", "anger", "anger"]
    found = margins(logits.astype(np.float32), LABELS, canaries_of(labels, [True] * 4), Task.SINGLE_LABEL)
    for row, label, value in zip(logits, labels, found, strict=True):
        shares = [Decimal(each).exp() for each in row.tolist()]
        own = shares.pop(LABELS.index(label))
        assert value == pytest.approx(float((own / sum(shares)).ln()), abs=1e-9)
    assert found[2] - found[1] == pytest.approx(1)


def test_margins_of_several_labels_count_all_of_them():
    (found,) = margins([[2.0, -1.0, 0.25, -3.0]], LABELS, canaries_of(["anger"], [True]), Task.MULTI_LABEL)
    assert found == pytest.approx(2.0 + 1.0 - 0.25 + 3.0)


def test_what_was_expected_and_what_the_kind_has_in_common_is_taken_off():
    rng = np.random.default_rng(0)
    logits, expected = rng.normal(size=(20, 4)), rng.normal(size=(20, 4))
    plain = [replace(each, kind=("a", "b")[n % 2]) for n, each in enumerate(canaries_of(["joy"] * 20, [True] * 20))]
    known = [replace(each, expected=tuple(row)) for each, row in zip(plain, expected.tolist(), strict=True)]
    task = Task.SINGLE_LABEL
    own = margins(logits, LABELS, plain, task)
    for canaries, wanted in ((plain, own), (known, own - margins(expected, LABELS, plain, task))):
        found = scores(logits, LABELS, canaries, task)
        for first in (0, 1):
            assert found[first::2] == pytest.approx(wanted[first::2] - np.median(wanted[first::2]), abs=1e-12)


def test_guesses_are_the_ends_of_the_order():
    rng = np.random.default_rng(0)
    inserted = (rng.random(40) < 0.5).tolist()
    found = np.round(rng.normal(size=40), 1)  # ties
    seen = guess(found, canaries_of(["joy"] * 40, inserted), 10)
    order = sorted(range(40), key=lambda place: (-found[place], place))
    wanted = sum(inserted[place] for place in order[:5]) + sum(not inserted[place] for place in order[-5:])
    assert (seen.canaries, seen.guesses, seen.correct) == (40, 10, wanted)
    assert guess(np.array(inserted, dtype=float), canaries_of(["joy"] * 40, inserted), 10).correct == 10
    assert math.isclose(guess(np.zeros(40), canaries_of(["joy"] * 40, [True] * 40), 40).correct, 20)
