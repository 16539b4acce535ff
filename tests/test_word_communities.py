"""Word communities: neighbours end up in one, borders run where texts seldom are, function words stay."""

import os
import subprocess
import sys

import pytest

from robust_emo.defences.everyday_words import NEGATIONS
from robust_emo.defences.input_defence import InputDefence
from robust_emo.defences.readings import signed_valence
from robust_emo.defences.steps import load_defence, store
from robust_emo.defences.word_clusters import WordClusters
from robust_emo.defences.word_communities import WordCommunities
from robust_emo.errors import InputError
from robust_emo.stop_words import STOP_WORDS, is_stop_word
from robust_emo.word_neighbours import word_neighbours

TEXTS = [f"{name} feels so {word} at school today @user #mood" for name in ("she", "he", "the girl", "my brother")
         for word in ("glad", "angry", "sad", "afraid")]  # fmt: skip
COMMON = ("angry", "glad", "sad", "afraid", "fear", "panic", "upset", "school", "girl", "brother")


@pytest.fixture(scope="module")
def learnt(tmp_path_factory):
    """Made from a few texts."""
    return WordCommunities.learn(TEXTS, tmp_path_factory.mktemp("learnt"))


@pytest.fixture(scope="module")
def read(learnt):
    """Texts as a model behind it reads them."""
    return InputDefence([learnt]).text


def exchanges_that_show(normaliser):
    """The share of the table's exchanges of common words that a model would see."""
    found = normaliser.representatives({"glad": 4, "angry": 4, "sad": 4, "afraid": 4})
    pairs = [(word, other) for word in COMMON for other, _ in word_neighbours()[word]]
    return sum(found.get(one, one) != found.get(other, other) for one, other in pairs) / len(pairs)


def test_leaves_fewer_exchanges_than_average_linkage_does():
    assert exchanges_that_show(WordCommunities()) < exchanges_that_show(WordClusters())


def test_a_higher_resolution_makes_more_communities():
    counts = [len(WordCommunities(resolution=value).clustered({})) for value in (5, 40, 400)]
    assert counts == sorted(set(counts))


def test_function_words_stay(read):
    for word in STOP_WORDS:
        assert read(f"so {word} it") == f"so {word} it"
    assert not any(is_stop_word(other) for other in WordCommunities().representatives({}).values())


def test_words_of_the_training_texts_represent(read):
    assert read("so fearful") == "so afraid"


def test_negations_stay(read):
    for word in NEGATIONS:
        assert read(f"so {word} it") == f"so {word} it"


@pytest.mark.parametrize("lexicon", [{}, {"glad": 4, "risk": 9, "teasing": 9, "amazing": 3}])
def test_no_word_is_read_as_one_of_opposite_valence(lexicon):
    found = WordCommunities().representatives(lexicon)
    assert len(found) > 10_000
    assert all(signed_valence(word) * signed_valence(other) >= 0 for word, other in found.items())


def test_no_word_is_in_two_communities():
    found = [word for community in WordCommunities().clustered({}) for word in community]
    assert len(found) == len(set(found))


def test_is_learnt_in_the_same_way_again_whatever_sets_look_like(learnt, tmp_path):
    """Python orders the words of a set anew in every process."""
    code = (
        "import sys; from pathlib import Path; from robust_emo.defences.word_communities import WordCommunities;"
        f"WordCommunities.learn({TEXTS!r}, Path(sys.argv[1]))"
    )
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        subprocess.run([sys.executable, "-c", code, folder], check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        assert (folder / "clusters.tsv").read_bytes() == learnt.clusters.read_bytes()


def test_is_stored_and_read_again(learnt, read, tmp_path):
    steps = store([learnt], tmp_path)
    again = load_defence(steps, tmp_path)
    assert steps[0].files["clusters"].name == "word-communities-clusters.tsv"
    assert steps[0].arguments == {"resolution": 40}
    assert again.text("so happy and fearful") == read("so happy and fearful")


@pytest.mark.parametrize("value", [0, -1, 10_001, "40", True, float("nan")])
def test_arguments_out_of_range_are_refused(value):
    with pytest.raises(InputError, match="resolution"):
        WordCommunities(resolution=value)


def test_a_damaged_file_is_refused(tmp_path):
    path = tmp_path / "clusters.tsv"
    path.write_text("glad happy\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1: expected a new word"):
        WordCommunities(clusters=path)
