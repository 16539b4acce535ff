"""What the attacks on characters promise about their texts, and that the strong ones are stronger."""

import random

import pytest
from robust_emo_attacks.character_edits import editable_span, edited_twice, some
from robust_emo_attacks.deepwordbug import DeepWordBug, StrongDeepWordBug
from robust_emo_attacks.greedy import greedy_search
from robust_emo_attacks.keyboard import KeyboardSlips, neighbours
from robust_emo_attacks.ocr import misreadings
from robust_emo_attacks.pruthi import PruthiTypos, StrongPruthiTypos
from robust_emo_attacks.textbugger import StrongTextBugger, TextBugger
from robust_emo_attacks.visually_similar import visually_similar
from sentences import emotion_rows

from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.errors import InputError
from robust_emo.plugins import load
from robust_emo.types import AttackBudget, Example, Status
from robust_emo.word_neighbours import word_neighbours
from robust_emo.words import Words, edit_distance, words_changed

STRONG = {DeepWordBug: StrongDeepWordBug, PruthiTypos: StrongPruthiTypos, TextBugger: StrongTextBugger}
WORDS = ("happy", "#GladToo", "@someone", "I'm", "ok", "don’t", "naïve", "злой", "2nite", "well-known")


@pytest.fixture(scope="module")
def engine(victim):
    return Engine(victim)


def examples(count=40):
    return [Example(f"row-{i}", row["text"], (row["label"],)) for i, row in enumerate(emotion_rows(count, seed=11))]


def wins(engine, attack, chosen=None):
    outcomes = list(attack_examples(engine, attack, chosen or examples(), seed=1))
    assert not [outcome.error for outcome in outcomes if outcome.error]
    return [outcome for outcome in outcomes if outcome.status is Status.SUCCEEDED]


def changed_pairs(outcome):
    pairs = zip(Words.of(outcome.original).words, Words.of(outcome.perturbed).words, strict=True)
    return [(before, after) for before, after in pairs if before != after]


class Recorded:
    """Stands for the model in tests of a search: remembers what was asked, answers as `score` says."""

    unknown_token, max_queries, used = "[UNK]", None, 0

    def __init__(self, score):
        self.asked, self._score = [], score

    async def scores(self, texts):
        self.asked.append(list(texts))
        return [self._score(text) for text in texts]


@pytest.mark.parametrize("paper", STRONG, ids=lambda attack: attack.spec.name)
def test_the_strong_set_wins_at_least_as_often(engine, paper):
    """But for a few: a greedy search with more choices may take one that leads nowhere."""
    chosen = examples(40)
    weak, strong = wins(engine, paper(), chosen), wins(engine, STRONG[paper](), chosen)
    assert len(weak) >= 10
    assert len(strong) >= 0.9 * len(weak)


@pytest.mark.parametrize("attack", [StrongDeepWordBug(), StrongTextBugger()], ids=lambda attack: attack.spec.name)
@pytest.mark.parametrize("word", ["wonderful", "happy", "#furious"])
def test_a_dozen_single_and_a_dozen_double_edits(attack, word):
    rng = random.Random(4)
    edits = attack._edits(word, rng) if isinstance(attack, DeepWordBug) else [w.text for w in _options(attack, word)]
    near = {edit for edit in edits if edit.lstrip("#").lower() not in _near(word)}
    distances = [edit_distance(word, edit) for edit in near]
    assert sum(1 <= distance <= 2 for distance in distances) >= 12
    assert max(distances) > 2 or sum(distance == 2 for distance in distances) >= 6
    assert all(edit[0] == "#" for edit in edits if word[0] == "#")


def _options(attack, word):
    return attack._options(Words.of(word), 0, random.Random(4))


def _near(word):
    return {near for near, _ in word_neighbours().get(word.lstrip("#"), ())}


@pytest.mark.parametrize("word", WORDS)
def test_two_edits_differ_from_one(word):
    rng = random.Random(2)
    single = [word[:i] + "q" + word[i:] for i in editable_span(word)]
    twice = edited_twice(single, lambda edited: [edited + "z"], 12, rng)
    assert len(twice) == 12
    assert all(edit_distance(word, edit) == 2 for edit in twice)
    assert edited_twice([], lambda edited: [edited], 12, rng) == []
    assert edited_twice(["a", ""], lambda edited: [edited], 12, rng) == []


def test_some_places_are_different_ones():
    assert sorted(some(range(3, 8), 5, random.Random(1))) == [3, 4, 5, 6, 7]
    assert len(set(some(range(50), 5, random.Random(1)))) == 5
    assert some(range(0), 5, random.Random(1)) == []


def test_a_second_typo_stays_inside_the_word(engine):
    outcomes = wins(engine, StrongPruthiTypos())
    assert outcomes
    for outcome in outcomes:
        [(before, after)] = changed_pairs(outcome)
        start = 1 if before[0] == "#" else 0
        assert (before[: start + 1], before[-1]) == (after[: start + 1], after[-1])
        assert edit_distance(before, after) <= 4  # a swap counts as two


def test_the_query_budget_holds_for_two_typos(engine):
    attack = StrongPruthiTypos(max_words=2)
    for most in (0, 1, 60, 150):
        attack.budget = AttackBudget(max_queries=most)
        for outcome in attack_examples(engine, attack, examples(6), seed=1):
            assert outcome.num_queries <= most


def test_textbugger_makes_its_five_kinds_of_bugs():
    options = {words.text for words in _options(TextBugger(), "happy")}
    kinds = {
        "blank": [text for text in options if " " in text],
        "deletion": [text for text in options if len(text) == 4 and text not in _near("happy")],
        "swap": [text for text in options if sorted(text) == sorted("happy") and text != "happy"],
        "similar": [text for text in options if text == "h@ppy"],
        "key": [
            text
            for text in options
            if any(text == "happy"[:i] + k + "happy"[i + 1 :] for i in range(5) for k in neighbours("happy"[i]))
        ],
        "word": [text for text in options if text in _near("happy")],
    }
    assert all(kinds.values()), kinds
    for text in kinds["blank"] + kinds["deletion"] + kinds["swap"]:
        assert (text[0], text[-1]) == ("h", "y")


def test_textbugger_keeps_case_markers_and_names():
    options = [words.text for words in _options(TextBugger(), "#HAPPY")]
    assert all(text[0] == "#" for text in options)
    assert "#GLAD" in options
    assert not {words.text.lstrip("@") for words in _options(TextBugger(), "@happy")} & _near("happy")


@pytest.mark.parametrize("text", ["我很生气", "气死我了真讨厌"])
def test_textbugger_changes_chinese_characters(text):
    words = Words.of(text)
    rng = random.Random(1)
    assert all(TextBugger()._options(words, i, rng) for i in words.indices)
    assert any(sorted(o.text) == sorted(text) and o.text != text for o in TextBugger()._options(words, 0, rng))


def test_textbugger_takes_only_what_still_says_the_same(engine):
    chosen = examples(8)
    rates = [len(wins(engine, TextBugger(min_sentence_similarity=least), chosen)) for least in (-1, 0.8, 1)]
    assert rates[0] >= rates[1] >= rates[2] == 0
    assert rates[0] > 0


def test_the_search_takes_the_best_acceptable_candidate():
    """Checked after the model was asked, in order of gain, so that few texts need checking."""
    import asyncio

    import numpy as np

    checked = []

    class Score:
        def progress(self, logits):
            return np.asarray(logits, dtype=float)

        def reached(self, row):
            return row >= 15

    async def candidates(words, index):
        return [words.replace(index, f"w{number}") for number in range(20)]

    async def acceptable(texts):
        checked.extend(texts)
        return [text <= "w15" for text in texts]

    query = Recorded(lambda text: float(text[1:]) if text[1:].isdigit() else 0.0)
    search = greedy_search(
        Words.of("word"), query, goal=Score(), budget=AttackBudget(), editable=bool, candidates=candidates,
        importance="deleted", acceptable=acceptable,
    )  # fmt: skip
    assert asyncio.run(search) == "w15"
    assert query.asked[0] == ["word", ""]
    assert checked[:5] == ["w19", "w18", "w17", "w16", "w15"]
    assert len(checked) < 20


def test_a_slip_is_one_letter_on_the_next_key(engine):
    outcomes = wins(engine, KeyboardSlips())
    assert outcomes
    for outcome in outcomes:
        for before, after in changed_pairs(outcome):
            [(old, new)] = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
            assert new in neighbours(old)
            assert old.isalpha()


@pytest.mark.parametrize("attack", ["keyboard", "ocr"])
@pytest.mark.parametrize("word", ["我", "😡", "42", "@", "i", "the", "злой"])
def test_noise_leaves_alone_what_it_cannot_respell(attack, word):
    assert not load("attacks", attack).editable(word)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("turn", "tum"), ("modern", "modem"), ("cool", "c00l"), ("SOS", "5O5"), ("dear", "clear"), ("#will", "#wi11")],
)
def test_shapes_are_misread(word, expected):
    found = misreadings(word)
    assert expected in found
    assert word not in found
    assert len(set(found)) == len(found)
    assert all(other[0] == "#" for other in found if word[0] == "#")


def test_misreading_goes_both_ways():
    for shape in ("0", "O", "l", "1", "rn", "m", "cl", "d", "vv", "w", "5", "S", "8", "B"):
        for other in misreadings(f"{shape}_"):
            assert f"{shape}_" in misreadings(other)


def test_similar_characters_are_single_other_ones():
    for letter in "abegiloszABEGIOSTZ":
        assert visually_similar(letter)
        assert all(len(other) == 1 and other != letter for other in visually_similar(letter))
    assert visually_similar("😡") == ()


@pytest.mark.parametrize("name", ["keyboard", "ocr"])
def test_noise_keeps_to_three_words_of_ten(engine, name):
    attack = load("attacks", name)
    for outcome in wins(engine, attack):
        allowed = attack.budget.words_allowed(len(Words.of(outcome.original)))
        assert words_changed(outcome.original, outcome.perturbed) <= allowed


@pytest.mark.parametrize(
    "make",
    [
        lambda: DeepWordBug(edits_per_kind=0),
        lambda: StrongDeepWordBug(double_edits=-1),
        lambda: StrongPruthiTypos(typos_per_word=3),
        lambda: StrongPruthiTypos(max_words=0),
        lambda: TextBugger(bugs_per_kind=0),
        lambda: StrongTextBugger(max_neighbours=11),
        lambda: TextBugger(min_sentence_similarity=2),
        lambda: KeyboardSlips(slips_per_word=0),
    ],
)
def test_a_wrong_hyperparameter_is_one_clear_line(make):
    with pytest.raises(InputError, match=r"^attack [\w-]+: [^\n]+$"):
        make()
