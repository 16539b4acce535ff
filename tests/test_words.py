"""Words: nothing of a text is lost, and distances are what Levenshtein says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robust_emo.words import Words, edit_distance, words_changed

pytestmark = pytest.mark.model_free


@given(st.text())
def test_splitting_loses_nothing(text):
    assert Words.of(text).text == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I'm sooo happy 😂😂 #blessed @user!!", ("I'm", "sooo", "happy", "😂", "😂", "#blessed", "@user")),
        ("我今天很开心😊", ("我", "今", "天", "很", "开", "心", "😊")),
        ("a well-known thing", ("a", "well-known", "thing")),
        ("🇩🇪 👨‍👩‍👧", ("🇩🇪", "👨‍👩‍👧")),
        ("!!! ...", ()),
        ("don'\u200bt hap\u2065py so\u0301 \u200bno\u200b!", ("don'\u200bt", "hap\u2065py", "so\u0301", "no\u200b")),
        ("happx\by x\bhappy happyx\b donx\b't", ("happx\by", "x\bhappy", "happyx", "donx\b't")),
        (
            "a\u202d\u2066\u202ecb\u202c\u2069\u202cd \u202d\u2066\u202eon\u202c\u2069\u202c.",
            ("a\u202d\u2066\u202ecb\u202c\u2069\u202cd", "on"),
        ),
        ("气\u2065死x\b了 😡\u200b😡", ("气\u2065", "死", "x", "了", "😡\u200b", "😡")),
        ("", ()),
    ],
)
def test_words_of_real_writing(text, words):
    assert Words.of(text).words == words


def test_replacing_a_word_leaves_the_rest_untouched():
    assert Words.of("so, very  glad!").replace(1, "less").text == "so, less  glad!"


def textbook(left, right):
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
    return row[-1]


@given(st.text("abc", max_size=25), st.text("abc", max_size=25))
def test_edit_distance_is_levenshteins(left, right):
    assert edit_distance(left, right) == textbook(left, right)


@given(st.lists(st.sampled_from(["glad", "sad"]), max_size=9), st.lists(st.sampled_from(["glad", "so"]), max_size=9))
def test_edit_distance_of_word_lists(left, right):
    assert edit_distance(left, right) == textbook(left, right)


@given(st.text("a'#-_气😡\u200d\ufe0f\u200b\u2065\b\u202e\u2069\u0301 ", max_size=30))
def test_splitting_loses_no_invisible_character(text):
    words = Words.of(text)
    assert words.text == text
    assert all(words.words)


def test_a_run_of_control_characters_is_split_in_linear_time():
    assert len(Words.of(("a" + "\u202e" * 20_000) * 2).words) == 1


@pytest.mark.parametrize(
    ("perturbed", "changed"),
    [
        ("I am hap\u2065py", 1),
        ("I am x\bhappy", 1),
        ("I am happyx\b", 1),
        ("I x\bax\bm happy", 1),
        ("I am h\u202d\u2066\u202epa\u202c\u2069\u202cpy", 1),
    ],
)
def test_an_imperceptible_change_counts_for_its_word(perturbed, changed):
    assert words_changed("I am happy", perturbed) == changed


def test_words_changed_ignores_spacing_and_punctuation():
    assert words_changed("I am glad!", "I  am glad?") == 0
    assert words_changed("I am glad", "I am so gladd") == 2
