"""How a text is shown beside its perturbation: what differs is marked, hidden signs are named, people are masked."""

import re
import time

import pytest
from robust_emo_reports.masking import mask
from robust_emo_reports.visible import visible
from robust_emo_reports.word_diff import WordDiff, word_diff

pytestmark = pytest.mark.model_free


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("hi @jane_doe!", "hi @user!"),
        ("hi @ja\u200bne", "hi @user"),
        ("mail a.b+c@mail.example.org now", "mail [EMAIL] now"),
        ("see https://t.co/Ab12, ok", "see [LINK], ok"),
        ("www.example.com/x and bit.ly/abc", "[LINK] and [LINK]"),
        ("call +44 (0)20 7946 0958 or 555-123-4567", "call [PHONE] or [PHONE]"),
        ("on 2016-09-12 i paid 1,200 for 24/7 help @ home", "on 2016-09-12 i paid 1,200 for 24/7 help @ home"),
    ],
)
def test_mask(text, masked):
    assert mask(text) == masked
    assert mask(masked) == masked


@pytest.mark.parametrize("part", ["a", "a.", "1", "a@a.", "-."])
def test_masking_a_long_text_without_a_blank_does_not_hang(part):
    started = time.process_time()
    mask(part * (100_000 // len(part)))
    assert time.process_time() - started < 20  # quadratic work takes minutes


@pytest.mark.parametrize(
    ("original", "perturbed"),
    [
        ("call @janedoe now", "call janedoe now"),
        ("call @janedoe now", "call @jane doe now"),
        ("call @janedoe now", "call @ janedoe now"),
        ("call 020 7946 0958 now", "call 020 79A6 0958 now"),
        ("see https://example.com/janedoe now", "see htps://example com/janedoe now"),
    ],
)
def test_a_broken_handle_stays_masked(original, perturbed):
    shown = "".join(g.text for p in word_diff(original, perturbed).perturbed for g in p.glyphs)
    assert not re.search("jane|doe|7946|0958|79A6", shown)


@pytest.mark.parametrize(
    ("original", "perturbed"),
    [
        ("I miss Jennifer Lopez", "I miss Jennfier Lopez"),
        ("my name is Lopeza, so sad", "my name i s Lopeza, so sad"),
        ("王老师骂我", "王老帅骂我"),
    ],
)
def test_a_name_stays_masked_where_an_attack_broke_it_or_its_cue(original, perturbed):
    diff = word_diff(original, perturbed)
    shown = "".join(g.text for p in (*diff.original, *diff.perturbed) for g in p.glyphs)
    assert not re.search("Jenn|Lopez|王", shown)


@pytest.mark.parametrize(
    ("original", "perturbed", "left", "right"),
    [
        ("@user Really???", "@uer Really???", ["@user"], ["@user▮▮▮"]),
        ("so @jane and @joe", "so @jane and @jeo", ["@user"], ["@user▮▮▮"]),
        ("@jane @jane hi", "@jnae @jane hi", ["@user"], ["@user▮▮▮"]),
        ("@jane and @joe", "@joe and @jane", ["@user", "@user"], ["@user▮▮▮", "@user▮▮▮"]),
        ("oh @jane", "oh @ja\u200bne", ["@user"], ["@user▮▮▮"]),
        ("see https://a.org/x now", "see https://a.org/y now", ["LINK"], ["LINK▮▮▮"]),
        ("mail jane@a.org now", "mail jnae@a.org now", ["EMAIL"], ["EMAIL▮▮▮"]),
        ("oh dear", "oh dear @jane", [], ["@user▮▮▮"]),
        ("so @jane sad", "very @jane sad", ["so"], ["very"]),
    ],
)
def test_an_edit_of_what_is_masked_is_marked_and_shows_no_name(original, perturbed, left, right):
    diff = word_diff(original, perturbed)
    assert _marked(diff) == (left, right)
    shown = "".join(g.text for p in (*diff.original, *diff.perturbed) for g in p.glyphs)
    assert not re.search("jane|jnae|joe|jeo|a.org|uer", shown)


def _marked(diff: WordDiff) -> tuple[list[str], list[str]]:
    sides = (diff.original, diff.perturbed)
    left, right = (["".join(g.text for g in p.glyphs) for p in side if p.changed] for side in sides)
    return left, right


@pytest.mark.parametrize(
    ("original", "perturbed", "left", "right"),
    [
        ("I am happy", "I am glad", ["happy"], ["glad"]),
        ("not happy", "happy", ["not"], []),
        ("so happy", "so hap py", ["happy"], ["hap", "py"]),
        ("same text", "same text", [], []),
        ("我很开心", "我很难心", ["开"], ["难"]),
        ("oh no", "oh no!!", [], ["!!"]),
    ],
)
def test_changed_words_are_marked(original, perturbed, left, right):
    assert _marked(word_diff(original, perturbed)) == (left, right)


def test_characters_are_marked_inside_a_changed_word():
    diff = word_diff("so happy", "so hapqpy")
    (word,) = [piece for piece in diff.perturbed if piece.changed]
    assert [glyphs.text for glyphs in word.glyphs if glyphs.changed] == ["q"]


@pytest.mark.parametrize(
    ("perturbed", "tag"),
    [
        ("so ha\u200bppy", "U+200B"),
        ("so h\u0430ppy", "U+0430"),
        ("so happy\u0301", "U+0301"),
        ("so\u202e happy", "U+202E"),
    ],
)
def test_tricks_carry_their_code_point(perturbed, tag):
    tags = [g.tag for p in word_diff("so happy", perturbed).perturbed for g in p.glyphs if g.tag]
    assert tags == [tag]


def test_emoji_sequences_are_no_tricks():
    assert visible("👩‍💻 ❤️ 🏳️‍🌈 नमस्ते") == "👩‍💻 ❤️ 🏳️‍🌈 नमस्ते"


def test_huge_texts_are_cut_and_the_change_still_shows():
    diff = word_diff("word " * 20_000 + "happy", "word " * 20_000 + "glad")
    assert _marked(diff) == (["happy"], ["glad"])
    assert sum(len(g.text) for p in diff.perturbed for g in p.glyphs) < 1_000
    assert any(g.left_out for p in diff.perturbed for g in p.glyphs)
