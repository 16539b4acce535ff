"""Minimal counterfactuals out of outcomes, and searched for one text."""

from dataclasses import replace

import pytest
from robust_emo_attacks.letter_case import LetterCase
from robust_emo_attacks.synonyms import SynonymSwap
from tiny_victim import trained_engine

from robust_emo.audits.explanation.counterfactuals import minimal_counterfactuals, search_counterfactual
from robust_emo.engine.goal_choice import GoalChoice
from robust_emo.errors import InputError
from robust_emo.types import AttackOutcome, Status
from robust_emo.validity.checker import ValidityChecker

SYNONYMS = SynonymSwap(min_sentence_similarity=0.5)  # of few words, one is much
WON = AttackOutcome(
    plugin="synonyms",
    example_id="a",
    status=Status.SUCCEEDED,
    label=("joy",),
    original="Mary Smith is very happy today",
    perturbed="Mary Smith is really glad today",
    predicted=("joy",),
    predicted_after=("anger",),
    num_queries=9,
    words_perturbed=2,
    valid=True,
)


def test_the_smallest_valid_one_of_each_example_is_taken_and_masked():
    smaller = replace(WON, plugin="deepwordbug", perturbed="Mary Smith is very hapy today", words_perturbed=1)
    other = replace(WON, example_id="b", original="so happy", perturbed="so glad", words_perturbed=1)
    found = minimal_counterfactuals([WON, other, smaller, replace(smaller, plugin="z")])
    assert [(one.example_id, one.plugin) for one in found] == [("a", "deepwordbug"), ("b", "synonyms")]
    assert found[0].original == "[NAME] is very happy today"
    assert found[0].changed == "[NAME] is very hapy today"
    assert (found[0].predicted, found[0].predicted_after) == (("joy",), ("anger",))
    assert found[0].words_changed == 1


@pytest.mark.parametrize(
    "others",
    [
        {"valid": False},
        {"valid": None},
        {"status": Status.FAILED, "perturbed": None, "predicted_after": None},
        {"predicted_after": ("joy",)},
        {"perturbed": "John Miller is very happy today"},
    ],
)
def test_what_is_no_counterfactual_is_left_out(others):
    assert minimal_counterfactuals([replace(WON, **others)]) == ()


def test_a_name_that_only_the_original_gives_away_is_masked_in_both():
    original = "my name is Zorblax and I am happy"
    outcome = replace(WON, original=original, perturbed="my nmae is Zorblax and I am happy")
    (found,) = minimal_counterfactuals([outcome])
    assert "Zorblax" not in found.original + found.changed


def test_a_name_that_the_attack_misspelt_is_masked_and_the_next_edit_taken_where_nothing_else_changed():
    original = "my friend John is very happy today"
    both = replace(WON, original=original, perturbed="my friend J0hn is very hapy today", words_perturbed=2)
    (found,) = minimal_counterfactuals([both])
    assert found.original == "my friend [NAME] is very happy today"
    assert found.changed == "my friend [NAME] is very hapy today"
    name_alone = replace(both, perturbed="my friend J0hn is very happy today", words_perturbed=1)
    assert minimal_counterfactuals([name_alone]) == ()
    assert minimal_counterfactuals([both, name_alone]) == (found,)


@pytest.fixture(scope="module")
def wary_of_glad():
    """A model that takes "glad" for anger."""
    ends = ["today", "here", "now", "again", "there", "then", "later", "tonight", "soon", "always"]
    texts = [
        f"{end} we are all so {word} about it" for end in ends for word in ("happy", "glad", "furious", "cheerful")
    ]
    return trained_engine(texts, ["joy", "anger", "anger", "joy"] * len(ends), ("anger", "joy"), steps=60)


def test_one_is_searched_for_a_single_text(wary_of_glad):
    found = search_counterfactual(
        wary_of_glad, [LetterCase(), SYNONYMS], "today we are all so happy about it", seed=0, validity=ValidityChecker()
    )
    assert found is not None
    assert (found.predicted, found.predicted_after) == (("joy",), ("anger",))
    assert found.plugin == "synonyms"
    assert found.words_changed == 1
    assert found.changed.startswith("today we are all so ")
    assert "happy" not in found.changed


def test_nothing_is_found_where_nothing_changes_the_answer(wary_of_glad):
    text = "today we are all so happy about it"
    assert search_counterfactual(wary_of_glad, [LetterCase()], text, seed=0, validity=ValidityChecker()) is None
    goal = GoalChoice("targeted", "grief")
    with pytest.raises(InputError, match="grief"):
        search_counterfactual(
            wary_of_glad,
            [SYNONYMS],
            text,
            seed=0,
            validity=ValidityChecker(),
            goal=goal,
        )
