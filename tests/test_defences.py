"""Normalisers: what each undoes, what all of them leave alone, and the way back to the original text."""

import inspect
import json
import random
import time
import unicodedata
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from robust_emo_attacks.deletions import Deletions
from robust_emo_attacks.invisible import ZERO_WIDTH
from sentences import SHARED, emotion_rows

from robust_emo.data.dataset import read_dataset
from robust_emo.defences.english import english_share
from robust_emo.defences.input_defence import InputDefence
from robust_emo.defences.lexicon import FEWEST_TEXTS, count_words, read_lexicon, write_lexicon
from robust_emo.defences.noisy_words import noisy_words
from robust_emo.defences.normaliser import LearningNormaliser
from robust_emo.defences.rewriting import Replacement, Rewriting, replaced
from robust_emo.defences.spelling import Spelling
from robust_emo.errors import InputError
from robust_emo.look_alikes import LATIN_OF, look_alikes
from robust_emo.near_spellings import NearSpellings
from robust_emo.plugins import available, load

NAMES = sorted(name for name, point in available("normalisers").items() if point.value.startswith("robust_emo."))
UNICODE = ("directions", "invisibles", "confusables", "compatibility")
ODD = {
    "empty": "",
    "blank": " \t\r\n \u3000",
    "punctuation": "?!... -- #@ # @ ' ’ _",
    "one letter": "a",
    "one ideograph": "气",
    "emoji": "👩‍👩‍👧‍👦👍🏽🏳️‍🌈🇩🇪❤️1️⃣🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "joiners alone": "\u200d\u200c\ufe0f",
    "zero width": "an\u200bgry and\u2060 fu\u00adrious \u200b\u200d\ufeff",
    "right to left": "أنا غاضب جدا שלום",
    "controls": "a\b\b\b\u202e\u2066b\u2069\u202c\u202c\x00\x7f\u2028",
    "combining": "a\u0301ngry Z\u0335\u0321a\u0328lgo \u0301",
    "lone surrogate": "a\ud800b",
    "underscores": "___ _a_ #_ @ # #a @a",
    "apostrophes": "don't can’t a'b-c 'tis rock-'n'-roll x's",
    "grows": "ﷺ ½ İ ß ﬃ",
    "conjoining": "\u1112\u1161\u11ab\u1100\u1161",
}
LONG = {
    "4,000 letters": "a" * 4_000,
    "10,000 words": "I was so happy today " * 2_000,
    "20,000 signs": "@" * 20_000,
    "dollars": "$0" * 10_000,
    "dots": "a." * 10_000,
    "spaced letters": "a b " * 2_500,
    "marks": "a" + "\u0335" * 10_000,
    "nested directions": "\u2067 a!" * 5_000,
    "backspaces": "ab\b" * 5_000,
    "hidden": "a\u200b" * 10_000,
}
LANGUAGES = {
    "english": "I wasn't sure, but we'd better go; it's 5 o'clock and they're waiting for John's call!",
    "emoji": "so sad 😢💔 but ❤️ 👩‍👩‍👧 👍🏽 🇩🇪 1️⃣ :-) xD T_T <3",
    "hashtags": "#blessed #mood #MondayMotivation #2020 @user @JonSnow",
    "links": "see https://t.co/aBcDeFg or www.exmaple.org/hapyy, mail jon.smoth@gmial.com, pic.twitter.com/xYzAb",
    "tokens": "[UNK] <mask> [MASK] </s> [CLS] <unk> <pad>",
    "numbers": "10 000 people, 2nd of 3, 5.30 p.m., e.g. 2020",
    "chinese": "我今天真的很生气，气死我了！",
    "traditional": "我愛這個城市，開心極了",
    "japanese": "とても怒っている。ありがとうございます",
    "korean": "화가 난다, 정말 행복하다",
    "arabic": "أنا غاضب جدا من هذا اليوم",
    "persian": "می\u200cخواهم بروم",
    "hindi": "मैं बहुत खुश हूँ",
    "bengali": "ক\u09cd\u200dষ",
    "russian": "Я очень счастлив и рад, что ты пришёл",
    "greek": "είμαι πολύ χαρούμενος σήμερα",
    "turkish": "ışık çok güzel, İstanbul'da öğrenciyim",
    "thai": "วันนี้ฉันมีความสุขมาก",
}
EXCEPTIONS = {
    ("compatibility", "chinese"),  # full-width punctuation becomes narrow
    ("compatibility", "traditional"),
    ("emoji", "emoji"),  # which is what it is for
    ("robust-encodings", "emoji"),  # "sad" and "sure" have the encoding of "see" in English alone
    ("robust-encodings", "english"),
    *(("word-clusters", name) for name in ("emoji", "english", "hashtags", "links")),  # phone for call
    ("spelling", "turkish"),  # it knows English only, and Turkish is written in the same letters
}


@cache
def shared(name):
    """Each normaliser once; twice for the one that takes long to make."""
    return load("normalisers", name)


@pytest.fixture(scope="module")
def made():
    """All of them."""
    return {name: shared(name) for name in NAMES}


@pytest.fixture(scope="module")
def unicode_defence(made):
    """All but the speller."""
    return InputDefence([made[name] for name in UNICODE])


@pytest.fixture(scope="module")
def spelling(made):
    """Makes texts right; English alone."""

    def right(text):
        return replaced(text, made["spelling"].replacements(text))

    return right


# --- the contract of every normaliser --------------------------------------------------------------------------------


def fit(text, replacements):
    """In order, apart from each other, inside the text."""
    end = 0
    for replacement in replacements:
        assert end <= replacement.start <= replacement.end <= len(text)
        assert replacement.text != text[replacement.start : replacement.end], "changes nothing"
        end = replacement.end


@pytest.mark.parametrize("name", NAMES)
def test_a_normaliser_describes_itself(made, name):
    normaliser = made[name]
    assert normaliser.spec.name == name
    assert normaliser.spec.version
    assert normaliser.spec.summary
    assert all(normaliser.notes())
    assert json.loads(json.dumps(dict(normaliser.arguments()))) == dict(normaliser.arguments())
    again = load("normalisers", name, **normaliser.arguments())
    assert again.arguments() == normaliser.arguments()
    for text in (*ODD.values(), "ｈаppy\u200b sdd"):
        assert again.replacements(text) == normaliser.replacements(text)
    parameters = inspect.signature(type(normaliser)).parameters.values()
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in parameters)


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
@pytest.mark.parametrize("name", NAMES)
def test_any_text_is_dealt_with_and_always_in_the_same_way(made, name, text):
    found = list(made[name].replacements(text))
    fit(text, found)
    assert list(made[name].replacements(text)) == found


@given(st.text(st.characters(codec=None), max_size=30))
@settings(max_examples=150, deadline=None)
def test_arbitrary_texts(text):
    for name in NAMES:
        fit(text, shared(name).replacements(text))


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_no_text_takes_long(made, text):
    for name in NAMES:
        made[name].replacements("warm")
        started = time.process_time()
        fit(text, made[name].replacements(text))
        assert time.process_time() - started < 2, name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_ordinary_texts_stay_as_they_are(made, name, language):
    text = LANGUAGES[language]
    changed = replaced(text, made[name].replacements(text)) != text
    assert changed == ((name, language) in EXCEPTIONS)


def test_a_second_pass_of_the_unicode_normalisers_changes_nothing(unicode_defence):
    for text in (*ODD.values(), *LANGUAGES.values(), "ｈаppy\u200b ⓗap\u0335py"):
        once = unicode_defence.text(text)
        assert unicode_defence.text(once) == once


# --- the way back ----------------------------------------------------------------------------------------------------


@st.composite
def rewritings(draw):
    """A text with one to three steps."""
    original = text = draw(st.text("abc ", max_size=12))
    steps = []
    for _ in range(draw(st.integers(1, 3))):
        borders = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6).map(lambda b: b[: len(b) // 2 * 2])))
        step = tuple(
            Replacement(start, end, draw(st.text("xyz", max_size=3)))
            for start, end in zip(borders[::2], borders[1::2], strict=True)
        )
        steps.append(step)
        text = replaced(text, step)
    return original, Rewriting(text, tuple(steps))


@given(rewritings(), st.data())
def test_every_stretch_comes_from_a_stretch_of_the_original(made, data):
    original, rewriting = made
    start = data.draw(st.integers(0, len(rewriting.text)))
    end = data.draw(st.integers(start, len(rewriting.text)))
    first, last = rewriting.origin(start, end)
    assert 0 <= first <= last <= len(original)
    wider = rewriting.origin(max(0, start - 1), min(len(rewriting.text), end + 1))
    assert start == end or (wider[0] <= first and last <= wider[1])


@given(rewritings())
def test_letters_that_nobody_touched_come_from_themselves(made):
    original, rewriting = made
    for place, letter in enumerate(rewriting.text):
        if letter not in "xyz":  # replacements are made of these alone
            first, last = rewriting.origin(place, place + 1)
            assert original[first:last] == letter


@given(rewritings(), st.data())
def test_steps_compose(made, data):
    original, rewriting = made
    text = original
    for step in rewriting.steps:
        text = replaced(text, step)
    assert text == rewriting.text
    start = data.draw(st.integers(0, len(rewriting.text)))
    end = data.draw(st.integers(start, len(rewriting.text)))
    first, last = rewriting.origin(start, end)
    origins = slow_origins(original, rewriting.steps)
    came_from = set().union(*origins[start:end])
    assert 0 <= first <= last <= len(original)
    assert came_from <= set(range(first, last))
    # a place where something was deleted or put in can be on either side of it; without such places there is one answer
    plain = all(each.text and each.start < each.end for step in rewriting.steps for each in step)
    if plain and start < end:
        assert (first, last) == (min(came_from), max(came_from) + 1)


def slow_origins(original, steps):
    """For each character of the text the places in the original that it was made of, kept up at every step."""
    made = [{place} for place in range(len(original))]
    for step in steps:
        text, place = [], 0
        for replacement in step:
            text += made[place : replacement.start]
            text += [set().union(*made[replacement.start : replacement.end])] * len(replacement.text)
            place = replacement.end
        made = [*text, *made[place:]]
    return made


def test_origins_of_a_defended_text(made):
    text = "so h\u0430p\u200bpy \u202eyadot\u202c my freind 😀"
    rewriting = InputDefence([made[name] for name in (*UNICODE, "spelling")]).rewriting(text)
    assert rewriting.text == "so happy today my friend 😀"
    for word, written in (("so", "so"), ("my", "my"), ("friend", "freind"), ("😀", "😀")):
        start = rewriting.text.index(word)
        first, last = rewriting.origin(start, start + len(word))
        assert text[first:last] == written


def test_a_defence_is_its_normalisers_one_after_the_other(made):
    defence = InputDefence([made[name] for name in (*UNICODE, "spelling")])
    assert defence.described() == tuple(f"{name} {made[name].spec.version}" for name in (*UNICODE, "spelling"))
    assert defence.text("hаpyy") == "happy" == defence.rewriting("hаpyy").text
    assert [note.split(":")[0] for note in defence.notes()] == [*UNICODE, "spelling"]
    assert InputDefence([]).text("hаpyy") == "hаpyy"


# --- tricks of Unicode -----------------------------------------------------------------------------------------------

TEXTS = [row["text"] for row in emotion_rows(8)] + ["#happy @user it's 2day", "Ünal is angry about café prices"]


@pytest.mark.parametrize("name", ["homoglyphs", "zero-width", "bidi", "deletions", "unicode"])
@pytest.mark.parametrize("text", TEXTS)
def test_the_attacks_own_changes_are_undone(unicode_defence, name, text):
    attack, rng = load("attacks", name), random.Random(0)
    wanted = unicode_defence.text(text)
    for word in text.split():
        for spelling in attack.spellings(word, rng):
            perturbed = text.replace(word, spelling, 1)
            assert unicode_defence.text(perturbed) == wanted, ascii(perturbed)


def test_every_character_of_the_attacks_is_covered(unicode_defence):
    doubles = {double for double, latin in LATIN_OF.items() if unicode_defence.text(f"th{double}ng") != f"th{latin}ng"}
    ideographs = {
        form
        for character in map(chr, range(0x4E00, 0x9FFF))
        for form in look_alikes(character)
        if unicode_defence.text(f"我{form}") != f"我{character}"
    }
    hidden = {c for c in (*ZERO_WIDTH, "\u00ad") if unicode_defence.text(f"ha{c}ppy") != "happy"}
    assert (doubles, ideographs, hidden) == (set(), set(), set())


def test_the_delete_character_is_not_carried_out(unicode_defence):
    (spelling, *_) = Deletions(eraser="delete").spellings("happy", random.Random(0))
    assert unicode_defence.text(spelling) == spelling.replace("\x7f", "") != "happy"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("𝓱𝓪𝓹𝓹𝔂 ｈａｐｐｙ ⓗⓐⓟⓟⓨ ﬁne", "happy happy happy fine"),
        ("h\u0336a\u0336p\u0336p\u0336y", "happy"),
        ("ha\U000e0070\U000e0070ppy", "happy"),  # tag characters
        ("ha\u3164ppy ha\u115fppy ha\ufe0fppy ha\u180eppy", "happy happy happy happy"),
        ("2\ufe0fday 2\u200dday e\u0301\u200d\u0301", "2day 2day \u00e9"),
        ("も\u200dう 😡\u200d x", "もう 😡 x"),
        ("\u202eyppah\u202c", "happy"),
        ("i am s\u0430d", "i am sad"),
        ("‼️ ℹ️ ™️", "!! i ™️"),
        ("\u202a" * 200 + "happy", "happy"),
    ],
)
def test_other_tricks(unicode_defence, written, read):
    assert unicode_defence.text(written) == read


def test_latin_words_in_a_cyrillic_text_do_not_make_it_latin(made):
    confusables = made["confusables"]
    assert not confusables.replacements("Я очень рад, что Windows работает")
    assert (
        replaced(
            "I am \u0441\u043e\u043e\u04cf today", confusables.replacements("I am \u0441\u043e\u043e\u04cf today")
        )[5:9]
        == "cool"
    )


@given(st.text(st.sampled_from("ab 😀é\u0301\u200d\ufe0f\u200b\u202e\u202c\b気가ｆ"), max_size=20))
@settings(deadline=None)
def test_nothing_hidden_is_left(text):
    defence = InputDefence([shared(name) for name in UNICODE])
    left = defence.text(text)
    assert not any(unicodedata.category(c) == "Cc" or c in "\u200b\u202e\u202c" for c in left)
    assert unicodedata.is_normalized("NFKC", left)


# --- spelling --------------------------------------------------------------------------------------------------------

EMOTIONS = (
    "happy", "angry", "furious", "terrified", "miserable", "excited", "wonderful", "disgusting", "lonely", "scared",
    "worried", "delighted", "depressed", "jealous", "grateful", "heartbroken", "anxious", "cheerful", "horrible",
)  # fmt: skip
FRAMES = ("I am so {} today", "she was really {} about that", "what a {} day we had", "they feel {} again")


def one_edit(word, rng):
    """A word with one letter swapped, dropped, exchanged or added."""
    place, letter = rng.randrange(len(word) - 1), rng.choice("abcdefghijklmnopqrstuvwxyz")
    return rng.choice(
        [
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place + 1 :],
            word[:place] + letter + word[place:],
        ]
    )


def test_most_single_edits_of_emotion_words_are_mended(spelling):
    rng = random.Random(0)
    pairs = [(frame, word, one_edit(word, rng)) for word in EMOTIONS for frame in FRAMES for _ in range(3)]
    misspelt = [(frame, word, edited) for frame, word, edited in pairs if edited != word]
    mended = sum(spelling(frame.format(edited)) == frame.format(word) for frame, word, edited in misspelt)
    assert len(misspelt) > 200
    assert mended / len(misspelt) > 0.9


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("I am so ha ppy today", "I am so happy today"),  # torn
        ("I am so h a p p y today", "I am so happy today"),
        ("h a p p y d a y", "happy day"),
        ("I am so h.a.p.p.y today", "I am so happy today"),
        ("I am so h4ppy and s@d, sh!t", "I am so happy and sad, shit"),  # leet
        ("I am soooo haaaappy", "I am so happy"),  # stretched
        ("#hapyy people", "#happy people"),
        ("HAPYY Hapyy hapyy", "HAPPY Happy happy"),
        ("#Hapyy", "#Happy"),
        ("he was terriffied of it", "he was terrified of it"),
        ("what a wonderfull day", "what a wonderful day"),
        ("h\u00e0ppy", "happy"),
        ("say h\u03b1ppy", "say happy"),  # a letter that is no confusable
    ],
)
def test_what_is_put_right(spelling, written, read):
    assert spelling(written) == read


@pytest.mark.parametrize(
    "text",
    [
        "he ran in to it, on to you and be come",  # words that are words by themselves
        "so in to day we go a part",
        "http://www.happi.com/hapyy?x=snad",
        "HTTPS://HAPYY.COM/",
        "hapyy.com/snad",
        "jon.smoth+hapyy@gmial.co.uk",
        "@hapyy",
        "i'm he'll they've y'all o'clock rock'n'roll",
        "i’m he’ll",
        "xD XD T_T o_O :D =P ;-) <3",
        "a i am at e.g. i.e. p.m.",
        "1984 10,000 3rd 5pm 80s b2 4",
        "\\n \\t happy\\n",
        "angry 😡angry😡",
    ],
)
def test_what_is_left_alone(spelling, text):
    assert spelling(text) == text


def test_words_of_two_letters_stay_words_of_two_letters(spelling):
    for word in ("am", "is", "it", "he", "we", "no", "so", "up", "us", "my", "me", "go"):
        assert spelling(f"they say {word} now") == f"they say {word} now"


def test_a_joined_word_needs_blanks_alone_between_its_parts(spelling):
    assert spelling("ha-ha, ppy. ha (ppy)").count("happy") == 0


def test_one_edit_at_most(made):
    one, two = Spelling(most_edits=1), made["spelling"]
    text = "the terifiedd child"
    assert replaced(text, two.replacements(text)) == "the terrified child"
    assert replaced(text, one.replacements(text)) == text


# --- the lexicon -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def learnt(tmp_path_factory):
    """A speller whose training texts have slang, names and hashtags."""
    texts = [f"{word} so {feeling} today @user" for word in ("smh", "Rihanna", "#tiktok", "hangry", "Özil")
             for feeling in ("happy", "sad", "angry", "mad")]  # fmt: skip
    return Spelling.learn([*texts, "zynx was here", "zynx again"], tmp_path_factory.mktemp("lexicon"))


def test_words_of_the_training_texts_are_left_alone(learnt):
    text = "smh Rihanna is hangry, #tiktok Tiktok özil @user"
    assert replaced(text, learnt.replacements(text)) == text
    text = "Rihana is hagnry"
    assert replaced(text, learnt.replacements(text)) == "Rihanna is hangry"


def test_the_usual_handle_stands_for_all(learnt):
    assert replaced("@somebody is happy", learnt.replacements("@somebody is happy")) == "@user is happy"


def test_rare_words_never_get_into_a_lexicon(learnt):
    assert isinstance(learnt, LearningNormaliser)
    counts = read_lexicon(learnt.lexicon)
    assert counts["rihanna"] == 4
    assert counts["@user"] == 20
    assert min(counts.values()) >= FEWEST_TEXTS
    assert not {"zynx", "was", "again"} & set(counts)


def test_copies_of_one_text_count_once():
    assert count_words(["my secret is zynx"] * 50) == {}
    assert count_words(["zynx a", "zynx b", "zynx zynx"]) == {"zynx": 3}


def test_texts_of_one_person_count_once():
    texts = [f"my cat zynx {number}" for number in range(5)]
    assert count_words(texts, groups=["jo"] * 5) == {}
    assert count_words(texts, groups=["jo", "jo", "al", "jo", "jo"]) == {}
    assert count_words(texts, groups=["jo", "jo", "al", None, "jo"]) == {"cat": 5, "my": 5, "zynx": 5}


def test_handles_and_long_numbers_are_not_learnt(tmp_path):
    texts = [f"@user @jonsmith42 call 01632960 or ab12345 2day {letter}" for letter in "bcde"]
    assert set(count_words([*texts, "@user hi", "@user ho"])) == {"@user", "call", "or", "2day"}
    assert not [word for word in count_words([text.replace("@user", "@ann") for text in texts]) if word[0] == "@"]
    groups = ["jo"] * 4
    learnt = Spelling.learn(texts, tmp_path, groups=groups)
    assert read_lexicon(learnt.lexicon) == {}


def test_links_and_addresses_are_not_learnt():
    texts = [f"mail jon@example.com, see https://t.co/secret [UNK] {number}" for number in range(5)]
    assert set(count_words(texts)) == {"mail", "see"}


@given(st.lists(st.text(max_size=40), max_size=5))
@settings(deadline=None)
def test_a_lexicon_file_is_read_as_it_was_written(tmp_path_factory, texts):
    counts = count_words(f"{text}{' ' * copy}" for text in texts for copy in range(FEWEST_TEXTS))
    path = tmp_path_factory.getbasetemp() / "lexicon.tsv"
    path.write_bytes(write_lexicon(counts))
    assert read_lexicon(path) == counts


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"happy\t3\nsad 4\n", "line 2: expected a word, a tab and a number, got 'sad 4'"),
        (b"happy\t0\n", "line 1"),
        (b"happy\t-1\n", "line 1"),
        (b"happy\t1e3\n", "line 1"),
        (b"\t3\n", "line 1"),
        (b"\n", "line 1"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_bad_lexicons(tmp_path, content, message):
    path = tmp_path / "bad.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        Spelling(lexicon=path)
    assert "\n" not in str(caught.value)


def test_no_lexicon_file(tmp_path):
    with pytest.raises(InputError, match="absent.tsv cannot be read"):
        Spelling(lexicon=tmp_path / "absent.tsv")


@pytest.mark.parametrize("arguments", [{"most_edits": 3}, {"most_edits": 0}, {"most_edits": 1.0}, {"most_edits": True},
                                       {"most_edits": "2"}, {"lexicon": "words.tsv"}])  # fmt: skip
def test_bad_arguments(arguments):
    with pytest.raises(InputError, match="normaliser spelling: "):
        Spelling(**arguments)


def test_texts_of_another_language_are_refused(tmp_path):
    german = ["ich bin heute sehr froh und lache mit meinen Freunden über alte Geschichten aus der Schule"] * 30
    assert english_share(german) < 0.5
    with pytest.raises(InputError, match=r"\d+% of the words of the training texts are English.*--recipe"):
        Spelling.learn(german, tmp_path)


def test_texts_without_latin_letters_are_not_refused(tmp_path):
    assert english_share(["我今天很高兴 是的 vlog"] * 300) is None
    assert english_share(["ich bin froh"]) is None  # too few to tell
    assert Spelling.learn(["我今天很高兴"] * 300, tmp_path).replacements("我今天很高兴") == []


def test_no_texts_to_learn_from(tmp_path):
    learnt = Spelling.learn([], tmp_path)
    assert read_lexicon(learnt.lexicon) == {}
    assert replaced("hapyy", learnt.replacements("hapyy")) == "happy"


# --- near spellings --------------------------------------------------------------------------------------------------


def osa(left, right):
    """Optimal string alignment, as the textbook has it."""
    rows = [[max(i, j) if not (i and j) else 0 for j in range(len(right) + 1)] for i in range(len(left) + 1)]
    for i in range(1, len(left) + 1):
        for j in range(1, len(right) + 1):
            same = left[i - 1] == right[j - 1]
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (not same))
            if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(
    st.lists(st.text("abc", min_size=4, max_size=8), unique=True, max_size=12), st.text("abc", min_size=4, max_size=8)
)
@settings(deadline=None)
def test_the_index_finds_every_word_within_two_edits(words, word):
    wanted = sorted((other, osa(word, other)) for other in words if osa(word, other) <= 2)
    assert NearSpellings(words).near(word, 2) == wanted


def test_words_are_found_where_they_stand():
    text = "Gre@t, I'm h.a.p.p.y! #so 😀 [UNK] don’t www.x.org 我很好 x_x"
    words = noisy_words(text)
    assert [text[word.start : word.end] for word in words] == [word.text for word in words]
    assert [word.text for word in words][:6] == ["Gre@t", "I'm", "h.a.p.p.y", "#so", "don’t", "我很好"]


@pytest.mark.skipif(not (SHARED / "data").exists(), reason="needs the shared data sets")
def test_clean_tweets_stay_mostly_as_they_are(tmp_path):
    folder = SHARED / "data" / "tweeteval_emotion"
    texts = {
        split: [example.text for example in read_dataset(folder / f"{split}.csv").examples]
        for split in ("train", "validation")
    }
    learnt = Spelling.learn(texts["train"], tmp_path)
    held_out = texts["validation"][:150]
    words = sum(len(noisy_words(text)) for text in held_out)
    assert sum(len(learnt.replacements(text)) for text in held_out) < 0.06 * words
