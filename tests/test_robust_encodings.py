"""Robust encodings: what typos reach, how words are put together, and what the normaliser promises."""

import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import SHARED

from robust_emo.data.dataset import read_dataset
from robust_emo.defences.agglomeration import representatives
from robust_emo.defences.encoding_table import EncodingTable
from robust_emo.defences.input_defence import InputDefence
from robust_emo.defences.lexicon import FEWEST_TEXTS
from robust_emo.defences.normaliser import LearningNormaliser
from robust_emo.defences.robust_encodings import RobustEncodings
from robust_emo.defences.steps import load_defence, store
from robust_emo.defences.typo_graph import reached_by_typos
from robust_emo.errors import InputError

FEELINGS = ("happy", "sad", "angry", "mad", "joyful", "lonely", "scared")
TEXTS = [f"{name} feels so {feeling} at school today @user 😀 #mood" for name in ("smh", "Rihanna", "she", "he")
         for feeling in FEELINGS] + ["my secret is zynxo"] * 50  # fmt: skip
WORDS = st.lists(st.text("abc", min_size=2, max_size=5), unique=True, min_size=1, max_size=6)


PIECES = ("happy", "hapyy", "sad", "so", "#", "@", "'", ".", " ", "a", "气", "😀", "é", "4", "[", "]")


def edits(word, *, inner):
    """Every single edit of a word but itself; `inner`: with its first and last letters as they were."""
    letters, length = f"{string.ascii_lowercase}4", len(word)
    places = range(1, length) if inner else range(length + 1)
    found = {word[:place] + letter + word[place:] for place in places for letter in letters}
    for place in range(1, length - 1) if inner else range(length):
        found.add(word[:place] + word[place + 1 :])
        found.update(word[:place] + letter + word[place + 1 :] for letter in letters)
        if place + 1 < length - inner:
            found.add(word[:place] + word[place + 1] + word[place] + word[place + 2 :])
    return found - {word}


@pytest.fixture(scope="module")
def learnt(tmp_path_factory):
    """Made from a few texts."""
    return RobustEncodings.learn(TEXTS, tmp_path_factory.mktemp("learnt"), most_words=3_000)


@pytest.fixture(scope="module")
def encoded(learnt):
    """Texts in encodings."""
    return InputDefence([learnt]).text


# --- typos -----------------------------------------------------------------------------------------------------------


@given(WORDS)
@settings(deadline=None, max_examples=15)
def test_the_graph_has_what_typos_are_taken_for(words):
    table = EncodingTable({word: word for word in words})
    assert reached_by_typos(words) == [
        sorted({words.index(table.encoding(typo)) for typo in edits(word, inner=True)} | {place})
        for place, word in enumerate(words)
    ]


def test_no_words_have_no_typos():
    assert reached_by_typos([]) == []
    assert representatives([], [], 0.5) == []


def test_a_word_is_itself_and_a_typo_the_most_frequent_word_that_is_near():
    table = EncodingTable({"hate": "hate", "hat": "hat", "late": "hate"})
    assert [table.encoding(word) for word in ("hat", "late", "hatt", "lat", "xate", "hatexx", "h", "")] == [
        "hat", "hate", "hate", "hat", "hate", None, None, None
    ]  # fmt: skip


# --- clusters --------------------------------------------------------------------------------------------------------


def cost(probabilities, reached, first, gamma):
    """What a clustering costs, from its definition."""
    mass = [sum(p for p, f in zip(probabilities, first, strict=True) if f == cluster) for cluster in first]
    blur = 0.0
    for word, p in enumerate(probabilities):
        mean = [q / mass[word] if first[other] == first[word] else 0.0 for other, q in enumerate(probabilities)]
        blur += p * sum(((other == word) - share) ** 2 for other, share in enumerate(mean))
    scatter = sum(p * len({first[other] for other in row}) for p, row in zip(probabilities, reached, strict=True))
    return gamma * blur + (1 - gamma) * scatter


@st.composite
def vocabularies(draw):
    """Probabilities and what typos reach."""
    size = draw(st.integers(1, 7))
    weights = sorted((draw(st.integers(1, 50)) for _ in range(size)), reverse=True)
    reached = [sorted({place} | draw(st.sets(st.integers(0, size - 1), max_size=3))) for place in range(size)]
    return [weight / sum(weights) for weight in weights], reached


@given(vocabularies(), st.floats(0, 1))
@settings(deadline=None)
def test_clusters_are_cheaper_than_words_apart_and_no_merger_makes_them_cheaper(vocabulary, gamma):
    probabilities, reached = vocabulary
    first = representatives(probabilities, reached, gamma)
    assert all(first[place] == place for place in set(first))
    reached_cost = cost(probabilities, reached, first, gamma)
    assert reached_cost <= cost(probabilities, reached, range(len(reached)), gamma) + 1e-9
    pairs = {
        (min(first[word], first[other]), max(first[word], first[other]))
        for word, row in enumerate(reached)
        for other in row
        if first[word] != first[other]
    }
    for one, other in pairs:
        merged = [one if place == other else place for place in first]
        assert cost(probabilities, reached, merged, gamma) >= reached_cost - 1e-9


def test_gamma_goes_from_connected_words_to_words_apart():
    words = ["hate", "heat", "heart", "fear", "calm"]
    probabilities, reached = [0.4, 0.3, 0.2, 0.05, 0.05], reached_by_typos(words)
    assert representatives(probabilities, reached, 0.0) == [0, 0, 0, 3, 4]
    assert representatives(probabilities, reached, 1.0) == [0, 1, 2, 3, 4]
    counts = [len(set(representatives(probabilities, reached, gamma / 10))) for gamma in range(11)]
    assert counts == sorted(counts)


def test_a_rare_word_joins_the_frequent_one_before_two_frequent_ones_meet():
    probabilities, reached = [0.5, 0.45, 0.05], [[0, 1], [0, 1, 2], [1, 2]]
    assert representatives(probabilities, reached, 0.7) == [0, 1, 1]


# --- the normaliser --------------------------------------------------------------------------------------------------


def test_where_all_connected_words_are_together_no_inner_typo_changes_the_encoding():
    table = EncodingTable.of({}, gamma=0.0, most_words=300)
    for word in list(table.representative)[::10]:
        assert {table.encoding(typo) for typo in edits(word, inner=True)} == {table.representative[word]}


def test_no_single_edit_of_a_word_far_from_others_changes_what_the_model_reads(encoded):
    assert {encoded(f"so {typo} today") for typo in edits("joyful", inner=False)} == {"so joyful today"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("hapyy HAPYY Hapyy #hapyy #Hapyy", "happy HAPPY Happy #happy #Happy"),
        ("h4ppy happÿ hap!py hap'py", "happy happy happy happy"),
        ("Rihana", "Rihanna"),  # a word of the training texts
        ("don't don’t we've I'm o'clock", "don't don’t we've I'm o'clock"),
        (
            "@hapyy 😡 👩\u200d🚀 5pm 1984 h8 :D https://hapyy.com",
            "@hapyy 😡 👩\u200d🚀 5pm 1984 h8 :D https://hapyy.com",
        ),
        ("我hapyy 我很happ", "我hapyy 我很happ"),
        ("hxaxppy", "hxaxppy"),  # two edits
    ],
)
def test_what_becomes_of_words(encoded, written, read):
    assert encoded(written) == read


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@settings(deadline=None)
def test_a_second_pass_changes_nothing(learnt, text):
    defence = InputDefence([learnt])
    assert defence.text(defence.text(text)) == defence.text(text)


def test_words_do_not_look_at_their_neighbours(encoded):
    words = ["hapyy", "angrry", "Rihana", "scol", "so"]
    assert encoded(" ".join(words)) == " ".join(map(encoded, words))


def test_the_way_back(learnt):
    rewriting = InputDefence([learnt]).rewriting("so #hapyyy, joyfl")
    start = rewriting.text.index("joyful")
    assert rewriting.origin(start, start + 6) == (12, 17)


def test_it_is_kept_in_a_model_directory(learnt, tmp_path):
    assert isinstance(learnt, LearningNormaliser)
    (step,) = store([learnt], tmp_path)
    assert step.arguments == {"gamma": 0.9, "most_words": 3_000}
    again = load_defence([step], tmp_path)
    assert "symspellpy" not in step.depends_on  # the file has all of it
    assert again.text("Rihana is hapyy") == "Rihanna is happy"
    assert EncodingTable.read(learnt.encodings).content() == learnt.encodings.read_bytes()


def test_the_same_texts_make_the_same_file(learnt, tmp_path):
    again = RobustEncodings.learn(reversed(TEXTS), tmp_path, most_words=3_000)
    assert again.encodings.read_bytes() == learnt.encodings.read_bytes()


def test_rare_words_are_not_learnt(learnt):
    assert FEWEST_TEXTS > 1
    table = EncodingTable.read(learnt.encodings).representative
    assert "rihanna" in table
    assert "zynxo" not in table


def test_words_of_one_person_are_not_learnt(tmp_path):
    texts = [f"my dear zynxo {number}" for number in range(4)]
    for groups, known in ((["jo"] * 4, False), (["jo", "al", "ed", "jo"], True)):
        learnt = RobustEncodings.learn(texts, tmp_path, groups=groups, most_words=100)
        assert ("zynxo" in EncodingTable.read(learnt.encodings).representative) == known


def test_no_texts_to_learn_from(tmp_path):
    learnt = RobustEncodings.learn([], tmp_path, most_words=500)
    assert EncodingTable.read(learnt.encodings) == EncodingTable.of({}, gamma=0.9, most_words=500)


def test_texts_of_another_language_are_refused(tmp_path):
    german = ["ich bin heute sehr froh und lache mit meinen Freunden über alte Geschichten aus der Schule"] * 30
    with pytest.raises(InputError, match="normaliser robust-encodings: only"):
        RobustEncodings.learn(german, tmp_path)


@pytest.mark.parametrize("arguments", [{"gamma": 1.1}, {"gamma": -0.1}, {"gamma": "0.5"}, {"gamma": True},
                                       {"gamma": float("nan")}, {"most_words": 0}, {"most_words": 10.0},
                                       {"most_words": True}, {"encodings": "table.tsv"}])  # fmt: skip
def test_bad_arguments(arguments):
    with pytest.raises(InputError, match="normaliser robust-encodings: "):
        RobustEncodings(**arguments)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"happy\thappy\nsad\n", "line 2: expected a new word, a tab and its representative"),
        (b"happy\thappy\nhappy\thappy\n", "line 2: expected a new word"),
        (b"Happy\tHappy\n", "line 1"),
        (b"hapy\thappy\n", "line 1: 'happy' cannot stand for 'hapy'"),
        (b"sad\tmad\nmad\tbad\nbad\tbad\n", "line 1: 'mad' cannot stand for 'sad'"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_bad_files(tmp_path, content, message):
    path = tmp_path / "encodings.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        RobustEncodings(encodings=path)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not (SHARED / "data").exists(), reason="needs the shared data sets")
def test_clean_tweets_stay_mostly_as_they_are_and_take_no_time(tmp_path):
    folder = SHARED / "data" / "tweeteval_emotion"
    train, held_out = ([example.text for example in read_dataset(folder / f"{split}.csv").examples]
                       for split in ("train", "validation"))  # fmt: skip
    learnt = RobustEncodings.learn(train, tmp_path, most_words=5_000)
    learnt.replacements("warm upp")
    started = time.process_time()
    changed = sum(len(learnt.replacements(text)) for text in held_out)
    assert (time.process_time() - started) / len(held_out) < 1e-3
    assert changed < 0.1 * sum(len(text.split()) for text in held_out)
