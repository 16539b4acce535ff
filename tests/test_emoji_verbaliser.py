"""Emoji in words: the names, the blanks around them, and the way back."""

import time
from dataclasses import replace
from importlib.metadata import version

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robust_emo.defences.emoji_verbaliser import EmojiVerbaliser
from robust_emo.defences.input_defence import InputDefence
from robust_emo.defences.steps import load_defence, store
from robust_emo.errors import InputError

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
TEXAS = "\U0001f3f4\U000e0075\U000e0073\U000e0074\U000e0078\U000e007f"  # has no name
PIECES = [*"a1#!( 😂❤👩🏽🇩🇪气", "\u200d", "\ufe0f", "\ufe0e", "\u20e3", "\U000e0067"]


@pytest.fixture(scope="module")
def said():
    """Texts with their emoji in words."""
    return InputDefence([EmojiVerbaliser()]).text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("😂", "face with tears of joy"),
        ("👩‍👩‍👧‍👦", "family woman woman girl boy"),
        ("👍🏽 👍", "thumbs up thumbs up"),  # tones are not said
        ("🤷🏽\u200d♀️ 🤷\u200d♀", "woman shrugging woman shrugging"),
        ("🏽", "medium skin tone"),  # but by itself
        ("👩🏽\u200d🤝\u200d👨🏻", "woman handshake man"),  # no name without tones
        ("😂\u200d👩\u200d🚀", "face with tears of joy woman astronaut"),
        ("🇩🇪🇫🇷 🏳️\u200d🌈", "Germany France rainbow flag"),
        (f"{ENGLAND} {TEXAS}", "England black flag"),
        ("1️⃣2\u20e3 #️⃣ 🔟", "1 2 # keycap 10"),
        ("❤️ ❤ ❤︎ ☺", "red heart red heart red heart smiling face"),
        ("🅰 🇨🇮", "A button blood type Côte d’Ivoire"),
    ],
)
def test_names(said, written, read):
    assert said(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("so😡happy", "so enraged face happy"),
        ("so 😡 happy", "so enraged face happy"),
        ("😡😡", "enraged face enraged face"),
        ("(😡), “😡”!", "(enraged face), “enraged face”!"),
        ("#😡 @😡 .😡", "# enraged face @ enraged face . enraged face"),
        ("气死😡了", "气死 enraged face 了"),
    ],
)
def test_blanks_part_names_from_what_stands_around(said, written, read):
    assert said(written) == read


@pytest.mark.parametrize("text", ["", ":-) xD <3", "1 # * 10", "© ® ™ ©️", "🇩", "\u200d\ufe0f\u20e3", "我很好", "naïve"])
def test_what_is_left_alone(said, text):
    assert said(text) == text


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@settings(deadline=None)
def test_a_second_pass_changes_nothing(text):
    defence = InputDefence([EmojiVerbaliser()])
    assert defence.text(defence.text(text)) == defence.text(text)


def test_tones_and_styles_make_no_difference(said):
    tones, styles = ("", *"🏻🏼🏽🏾🏿"), ("", "\ufe0f", "\ufe0e")
    assert {said(f"ok 👍{tone} then ❤{style}") for tone in tones for style in styles} == {"ok thumbs up then red heart"}


def test_every_word_of_a_name_comes_from_the_emoji():
    text = "ok👍🏽! so 👩\u200d🚀😡"
    rewriting = InputDefence([EmojiVerbaliser()]).rewriting(text)
    assert rewriting.text == "ok thumbs up! so woman astronaut enraged face"
    for word, written in (("ok", "ok"), ("thumbs", "👍🏽"), ("up", "👍🏽"), ("so", "so"), ("astronaut", "👩\u200d🚀"),
                          ("enraged", "😡")):  # fmt: skip
        start = rewriting.text.index(word)
        first, last = rewriting.origin(start, start + len(word))
        assert text[first:last] == written


def test_other_languages():
    assert InputDefence([EmojiVerbaliser(language="de")]).text("gut 👍🏽") == "gut daumen hoch"
    assert InputDefence([EmojiVerbaliser(language="zh")]).text("好👍🏽") == "好 拇指向上"
    assert EmojiVerbaliser(language="zh").arguments() == {"language": "zh"}


def test_a_model_is_pinned_to_the_names(tmp_path):
    (step,) = store([EmojiVerbaliser()], tmp_path)
    assert step.depends_on == {"emoji": version("emoji")}
    with pytest.raises(InputError, match="emoji 1.0 then"):
        load_defence([replace(step, depends_on={"emoji": "1.0"})], tmp_path)


@pytest.mark.parametrize("language", ["xx", "", None, "EN"])
def test_a_language_without_names(language):
    with pytest.raises(InputError, match="normaliser emoji: language must be one of ar, de, en"):
        EmojiVerbaliser(language=language)


@pytest.mark.parametrize("unit", ["😂", "👩\u200d", "1\ufe0f", "🇩", "🏴\U000e0067"])
def test_long_rows_take_no_time(unit):
    emoji = EmojiVerbaliser()
    emoji.replacements("😂")
    for text in (unit * 20_000, unit[:1] + unit[1:] * 40_000):
        started = time.process_time()
        emoji.replacements(text)
        assert time.process_time() - started < 2
