"""What the attacks on sentences promise about their texts."""

import random
import re
import unicodedata

import numpy as np
import pytest
from robust_emo_attacks.best_of import best_of
from robust_emo_attacks.contractions import Contractions
from robust_emo_attacks.distractor import Distractor
from robust_emo_attacks.language import language_of
from robust_emo_attacks.letter_case import LetterCase
from robust_emo_attacks.neutral_context import NeutralContext
from robust_emo_attacks.neutral_sentences import CHINESE, ENGLISH
from robust_emo_attacks.punctuation import Punctuation
from robust_emo_attacks.text_edits import Edit, edited, free_words, in_case_of, protected_spans

from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.engine.requests import Query
from robust_emo.errors import InputError
from robust_emo.types import AttackBudget, Example, Status
from robust_emo.words import Words, words_changed

TEXTS = (
    "I am so sad",
    "Well, I don't know... it's 3.5, but ok :( #SoSad!",
    "@user can't you see http://t.co/aB.c,d? I'M FURIOUS 😡😡",
    "我今天真的很生气，气死我了。",
    "#开心#今天去了公园！👍🏽",
    "Mr. Smith isn't angry; he'll say it's fine",
    "We cannot go because they have been mad &amp; loud",
)
NO_LIMIT = AttackBudget()
KEPT = re.compile(r"https?://\S+|[@#][\w]+|&amp;|:\(|[\U0001f300-\U0001faff]")


def letters(text: str) -> str:
    return "".join(c for c in text if not unicodedata.category(c).startswith("P") and not c.isspace() and c != "～")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("attack", [Distractor(), NeutralContext()], ids=lambda attack: attack.spec.name)
def test_the_text_stands_unchanged_inside_its_context(attack, text):
    variants = list(attack.variants(text))
    assert len(variants) >= 15
    assert all(text in variant for variant in variants)
    for variant in variants[::7]:
        assert all(text in second for second in attack.variants(variant))


@pytest.mark.parametrize("attack", [Distractor(), NeutralContext()], ids=lambda attack: attack.spec.name)
def test_a_limit_of_three_words_leaves_short_context(attack):
    for text in ("I am so sad", "我很生气"):
        short = [variant for variant in attack.variants(text) if words_changed(text, variant) <= 3]
        assert len(short) >= 3
        assert any(words_changed(text, variant) == 1 for variant in short) or language_of(text) == "zh"


@pytest.mark.parametrize("text", ["😡 😡", "أنا غاضب جدا", "とても怒っている", "화가 난다", "", "?!"])
@pytest.mark.parametrize(
    "attack", [Distractor(), NeutralContext(), Contractions()], ids=lambda attack: attack.spec.name
)
def test_no_words_are_put_beside_a_script_without_a_table(attack, text):
    assert list(attack.variants(text)) == []


def test_appended_sentences_are_neutral():
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    judge = SentimentIntensityAnalyzer()
    assert [sentence for sentence in ENGLISH if judge.polarity_scores(sentence)["compound"] != 0] == []
    assert len(set(ENGLISH)) == len(ENGLISH) >= 60
    assert len(set(CHINESE)) == len(CHINESE) >= 30


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("I'm sad", {"I am sad", "I’m sad", "Im sad"}),
        ("DON'T go", {"DO NOT go", "DON’T go", "DONT go"}),
        ("I do not know", {"I don't know"}),
        ("Cannot wait", {"Can't wait"}),
        ("We’ll see", {"We will see", "We'll see"}),
        ("im gonna cry", {"im going to cry", "I'm gonna cry", "I am gonna cry"}),
        ("he's been mad", {"he has been mad", "he’s been mad"}),
        ("isn't it sad", {"isn’t it sad", "isnt it sad"}),
        ("this is who I am today", set()),
        ("I have a dog", set()),
        ("my mother's house", {"my mother’s house"}),
        ("rock-'n'-roll @don't #can't", set()),
    ],
)
def test_contractions(text, wanted):
    assert wanted <= set(Contractions().variants(text))
    others = set(Contractions().variants(text)) - wanted - {text}
    assert all("I am going to cry" in other for other in others)


@pytest.mark.parametrize("text", TEXTS)
def test_without_punctuation_the_words_are_the_same(text):
    for variant in Punctuation().variants(text):
        assert letters(variant) == letters(text)
        assert KEPT.findall(variant) == KEPT.findall(text)
        assert variant.count("?") or not text.count("?")


@pytest.mark.parametrize("text", ["it costs 3.5 at 10:30", "the U.S. army", "we'll see", "Mr. Smith"])
def test_points_that_are_no_full_stops_stay(text):
    assert all(variant.startswith(text) for variant in Punctuation().variants(text))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Stop!", {"Stop", "Stop.", "Stop!!!"}),
        ("sad and tired", {"sad, and tired", "sad and tired..."}),
        ("Oh, no", {"Oh no"}),
        ("气死我了。", {"气死我了", "气死我了！！！", "气死我了～"}),
        ("why?", {"why???"}),
    ],
)
def test_punctuation_tried(text, wanted):
    assert wanted <= set(Punctuation().variants(text))


class _Recording(Query):
    """Answers from a function and keeps the texts that were asked."""

    def __init__(self, logits, max_queries=None):
        super().__init__(max_queries=max_queries, unknown_token="[UNK]")
        self.logits, self.asked = logits, []

    async def scores(self, texts):
        self._charge(len(texts))
        self.asked += texts
        return np.array([self.logits(text) for text in texts], dtype=np.float32)


class _SecondLabelWins:
    name = "untargeted"

    def progress(self, logits):
        return logits[:, 1].astype(float) - logits[:, 0]

    def reached(self, logits):
        return bool(logits[1] > logits[0])

    def target(self):
        return (1.0, 0.0)


def finished(coroutine):
    """Result of a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return stop.value
    raise AssertionError("the coroutine waits")


def attacked(attack, text, logits, *, budget=NO_LIMIT, max_queries=None):
    query = _Recording(logits, max_queries)
    example = Example("x", text, ("a",))
    found = finished(attack.perturb(example, query, goal=_SecondLabelWins(), budget=budget, rng=random.Random(1)))
    return found, query.asked


def test_letter_case_keeps_spelling_and_protected_words():
    for text in TEXTS:
        found, asked = attacked(LetterCase(), text, lambda text: (1, sum(map(str.isupper, text)) / 100))
        assert found is None
        assert all(variant.casefold() == text.casefold() or "[UNK]" in variant for variant in asked)
        assert all(KEPT.findall(variant) == KEPT.findall(text) for variant in asked if "[UNK]" not in variant)

    def one_capital_word_wins(text):
        return (0.5, 0.2 * ("AM" in text) + 0.5 * ("AM" in text and "SAD" not in text))

    assert attacked(LetterCase(), "i am sad", one_capital_word_wins)[0] == "i AM sad"


def test_letter_case_soon_leaves_an_uncased_model():
    found, asked = attacked(LetterCase(), "I am Sad about it", lambda text: (1, 0))
    assert found is None
    assert len(asked) <= 5


def test_best_of_builds_variants_on_each_other_and_stops_when_nothing_helps():
    def more(text):
        return [text + "x", text + "y"]

    async def search(query, rounds, budget=NO_LIMIT):
        return await best_of(
            "a", query, goal=_SecondLabelWins(), budget=budget, rng=random.Random(1), rounds=rounds, variants=more
        )

    def needs_two(text):
        return (1.5, text.count("x"))

    assert finished(search(_Recording(needs_two), 1)) is None
    assert finished(search(_Recording(needs_two), 2)) == "axx"
    assert finished(search(_Recording(needs_two), 2, AttackBudget(max_edit_distance=1))) is None
    useless = _Recording(lambda text: (1, 0))
    assert finished(search(useless, 5)) is None
    assert useless.asked == ["a", "ax", "ay"]
    short = _Recording(needs_two, max_queries=2)
    assert finished(search(short, 2)) is None
    assert len(short.asked) == 2


def test_a_real_model_is_misled_by_context_and_the_text_still_stands(victim):
    chosen = [
        Example(f"row-{i}", f"I feel {word} about the new house {i}", (label,))
        for i, (word, label) in enumerate(
            [("furious", "anger"), ("scared", "fear"), ("happy", "joy"), ("sad", "sadness"), ("gloomy", "sadness")] * 4
        )
    ]
    for attack in (Distractor(), NeutralContext(), Punctuation()):
        for outcome in attack_examples(Engine(victim), attack, chosen, seed=3):
            assert outcome.status is not Status.ERRORED
            if outcome.status is Status.SUCCEEDED and attack.spec.name != "punctuation":
                assert outcome.original in outcome.perturbed


def test_protected_parts_of_a_text():
    text = "so sad :( at www.a.de/b, #SoSad @me http://t.co:/x我 😡👍🏽 a@b.org &amp; #开心#好"
    parts = [text[start:end] for start, end in protected_spans(text)]
    assert parts == [
        ":(", "www.a.de/b,", "#SoSad", "@me", "http://t.co:/x", "😡", "👍🏽", "a@b.org", "&amp;", "#开心#",
    ]  # fmt: skip
    words = Words.of(text)
    assert [words[i] for i in free_words(words)] == ["so", "sad", "at", "我", "好"]


def test_edits_apply_from_the_left_and_overlaps_are_left_out():
    assert edited("abcdef", [Edit(4, 6, "Z"), Edit(0, 2, "x"), Edit(1, 3, "?")]) == "xcdZ"
    assert edited("abc", [Edit(1, 1, "-"), Edit(3, 3, "!")]) == "a-bc!"
    assert in_case_of("DON'T", "do not") == "DO NOT"
    assert in_case_of("Don't", "do not") == "Do not"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I am", "en"),
        ("我很生气", "zh"),
        ("我love你了啊", "zh"),
        ("I say 好 today", "en"),
        ("とても", None),
        ("😡", None),
    ],
)
def test_language(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize("kind", [Distractor, NeutralContext, Contractions, Punctuation])
def test_a_wrong_number_of_edits_is_one_clear_line(kind):
    with pytest.raises(InputError, match=r"^attack [\w-]+: max_edits must be at least 1, got 0$"):
        kind(max_edits=0)
