"""Word clusters: what average linkage joins, and what the normaliser promises."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robust_emo.defences.average_linkage import average_linkage
from robust_emo.defences.everyday_words import NEGATIONS
from robust_emo.defences.input_defence import InputDefence
from robust_emo.defences.steps import load_defence, store
from robust_emo.defences.word_clusters import WordClusters, representatives
from robust_emo.defences.word_valence import opposed
from robust_emo.errors import InputError
from robust_emo.word_neighbours import word_neighbours

TEXTS = [f"{name} feels so {word} at school today @user #mood" for name in ("she", "he", "the girl", "my brother")
         for word in ("glad", "angry", "sad", "afraid")]  # fmt: skip
PAIRS = st.sets(
    st.tuples(st.sampled_from("abcdefg"), st.sampled_from("abcdefg")).filter(lambda pair: pair[0] < pair[1])
)


@pytest.fixture(scope="module")
def learnt(tmp_path_factory):
    """Made from a few texts."""
    return WordClusters.learn(TEXTS, tmp_path_factory.mktemp("learnt"))


@pytest.fixture(scope="module")
def read(learnt):
    """Texts as a model behind it reads them."""
    return InputDefence([learnt]).text


def by_hand(listed, least, unlisted):
    """Average linkage as its definition says, every average computed anew."""
    clusters = [frozenset(name) for name in sorted({name for pair in listed for name in pair})]

    def average(one, other):
        return sum(listed.get((min(a, b), max(a, b)), unlisted) for a in one for b in other) / (len(one) * len(other))

    while True:
        joinable = {
            (one, other): average(one, other)
            for one, other in itertools.combinations(clusters, 2)
            if any((min(a, b), max(a, b)) in listed for a in one for b in other)
        }
        one, other = max(joinable, key=joinable.__getitem__, default=(None, None))
        if one is None or joinable[one, other] < least:
            return sorted(sorted(cluster) for cluster in clusters if len(cluster) > 1)
        clusters = [cluster for cluster in clusters if cluster not in (one, other)] + [one | other]


@given(PAIRS, st.integers())
@settings(deadline=None, max_examples=100)
def test_joins_what_the_definition_joins(pairs, seed):
    rng = random.Random(seed)  # no two averages are equal
    listed = {pair: rng.uniform(0.6, 0.99) for pair in sorted(pairs)}
    similar = {}
    for (one, other), similarity in listed.items():
        similar.setdefault(one, {})[other] = similarity
    assert average_linkage(similar, least=0.55, unlisted=0.4) == by_hand(listed, 0.55, 0.4)


def test_a_chain_is_no_cluster():
    chain = {one: {other: 0.7} for one, other in itertools.pairwise("abcdefgh")}
    found = average_linkage(chain, least=0.6, unlisted=0.4)
    assert found == [["a", "b"], ["c", "d"], ["e", "f"], ["g", "h"]]


def test_a_lower_threshold_joins_more():
    counts = [len(representatives({}, least_similarity=least)) for least in (0.7, 0.6, 0.45)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_exchanging_a_word_for_another_of_its_cluster_changes_nothing(read):
    assert read("I am so glad today") == read("I am so happy today")
    assert read("What a RAGE, #outrage") == read("What a FURY, #fury")


def test_most_exchanges_of_the_table_change_nothing_for_common_words(learnt):
    """Otherwise the clusters would protect from nothing."""
    found = {word: learnt._representatives.get(word, word) for word in word_neighbours()}
    same = [found[word] == found[other] for word in ("angry", "glad", "sad", "afraid", "fear", "panic", "upset")
            for other, _ in word_neighbours()[word]]  # fmt: skip
    assert sum(same) >= len(same) / 2


def test_the_words_of_the_training_texts_represent(read):
    assert read("so fearful and happy") == read("so afraid and glad") == "so afraid and glad"


def test_opposites_stay_apart(read):
    for one, other in (("happy", "sad"), ("love", "hate"), ("good", "bad"), ("calm", "angry"), ("joy", "fear")):
        assert read(one) != read(other)


def test_capitals_hashtags_and_everything_else_stay(read):
    assert read("GLAD Glad glad #Glad") == "GLAD Glad glad #Glad"
    assert read("Happy HAPPY #happy @happy 😀 happy.com 气愤") == "Glad GLAD #glad @happy 😀 happy.com 气愤"


def test_a_second_pass_changes_nothing(read):
    for word in word_neighbours():
        assert read(read(word)) == read(word)


def test_offsets_lead_back_to_what_the_user_wrote(learnt):
    text = "so happy, so fearful!"
    rewriting = InputDefence([learnt]).rewriting(text)
    start = rewriting.text.index("glad")
    first, last = rewriting.origin(start, start + len("glad"))
    assert text[first:last] == "happy"


def test_negations_stay(read):
    for text in ("nobody cares", "I feel nothing, never", "not without hope", "I cannot, neither can you"):
        assert read(text) == text


def test_no_word_becomes_a_negation_or_loses_one():
    found = representatives({}, least_similarity=0.45)
    assert not NEGATIONS & {*found, *found.values()}


def test_pleasant_and_unpleasant_words_never_become_one():
    found = representatives({}, least_similarity=0.4)
    together = [(word, first) for word, first in found.items() if opposed(word, first)]
    clusters = {}
    for word, first in found.items():
        clusters.setdefault(first, [first]).append(word)
    pairs = [pair for words in clusters.values() for pair in itertools.combinations(words, 2) if opposed(*pair)]
    assert (together, pairs) == ([], [])


@pytest.mark.parametrize(
    ("one", "other"), [("perfect", "imperfect"), ("innocent", "guilty"), ("anxiously", "eagerly"), ("laugh", "mock")]
)
def test_near_words_of_opposite_valence_stay_apart(one, other):
    plain = InputDefence([WordClusters()])
    assert plain.text(f"so {one} today") != plain.text(f"so {other} today")


def test_the_gap_that_it_names_is_one():
    """Whoever closes it takes it from the list."""
    plain = WordClusters()
    assert InputDefence([plain]).text("so unsafe here") == InputDefence([plain]).text("so safety here")
    assert any("(unsafe for safety)" in gap.text for gap in plain.known_gaps().gaps)


def test_is_stored_and_read_again(learnt, read, tmp_path):
    steps = store([learnt], tmp_path)
    again = load_defence(steps, tmp_path)
    assert steps[0].files["clusters"].name == "word-clusters-clusters.tsv"
    assert again.text("so happy and fearful") == read("so happy and fearful")


@pytest.mark.parametrize("value", [0.3, 1.1, "0.5", True, float("nan")])
def test_arguments_out_of_range_are_refused(value):
    with pytest.raises(InputError, match="least_similarity"):
        WordClusters(least_similarity=value)


@pytest.mark.parametrize("content", ["glad happy\n", "glad\t\n", "glad\thappy\nglad\tsad\n", "a\tb\tc\n"])
def test_a_damaged_file_is_refused(content, tmp_path):
    path = tmp_path / "clusters.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="line"):
        WordClusters(clusters=path)


def test_another_language_is_refused(tmp_path):
    german = ["Ich bin heute sehr traurig und weiss nicht warum das so ist"] * 60
    with pytest.raises(InputError, match="English"):
        WordClusters.learn(german, tmp_path)
