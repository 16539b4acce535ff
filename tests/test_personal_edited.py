"""Personal data in texts that an attack edited: what only the original shows to be a name is hidden in both."""

import string
from itertools import pairwise
from random import Random

import pytest

from robust_emo.audits.explanation.masked import masked_explanation, masked_pair
from robust_emo.personal.edited import find_in_edited
from robust_emo.personal.masking import masked, masked_edited
from robust_emo.types import AttackedPair, Explanation, Trust, WordAttribution

MET = "I met John today"


@pytest.mark.parametrize(
    ("original", "edited", "shown"),
    [
        (MET, "I met J0hn today", "I met [NAME] today"),
        (MET, "I met Jonh today", "I met [NAME] today"),
        (MET, "I met Jhn today", "I met [NAME] today"),
        (MET, "I met Johnx today", "I met [NAME] today"),
        (MET, "I met xJohn today", "I met [NAME] today"),
        (MET, "I met Jo hn today", "I met [NAME] today"),
        (MET, "I met J o h n today", "I met [NAME] today"),
        (MET, "I met J\u200bohn\u200b today", "I met [NAME] today"),
        (MET, "I met J\u043ehn t0day", "I met [NAME] t0day"),
        (MET, "I met today", "I met today"),
        ("John is happy", "\u202enhoJ\u202c is happy", "[NAME] is happy"),
        ("John is happy", "really John is glad", "really [NAME] is glad"),
        ("John's dog is happy", "J0hn's dog is hapy", "[NAME]'s dog is hapy"),
        ("John Smith and I", "Jhn Smyth and I", "[NAME] and I"),
        ("I love John, John!", "I love J0hn, Jhon!", "I love [NAME], [NAME]!"),
        ("my name is Zorblax, happy", "my nmae is Zorblax, hapyp", "my nmae is [NAME], hapyp"),
        ("so says Al, also here", "so says A1, also there, Al", "so says A1, also there, Al"),  # no name to anybody
        ("我叫王小明，很开心", "我叫王小日月，很开心", "我叫[NAME]，很开心"),
        ("mail lena.k@example.org now", "mail lena.k @ example org now", "mail [EMAIL] now"),
        ("call +49 170 1234567 now", "call +49 l70 l234567 now", "call [PHONE] now"),
        ("so happy", "so hapy", "so hapy"),
        ("John", "", ""),
        ("", "John", "[NAME]"),
    ],
)
def test_what_stands_in_the_place_of_something_personal_is_masked(original, edited, shown):
    assert masked_edited(original, edited) == shown


def test_a_text_that_was_not_edited_is_masked_as_ever():
    for text in (
        MET,
        "John's dog, @lena_k and John Smith's cat",
        "我叫王小明，很开心",
        "mail a@b.example, John!",
        "so happy",
    ):
        assert masked_edited(text, text) == masked(text)


def test_whatever_letters_change_no_long_piece_of_the_name_is_left():
    rng = Random(4)
    for _ in range(200):
        name = list("Zorblaxian")
        for _ in range(rng.randint(1, 3)):
            place = rng.randrange(len(name))
            name[place] = rng.choice(("", " ", rng.choice(string.ascii_letters), name[place] * 2, "\u200b"))
        edited = f"they say my name is {''.join(name)} and I am hapy"
        shown = masked_edited("they say my name is Zorblaxian and I am happy", edited)
        assert "[NAME]" in shown
        assert not any("Zorblaxian"[i : i + 3] in shown for i in range(8)), (edited, shown)
        assert shown.startswith("they say my name is ")
        assert shown.endswith(" and I am hapy")


def test_findings_are_in_order_and_apart():
    edited = "J0hn Smith met Mary, mary.m@example.org and J0hn"
    found = find_in_edited("John Smith met Mary, mary.m@example.org and John", edited)
    assert [edited[each.start : each.end] == each.text for each in found] == [True] * 4
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert [str(each.kind) for each in found] == ["name", "name", "email", "name"]


def explanation(text: str) -> Explanation:
    words, at = [], 0
    for number, word in enumerate(text.split()):
        at = text.index(word, at)
        words.append(WordAttribution(word, at, at + len(word), 1.0 + number))
        at += len(word)
    return Explanation("occlusion", "joy", text, tuple(words), Trust.TRUSTED, (), 0.9, ("joy",), None)


def test_a_name_that_an_attack_misspelt_is_masked_in_the_attacked_text_and_no_attribution_lost():
    pair = AttackedPair("deepwordbug", explanation("I met John Smith today"), explanation("I met J0hn S mith tody"))
    shown = masked_pair(pair)
    assert shown.original == masked_explanation(pair.original)
    assert (shown.original.text, shown.perturbed.text) == ("I met [NAME] today", "I met [NAME] tody")
    assert [(word.text, word.attribution) for word in shown.perturbed.words] == [
        ("I", 1.0), ("met", 2.0), ("[NAME]", 12.0), ("tody", 6.0)
    ]  # fmt: skip
    for word in shown.perturbed.words:
        assert shown.perturbed.text[word.start : word.end] == word.text


def test_further_recognisers_are_asked():
    def cities(text):
        from robust_emo.personal.finding import Candidate, Kind

        at = text.find("Berlin")
        return [Candidate(Kind.NAME, at, at + 6)] if at >= 0 else []

    assert masked_edited("Berlin in May", "Ber1in in May", recognisers=(cities,)) == "[NAME] in May"
    assert masked("Berlin in May", recognisers=(cities,)) == "[NAME] in May"
    shown = masked_explanation(explanation("Berlin in May"), recognisers=(cities,))
    assert shown.text == "[NAME] in May"
