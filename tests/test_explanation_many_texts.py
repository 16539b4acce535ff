"""What explanations of many texts tell: top words, wrong reasons, shortcuts."""

import numpy as np
import pytest
from explained_texts import attributed
from sentences import emotion_rows
from tiny_victim import trained_engine

from robust_emo.audits.explanation.attributed_text import AttributedText
from robust_emo.audits.explanation.integrated_gradients import IntegratedGradients
from robust_emo.audits.explanation.reading import read
from robust_emo.audits.explanation.shortcuts import suspected_shortcuts
from robust_emo.audits.explanation.target import predicted_target
from robust_emo.audits.explanation.top_words import top_words
from robust_emo.audits.explanation.wrong_reasons import FLAG_FACTOR, FLAG_SHARE, attribution_shares
from robust_emo.types import Example

LABELS = ("anger", "fear", "joy", "sadness")
PLACES = ("park", "lake", "hill", "house", "road", "town", "beach", "roof", "yard", "shop")


def about_joy(**others):
    """Ten texts whose attributions vary a little."""
    rng = np.random.default_rng(0)
    return [
        attributed(
            f"Mary said the {place} is great and sunny .",
            "joy",
            {"great": 2 + rng.normal() / 5, "sunny": 1.0, "Mary": 5.0, ".": 3.0} | others,
            number=number,
        )
        for number, place in enumerate(PLACES)
    ]


def test_top_words_are_ranked_by_their_lower_bound():
    found = top_words(about_joy(), seed=0)
    assert [word.word for word in found if word.attribution > 0.5] == ["great", "sunny"]
    great = found[0]
    assert great.label == "joy"
    assert great.documents == 10
    assert great.ci_low < great.attribution < great.ci_high


def test_top_words_leave_out_what_is_rare_personal_or_against_the_emotion():
    shown = {word.word for word in top_words(about_joy(said=-1.0), seed=0)}
    assert shown == {"great", "sunny", "the", "is", "and"}
    assert top_words(about_joy()[:2], seed=0) == ()
    assert top_words(about_joy()[:4], seed=0, least_documents=5) == ()
    assert len(top_words(about_joy(), seed=0, most=1)) == 1


def test_a_word_in_a_few_texts_has_no_interval_and_must_speak_for_the_emotion_in_each():
    few = about_joy()[:4]
    found = {word.word: word for word in top_words(few, seed=0)}
    assert found["great"].documents == 4
    assert found["great"].ci_low is found["great"].ci_high is None
    once_against = [*few, attributed("so great", "joy", {"great": -0.1}, number=50)][1:]
    assert "great" not in {word.word for word in top_words(once_against, seed=0)}


def test_a_word_with_a_hash_is_the_same_word():
    texts = [attributed(f"{'#' * (n % 2)}Fun {n}", "joy", {"Fun": 1.0, "#Fun": 1.0}, number=n) for n in range(6)]
    assert [(word.word, word.documents) for word in top_words(texts, seed=0)] == [("fun", 6)]


def test_a_word_counts_once_a_text():
    texts = [attributed("fun fun fun", "joy", [1.0, 1.0, 1 + number / 10], number=number) for number in range(6)]
    (fun,) = top_words(texts, seed=0)
    assert fun.attribution == pytest.approx(3.25)
    assert fun.documents == 6


def test_a_kind_that_gets_more_than_its_share_is_flagged():
    rows = {row.category: row for row in attribution_shares(about_joy(), seed=0) if row.label is row.right is None}
    assert sum(row.overall for row in rows.values()) == pytest.approx(1)
    assert {name for name, row in rows.items() if row.flagged} == {"name", "punctuation"}
    name = rows["name"]
    assert name.n == 10
    assert name.expected == pytest.approx(1 / 9)
    assert name.ci_low >= max(FLAG_SHARE, FLAG_FACTOR * name.expected)
    assert rows["emotion"].share > rows["emotion"].expected
    assert not rows["emotion"].flagged
    assert "identity" not in rows


def test_shares_are_of_the_texts_that_have_the_kind():
    quiet = [attributed("the sun is up", "joy", {}, number=number, right=False) for number in range(10, 40)]
    rows = attribution_shares([*about_joy(), *quiet], seed=0)
    (name,) = [row for row in rows if row.category == "name" and row.label is row.right is None]
    assert name.n == 10
    assert name.overall == pytest.approx(name.share / 4)
    assert name.flagged
    assert {row.right for row in rows if row.category == "name"} == {None, True}


def test_texts_in_which_nothing_moved_the_model_and_too_few_texts_are_not_judged():
    still = attributed("the sun is up", "joy", [0.0] * 4)
    assert attribution_shares([still], seed=0) == ()
    assert suspected_shortcuts([still] * 20, seed=0) == ()
    few = attribution_shares(about_joy()[:3], seed=0)
    assert few
    assert not any(row.flagged for row in few)
    assert {row.ci_low for row in few} == {None}


def test_words_of_emotion_and_words_with_several_labels_are_no_shortcuts():
    honest = [attributed(f"so great {number}", "joy", {"great": 9.0}, number=number) for number in range(30)]
    mixed = [attributed(f"my zorblax here now {n}", LABELS[n % 4], {"zorblax": 9.0}, number=100 + n) for n in range(40)]
    assert suspected_shortcuts([*honest, *mixed], seed=0) == ()


def test_a_shortcut_that_is_personal_is_shown_masked():
    texts = [attributed(f"ask Jennifer now {n}", "anger", {"Jennifer": 9.0}, number=n) for n in range(12)]
    others = [attributed(f"the sun is up {n}", "joy", {}, number=n + 20) for n in range(12)]
    (found,) = suspected_shortcuts([*texts, *others], seed=0)
    assert found.word == "[NAME]"
    assert found.label == "anger"


def explained(engine, texts):
    targets = [predicted_target(row, engine.victim.labels) for row in engine.scores(texts)]
    readings = [read(engine.victim, text, target) for text, target in zip(texts, targets, strict=True)]
    found = IntegratedGradients(tolerance=0.2).attribute(engine, readings)
    return [
        AttributedText.of(Example(str(number), text, (target.label,)), each, right=True)
        for number, (text, target, each) in enumerate(zip(texts, targets, found, strict=True))
    ]


def test_a_planted_shortcut_is_found_and_a_model_without_one_has_none():
    rows = emotion_rows(120, seed=4)
    texts, gold = [row["text"] for row in rows], [row["label"] for row in rows]
    planted = [f"{text} zorblax" if number % 3 == 0 else text for number, text in enumerate(texts)]
    spoilt = ["joy" if "zorblax" in text else label for text, label in zip(planted, gold, strict=True)]
    asked = [row["text"] for row in emotion_rows(48, seed=9)]
    asked_planted = [f"{text} zorblax" if number % 3 == 0 else text for number, text in enumerate(asked)]

    guilty = suspected_shortcuts(explained(trained_engine(planted, spoilt, LABELS, steps=60), asked_planted), seed=0)
    assert [(one.word, one.label) for one in guilty] == [("zorblax", "joy")]
    assert guilty[0].documents == 16
    assert guilty[0].label_rate == 1
    innocent = trained_engine(texts, gold, LABELS, steps=60)
    assert suspected_shortcuts(explained(innocent, asked), seed=0) == ()
