"""Texts and their denials, and whether the word that denies explains another answer."""

from dataclasses import replace

import pytest
from tiny_victim import trained_engine

from robust_emo.audits.explanation.methods import METHODS
from robust_emo.audits.explanation.negating import denial
from robust_emo.audits.explanation.negation_shift import NegationShift, negation_shift
from robust_emo.types import Example
from robust_emo.validity.negation import negation_spans, negations


@pytest.mark.parametrize(
    ("plain", "negated", "word"),
    [
        ("I am happy", "I am not happy", "not"),
        ("I'm so sad today", "I'm not so sad today", "not"),
        ("I love it here", "I don't love it here", "don't"),
        ("Well, I really love it", "Well, I really don't love it", "don't"),
        ("我很高兴！", "我不高兴！", "不"),
        ("我喜欢你", "我不喜欢你", "不"),
    ],
)
def test_a_negation_is_put_in(plain, negated, word):
    found = denial(plain)
    assert found is not None
    assert found.inserted
    assert (found.plain, found.negated) == (plain, negated)
    assert found.negated[found.start : found.end] == word


@pytest.mark.parametrize(
    ("negated", "plain", "word"),
    [
        ("I don't love it", "I do love it", "don't"),
        ("they wont come", "they will come", "wont"),
        ("he cannot sleep", "he can sleep", "cannot"),
        ("She was not there.", "She was there.", "not"),
        ("never again", "again", "never"),
        ("我不高兴", "我高兴", "不"),
    ],
)
def test_a_negation_is_taken_out(negated, plain, word):
    found = denial(negated)
    assert found is not None
    assert not found.inserted
    assert (found.plain, found.negated) == (plain, negated)
    assert found.negated[found.start : found.end] == word


@pytest.mark.parametrize(
    "text", ["not", "", "She ain't here", "nobody came", "He is not here and never was", "What makes you feel joy?"]
)
def test_what_no_rule_fits_is_passed_over(text):
    assert denial(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I don't and no one did, no doubt", ["n't", "no one"]),
        ("沒有不高兴，不过是无聊", ["沒", "不"]),
        ("can't wait, never", ["never"]),
    ],
)
def test_negations_are_where_they_stand(text, words):
    assert [text[start:end] for start, end in negation_spans(text)] == words
    assert negations(text) == len(words)


@pytest.fixture(scope="module")
def knows_not():
    """A model to which "not" turns joy into sadness, and nothing else does."""
    names = ["Today", "Now", "Here", "Again", "There", "Then", "Later", "Tonight", "Soon", "Always"]
    texts, gold = [], []
    for name in names:
        texts += [f"{name} I am happy", f"{name} I am not happy", f"{name} it was fine", f"{name} it was bad"]
        gold += ["joy", "sadness", "joy", "sadness"]
    return trained_engine(texts, gold, ("joy", "sadness"), steps=60), names


def test_a_negation_that_turns_the_answer_is_found(knows_not):
    engine, names = knows_not
    texts = [f"{name} I am happy" for name in names] + ["the sun"]
    found = negation_shift(engine, METHODS["integrated-gradients"].make(0), texts)
    assert found.tried == len(names)
    assert found.changed >= 8
    assert len(found.found) == found.changed
    assert sum(found.found) / len(found.found) > sum(found.by_chance) / len(found.by_chance)
    changes, attributed, chance = found.metrics([Example(str(n), text, ()) for n, text in enumerate(texts)], 0)
    assert (changes.name, changes.n) == ("negation_changes_prediction", len(names))
    assert attributed.n == chance.n == found.changed
    assert attributed.method == "wilson"


def test_only_so_many_are_explained(knows_not):
    engine, names = knows_not
    found = negation_shift(engine, METHODS["leave-one-out"].make(0), [f"{name} I am happy" for name in names], most=2)
    assert len(found.found) == len(found.places) == 2 < found.changed


def test_chance_has_an_interval_by_author():
    texts = [Example(str(row), "", (), f"author{row % 6}") for row in range(40)]
    places = tuple(range(5, 35))
    found = NegationShift(40, 30, (True,) * 30, tuple(0.1 + 0.1 * (place % 6) for place in places), places)
    *_, by_author = found.metrics(texts, 0)
    *_, by_text = found.metrics([replace(each, group=None) for each in texts], 0)
    assert (by_author.method, by_text.method) == ("bootstrap-clustered", "bootstrap")
    assert by_author.ci_high - by_author.ci_low > 1.5 * (by_text.ci_high - by_text.ci_low)


def test_without_a_change_nothing_is_measured(knows_not):
    engine, _ = knows_not
    changes, attributed, chance = negation_shift(engine, METHODS["leave-one-out"].make(0), ["the sun"]).metrics([], 0)
    assert changes.value is attributed.value is chance.value is None
    assert NegationShift(4, 0, (), ()).metrics([], 0)[0].value == 0
