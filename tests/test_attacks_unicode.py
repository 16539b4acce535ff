"""What the imperceptible attacks promise: the text is displayed as before, and code points are what is counted."""

import random
import unicodedata

import pytest
from bidi_display import displayed
from robust_emo_attacks.bidi import BidirectionalReorderings
from robust_emo_attacks.deletions import Deletions
from robust_emo_attacks.homoglyphs import Homoglyphs
from robust_emo_attacks.invisible import ZERO_WIDTH
from robust_emo_attacks.unicode import UnicodeTricks
from robust_emo_attacks.zero_width import ZeroWidth
from sentences import emotion_rows

from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.errors import InputError
from robust_emo.look_alikes import look_alikes
from robust_emo.types import AttackBudget, Example, Status
from robust_emo.words import Words, edit_distance, words_changed

TEXTS = (
    "I'm sooo happy about this, don't you? (yes!) 5 of 7 #GladDay @user",
    "2nite: b4 12:30, well-known… \"great\" 'stuff'",
    "sad, mad, glad: bad",
    "שלום happy 5 (sad) days, ok!",
    "أنا غاضب today 3 happy 4",
    "气死我了 happy!! 😡👍🏽 とても 화가",
    "naïve cafe\u0301 Z\u0335\u0321algo злой",
    "🏳️‍🌈 🇩🇪 👨‍👩‍👧",
)
ATTACKS = (Homoglyphs(), ZeroWidth(), BidirectionalReorderings(), Deletions(), Deletions(eraser="delete"))
EVERY = (*ATTACKS, UnicodeTricks())
CJK_FORMS = ("CJK COMPATIBILITY", "KANGXI RADICAL")


def erased(text):
    """The text after every backspace, or delete, took the character before it."""
    kept = []
    for character in text:
        if character in "\b\x7f":
            kept.pop()
        else:
            kept.append(character)
    return "".join(kept)


def plain(text):
    """What is seen of a text: in order of display, without what is erased or has no width, one glyph per shape."""
    seen = displayed(erased(text))
    forms = (unicodedata.normalize("NFKC", c) if unicodedata.name(c, "").startswith(CJK_FORMS) else c for c in seen)
    return "".join(min((c, *look_alikes(c))) for c in forms if c not in (*ZERO_WIDTH, "\u00ad"))


def perturbed(attack, text, rng):
    """Every single change, and some texts with most words changed."""
    words = Words.of(text)
    for index in words.indices:
        yield from (option.text for option in attack.options(words, index, rng))
    for _ in range(10):
        current = words
        for index in words.indices:
            options = attack.options(current, index, rng) if current[index] == words[index] else []
            if options and rng.random() < 0.8:
                current = rng.choice(options)
        yield current.text


@pytest.fixture(scope="module")
def engine(victim):
    return Engine(victim)


def outcomes(engine, attack, texts=None):
    rows = emotion_rows(24, seed=12)
    chosen = [Example(f"row-{i}", row["text"], (row["label"],)) for i, row in enumerate(rows)]
    found = list(attack_examples(engine, attack, chosen, seed=1))
    assert not [outcome.error for outcome in found if outcome.error]
    return found


def test_what_the_tests_take_for_displayed():
    assert displayed("abc שלום") == "abc םולש"
    assert displayed("שלום abc 5 (x)") == ")abc 5 (x םולש"
    assert displayed("a\u202ecb\u202cd") == "abcd"
    assert displayed("\u202eba\u202c, \u202edc\u202c") == "cd ,ab"  # bare overrides pull punctuation along
    assert displayed("\u202eba\u202c 5") == "5 ab"  # and numbers
    assert displayed("x 1,234 אב 5-6") == "x 1,234 5-6 בא"
    assert displayed("1,234 אב 5-6") == "5-6 בא 1,234"
    assert erased("hapx\bpy") == "happy"


@pytest.mark.parametrize("attack", EVERY, ids=lambda attack: f"{attack.spec.name}{dict(attack.arguments())}")
@pytest.mark.parametrize("text", TEXTS)
def test_the_text_looks_the_same(attack, text):
    changed = 0
    for other in perturbed(attack, text, random.Random(3)):
        assert plain(other) == plain(text), ascii(other)
        changed += other != text
    assert changed or attack.spec.name in ("bidi", "homoglyphs")


@pytest.mark.parametrize("attack", EVERY, ids=lambda attack: f"{attack.spec.name}{dict(attack.arguments())}")
@pytest.mark.parametrize("text", TEXTS)
def test_each_change_costs_one_word_and_little_of_the_budget(attack, text):
    words, rng = Words.of(text), random.Random(5)
    for index in words.indices:
        for option in attack.options(words, index, rng):
            swapped_ideographs = attack.spec.name == "bidi" and unicodedata.east_asian_width(words[index][0]) == "W"
            assert words_changed(text, option.text) == (2 if swapped_ideographs else 1), ascii(option.text)
            assert edit_distance(text, option.text) <= attack.budget.max_edit_distance


@pytest.mark.parametrize("attack", ATTACKS[:4], ids=lambda attack: attack.spec.name)
def test_the_model_is_moved_within_the_budget_of_code_points(engine, attack):
    found = outcomes(engine, attack)
    wins = [outcome for outcome in found if outcome.status is Status.SUCCEEDED]
    assert len(wins) >= 0.5 * len([outcome for outcome in found if outcome.status is not Status.SKIPPED])
    for outcome in wins:
        assert plain(outcome.perturbed) == plain(outcome.original)
        assert edit_distance(outcome.original, outcome.perturbed) <= attack.budget.max_edit_distance
        assert outcome.words_perturbed >= 1


@pytest.mark.parametrize(
    ("attack", "cost"), [(Homoglyphs(), 1), (ZeroWidth(), 1), (Deletions(), 2), (BidirectionalReorderings(), 7)]
)
def test_a_budget_below_the_cost_of_one_change_allows_none(engine, attack, cost):
    attack.budget = AttackBudget(max_edit_distance=cost - 1)
    assert not [outcome for outcome in outcomes(engine, attack) if outcome.status is Status.SUCCEEDED]


def test_nothing_invisible_breaks_an_emoji_or_joined_letters():
    for text in ("👍🏽 🇩🇪 🏳️‍🌈", "غاضب", "cafe\u0301"):
        words = Words.of(text)
        for attack in (ZeroWidth(), UnicodeTricks(homoglyphs=False)):
            for index in words.indices:
                options = [option[index] for option in attack.options(words, index, random.Random(1))]
                assert options
                assert all(option.startswith(words[index]) for option in options)


def test_hashtags_and_names_keep_their_sign_in_front():
    for attack in EVERY:
        for word in ("#happy", "@happy"):
            options = attack.options(Words.of(word), 0, random.Random(1))
            assert options
            assert all(option.text[0] == word[0] for option in options)


def test_reordered_texts_store_another_order():
    for option in BidirectionalReorderings().options(Words.of("happy"), 0, random.Random(1)):
        stored = [c for c in option.text if unicodedata.category(c) != "Cf"]
        assert stored != list("happy")
        assert sorted(stored) == sorted("happy")
    [swapped] = BidirectionalReorderings().options(Words.of("生气"), 0, random.Random(1))
    assert displayed(swapped.text) == "生气"
    assert [c for c in swapped.text if c.isalpha()] == ["气", "生"]


@pytest.mark.parametrize("word", ["غاضب", "שלום", "cafe\u0301", "😡", "a", "aaa", "हिन्दी", "42"])
def test_letters_that_cannot_be_reordered_unseen_stay(word):
    attack = BidirectionalReorderings()
    words = Words.of(word)
    for index in words.indices:
        for option in attack.options(words, index, random.Random(1)):
            assert displayed(option.text) == displayed(word)
            assert "\u0301" not in option.text or "e\u0301" in option.text


def test_a_text_with_direction_controls_of_its_own_is_left_alone():
    text = "so \u202bhappy\u202c here"
    words = Words.of(text)
    assert not [
        option for i in words.indices for option in BidirectionalReorderings().options(words, i, random.Random(1))
    ]


def test_an_unknown_eraser_is_one_clear_line():
    with pytest.raises(InputError, match=r"^attack deletions: eraser must be one of backspace, delete; got 'cr'$"):
        Deletions(eraser="cr")
