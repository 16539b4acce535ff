"""The contract of every registered attack, driven on a tiny real model, and what each of our own promises."""

import inspect
import json
import random
import unicodedata
from dataclasses import replace

import numpy as np
import pytest
from robust_emo_attacks.character_edits import random_letter
from robust_emo_attacks.keyboard import neighbours
from robust_emo_attacks.neighbour_table import exchangeable, table_lines
from robust_emo_attacks.pruthi import PruthiTypos
from robust_emo_attacks.synonyms import SynonymSwap
from robust_emo_attacks.unicode import UnicodeTricks
from tiny_victim import trained_engine

from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.engine.grading import over_budget
from robust_emo.engine.learning import Halves
from robust_emo.errors import InputError
from robust_emo.look_alikes import look_alikes
from robust_emo.plugins import FAMILIES, LearningAttack, available, load
from robust_emo.types import AttackBudget, Example, Objective, Status
from robust_emo.word_neighbours import word_neighbours
from robust_emo.words import Words, edit_distance, words_changed

ATTACKS = sorted(name for name, point in available("attacks").items() if point.value.startswith("robust_emo_attacks"))
# What share of the tiny model's texts an attack must break. It is mostly English and has one word that tells the
# emotion, so attacks that add, respell rarely or speak Chinese find little.
FAMILY_SUCCESS = {"characters": 0.1, "unicode": 0.1, "words": 0.1, "gradients": 0.1}
LEAST_SUCCESS: dict[str, float] = {}
LABELS = ("anger", "joy", "sadness")
PATTERNS = (
    "i feel so {} about this",
    "what a {} day we had",
    "this is {} and everybody knows it",
    "today was {} again, really",
)
FEELINGS = {
    "anger": ("angry", "furious", "annoyed", "outraged", "mad", "hateful"),
    "joy": ("happy", "glad", "wonderful", "cheerful", "delighted", "hilarious"),
    "sadness": ("sad", "miserable", "depressed", "lonely", "gloomy", "terrible"),
}
OTHERS = {
    "anger": ("我很生气", "气死我了真讨厌", "😡 😡 no", "#rage 😡 again"),
    "joy": ("我很高兴", "今天真开心啊", "😂 😂 yes", "#happy 😂 again"),
    "sadness": ("我很难过", "今天好伤心啊", "😢 😢 oh", "#lonely 😢 again"),
}
HARD = {
    "empty": "",
    "blank": " \n ",
    "punctuation": "?!... --",
    "one letter": "a",
    "one ideograph": "气",
    "emoji": "😡😡👍🏽🏳️‍🌈🇩🇪",
    "chinese": "我今天真的很生气，气死我了",
    "mixed": "我love你😡the气angry",
    "japanese and korean": "とても怒っている 화가 난다",
    "zero width": "an\u200bgry and\u2060 fu\u00adrious \u200b\u200d\ufeff",
    "right to left": "أنا غاضب جدا",
    "combining": "a\u0301ngry Z\u0335\u0321a\u0328lgo",
    "underscores": "___ _a_ #_ @ # #a @a",
    "apostrophes": "don't can’t a'b-c 'tis rock-'n'-roll x's",
    "long word": "a" * 4_000,
}


def examples() -> list[Example]:
    rows = [
        (label, pattern.format(word)) for label, words in FEELINGS.items() for word in words for pattern in PATTERNS
    ]
    rows += [(label, text) for label, texts in OTHERS.items() for text in texts]
    return [Example(f"row-{number}", text, (label,)) for number, (label, text) in enumerate(rows)]


pytestmark = pytest.mark.usefixtures("masked_lm")


@pytest.fixture(scope="module")
def engine() -> Engine:
    """A tiny BERT that learnt the examples."""
    known = examples()
    return trained_engine([e.text for e in known], [e.labels[0] for e in known], LABELS, steps=60)


def ready(name, **arguments):
    """The attack; the test is skipped where a resource that it needs is missing on this machine."""
    attack = load("attacks", name, **arguments)
    if problems := list(attack.problems()):
        pytest.skip("; ".join(problems))
    return attack


def run(engine, name, chosen, *, budget=None, seed=7, population=None, **arguments):
    """Outcomes by example id; an exception inside an attack fails the test."""
    attack = ready(name, **arguments)
    if budget:
        attack.budget = budget
    halves = None
    if isinstance(attack, LearningAttack):  # it needs others to learn on
        others = population or {example.id: example for example in (*examples(), *chosen)}.values()
        halves = Halves(engine, attack, list(others), seed=seed)
    found = attack_examples(engine, attack, chosen, seed=seed, halves=halves)
    outcomes = {outcome.example_id: outcome for outcome in found}
    assert [outcome.error for outcome in outcomes.values() if outcome.error] == []
    return outcomes


def predicted_label(engine, text):
    """What the model says: as the gold label it keeps a text from being skipped."""
    return LABELS[int(engine.scores([text])[0].argmax())]


def succeeded(outcomes):
    return [outcome for outcome in outcomes.values() if outcome.status is Status.SUCCEEDED]


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_describes_itself(name):
    attack = ready(name)
    assert attack.spec.name == name
    assert attack.spec.version
    assert attack.spec.summary
    assert attack.spec.family in FAMILIES
    assert set(attack.spec.languages) <= {"en", "zh"}
    assert all(isinstance(note, str) for note in attack.notes())
    assert json.loads(json.dumps(dict(attack.arguments()))) == dict(attack.arguments())
    assert load("attacks", name, **attack.arguments()).arguments() == attack.arguments()
    parameters = inspect.signature(type(attack)).parameters.values()
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in parameters)


@pytest.mark.parametrize("name", ATTACKS)
def test_accuracy_falls_and_every_success_holds(engine, name):
    attack = ready(name)
    outcomes = run(engine, name, examples())
    attacked = [o for o in outcomes.values() if o.status is not Status.SKIPPED]
    assert len(attacked) >= 70  # the model did learn
    wins = succeeded(outcomes)
    assert len(wins) >= LEAST_SUCCESS.get(name, FAMILY_SUCCESS.get(attack.spec.family, 0)) * len(attacked)
    for outcome in wins:
        assert outcome.perturbed != outcome.original
        if attack.spec.objective is Objective.REDUCE:
            assert outcome.predicted_after == outcome.label
            assert len(Words.of(outcome.perturbed)) == 1
        else:
            assert outcome.predicted_after != outcome.label
            assert not over_budget(outcome.original, outcome.perturbed, attack.budget)


@pytest.mark.parametrize("name", ATTACKS)
def test_a_result_depends_on_seed_and_example_only(engine, name):
    """And, for an attack that learns, on the population it learnt from."""
    population = examples()[::3]
    together = run(engine, name, population, population=population)
    assert run(engine, name, list(reversed(population)), population=population) == together
    few = population[:6]
    assert run(engine, name, few, population=population) == {example.id: together[example.id] for example in few}


BUDGETS = (
    AttackBudget(max_queries=0),
    AttackBudget(max_queries=1),
    AttackBudget(max_queries=7),
    AttackBudget(max_queries=40),
    AttackBudget(max_words=0),
    AttackBudget(max_words=1),
    AttackBudget(max_word_share=0.2),
    AttackBudget(max_words=2, max_edit_distance=3, max_queries=60),
)


@pytest.mark.parametrize("name", ATTACKS)
def test_no_budget_is_exceeded(engine, name):
    reduces = ready(name).spec.objective is Objective.REDUCE
    for budget in BUDGETS:
        for outcome in run(engine, name, examples()[::5], budget=budget).values():
            if budget.max_queries is not None:
                assert outcome.num_queries <= budget.max_queries
            if outcome.status is Status.SUCCEEDED and not reduces:
                assert not over_budget(outcome.original, outcome.perturbed, budget)


@pytest.mark.parametrize("name", ATTACKS)
def test_hard_texts_do_not_crash(engine, name):
    chosen = [Example(what, text, (predicted_label(engine, text),)) for what, text in HARD.items()]
    outcomes = run(engine, name, chosen)
    assert all(outcome.status in (Status.SUCCEEDED, Status.FAILED) for outcome in outcomes.values())
    assert outcomes["empty"].status is Status.FAILED
    assert all(outcome.perturbed.strip() for outcome in succeeded(outcomes))


@pytest.mark.parametrize("name", ATTACKS)
def test_a_text_longer_than_the_query_budget_is_attacked_all_the_same(engine, name):
    text = "furious " + "we walked along the river for hours " * 286
    example = Example("long", text, (predicted_label(engine, text),))
    budget = replace(load("attacks", name).budget, max_queries=120)
    outcome = run(engine, name, [example], budget=budget)["long"]
    assert outcome.status in (Status.SUCCEEDED, Status.FAILED)
    assert outcome.num_queries <= 120


@pytest.mark.parametrize("name", ["deepwordbug", "unicode"])
@pytest.mark.parametrize("text", ["我很生气", "😡 😡 no", "气死我了真讨厌"])
def test_chinese_and_emoji_are_attacked(engine, name, text):
    example = Example("x", text, (predicted_label(engine, text),))
    assert run(engine, name, [example])["x"].num_queries > len(Words.of(text))


def test_deepwordbug_changes_few_characters_and_keeps_markers(engine):
    for outcome in succeeded(run(engine, "deepwordbug", examples())):
        assert edit_distance(outcome.original, outcome.perturbed) <= 2 * outcome.words_perturbed
        assert outcome.perturbed.count("#") == outcome.original.count("#")
        assert len(Words.of(outcome.perturbed)) >= len(Words.of(outcome.original)) - outcome.words_perturbed


def test_pruthi_keeps_first_and_last_letter_and_the_number_of_words(engine):
    wins = succeeded(run(engine, "pruthi", examples(), max_words=2))
    assert wins
    for outcome in wins:
        assert words_changed(outcome.original, outcome.perturbed) <= 2
        pairs = zip(Words.of(outcome.original).words, Words.of(outcome.perturbed).words, strict=True)
        for before, after in pairs:
            first = 1 if before[0] == "#" else 0
            assert (before[: first + 1], before[-1]) == (after[: first + 1], after[-1])
            assert before == after or len(before) >= 4


def test_two_typos_win_at_least_as_often_as_one(engine):
    wins = [len(succeeded(run(engine, "pruthi", examples(), max_words=words))) for words in (1, 2)]
    assert wins[0] <= wins[1]


def test_unicode_tricks_cannot_be_seen(engine):
    wins = succeeded(run(engine, "unicode", examples()))
    assert wins
    for outcome in wins:
        visible = [c for c in outcome.perturbed if unicodedata.category(c) != "Cf"]
        assert len(visible) == len([c for c in outcome.original if unicodedata.category(c) != "Cf"])
        originals = [c for c in outcome.original if unicodedata.category(c) != "Cf"]
        for before, after in zip(originals, visible, strict=True):
            assert before == after or after in look_alikes(before)


def test_unicode_tricks_can_be_limited_to_one_kind(engine):
    for outcome in succeeded(run(engine, "unicode", examples(), homoglyphs=False)):
        assert [c for c in outcome.perturbed if unicodedata.category(c) != "Cf"] == list(outcome.original)
    for outcome in succeeded(run(engine, "unicode", examples(), invisibles=False)):
        assert len(outcome.perturbed) == len(outcome.original)


def test_synonyms_come_from_the_table_and_keep_case(engine):
    wins = succeeded(run(engine, "synonyms", examples()))
    assert wins
    for outcome in wins:
        pairs = zip(Words.of(outcome.original).words, Words.of(outcome.perturbed).words, strict=True)
        for before, after in pairs:
            near = [word for word, _ in word_neighbours().get(before.lstrip("#").lower(), ())]
            assert before == after or after.lstrip("#") in near


def test_a_stricter_sentence_similarity_leaves_fewer_successes(engine):
    wins = [
        len(succeeded(run(engine, "synonyms", examples(), min_sentence_similarity=least))) for least in (-1, 0.8, 1)
    ]
    assert wins[0] >= wins[1] >= wins[2] == 0


@pytest.mark.parametrize(
    "make",
    [
        lambda: PruthiTypos(max_words=0),
        lambda: UnicodeTricks(homoglyphs=False, invisibles=False),
        lambda: SynonymSwap(max_candidates=0),
        lambda: SynonymSwap(min_word_similarity=0.2),
        lambda: SynonymSwap(min_sentence_similarity=1.5),
    ],
)
def test_a_wrong_hyperparameter_is_one_clear_line(make):
    with pytest.raises(InputError, match=r"^attack \w+: [^\n]+$"):
        make()


@pytest.mark.parametrize("like", "azQé5я气あ한ñΩ'")
def test_a_random_letter_is_another_letter_of_the_same_kind(like):
    rng = random.Random(1)
    drawn = {random_letter(like, rng) for _ in range(50)}
    assert like not in drawn
    assert len(drawn) > 2
    assert all(letter.isalpha() for letter in drawn)
    assert all(letter.isascii() == like.isascii() for letter in drawn)
    if like.isalpha():
        assert {letter.isupper() for letter in drawn} == {like.isupper()}


def test_keys_are_neighbours_of_each_other():
    keys = "1234567890qwertyuiopasdfghjklzxcvbnm"
    for key in keys:
        assert neighbours(key)
        assert all(key in neighbours(other) for other in neighbours(key))
    assert set(neighbours("G")) == set("FHTYVB")
    assert neighbours("气") == ()


def test_look_alikes_are_single_other_characters():
    for letter in "acehijopsxyABCEHIKMNOPTX":
        assert look_alikes(letter)
        for other in look_alikes(letter):
            assert len(other) == 1
            assert other != letter
            assert letter in look_alikes(other)
    assert look_alikes("心")


def test_neighbours_keep_inflection_and_leave_out_opposites():
    table = word_neighbours()
    assert len(table) > 10_000
    assert {"glad"} <= {word for word, _ in table["happy"]}
    for word, opposite in [("happy", "unhappy"), ("happy", "sad"), ("love", "hate"), ("good", "bad")]:
        assert opposite not in {other for other, _ in table.get(word, ())}
    for word, entries in table.items():
        cosines = [cosine for _, cosine in entries]
        assert cosines == sorted(cosines, reverse=True)
        assert 0.6 <= cosines[-1] <= cosines[0] <= 1
        assert all(exchangeable(word, other) for other, _ in entries)


def test_the_table_is_what_the_bundled_encoder_says():
    from robust_emo_attacks.neighbour_table import _PLEASANT, _UNPLEASANT

    from robust_emo.models.encoder import SentenceEncoder

    words = sorted({*_PLEASANT, *_UNPLEASANT, "glad", "furious", "scared", "terrified", "frightened"})
    meanings = SentenceEncoder().embed([f"the meaning of the word {word}" for word in words])
    table = word_neighbours()
    for line in table_lines(words, np.asarray(meanings)):
        word, *entries = line.split(" ")
        shipped = dict(table.get(word, ()))
        for other, _, cosine in (entry.partition("=") for entry in entries):
            if other in shipped:  # among so few words the scale of pleasantness is another one
                assert shipped[other] == pytest.approx(int(cosine) / 100, abs=0.011)
