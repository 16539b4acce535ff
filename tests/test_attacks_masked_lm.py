"""The attacks that ask a masked language model: bae, bert-attack and clare."""

import math
import random

import numpy as np
import pytest
from robust_emo_attacks.bae import BAE
from robust_emo_attacks.bert_attack import BertAttack
from robust_emo_attacks.clare import Clare
from robust_emo_attacks.masked_words import span_of
from sentences import emotion_rows
from tiny_masked_lm import make_tiny_masked_lm

from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.engine.requests import EmbeddingsRequest, FillMaskRequest, Query
from robust_emo.errors import InputError
from robust_emo.plugins import load
from robust_emo.types import AttackBudget, Example, Status
from robust_emo.words import Words, words_changed

EXAMPLES = [Example(f"e{i}", row["text"], (row["label"],)) for i, row in enumerate(emotion_rows(16, seed=33))]
NAMES = ("bae", "bert-attack", "clare")
LOOSE = {"min_sentence_similarity": -1.0, "max_candidates": 6}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    texts = [row["text"] for row in emotion_rows(90, seed=3)]
    return str(make_tiny_masked_lm(tmp_path_factory.mktemp("mlm"), texts, rarest=2))


def run(victim, attack, examples=EXAMPLES, **arguments):
    return list(attack_examples(Engine(victim), attack, examples, seed=5, **arguments))


def wins_of(victim, attack, **arguments):
    return [outcome for outcome in run(victim, attack, **arguments) if outcome.status is Status.SUCCEEDED]


@pytest.mark.parametrize("name", NAMES)
def test_words_that_fit_turn_the_model(victim, folder, name):
    wins = wins_of(victim, load("attacks", name, masked_lm=folder, **LOOSE))
    assert len(wins) >= 4
    for outcome in wins:
        assert outcome.original.count("#") == outcome.perturbed.count("#")
        assert outcome.original.count("😀") == outcome.perturbed.count("😀")


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_model_is_named_with_the_way_to_name_one(monkeypatch, tmp_path, folder, name):
    monkeypatch.delenv("ROBUST_EMO_MASKED_LM", raising=False)
    (problem,) = load("attacks", name).problems()
    assert f"--attack-arg {name}.masked_lm=DIR" in problem
    assert "ROBUST_EMO_MASKED_LM" in problem
    (problem,) = load("attacks", name, masked_lm=str(tmp_path)).problems()
    assert "no config.json" in problem
    monkeypatch.setenv("ROBUST_EMO_MASKED_LM", folder)
    attack = load("attacks", name)
    assert not attack.problems()
    assert attack.arguments()["masked_lm"] == folder
    assert not any(folder in note for note in attack.notes())  # a path says more than a reader should know


def test_an_attack_without_a_model_errors_and_does_not_pass_as_withstood(victim, monkeypatch):
    monkeypatch.delenv("ROBUST_EMO_MASKED_LM", raising=False)
    outcomes = [o for o in run(victim, BAE(), EXAMPLES[:4]) if o.status is not Status.SKIPPED]
    assert {outcome.status for outcome in outcomes} == {Status.ERRORED}


def test_bae_replaces_or_inserts_as_its_mode_says(victim, folder):
    for outcome in wins_of(victim, BAE(masked_lm=folder, mode="R", **LOOSE)):
        assert len(Words.of(outcome.original)) == len(Words.of(outcome.perturbed))
    inserted = wins_of(victim, BAE(masked_lm=folder, mode="I", **LOOSE))
    assert inserted
    for outcome in inserted:
        left = iter(Words.of(outcome.perturbed).words)
        assert all(word in left for word in Words.of(outcome.original).words)


def test_bae_with_more_operations_wins_no_less(victim, folder):
    wins = {mode: len(wins_of(victim, BAE(masked_lm=folder, mode=mode, **LOOSE))) for mode in ("R", "I", "R/I", "R+I")}
    assert max(wins["R"], wins["I"]) <= wins["R/I"] + 2  # greedy: a better step may lead into a dead end
    assert wins["R"] <= wins["R+I"] + 2


def test_a_stricter_similarity_leaves_fewer_successes(victim, folder):
    for make in (BAE, Clare):
        limits = {"masked_lm": folder, "max_candidates": 4, "check_short_texts": True}
        wins = [
            len(wins_of(victim, make(min_sentence_similarity=least, **limits), examples=EXAMPLES[:4]))
            for least in (-1.0, 1.0)
        ]
        assert wins[0] > wins[1]


class Hostile:
    """A model of two labels and its goal: the second label, which wins once all of these words stand in the text."""

    def __init__(self, *words):
        self.words = words

    def logits(self, texts):
        found = [sum(min(text.split().count(w), self.words.count(w)) for w in set(self.words)) for text in texts]
        return np.array([[len(self.words) - 0.5, count] for count in found], dtype=np.float32)

    def progress(self, logits):
        return logits[:, 1].astype(np.float64) - logits[:, 0]

    def reached(self, logits):
        return bool(logits[1] > logits[0])


def driven(attack, text, model, *, proposed, encoder=None):
    """The attack's text; `proposed` says what the language model would put anywhere in a text."""
    query = Query(max_queries=None, unknown_token="[UNK]")
    coroutine = attack.perturb(
        Example("x", text, ("a",)), query, goal=model, budget=AttackBudget(), rng=random.Random(0)
    )
    answer = None
    try:
        while True:
            request = coroutine.send(answer)
            if isinstance(request, FillMaskRequest):
                answer = [[(proposed(request.text), 0.9)] for _ in request.positions]
            elif isinstance(request, EmbeddingsRequest):
                answer = encoder(request.texts)
            else:
                answer = model.logits(request.texts)
    except StopIteration as end:
        return end.value


def turned(texts):
    """Embeddings that turn by half a radian with every grim word: a cosine of 0.88 after one, of 0.54 after two."""
    angles = [text.split().count("grim") / 2 for text in texts]
    return np.array([[math.cos(angle), math.sin(angle)] for angle in angles])


@pytest.mark.parametrize("mode", ["R", "I"])
def test_bae_compares_with_the_original_however_many_steps_there_were(mode):
    limits = {"masked_lm": "some", "mode": mode, "check_short_texts": True, "part_of_speech": False}
    found = {
        (need, least): driven(
            BAE(min_sentence_similarity=least, **limits),
            "happy days shine",
            Hostile(*["grim"] * need),
            proposed=lambda _: "grim",
            encoder=turned,
        )
        for need, least in ((1, 0.8), (2, 0.8), (2, 0.5))
    }
    assert found[1, 0.8].count("grim") == 1
    assert found[2, 0.8] is None
    assert found[2, 0.5].count("grim") == 2


def test_clare_inserts_behind_function_words_and_replaces_none():
    found = driven(Clare(masked_lm="some"), "it is so", Hostile("grim"), proposed=lambda _: "grim")
    assert [word for word in found.split() if word != "grim"] == ["it", "is", "so"]


@pytest.mark.parametrize(("rescore", "wins"), [(False, False), (True, True)])
def test_clare_asks_for_new_words_after_each_action_only_if_told(rescore, wins):
    found = driven(
        Clare(masked_lm="some", rescore=rescore),
        "happy days shine",
        Hostile("grim", "bleak"),
        proposed=lambda text: "bleak" if "grim" in text else "grim",
    )
    assert (found is not None) == wins


def test_bert_attack_changes_words_in_place_within_its_share(victim, folder):
    for outcome in wins_of(victim, BertAttack(masked_lm=folder)):
        before, after = Words.of(outcome.original), Words.of(outcome.perturbed)
        assert len(before) == len(after)
        assert words_changed(outcome.original, outcome.perturbed) <= max(1, int(0.4 * len(before)))


def test_clare_keeps_to_its_budget(victim, folder):
    attack = Clare(masked_lm=folder, **LOOSE)
    for outcome in run(victim, attack, limit=AttackBudget(max_queries=40, max_words=2)):
        assert outcome.num_queries <= 40
        if outcome.status is Status.SUCCEEDED:
            assert words_changed(outcome.original, outcome.perturbed) <= 2
            assert outcome.perturbed.count("  ") <= outcome.original.count("  ")


def test_the_result_depends_on_nobody_else(victim, folder):
    attack = Clare(masked_lm=folder, **LOOSE)
    few = EXAMPLES[:4]
    together = {o.example_id: o for o in run(victim, attack, few)}
    random.Random(0).shuffle(few)
    alone = {o.example_id: o for e in few for o in run(victim, attack, [e])}
    assert alone == together


def test_a_span_leaves_the_sign_of_a_hashtag_out():
    words = Words.of("so #happy, @you 😀!")
    assert [words.text[slice(*span_of(words, i))] for i in words.indices] == ["so", "happy", "you", "😀"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: BAE(mode="X"),
        lambda: BAE(window=0),
        lambda: BertAttack(max_candidates=0),
        lambda: BertAttack(min_sentence_similarity=3),
        lambda: Clare(min_sentence_similarity=-2),
    ],
)
def test_a_wrong_hyperparameter_is_one_clear_line(make):
    with pytest.raises(InputError, match=r"^attack [\w-]+: [^\n]+$"):
        make()
