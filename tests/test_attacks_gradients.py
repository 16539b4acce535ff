"""First-order word exchanges, and the attacks that search by gradients: hotflip, a2t, universal-triggers."""

import random

import numpy as np
import pytest
from robust_emo_attacks.a2t import A2T
from robust_emo_attacks.hotflip import HotFlip
from robust_emo_attacks.universal_triggers import BoundTriggers, Trigger, UniversalTriggers
from robust_emo_attacks.word_vectors import word_vectors
from sentences import emotion_rows

from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.engine.goal import UntargetedSingleLabel
from robust_emo.engine.requests import Place, Query
from robust_emo.engine.scheduler import Job
from robust_emo.errors import InputError, QueryBudgetExhausted
from robust_emo.plugins import LearningAttack
from robust_emo.types import AttackBudget, Example, Status
from robust_emo.words import Words, words_changed

ROWS = emotion_rows(48, seed=21)
EXAMPLES = [Example(f"e{i}", row["text"], (row["label"],)) for i, row in enumerate(ROWS)]


def ask(engine, *coroutines, max_queries=None):
    """Answers of coroutine functions that get a Query each, all driven at once."""
    made = [Query(max_queries=max_queries, unknown_token="[UNK]") for _ in coroutines]
    jobs = [Job(str(i), lambda f=f, q=q: f(q)) for i, (f, q) in enumerate(zip(coroutines, made, strict=True))]
    done = {finished.key: finished for finished in engine.run(jobs)}
    for finished in done.values():
        if finished.error:
            raise finished.error
    return [done[str(i)].result for i in range(len(coroutines))]


def flips(texts, targets, places, **arguments):
    return lambda query: query.flips(texts, targets, places, **arguments)


def place(text, word, *words):
    start = text.index(word)
    return Place(start, start + len(word), words)


def run(victim, attack, examples=EXAMPLES, **arguments):
    return list(attack_examples(Engine(victim), attack, examples, seed=5, **arguments))


def succeeded(outcomes):
    return [outcome for outcome in outcomes if outcome.status is Status.SUCCEEDED]


@pytest.fixture(scope="module")
def embeddings(victim):
    return victim.batched.model.get_input_embeddings().weight.detach().numpy()


def test_a_gain_is_the_change_of_the_embedding_along_the_gradient(victim, embeddings):
    text, target = "I feel happy again", (0.0, 0.0, 1.0, 0.0)
    ids = dict(victim.batched.tokenizer.vocab)
    (answer,) = ask(Engine(victim), flips([text], [target], [[place(text, "happy", "sad", "glad", "lonely")]], top_k=3))
    (gradients,) = victim.gradients([text], [target])
    at = gradients.spans.index((7, 12))
    expected = {
        w: (embeddings[ids[w]] - embeddings[ids["happy"]]) @ gradients.values[at] for w in ("sad", "glad", "lonely")
    }
    assert dict(answer[0][0]) == pytest.approx({w: float(gain) for w, gain in expected.items()}, abs=1e-4)
    gains = [gain for _, gain in answer[0][0]]
    assert gains == sorted(gains, reverse=True)


def test_the_whole_vocabulary_is_ranked_as_word_by_word(victim):
    text, target = "We were so glad when the train came", (0.0, 0.0, 1.0, 0.0)
    engine = Engine(victim)
    ((ranked,),) = ask(engine, flips([text], [target], [[place(text, "glad")]], top_k=15))[0]
    ((named,),) = ask(engine, flips([text], [target], [[place(text, "glad", *(w for w, _ in ranked))]], top_k=15))[0]
    assert [gain for _, gain in ranked] == pytest.approx([gain for _, gain in named], abs=1e-4)
    assert all((word.isalpha() and len(word) > 1) or word in "ai" for word, _ in ranked)


def test_common_flips_add_up_over_texts(victim):
    texts, targets = ["the the I feel happy", "the the We were glad"], [(0.0, 0.0, 1.0, 0.0)] * 2
    words = ("sad", "train", "because")
    both = [[Place(0, 3, words), Place(4, 7, words)]] * 2
    engine = Engine(victim)
    (single,) = ask(engine, flips(texts, targets, both, top_k=3))
    (common,) = ask(engine, lambda query: query.common_flips(texts, targets, both, top_k=3))
    for number in range(2):
        expected = {word: dict(single[0][number])[word] + dict(single[1][number])[word] for word in words}
        assert dict(common[number]) == pytest.approx(expected, abs=1e-4)


def test_flips_are_the_same_whoever_else_asks(victim):
    def question(text):
        return flips([text], [(1.0, 0.0, 0.0, 0.0)], [[Place(0, len(text.split()[0])), Place(0, 0)]], top_k=4)

    texts = [example.text for example in EXAMPLES[:15]]
    together = ask(Engine(victim), *map(question, texts))
    alone = [ask(Engine(victim, pool=1), question(text))[0] for text in texts]
    assert alone == together


@pytest.mark.parametrize("text", ["", "?!", "😡", "我很生气", "\u200b", "a" * 3_000])
def test_flips_of_hard_texts_are_answered(victim, text):
    (answer,) = ask(
        Engine(victim), flips([text], [(1.0, 0.0, 0.0, 0.0)], [[Place(0, len(text)), Place(9, 12)]], top_k=2)
    )
    assert len(answer[0]) == 2
    assert all(np.isfinite(gain) for row in answer[0] for _, gain in row)


def test_flips_cost_one_query_per_text(victim):
    async def spend(query):
        await query.flips(["a b", "c d"], [(1.0, 0.0, 0.0, 0.0)] * 2, [[Place(0, 1)], []], top_k=1)
        with pytest.raises(QueryBudgetExhausted):
            await query.flips(["a b"], [(1.0, 0.0, 0.0, 0.0)], [[]], top_k=1)
        with pytest.raises(ValueError, match="1 texts but 0 targets"):
            await query.flips(["a b"], [], [[]], top_k=1)
        return query.used

    assert ask(Engine(victim), spend, max_queries=2) == [2]


def test_hotflip_changes_few_words_to_near_ones(victim):
    wins = succeeded(run(victim, HotFlip(max_words=2), EXAMPLES[:24]))
    for outcome in wins:
        assert words_changed(outcome.original, outcome.perturbed) <= 2
        for before, after in zip(Words.of(outcome.original).words, Words.of(outcome.perturbed).words, strict=True):
            assert before == after or word_vectors().cosine(before.strip("#"), after.strip("#")) >= 0.5


def test_hotflip_to_any_word_wins_most_often(victim):
    wins = [
        len(succeeded(run(victim, HotFlip(any_word=any_word, max_words=1), EXAMPLES[:24])))
        for any_word in (False, True)
    ]
    assert wins[0] <= wins[1]
    assert wins[1] >= 10


def test_a_wider_beam_and_more_words_do_not_lose(victim):
    wins = [
        len(succeeded(run(victim, HotFlip(max_words=words, min_word_similarity=0.3), EXAMPLES[:16])))
        for words in (1, 2)
    ]
    assert wins[0] <= wins[1]


def test_a2t_keeps_to_its_share_of_words(victim):
    for allowed in (1, 3):
        for outcome in succeeded(
            run(victim, A2T(words_always_allowed=allowed, min_sentence_similarity=0.5), EXAMPLES[:12])
        ):
            assert words_changed(outcome.original, outcome.perturbed) <= allowed


def test_a2t_asks_for_one_gradient(victim):
    engine = Engine(victim)
    list(attack_examples(engine, A2T(), EXAMPLES[:8], seed=0))
    assert engine._gradients.physical <= 8


@pytest.mark.parametrize("attack", [HotFlip(), A2T(), UniversalTriggers()], ids=lambda attack: attack.spec.name)
def test_attacks_that_need_gradients_say_so(attack):
    assert attack.spec.white_box
    assert attack.spec.family == "gradients"
    assert any("white-box" in note for note in attack.notes())
    assert isinstance(attack, LearningAttack) == (attack.spec.name == "universal-triggers")


def learnt(victim, examples, **arguments):
    attack = UniversalTriggers(**{"examples": 8, "candidates": 8, "rounds": 1, **arguments})
    goals = [UntargetedSingleLabel(victim.labels.index(e.labels[0]), 4) for e in examples]
    (bound,) = ask(Engine(victim), lambda query: attack.learn(examples, query, goals=goals, rng=random.Random(1)))
    return bound


def test_one_trigger_per_emotion_turns_most_texts(victim):
    bound = learnt(victim, EXAMPLES[:32])
    assert {trigger.labels for trigger in bound.triggers} == {(label,) for label in victim.labels}
    for trigger in bound.triggers:
        assert len(trigger.words) == 3
    assert len(succeeded(run(victim, bound, EXAMPLES[:32]))) >= 16
    wins = succeeded(run(victim, bound, EXAMPLES[32:]))
    assert wins
    for outcome in wins:
        trigger = bound.trigger_for(outcome.label)
        assert outcome.perturbed == f"{' '.join(trigger.words)} {outcome.original}"
        assert outcome.num_queries == 1
        assert outcome.words_perturbed == 3


def test_learning_is_the_same_every_time_and_whatever_the_length(victim):
    assert learnt(victim, EXAMPLES[:16]).triggers == learnt(victim, EXAMPLES[:16]).triggers
    assert {len(trigger.words) for trigger in learnt(victim, EXAMPLES[:16], length=1).triggers} == {1}


def test_no_text_is_attacked_with_what_was_learnt_on_it(victim):
    outcomes = run(victim, UniversalTriggers(examples=6, candidates=4, rounds=1))
    assert len(outcomes) == len(EXAMPLES)
    assert succeeded(outcomes)
    assert not any(outcome.error for outcome in outcomes)


def test_triggers_need_examples_to_learn_from(victim):
    source = UniversalTriggers()
    goal = UntargetedSingleLabel(0, 4)
    with pytest.raises(InputError, match=r"^attack universal-triggers learns on other examples .*with --data$"):
        ask(Engine(victim), lambda query: source.learn([], query, goals=[], rng=random.Random(0)))
    with pytest.raises(InputError, match="attack more texts"):
        run(victim, source, EXAMPLES[:1])
    with pytest.raises(InputError, match="needs --data"):
        ask(
            Engine(victim),
            lambda query: source.perturb(EXAMPLES[0], query, goal=goal, budget=source.budget, rng=random.Random(0)),
        )


def test_an_emotion_that_was_not_learnt_is_left_alone_and_the_notes_say_so(victim):
    joyful = [example for example in EXAMPLES if example.labels == ("joy",)]
    others = [example for example in EXAMPLES if example.labels != ("joy",)]
    bound = learnt(victim, joyful)
    outcomes = run(victim, bound, others)
    assert {outcome.status for outcome in outcomes} <= {Status.FAILED, Status.SKIPPED}
    assert any("left as they are" in note and "audit.json" in note for note in bound.notes())


def test_a_budget_below_the_trigger_leaves_the_text_alone(victim):
    bound = learnt(victim, EXAMPLES[:16])
    assert not succeeded(run(victim, bound, limit=AttackBudget(max_words=2)))


def test_emotions_without_a_trigger_of_their_own_borrow_the_nearest():
    triggers = tuple(Trigger(labels, ("x",)) for labels in [("joy",), ("fear", "joy"), ("sadness",)])
    bound = BoundTriggers(UniversalTriggers(length=1), triggers)
    assert bound.trigger_for(("joy",)).labels == ("joy",)
    assert bound.trigger_for(("joy", "fear")).labels == ("fear", "joy")
    assert bound.trigger_for(("anger", "sadness")).labels == ("sadness",)
    assert bound.trigger_for(("anger",)) is None


@pytest.mark.parametrize(
    "make",
    [
        lambda: HotFlip(beam=0),
        lambda: HotFlip(min_word_similarity=2),
        lambda: A2T(max_candidates=0),
        lambda: A2T(max_word_share=0),
        lambda: A2T(min_sentence_similarity=-2),
        lambda: A2T(words_always_allowed=0),
        lambda: UniversalTriggers(length=0),
    ],
)
def test_a_wrong_hyperparameter_is_one_clear_line(make):
    with pytest.raises(InputError, match=r"^attack [\w-]+: [^\n]+$"):
        make()
