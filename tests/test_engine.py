"""The engine: answers belong to their question whoever else asks, errors stay with their example, budgets hold."""

import numpy as np
import pytest
from sentences import emotion_rows

from robust_emo import plugins
from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.cache import QueryCache
from robust_emo.engine.engine import Engine
from robust_emo.engine.goal import UntargetedSingleLabel
from robust_emo.engine.multi_label_goals import LabelFlip
from robust_emo.engine.requests import Query
from robust_emo.engine.scheduler import Job, Scheduler
from robust_emo.errors import CacheError, PrerequisiteError, QueryBudgetExhausted
from robust_emo.types import Example, Status


@pytest.fixture(scope="module")
def examples():
    return [Example(f"e{i}", row["text"], (row["label"],)) for i, row in enumerate(emotion_rows(40, seed=9))]


def run_one(engine, ask):
    """Drive one coroutine function that gets a Query; returns what it returned, raises what it raised."""
    query = Query(max_queries=None, unknown_token="[UNK]")
    (finished,) = engine.run([Job("one", lambda: ask(query))])
    if finished.error:
        raise finished.error
    return finished.result


def test_every_question_gets_its_own_answer(victim):
    texts = [row["text"] for row in emotion_rows(60, seed=4)]

    async def ask(query, mine):
        first = await query.scores(mine)
        again = await query.scores(list(reversed(mine)))
        np.testing.assert_array_equal(first, again[::-1])
        return first

    jobs = [Job(str(i), lambda i=i: ask(query, texts[i : i + 7])) for i in range(50)]
    query = Query(max_queries=None, unknown_token="[UNK]")
    for finished in Engine(victim, pool=9).run(jobs):
        start = int(finished.key)
        alone = np.stack([victim.logits([text])[0] for text in texts[start : start + 7]])
        np.testing.assert_allclose(finished.result, alone, atol=1e-5)


def test_equal_texts_run_once(victim):
    async def ask(query):
        await query.scores(["I am glad", "I am glad", "I am  glad", "I am sad"])  # two blanks tokenise as one
        return query.used

    engine = Engine(victim)
    used = [finished.result for finished in engine.run(Job(str(i), lambda: ask(new_query())) for i in range(30))]
    assert used == [4] * 30
    assert engine.physical_queries == 2


def new_query():
    return Query(max_queries=None, unknown_token="[UNK]")


def test_asking_for_nothing_is_answered(victim):
    async def ask(query):
        return await query.scores([]), await query.embeddings([]), await query.gradients([], [])

    scores, embeddings, gradients = run_one(Engine(victim), ask)
    assert scores.shape == (0, 4)
    assert len(embeddings) == 0
    assert gradients == []


def test_budget_stops_the_attack_before_the_question(victim):
    async def ask(_):
        query = Query(max_queries=3, unknown_token="[UNK]")
        await query.scores(["a", "b"])
        with pytest.raises(QueryBudgetExhausted, match="2 of 3"):
            await query.scores(["c", "d"])
        await query.scores(["c"])
        return query.used

    assert run_one(Engine(victim), ask) == 3


def test_a_crash_stays_with_its_example(victim, fake_plugin):
    rows = [Example(f"e{i}", row["text"], (row["label"],)) for i, row in enumerate(emotion_rows(120, seed=5))]
    outcomes = {
        o.example_id: o for o in attack_examples(Engine(victim), plugins.load("attacks", "moody"), rows, seed=0)
    }
    assert len(outcomes) == 120
    for example in rows:
        outcome = outcomes[example.id]
        if outcome.status is Status.SKIPPED:
            continue
        culprit = any(word in example.text for word in ("happy", "glad", "delighted"))
        assert outcome.status is (Status.ERRORED if culprit else Status.FAILED)
        assert (outcome.error is not None) == culprit
    errors = " ".join(outcome.error or "" for outcome in outcomes.values())
    assert "not in the mood" in errors
    assert "no such masked language model: nowhere" in errors
    assert all(outcome.predicted for outcome in outcomes.values())  # what was known before the crash is kept


def test_the_core_grades_and_not_the_attack(victim, fake_plugin, examples):
    outcomes = list(attack_examples(Engine(victim), plugins.load("attacks", "cheat"), examples, seed=0))
    assert {outcome.status for outcome in outcomes} <= {Status.FAILED, Status.SKIPPED}


@pytest.mark.parametrize("name", ["deepwordbug", "synonyms", "hotflip"])  # all of them: tests/test_attacks.py
def test_outcomes_do_not_depend_on_pool_mates(victim, examples, name):
    def outcomes(pool, chosen):
        attack = plugins.load("attacks", name)
        found = attack_examples(Engine(victim, pool=pool), attack, chosen, seed=3)
        return {outcome.example_id: outcome for outcome in found}

    few = examples[:12]
    together = outcomes(256, few)
    assert outcomes(1, few) == together
    assert outcomes(5, list(reversed(few))) == together


def test_another_seed_may_change_outcomes_and_the_same_does_not(victim, examples):
    def perturbed(seed):
        attack = plugins.load("attacks", "deepwordbug")
        found = attack_examples(Engine(victim), attack, examples, seed=seed)
        return {outcome.example_id: outcome.perturbed for outcome in found}

    assert perturbed(1) == perturbed(1)
    assert perturbed(1) != perturbed(2)


def test_cache_survives_a_restart_and_is_shared(victim, tmp_path):
    texts = [row["text"] for row in emotion_rows(50)]

    def engine():
        return Engine(victim, cache=QueryCache(tmp_path, model_sha256=victim.sha256, variant="test", features=4))

    first = engine()
    rows = first.scores(texts)
    second = engine()
    np.testing.assert_array_equal(second.scores(texts), rows)
    assert second.physical_queries == 0
    assert second.cached_queries == first.physical_queries


def test_cache_holds_no_texts(victim, tmp_path):
    with QueryCache(tmp_path, model_sha256=victim.sha256, variant="test", features=4) as cache:
        Engine(victim, cache=cache).scores(["my very private confession"])
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"confession" not in content


def test_a_foreign_file_in_place_of_the_cache_is_named(tmp_path):
    (tmp_path / f"{'0' * 32}-x.sqlite").write_bytes(b"this is not a database, but it is long enough to be looked at")
    with pytest.raises(CacheError, match="delete it or use --no-cache"):
        QueryCache(tmp_path, model_sha256="0" * 64, variant="x", features=4)


def test_embeddings_come_from_the_bundled_encoder(victim):
    async def ask(query):
        return await query.embeddings(["I am so happy", "I am very glad", "The train leaves at nine"])

    rows = run_one(Engine(victim), ask)
    assert rows.shape == (3, 384)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2


def test_gradients_are_those_of_each_text_alone(victim):
    texts = ["I feel sad again", "I feel happy when the train came 😀 and so on", "glad"]
    targets = [(0, 0, 0, 1), (0, 0, 1, 0), (1, 0, 0, 0)]
    together = victim.gradients(texts, targets)
    for text, target, gradients in zip(texts, targets, together, strict=True):
        (alone,) = victim.gradients([text], [target])
        np.testing.assert_allclose(gradients.values, alone.values, atol=1e-5)
        assert gradients.spans == alone.spans
        assert np.abs(gradients.values).sum() > 0
        assert {text[start:end] for start, end in gradients.spans if end > start} <= {
            text[i:j] for i in range(len(text)) for j in range(i + 1, len(text) + 1)
        }


def test_no_server_is_an_error_that_says_so():
    async def ask(query):
        return await query.embeddings(["a b"])

    with pytest.raises(PrerequisiteError, match="EmbeddingsRequest"):
        run_one(Scheduler({}), ask)


def test_goals_rank_by_distance_to_success():
    single = UntargetedSingleLabel(gold=1, labels=3)
    rows = np.asarray([[0, 50, 0], [0, 60, 0], [3, 1, 2]], dtype=np.float32)
    progress = single.progress(rows)
    assert progress[1] < progress[0] < progress[2]  # p(gold) is 1.0 in float32 for the first two
    assert [single.reached(row) for row in rows] == [False, False, True]
    multi = LabelFlip([True, False], [True, True], name="untargeted")
    assert not multi.reached(np.asarray([2, -2], dtype=np.float32))
    assert multi.reached(np.asarray([-1, -2], dtype=np.float32))
    assert multi.reached(np.asarray([1, 2], dtype=np.float32))


def test_a_cache_that_cannot_work_ends_the_run_and_not_the_examples(victim, tmp_path, examples):
    cache = QueryCache(tmp_path, model_sha256=victim.sha256, variant="test", features=4)
    cache.close()
    with pytest.raises(CacheError, match="query cache .* is unusable"):
        list(attack_examples(Engine(victim, cache=cache), plugins.load("attacks", "unicode"), examples, seed=0))
