"""What each version of each normaliser makes of some texts: other results need another version."""

import importlib.metadata

import pytest

from robust_emo.defences.input_defence import InputDefence
from robust_emo.defences.normaliser import DependentNormaliser
from robust_emo.defences.rewriting import replaced
from robust_emo.plugins import load

READ = {
    ("directions", "2"): {
        "\u202eyppah\u202c I am": "happy I am",
        "\u2067!ab cd\u2069 x": "ab cd! x",
        "\u2067שלום עולם\u2069 x": "שלום עולם x",
        "\u202bأنا غاضب\u202c x": "أنا غاضب x",
        "\u202eשלום\u202c x": "שלום x",
        "\u202eyppah ש\u202c": "ש happy",
        "happz\by": "happy",
    },
    ("invisibles", "1"): {
        "ha\u200bppy": "happy",
        "h\u0336a\u0336ppy": "happy",
        "👩\u200d👧 ❤\ufe0f": "👩\u200d👧 ❤\ufe0f",
        "می\u200cخواهم": "می\u200cخواهم",
        "ha\U000e0070ppy": "happy",
    },
    ("confusables", "2"): {
        "h\u0430ppy": "happy",
        "I love Россия so much": "I love Россия so much",
        "I am so \u0441\u0430\u0501 today": "I am so cad today",
        "Я рад, что Windows работает": "Я рад, что Windows работает",
        "#Россия is big, Путин's men": "#Россия is big, Путин's men",
        "h\u0430ppκ": "happκ",
    },
    ("compatibility", "2"): {
        "𝓱𝓪𝓹𝓹𝔂 ｈａｐｐｙ ﬁne": "happy happy fine",
        "I´m ¨ok¨": "I´m ¨ok¨",
        "¯\\_(ツ)_/¯": "¯\\_(ツ)_/¯",
        "wait… what‼": "wait... what!!",
        "great™ day, 2² km, H₂O, 1½ ℃": "great™ day, 2² km, H₂O, 1½ °C",
        "ᵃ ⓑ ①": "a b 1",
        "我很好，真的": "我很好,真的",
        "\u1112\u1161\u11ab²\u1112\u1161\u11ab": "한²한",
    },
    ("spelling", "3"): {
        "I am so hapyy": "I am so happy",
        "she didnt and dind't": "she didnt and didn't",
        "the UK left #MAGA": "the UK left #MAGA",
        "hapyy.I am": "happy.I am",
        "state-the left": "state-the left",
        "#hapy gr8 luv": "#happy gr8 luv",
        "that viel #eclpise #whitehouse": "that vile #eclipse #whitehouse",
        "ha ppy h.a.p.p.y": "happy happy",
        "I feel terifeid, s@d and soooo m1serable": "I feel terrified, sad and so miserable",
        "ich bin sehr traurig und froh": "ich bin sehr traurig und froh",
    },
    ("word-clusters", "2"): {
        "What a RAGE, so furious": "What a ANGRY, so furious",
        "#glad @glad glad.com": "#happy @glad glad.com",
        "fearful and afraid": "fear and fear",
        "nobody is without guilt": "nobody is without guilt",
    },
}


@pytest.mark.parametrize(("name", "version"), READ)
def test_a_version_always_reads_in_the_same_way(name, version):
    normaliser = load("normalisers", name)
    assert normaliser.spec.version == version, "write down what the new version reads"
    read = {text: replaced(text, normaliser.replacements(text)) for text in READ[name, version]}
    assert read == READ[name, version]


@pytest.mark.parametrize("name", [name for name, _ in READ])
def test_a_normaliser_says_what_it_depends_on(name):
    normaliser = load("normalisers", name)
    assert isinstance(normaliser, DependentNormaliser)
    found = dict(normaliser.depends_on())
    assert found.pop("unicode").count(".") == 2
    assert found == {package: importlib.metadata.version(package) for package in found}


def test_rewritten_texts_are_counted():
    defence = InputDefence([load("normalisers", "invisibles")])
    assert defence.count_rewritten(["ha\u200bppy", "happy", "", "sa\u200bd"]) == 2
