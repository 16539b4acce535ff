"""Severity of a flip: order, symmetry, range, unknown labels, and that the label maps are covered."""

import csv
import itertools
from pathlib import Path

import pytest
from sentences import SHARED

from robust_emo.emotions import DIAMETER, NEUTRAL, PositionSource, flip_severity, known_labels, position

pytestmark = pytest.mark.model_free


@pytest.mark.parametrize(
    ("gold", "nearer", "farther"),
    [
        ("joy", "love", "anger"),
        ("joy", "optimism", "sadness"),
        ("sadness", "grief", "joy"),
        ("sadness", "neutral", "joy"),
        ("anger", "disgust", "joy"),
        ("anger", "annoyance", "optimism"),
        ("fear", "nervousness", "relief"),
        ("optimism", "gratitude", "pessimism"),
        ("neutral", "approval", "excitement"),
        ("愤怒", "厌恶", "高兴"),
    ],
)
def test_a_flip_to_a_distant_emotion_costs_more(gold, nearer, farther):
    assert 0 < flip_severity([gold], [nearer]) < flip_severity([gold], [farther]) <= 1


def test_severity_is_symmetric_bounded_and_zero_only_for_the_same_place():
    places = {label: position(label) for label in known_labels()}
    for first, second in itertools.combinations(places, 2):
        severity = flip_severity([first], [second])
        assert severity == flip_severity([second], [first])
        assert 0 <= severity <= 1
        assert (severity == 0) == (places[first].distance(places[second]) == 0)
    assert all(max(abs(place.valence), abs(place.arousal)) <= 1 for place in places.values())


def test_known_numbers():
    assert flip_severity(["joy"], ["sadness"]) == pytest.approx(0.789, abs=0.001)
    assert flip_severity(["joy"], ["love"]) == pytest.approx(0.063, abs=0.001)
    assert flip_severity(["joy"], ["neutral"]) == pytest.approx((0.76**2 + 0.48**2) ** 0.5 / DIAMETER)


def test_an_unknown_label_is_not_measured():
    assert position("schadenfreude-ish") is None
    assert flip_severity(["joy"], ["LABEL_3"]) is None
    assert flip_severity(["joy", "LABEL_3"], ["joy"]) is None


def test_case_spacing_and_width_of_a_label_do_not_matter():
    assert position("Joy") == position(" joy ") == position("ＪＯＹ")
    assert position("no_emotion") == position("No Emotion") == NEUTRAL


def test_sets_are_matched_label_by_label():
    assert flip_severity(["joy", "sadness"], ["sadness", "joy"]) == 0
    assert flip_severity([], []) == flip_severity([], ["neutral"]) == 0
    assert flip_severity(["joy"], []) == flip_severity(["joy"], ["neutral"])
    added = flip_severity(["joy"], ["joy", "sadness"])
    assert added == pytest.approx(flip_severity(["neutral"], ["sadness"]) / 2)
    assert added < flip_severity(["joy"], ["sadness"])
    # Their mean would be near neutral; as two emotions lost they are not.
    assert flip_severity(["joy", "sadness"], ["neutral"]) > 0.3
    assert flip_severity(["joy", "joy"], ["joy"]) == 0


def test_matching_takes_the_cheapest_pairs_in_any_order():
    gold, predicted = ["anger", "joy", "boredom"], ["happiness", "disgust"]
    wanted = flip_severity(["anger"], ["disgust"]) + flip_severity(["joy"], ["happiness"])
    wanted += flip_severity(["boredom"], ["neutral"])
    for ordered in itertools.permutations(gold):
        assert flip_severity(ordered, predicted) == pytest.approx(wanted / 3)
        assert flip_severity(predicted, ordered) == pytest.approx(wanted / 3)


def test_every_position_says_where_it_comes_from():
    sources = {label: position(label).source for label in known_labels()}
    assert set(sources.values()) == set(PositionSource)
    for label, source in sources.items():
        assert (position(label).term is not None) == (source is PositionSource.RUSSELL_MEHRABIAN_1977)


def test_the_table_of_the_documentation_is_the_table():
    text = (Path(__file__).parent.parent / "docs" / "severity.md").read_text(encoding="utf-8")
    for label in known_labels():
        place = position(label)
        row = next((line for line in text.splitlines() if line.startswith("|") and f"`{label}`" in line), None)
        assert row is not None, label
        assert f"| {place.valence:.2f} | {place.arousal:.2f} |" in row


@pytest.mark.skipif(not (SHARED / "data" / "label_map.csv").exists(), reason="needs the data sets beside the checkout")
def test_every_label_of_the_label_maps_is_known():
    with (SHARED / "data" / "label_map.csv").open(encoding="utf-8") as file:
        labels = {row["label"] for row in csv.DictReader(file)}
    assert {label for label in labels if position(label) is None} == set()
