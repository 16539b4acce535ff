"""What the attacks on words promise: where words come from, what stays, and how they search."""

import math
import random

import numpy as np
import pytest
from mini_wordnet import write_wordnet
from robust_emo_attacks.faster_genetic import FasterGenetic
from robust_emo_attacks.input_reduction import InputReduction, only
from robust_emo_attacks.part_of_speech import keeping_part_of_speech
from robust_emo_attacks.pwws import PWWS
from robust_emo_attacks.text_window import window
from robust_emo_attacks.textfooler import TextFooler
from robust_emo_attacks.vector_table import compressed
from robust_emo_attacks.window_similarity import WindowSimilarity
from robust_emo_attacks.word_swaps import swapped
from robust_emo_attacks.word_vectors import bundled_vectors, read_vectors, word_vectors
from sentences import SHARED

from robust_emo.engine.requests import EmbeddingsRequest, Query
from robust_emo.errors import InputError, PrerequisiteError, QueryBudgetExhausted
from robust_emo.resources import catalogue, places
from robust_emo.types import AttackBudget, Example, Objective
from robust_emo.words import Words, words_changed

ANYTHING = AttackBudget()


class Weights:
    """A model of two labels that adds up weights of words; its goal is the second label."""

    name = "untargeted"

    def __init__(self, **weights: float) -> None:
        self.weights = weights
        self.asked: list[list[str]] = []

    def logits(self, texts):
        sums = [sum(self.weights.get(word.lower(), 0.0) for word in Words.of(text).words) for text in texts]
        return np.array([[total, 0.0] for total in sums], dtype=np.float32)

    def progress(self, logits):
        return logits[:, 1].astype(np.float64) - logits[:, 0]

    def reached(self, logits):
        return bool(logits[1] > logits[0])

    def target(self):
        return (1.0, 0.0)


def alike(texts):
    """Embeddings that are all the same."""
    return np.ones((len(texts), 1), dtype=np.float32)


def attacked(attack, text, model, *, budget=ANYTHING, seed=1, encoder=alike):
    """The attack's text and its query, run without an engine."""
    query = Query(max_queries=budget.max_queries, unknown_token="[UNK]")
    coroutine = attack.perturb(Example("x", text, ("a",)), query, goal=model, budget=budget, rng=random.Random(seed))
    answer = None
    try:
        while True:
            request = coroutine.send(answer)
            if isinstance(request, EmbeddingsRequest):
                answer = encoder(request.texts)
            else:
                model.asked.append(list(request.texts))
                answer = model.logits(request.texts)
    except StopIteration as end:
        return end.value, query
    except QueryBudgetExhausted:
        return None, query


@pytest.fixture
def wordnet(tmp_path, monkeypatch):
    """happy = glad, sad = unhappy, joy = delight, love = adore."""
    monkeypatch.setenv(catalogue.WORDNET_VARIABLE, str(write_wordnet(tmp_path / "wordnet")))


@pytest.fixture
def vectors(tmp_path, monkeypatch):
    """Counter-fitted vectors of a user: happy, glad and joyful lie together, so do dog and cat."""
    near = {"happy": 0.0, "glad": 0.1, "joyful": 0.6, "dog": 2.0, "cat": 2.05, "stone": 4.0}
    path = tmp_path / "vectors.txt"
    path.write_text("".join(f"{word} {3 * math.cos(at)} {3 * math.sin(at)}\n" for word, at in near.items()))
    monkeypatch.setenv(catalogue.VECTORS_VARIABLE, str(path))
    return path


@pytest.fixture
def no_tagger(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "nltk_folders", lambda: [tmp_path])
    catalogue.forget()
    yield
    catalogue.forget()


# --- words and their neighbours -------------------------------------------------------------------------------------


def test_a_substitute_has_the_case_and_the_sign_of_the_word():
    def near(stem):
        return {"happy": ["glad", "Happy", "glad"]}.get(stem, [])

    assert swapped("happy", near) == ["glad"]
    assert swapped("HAPPY", near) == ["GLAD"]
    assert swapped("#Happy", near) == ["#Glad"]
    for word in ("@happy", "the", "😂", "#", "@", "我", "xyzzy", ""):
        assert swapped(word, near) == []


def test_neighbours_say_about_the_same_and_opposites_are_far():
    table = bundled_vectors()
    assert len(table.words) > 20_000
    for word, other in (("happy", "glad"), ("terrible", "awful"), ("hate", "dislike"), ("angry", "furious")):
        assert table.cosine(word, other) >= 0.5
        assert other in {near for near, _ in table.neighbours(word, 50)}
    for word, other in (("happy", "sad"), ("love", "hate"), ("good", "bad"), ("sad", "angry"), ("fear", "angry")):
        assert table.cosine(word, other) < 0.5
    assert table.neighbours("Happy", 50) == table.neighbours("happy", 50)
    cosines = [cosine for _, cosine in table.neighbours("happy", 50)]
    assert cosines == sorted(cosines, reverse=True)
    assert len(cosines) == 50
    assert table.neighbours("我", 5) == ()
    assert table.cosine("happy", "😂") is None


def test_the_table_is_what_the_encoder_and_the_rules_give():
    from robust_emo_attacks.neighbour_table import _PLEASANT, _UNPLEASANT

    from robust_emo.models.encoder import SentenceEncoder

    words = [*_PLEASANT, *_UNPLEASANT, "glad", "furious", "scared", "terrified", "table", "chair", "seven", "eight"]
    rows = compressed(words, SentenceEncoder().embed([f"the meaning of the word {word}" for word in words]))
    assert rows.dtype == np.int8
    assert (np.abs(rows).max(1) == 127).all()
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    mine = unit @ unit.T
    shipped = np.array([[bundled_vectors().cosine(a, b) for b in words] for a in words])
    # Among so few words mean and axis are others, but what is near stays near.
    assert np.corrcoef(mine.ravel(), shipped.ravel())[0, 1] > 0.8


def test_vectors_that_the_user_names_come_first(vectors):
    near = word_vectors().neighbours("happy", 2)
    assert [word for word, _ in near] == ["glad", "joyful"]
    assert near[0][1] == pytest.approx(math.cos(0.1), abs=1e-4)  # whatever the length of the vectors
    note = TextFooler().notes()[0]
    assert "counter-fitted word vectors (environment variable ROBUST_EMO_COUNTERFITTED, sha256 " in note
    assert str(vectors) not in note


def test_a_first_line_that_counts_the_vectors_is_passed_over(tmp_path):
    path = tmp_path / "counted.txt"
    path.write_text("2 3\nhappy 1 0 0\nSad 0 1 0\n")
    assert read_vectors(path, "mine").words == ("happy", "sad")


@pytest.mark.parametrize("content", ["", "happy\n", "happy one two\n", "2 2\nhappy 1 2\nsad 1\n", "a 1 2\nb 1 2 3\n"])
def test_a_file_without_vectors_is_one_clear_line(content, tmp_path, monkeypatch):
    path = tmp_path / "other.txt"
    path.write_text(content)
    with pytest.raises(PrerequisiteError, match=r"^[^\n]*not a text file of word vectors[^\n]*$"):
        read_vectors(path, "mine")
    monkeypatch.setenv(catalogue.VECTORS_VARIABLE, str(tmp_path / "gone.txt"))
    for attack in (TextFooler(), FasterGenetic()):
        assert [problem for problem in attack.problems() if "does not exist" in problem]


def test_the_words_around():
    words = Words.of("one, two three four five!")
    assert window(words, 2, 3) == "two three four"
    assert window(words, 0, 3) == "one, two three"
    assert window(words, 4, 3) == "three four five"
    assert window(words, 2, 99) == "one, two three four five"
    assert window(Words.of("我很生气"), 1, 2) == "很生"


def test_parts_of_speech_are_kept_where_there_is_a_tagger(monkeypatch, no_tagger):
    words = Words.of("I feel so #terrible today")
    others = ["#awful", "#terribly", "#terrorise"]
    assert keeping_part_of_speech(words, 3, others) == others
    assert "not checked: NLTK tagger" in TextFooler().notes()[0]
    if not (SHARED / "nltk_data").exists():
        pytest.skip(f"{SHARED / 'nltk_data'} is absent: no tagger")
    monkeypatch.setattr(places, "nltk_folders", lambda: [SHARED / "nltk_data"])
    catalogue.forget()
    assert keeping_part_of_speech(words, 3, others) == ["#awful"]
    words = Words.of("such hate for them")
    assert keeping_part_of_speech(words, 1, ["hatred", "loathe"]) == ["hatred", "loathe"]
    assert keeping_part_of_speech(words, 1, ["hatred", "loathe"], nouns_for_verbs=False) == ["loathe"]
    assert "NLTK tagger of parts of speech (NLTK data, sha256" in TextFooler().notes()[0]


# --- pwws -----------------------------------------------------------------------------------------------------------


def test_pwws_exchanges_words_for_synonyms(wordnet):
    model = Weights(happy=2, joy=1, glad=-2, delight=-1.5)
    text, _ = attacked(PWWS(), "So Happy, what #joy 😂!", model)
    assert text == "So Glad, what #joy 😂!"  # one exchange was enough
    assert attacked(PWWS(), "so happy", Weights(happy=2, glad=2))[0] is None
    assert "WordNet 9.9 (environment variable" in PWWS().notes()[0]


def test_pwws_goes_by_saliency_times_gain(wordnet):
    # No exchange is enough alone. Leaving out `love` hurts most, but its substitute helps least.
    model = Weights(love=2.0, adore=1.9, happy=1.0, glad=-0.5, joy=0.5, delight=-1.8)
    text, _ = attacked(PWWS(), "love happy joy", model)
    assert text == "love glad delight"
    assert model.asked[0][:4] == ["love happy joy", "[UNK] happy joy", "love [UNK] joy", "love happy [UNK]"]
    firsts = [Words.of(texts[0]).words for texts in model.asked[1:]]
    assert [sum(a != b for a, b in zip(words, ("love", "happy", "joy"), strict=True)) for words in firsts] == [1, 2]


def test_pwws_takes_the_exact_budget_into_account(wordnet):
    model = Weights(love=2.0, adore=0.5, happy=1.0, glad=-0.5)
    assert attacked(PWWS(), "love happy", model)[0] is None
    model = Weights(love=1.0, adore=-0.6, happy=1.0, glad=-0.6)
    assert attacked(PWWS(), "love happy", model)[0] == "adore glad"
    assert attacked(PWWS(), "love happy", model, budget=AttackBudget(max_words=1))[0] is None
    assert attacked(PWWS(), "love happy", model, budget=AttackBudget(max_edit_distance=3))[0] is None


@pytest.mark.parametrize("most", [0, 1, 2, 3, 5, 9, 12])
def test_pwws_spends_no_more_queries_than_it_has(most, wordnet):
    model = Weights(love=1, happy=1, joy=1)
    text = "love happy joy love happy joy"
    found, query = attacked(PWWS(), text, model, budget=AttackBudget(max_queries=most))
    assert found is None
    assert query.used <= most
    asked = [text for texts in model.asked for text in texts]
    assert len(asked) == query.used


def test_pwws_without_wordnet_says_what_adds_it(monkeypatch):
    monkeypatch.setenv(catalogue.WORDNET_VARIABLE, "/not/there")
    (problem,) = PWWS().problems()
    assert problem.startswith("attack pwws: ROBUST_EMO_WORDNET names /not/there, which does not exist")
    assert "no WordNet" in PWWS().notes()[0]


# --- textfooler -----------------------------------------------------------------------------------------------------


def test_textfooler_takes_near_words_only(vectors, no_tagger):
    assert attacked(TextFooler(), "Happy dog", Weights(happy=1, glad=-1))[0] == "Glad dog"
    assert attacked(TextFooler(), "Happy dog", Weights(happy=1, stone=-1, cat=0.9))[0] is None
    model = Weights(happy=1, joyful=-1)
    assert attacked(TextFooler(), "happy dog", model)[0] == "joyful dog"
    assert attacked(TextFooler(min_word_similarity=0.9), "happy dog", model)[0] is None
    assert attacked(TextFooler(max_candidates=1), "happy dog", model)[0] is None


def test_textfooler_ranks_by_deletion_and_prefers_the_nearest_winner(vectors, no_tagger):
    model = Weights(happy=1, dog=2, cat=-3, glad=-5, joyful=-6)
    text, _ = attacked(TextFooler(), "happy dog", model)
    assert model.asked[0][1:] == [" dog", "happy "]
    assert text == "happy cat"  # `dog` is missed most, so it comes first
    model = Weights(happy=2, dog=1, cat=1, glad=-5, joyful=-6)
    assert attacked(TextFooler(), "happy dog", model)[0] == "glad dog"


def test_textfooler_checks_long_texts_only_unless_told(vectors, no_tagger):
    long = "happy " + "and so on " * 6
    model = Weights(happy=1, glad=-1)
    strict = TextFooler(min_sentence_similarity=1.0, check_short_texts=True)
    compared = []

    def unlike(texts):
        compared.append(len(texts) - 1)
        return np.eye(2, dtype=np.float32)[[0, *[1] * (len(texts) - 1)]]

    assert attacked(TextFooler(), "happy", model, encoder=unlike)[0] == "glad"
    assert compared == []
    assert attacked(TextFooler(), long, model, encoder=unlike)[0] is None
    assert compared == [2]
    assert attacked(strict, "happy", model, encoder=unlike)[0] is None
    assert attacked(strict, "happy", model)[0] == "glad"


def test_with_a_real_encoder_far_windows_are_left_out(victim):
    from robust_emo.engine.engine import Engine
    from robust_emo.engine.scheduler import Job

    words = Words.of("the whole long meeting was about a happy child who plays with a ball in the garden")
    options = [words.replace(7, other) for other in ("glad", "Happy", "stone")]

    async def kept():
        query = Query(max_queries=None, unknown_token="[UNK]")
        return await WindowSimilarity(0.97, 15, False).similar(words, 7, options, query, nearest_first=True)

    (done,) = Engine(victim).run([Job("x", kept)])
    assert done.error is None
    texts = [option[7] for option in done.result]
    assert texts[0] == "Happy"
    assert "stone" not in texts


# --- faster genetic -------------------------------------------------------------------------------------------------


def test_faster_genetic_combines_exchanges(vectors):
    text = "happy dog happy dog and nothing else to see here"
    model = Weights(happy=1, dog=1, glad=-0.9, cat=-0.9)
    assert attacked(FasterGenetic(), text, model)[0] is None  # 20% of ten words are two
    found, _ = attacked(FasterGenetic(max_share=0.4), text, model)
    assert words_changed(text, found) == 3
    assert set(Words.of(found).words) - set(Words.of(text).words) <= {"glad", "cat"}
    assert attacked(FasterGenetic(max_share=0.4), text, model, seed=1)[0] == found
    assert attacked(FasterGenetic(max_share=0.4), text, model, budget=AttackBudget(max_words=2))[0] is None


def test_faster_genetic_asks_once_per_generation_and_asks_nothing_twice(vectors):
    model = Weights(happy=1, dog=1)
    _, query = attacked(FasterGenetic(max_share=1.0), "happy dog", model)
    texts = [text for asked in model.asked for text in asked]
    assert len(texts) == len(set(texts)) == query.used
    assert set(texts) <= {f"{a} {b}" for a in ("happy", "glad", "joyful") for b in ("dog", "cat")}
    assert len(model.asked) <= 4  # no generation without a new text asks anything


def test_faster_genetic_keeps_within_its_word_distance(vectors):
    model = Weights(happy=1, joyful=-1)
    assert attacked(FasterGenetic(), "happy", model)[0] == "joyful"  # 2 - 2 cos 0.6 = 0.35
    assert attacked(FasterGenetic(max_word_distance=0.3), "happy", model)[0] is None


@pytest.mark.parametrize("most", [1, 2, 3, 10])
def test_faster_genetic_spends_no_more_queries_than_it_has(most, vectors):
    model = Weights(happy=9, dog=9)
    _, query = attacked(
        FasterGenetic(max_share=1.0), "happy dog happy dog", model, budget=AttackBudget(max_queries=most)
    )
    assert query.used <= most


# --- input reduction ------------------------------------------------------------------------------------------------


def test_input_reduction_keeps_the_prediction_and_removes_the_rest():
    assert InputReduction.spec.objective is Objective.REDUCE
    model = Weights(happy=1, sad=-0.5)
    assert attacked(InputReduction(), "I am happy, not sad!", model)[0] == "happy"
    assert attacked(InputReduction(), "😂 #Happy 我很 😂", Weights(**{"#happy": 1}))[0] == "#Happy"
    assert attacked(InputReduction(), "happy", model)[0] is None
    assert attacked(InputReduction(), "", model)[0] is None


def test_input_reduction_stops_where_the_prediction_would_change():
    model = Weights(a=1, b=1, c=-1.5)
    # Every one of a and b is needed as long as c is there; c can go first.
    assert attacked(InputReduction(), "a b c", model)[0] in ("a", "b")

    class Both(Weights):
        def logits(self, texts):
            return np.array([[1 if "a b" in text else -1, 0] for text in texts], dtype=np.float32)

    assert attacked(InputReduction(), "x a b y", Both())[0] == "a b"
    assert attacked(InputReduction(), "a b", Both())[0] is None


def test_a_wider_beam_finds_what_a_narrow_one_misses():
    # Without x the text is surest, but from there nothing can go.
    sure = {"x y z w": 3.0, "y z w": 2.0, "x z w": 1.0, "x w": 0.5, "w": 0.5}

    class Trap(Weights):
        def logits(self, texts):
            return np.array([[sure.get(text, -1.0), 0] for text in texts], dtype=np.float32)

    assert attacked(InputReduction(beam=1), "x y z w", Trap())[0] == "y z w"
    assert attacked(InputReduction(beam=5), "x y z w", Trap())[0] == "w"


def test_a_long_text_is_cut_in_few_queries():
    text = "river " * 300 + "happy " + "river " * 100
    model = Weights(happy=1)
    found, query = attacked(InputReduction(), text, model)
    assert found == "happy"
    assert query.used < 1_000
    found, query = attacked(InputReduction(), text, model, budget=AttackBudget(max_queries=30))
    assert found is None or Words.of(found).words
    assert query.used <= 30


def test_what_is_left_reads_as_the_same_words():
    words = Words.of("ab我cd, e. (f) 😂😂!")
    assert only(words, range(len(words))) == words.text
    assert only(words, [0, 2]) == "ab cd"  # not one word
    assert only(words, [2, 4]) == "cd f"
    for kept in ([0], [1, 3], [0, 1, 2], [5, 6], [2, 3, 4]):
        assert list(Words.of(only(words, kept)).words) == [words[index] for index in kept]


# --- hyperparameters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [
        lambda: TextFooler(max_candidates=0),
        lambda: TextFooler(min_word_similarity=1.1),
        lambda: TextFooler(min_sentence_similarity=-1.1),
        lambda: TextFooler(window=0),
        lambda: FasterGenetic(max_candidates=0),
        lambda: FasterGenetic(max_word_distance=-0.1),
        lambda: FasterGenetic(min_sentence_similarity=2),
        lambda: FasterGenetic(max_share=0),
        lambda: FasterGenetic(population=1),
        lambda: FasterGenetic(generations=0),
        lambda: FasterGenetic(temperature=0),
        lambda: FasterGenetic(patience=0),
        lambda: InputReduction(beam=0),
    ],
)
def test_a_wrong_hyperparameter_is_one_clear_line(make):
    with pytest.raises(InputError, match=r"^attack [\w-]+: \w+ must [^\n]+$"):
        make()
