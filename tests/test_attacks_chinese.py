"""Attacks on Chinese texts, and switching between Chinese and English: their tables, and what they promise."""

import csv
import json
import random
import sys

import pytest
from pypinyin import lazy_pinyin
from robust_emo_attacks.chinese_emotions import EMOTIONAL_CHARACTERS
from robust_emo_attacks.chinese_negations import NEGATIONS
from robust_emo_attacks.chinese_shapes import SQUEEZED, components, similar_characters
from robust_emo_attacks.chinese_sounds import frequent_characters, homophones, sounds
from robust_emo_attacks.chinese_text import chinese_runs
from robust_emo_attacks.chinese_words import (
    chinese_for,
    english_for,
    find_words,
    meanings,
    synonym_groups,
    synonyms,
)
from robust_emo_attacks.span_search import written
from robust_emo_attacks.text_edits import Edit
from robust_emo_attacks.zh_homophones import ChineseHomophones
from sentences import SHARED
from tiny_victim import trained_engine

from robust_emo.engine.attacking import attack_examples
from robust_emo.errors import InputError
from robust_emo.look_alikes import look_alikes
from robust_emo.plugins import load
from robust_emo.types import AttackBudget, Example, Status

ZH = ["zh-homophones", "zh-look-alikes", "zh-pinyin", "zh-splitting", "zh-synonyms", "zh-traditional"]
TABLES = SHARED / "data" / "perturbation"
NO_LIMIT = AttackBudget()
KEPT = "@小明 #开心# 😡 👨‍👩‍👧 [哈哈] https://例子.cn/高兴"
LABELS = ("anger", "joy", "sadness")
FEELINGS = {
    "anger": ("生气", "愤怒", "讨厌", "气死我了", "angry", "furious"),
    "joy": ("开心", "高兴", "快乐", "幸福", "happy", "glad"),
    "sadness": ("难过", "伤心", "痛苦", "孤独", "sad", "lonely"),
}
PATTERNS = ("我今天{}", "真的好{}啊", "妈妈说她很{}", "昨天和朋友吃饭，{}", "你好吗，我{}", "{}！明天再说")
TEXTS = [(label, pattern.format(word)) for label in LABELS for word in FEELINGS[label] for pattern in PATTERNS]
CHINESE = [text for _, text in TEXTS if not any(letter.isascii() for letter in text)][::3]


@pytest.fixture(scope="module")
def engine():
    """A tiny BERT that learnt the texts."""
    return trained_engine([text for _, text in TEXTS], [label for label, _ in TEXTS], LABELS, steps=25)


def attacked(engine, name, texts, *, budget=NO_LIMIT):
    """Outcomes, in order, of texts whose labels are what the model says."""
    said = [LABELS[int(row.argmax())] for row in engine.scores(texts)]
    examples = [Example(f"row-{i}", text, (label,)) for i, (text, label) in enumerate(zip(texts, said, strict=True))]
    attack = load("attacks", name)
    attack.budget = budget
    outcomes = {outcome.example_id: outcome for outcome in attack_examples(engine, attack, examples, seed=7)}
    assert not [outcome.error for outcome in outcomes.values() if outcome.error]
    return [outcomes[example.id] for example in examples]


def succeeded(outcomes):
    return [outcome for outcome in outcomes if outcome.status is Status.SUCCEEDED]


def is_han(text):
    return all("\u4e00" <= character <= "\u9fff" for character in text)


def exchanged(name, text, **arguments):
    """(what stood there, what may stand there) of every stretch an attack would touch."""
    exchanges = load("attacks", name, **arguments).exchanges(text, random.Random(0))
    return [(text[exchange.start : exchange.end], exchange.others) for exchange in exchanges if exchange.others]


# Tables


def test_look_alikes_are_other_characters_both_ways():
    table = similar_characters()
    assert len(table) >= 250
    for character, others in table.items():
        assert is_han(character)
        assert others
        assert len(set(others)) == len(others)
        assert character not in others
        assert all(character in table[other] for other in others)
    assert set("己已巳") - {"己"} <= set(table["己"])


def test_halves_are_characters_of_their_own():
    table = components()
    assert len(table) >= 200
    for whole, halves in table.items():
        assert is_han(whole + halves)
        assert len(whole) == 1
        assert len(halves) == 2
        assert whole not in halves
        assert not set(halves) & set("亻氵扌忄讠饣钅纟艹辶阝宀犭疒礻衤彳冫刂攵廴勹匚卩厶")
    assert (table["好"], table["明"], table["吗"]) == ("女子", "日月", "口马")


def test_synonyms_are_of_one_group_and_of_the_emotion_of_their_translation():
    groups = synonym_groups()
    words = [word for _, group in groups for word in group]
    emotions = {word: emotion for emotion, group in groups for word in group}
    assert len(groups) >= 60
    assert len(words) == len(set(words))
    assert all(is_han(word) for word in words)
    assert set(emotions.values()) <= {"joy", "love", "sadness", "anger", "disgust", "fear", "surprise", "neutral"}
    for word, others in synonyms().items():
        assert others
        assert word not in others
        assert {emotions[other] for other in others} == {emotions[word]}
    for row in meanings():
        assert {emotions.get(word, row.emotion) for word in row.chinese} == {row.emotion}


def test_translations_go_both_ways_and_mean_one_thing():
    chinese = [word for row in meanings() for word in row.chinese]
    english = [word for row in meanings() for word in row.english_read]
    assert len(meanings()) >= 100
    assert len(chinese) == len(set(chinese))
    assert len(english) == len(set(english))
    assert all(row.chinese and row.english for row in meanings())
    assert all(word.isascii() and word == word.lower() and " " not in word for word in english)
    for word in ("happy", "angry", "love"):
        assert all(word in english_for()[other] for other in chinese_for()[word])
    assert "happy" in english_for()["开心"]
    assert "like" in english_for()["喜欢"]
    assert "like" not in chinese_for()  # more often a preposition


def test_frequent_characters_are_the_first_level_of_gb_2312():
    characters = frequent_characters()
    assert len(set(characters)) == len(characters) == 3755
    assert (characters[0], characters[-1]) == ("啊", "座")
    assert all(is_han(character) for character in characters)


@pytest.mark.parametrize("tones", [True, False])
def test_homophones_are_read_alike(tones):
    for character in frequent_characters()[::40]:
        sound = sounds(character, tones=tones)[0]
        for other in homophones(character, sound, tones=tones):
            assert other != character
            assert sounds(other, tones=tones) == [sound]
            assert character in homophones(other, sound, tones=tones)


def test_a_character_is_read_as_its_word_wants_it():
    assert sounds("快乐", tones=True) == ["kuai4", "le4"]
    assert sounds("音乐", tones=True) == ["yin1", "yue4"]
    assert sounds("女\U000323af男", tones=False) == ["nv", "", "nan"]


@pytest.mark.parametrize(
    ("run_of_characters", "found"),
    [
        ("发生气味很大", []),
        ("我很生气了", ["很生气"]),
        ("离开心爱的他", []),
        ("我的天哪好开心", ["我的天哪", "好开心"]),
    ],
)
def test_words_are_the_longest_and_no_accident_of_two_others(run_of_characters, found):
    spans = find_words(run_of_characters, synonyms())
    assert [run_of_characters[start:end] for start, end in spans] == found


@pytest.mark.skipif(not TABLES.exists(), reason="needs the shared tables of perturbations")
def test_homophones_agree_with_a_table_made_by_others():
    rows = [line.split("\t") for line in (TABLES / "zh_homophones.txt").read_text(encoding="utf-8").splitlines()]
    syllables: dict[str, set[str]] = {}
    for syllable, *characters in rows:
        for character in characters:
            syllables.setdefault(character, set()).add(syllable)
    pairs = [
        bool(syllables.get(one, set()) & syllables.get(other, set()))
        for one in frequent_characters()
        for other in homophones(one, sounds(one, tones=False)[0], tones=False)
    ]
    assert sum(pairs) >= 0.99 * len(pairs)


@pytest.mark.skipif(not TABLES.exists(), reason="needs the shared tables of perturbations")
def test_conversion_agrees_with_a_table_made_by_others():
    with (TABLES / "zh_traditional_simplified.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    converted = dict(exchanged("zh-traditional", "，".join(row["traditional"] for row in rows)))
    hits = [converted.get(row["traditional"]) == (row["simplified"],) for row in rows]
    assert sum(hits) >= 0.95 * len(hits)


@pytest.mark.skipif(not TABLES.exists(), reason="needs the shared tables of perturbations")
def test_look_alikes_agree_with_a_table_made_by_others_more_than_chance():
    """That table is strict and knows 1 pair of frequent characters in 10,000; ours are often of its kind."""
    table = json.loads((TABLES / "zh_visual_confusables.json").read_text(encoding="utf-8"))
    theirs = {(one, other) for one, entries in table.items() for other, _ in entries}
    ours = {(one, other) for one, others in similar_characters().items() for other in others}
    assert len({pair for pair in ours if pair in theirs or pair[::-1] in theirs}) >= 0.03 * len(ours)


# Which characters are Chinese


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("", []),
        ("happy 😡 #rage", []),
        ("我今天 very 开心", ["我今天", "开心"]),
        ("とても怒っている 我很生气", ["我很生气"]),
        ("我の猫", ["我", "猫"]),
        ("화가 난다 气", ["气"]),
        ("生气[怒]了#愤怒#真的 @小明 😡", ["生气", "了", "真的"]),
        ("https://t.cn/a 高兴", ["高兴"]),
    ],
)
def test_only_chinese_outside_tags_handles_and_codes_is_changed(text, runs):
    assert [text[start:end] for start, end in chinese_runs(text)] == runs


def test_latin_words_stay_apart():
    assert written("开心快乐abc", [Edit(0, 2, "happy"), Edit(2, 4, "glad")]) == "happy glad abc"
    assert written("我开心啊", [Edit(1, 3, "happy")]) == "我happy啊"
    assert written("so sad", [Edit(3, 6, "难过")]) == "so 难过"


# The attacks


@pytest.mark.parametrize("name", ZH)
@pytest.mark.parametrize("text", ["i feel so sad", "😡👍🏽🏳️‍🌈", "とても怒っている", "화가 난다", "#开心# @小明", ""])
def test_texts_without_chinese_cost_nothing(engine, name, text):
    (outcome,) = attacked(engine, name, [text])
    assert (outcome.status, outcome.num_queries) == (Status.FAILED, 0)


@pytest.mark.parametrize("name", [*ZH, "code-switching"])
def test_chinese_texts_are_won_and_all_else_in_them_stays(engine, name):
    tail = f" {KEPT} とても怒っている"
    wins = succeeded(attacked(engine, name, [text + tail for _, text in TEXTS[::2]]))
    assert wins
    for outcome in wins:
        assert outcome.perturbed != outcome.original
        assert outcome.perturbed.endswith(tail)


@pytest.mark.parametrize("name", [*ZH, "code-switching"])
def test_a_small_budget_of_queries_is_used(engine, name):
    budget = AttackBudget(max_queries=5)
    (outcome,) = attacked(engine, name, ["妈妈昨天说她好开心，和朋友吃饭头发乱了"], budget=budget)
    assert 2 <= outcome.num_queries <= 5


def test_homophones_keep_the_sound_and_bring_no_emotion(engine):
    wins = succeeded(attacked(engine, "zh-homophones", CHINESE))
    assert wins
    for outcome in wins:
        assert len(outcome.perturbed) == len(outcome.original)
        changed = [new for old, new in zip(outcome.original, outcome.perturbed, strict=True) if old != new]
        assert not EMOTIONAL_CHARACTERS & set(changed)
    for old, others in exchanged("zh-homophones", "我今天好开心", max_candidates=99):
        assert {lazy_pinyin(other)[0] for other in others} == {lazy_pinyin(old)[0]}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("zh-homophones", {"max_candidates": 999}),
        ("zh-homophones", {"max_candidates": 999, "same_tone": False}),
        ("zh-look-alikes", {}),
        ("zh-pinyin", {"initials": True}),
        ("zh-splitting", {"squeezed": True}),
    ],
)
def test_negations_are_neither_written_nor_taken_away(name, arguments):
    assert exchanged(name, "".join(sorted(NEGATIONS)), **arguments) == []
    text = "不要脸，" + "，".join(frequent_characters())
    for old, others in exchanged(name, text, **arguments):
        assert NEGATIONS.isdisjoint(old)
        assert all(NEGATIONS.isdisjoint(other) for other in others)


def test_what_sounds_or_looks_like_a_feeling_is_not_written():
    others = {
        other for name in ("zh-homophones", "zh-look-alikes") for _, row in exchanged(name, "优律每") for other in row
    }
    assert not others & set("忧虑悔")


def test_homophones_of_any_tone_are_more():
    text = "我今天好开心"
    same, any_tone = (
        dict(exchanged("zh-homophones", text, same_tone=same_tone, max_candidates=999)) for same_tone in (True, False)
    )
    assert all(set(others) <= set(any_tone[old]) for old, others in same.items())
    assert sum(map(len, any_tone.values())) > 2 * sum(map(len, same.values()))
    assert all(len(others) <= 3 for _, others in exchanged("zh-homophones", text, max_candidates=3))
    with pytest.raises(InputError, match=r"^attack zh-homophones: max_candidates"):
        ChineseHomophones(max_candidates=0)


def test_look_alikes_come_from_the_tables(engine):
    for outcome in succeeded(attacked(engine, "zh-look-alikes", CHINESE)):
        for old, new in zip(outcome.original, outcome.perturbed, strict=True):
            assert old == new or new in (*similar_characters().get(old, ()), *look_alikes(old))
    plain = exchanged("zh-look-alikes", "我今天好开心", compatibility_forms=False)
    assert all(is_han("".join(others)) for _, others in plain)


def test_splitting_writes_both_halves():
    assert exchanged("zh-splitting", "你好吗，我恨他") == [("好", ("女子",)), ("吗", ("口马",))]
    squeezed = [("你", ("人尔",)), ("好", ("女子",)), ("吗", ("口马",)), ("恨", ("心艮",)), ("他", ("人也",))]
    assert exchanged("zh-splitting", "你好吗，我恨他", squeezed=True) == squeezed
    assert {halves[0] for halves in components().values()} >= SQUEEZED


def test_pinyin_reads_back_as_the_original(engine):
    wins = succeeded(attacked(engine, "zh-pinyin", CHINESE))
    assert wins
    for outcome in wins:
        assert "".join(lazy_pinyin(outcome.perturbed)).replace(" ", "") == "".join(lazy_pinyin(outcome.original))


def test_pinyin_of_words_and_initials():
    assert ("开心", ("kaixin",)) in exchanged("zh-pinyin", "我开心")
    assert ("开心", ("kaixin", "kx")) in exchanged("zh-pinyin", "我开心", initials=True)


def test_synonyms_stay_in_their_group():
    assert exchanged("zh-synonyms", "我很生气") == [("很生气", synonyms()["很生气"])]


def test_traditional_and_back():
    text = "头发和发现，皇后在后面，开心的妈妈"
    traditional = "頭髮和發現，皇后在後面，開心的媽媽"
    there = load("attacks", "zh-traditional").exchanges(text, random.Random(0))
    edits = [Edit(exchange.start, exchange.end, exchange.others[0]) for exchange in there]
    assert written(text, edits) == traditional
    back = load("attacks", "zh-traditional").exchanges(traditional, random.Random(0))
    edits = [Edit(exchange.start, exchange.end, exchange.others[0]) for exchange in back]
    assert written(traditional, edits) == text


def test_without_opencc_the_command_that_adds_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "opencc", None)
    (problem,) = load("attacks", "zh-traditional").problems()
    assert "pip install 'robust-emo[chinese]'" in problem


def test_switching_goes_both_ways(engine):
    assert exchanged("code-switching", "我很开心 I LOVE #love 爱你") == [
        ("开心", ("happy", "glad")),
        ("LOVE", ("爱", "热爱")),
        ("爱", ("love",)),
    ]
    wins = succeeded(attacked(engine, "code-switching", [text for _, text in TEXTS]))
    assert {language for outcome in wins for language in _switched_to(outcome)} == {"zh", "en"}


def _switched_to(outcome):
    before, after = (sum(letter.isascii() for letter in text) for text in (outcome.original, outcome.perturbed))
    return {"en"} if after > before else {"zh"}
