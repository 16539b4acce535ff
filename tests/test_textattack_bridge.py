"""The TextAttack bridge: the same as TextAttack's own sequential run, whatever the pool; and what it says it lacks."""

import copy
import json
import os
import random
import shutil
import subprocess
import sys
from contextlib import contextmanager
from importlib.util import find_spec

import pytest
from sentences import SHARED, emotion_rows

from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.engine.goal_choice import GoalChoice
from robust_emo.engine.grading import example_rng, over_budget
from robust_emo.errors import InputError, PluginError
from robust_emo.plugins import attack_names, load
from robust_emo.types import AttackBudget, Example, Objective, Status
from robust_emo.words import words_changed

needs_textattack = pytest.mark.skipif(
    find_spec("textattack") is None or find_spec("greenlet") is None,
    reason="TextAttack is not installed: pip install -c constraints-tf4.txt '.[textattack]'",
)
SEED = 11
ALWAYS = ("deepwordbug", "input-reduction", "pruthi", "textbugger", "bad-characters", "iga")
WITH_RESOURCES = ("textfooler", "pwws", "leap", "a2t", "bae", "bert-attack", "clare")

RUNNABLE = ALWAYS + WITH_RESOURCES
SLOW = ("iga", "leap", "clare", "bad-characters")
ODD = (
    "",
    " \n ",
    "?!... --",
    "a",
    "气",
    "😡😡👍🏽🏳️\u200d🌈🇩🇪",
    "我今天真的很生气，气死我了",
    "我love你😡the气angry",
    "an\u200bgry and\u2060 fu\u00adrious",
    "أنا غاضب جدا",
    "___ _a_ #_ @ # #a @a",
    "don't can’t 'tis x's",
    "a" * 4_000,
)


@pytest.fixture(autouse=True)
def _resources(monkeypatch):
    if SHARED.is_dir():
        monkeypatch.setenv("NLTK_DATA", str(SHARED / "nltk_data"))


@pytest.fixture(scope="module")
def examples():
    rows = emotion_rows(16, seed=5)
    return [Example(f"row-{number}", row["text"], (row["label"],)) for number, row in enumerate(rows)]


@pytest.fixture(scope="module")
def masked_lm(tmp_path_factory):
    """A tiny masked language model that knows the words of the examples."""
    import torch
    from transformers import BertForMaskedLM

    from robust_emo.models.scratch import make_scratch

    torch.manual_seed(1)
    tokenizer, classifier = make_scratch("tiny", [row["text"] for row in emotion_rows(200)], num_labels=2)
    folder = tmp_path_factory.mktemp("masked-lm")
    tokenizer.save_pretrained(folder)
    BertForMaskedLM(classifier.config).save_pretrained(folder)
    return str(folder)


def ready(name, masked_lm=None, **arguments):
    """The attack, or a skip that says what this machine lacks."""
    if name in ("bae", "bert-attack", "clare"):
        arguments["masked_lm"] = masked_lm
    attack = load("attacks", f"textattack:{name}", **arguments)
    if problems := attack.problems():
        pytest.skip("; ".join(problems))
    return attack


def bridged(victim, attack, examples, *, pool=64, limit=None, **options):
    found = attack_examples(Engine(victim, pool=pool), attack, examples, seed=SEED, limit=limit, **options)
    return {outcome.example_id: outcome for outcome in found}


@contextmanager
def original_texts():
    """TextAttack's own handling of texts, without what the bridge remembers."""
    from robust_emo_attacks.textattack_bridge import texts
    from robust_emo_attacks.textattack_bridge.library import textattack

    utils = textattack.shared.utils
    with pytest.MonkeyPatch.context() as patch:
        for module in (utils, utils.strings, textattack.shared.attacked_text):
            patch.setattr(module, "words_from_text", texts._words_by_textattack)
        patch.setattr(textattack.shared.AttackedText, "generate_new_attacked_text", texts._new_text_by_textattack)
        yield


def sequential(victim, attack, examples):
    """TextAttack's own loop over the examples, as (status, text, queries); the same scores, embeddings and seeds."""
    from robust_emo_attacks.textattack_bridge.building import build
    from robust_emo_attacks.textattack_bridge.goal import PooledGradients
    from robust_emo_attacks.textattack_bridge.greenlets import seed_generators
    from robust_emo_attacks.textattack_bridge.library import textattack

    from robust_emo.models.encoder import SentenceEncoder

    class Direct(PooledGradients):
        """Calls the victim where the pooled one asks the engine."""

        def __call__(self, texts, **_):
            import torch

            return torch.from_numpy(victim.logits(list(texts)))

        def _gradients(self, text):
            label = int(victim.logits([text])[0].argmax())
            return victim.gradients([text], [[float(label == other) for other in range(len(victim.labels))]])[0]

    kinds = {"SuccessfulAttackResult": "succeeded", "FailedAttackResult": "failed", "SkippedAttackResult": "skipped"}
    found = {}
    with original_texts():
        built = build(attack._recipe, Direct(()), SentenceEncoder().embed, attack._settings)
        if isinstance(built.goal_function, textattack.goal_functions.TargetedClassification):
            built = textattack.Attack(
                textattack.goal_functions.UntargetedClassification(Direct(())),
                built.constraints,
                built.transformation,
                built.search_method,
            )
        for example in examples:
            seed_generators(example_rng(SEED, attack.spec.name, example.id).randrange(1 << 32))
            result = built.attack(example.text, victim.labels.index(example.labels[0]))
            status = kinds.get(type(result).__name__, "maximized")
            text = result.perturbed_text() if status in ("succeeded", "maximized") else None
            found[example.id] = (status, text, 0 if status == "skipped" else result.num_queries)
    return found


@needs_textattack
@pytest.mark.parametrize("name", RUNNABLE)
def test_the_bridge_does_what_textattack_does(victim, examples, masked_lm, name):
    attack = ready(name, masked_lm)
    chosen = examples[:4] if name in SLOW else examples
    ours = bridged(victim, attack, chosen)
    extra = 1 if attack.spec.white_box else 0  # TextAttack does not count gradients
    for key, (status, text, queries) in sequential(victim, attack, chosen).items():
        outcome = ours[key]
        assert outcome.error is None
        assert outcome.num_queries == queries + (extra if queries else 0)
        if status == "maximized":  # the core asks for one word
            status = "succeeded" if len(text.split()) == 1 else "failed"
        assert outcome.status == status
        if status == "succeeded":
            assert outcome.perturbed == text


@needs_textattack
@pytest.mark.parametrize("name", RUNNABLE)
def test_a_result_depends_on_seed_and_example_only(victim, examples, masked_lm, name):
    attack = ready(name, masked_lm)
    chosen = examples[: 3 if name in SLOW else 6]
    alone = bridged(victim, attack, chosen, pool=1)
    assert bridged(victim, attack, list(reversed(chosen)), pool=64) == alone
    assert any(outcome.status in (Status.SUCCEEDED, Status.FAILED) for outcome in alone.values())
    assert all(outcome.error is None for outcome in alone.values())


@needs_textattack
@pytest.mark.parametrize("name", [name for name in RUNNABLE if name not in SLOW])
@pytest.mark.parametrize("limit", [AttackBudget(max_queries=9), AttackBudget(max_words=1, max_edit_distance=6)])
def test_no_budget_is_exceeded(victim, examples, masked_lm, name, limit):
    attack = ready(name, masked_lm)
    for outcome in bridged(victim, attack, examples[:8], limit=limit).values():
        assert outcome.error is None
        if limit.max_queries is not None:
            assert outcome.num_queries <= limit.max_queries
        if outcome.status is Status.SUCCEEDED and attack.spec.objective is not Objective.REDUCE:
            assert not over_budget(outcome.original, outcome.perturbed, limit)
            assert outcome.predicted_after != outcome.label


def spelt_by_bert_attack(attack, text, index):
    """What may stand for a word, and what TextAttack's own code, which tries every way to spell it, says of it."""
    from robust_emo_attacks.textattack_bridge.library import textattack

    part, attacked = attack._built.transformation, textattack.shared.AttackedText(text)
    whole = copy.copy(part)
    del whole._bert_attack_replacement_words
    return tuple([t.text for t in p._get_transformations(attacked, [index])] for p in (part, whole))


@needs_textattack
@pytest.mark.parametrize("word", ["happy", "qz", "qzx"])
def test_bert_attack_spells_the_words_that_the_recipe_uses(masked_lm, word):
    ours, theirs = spelt_by_bert_attack(ready("bert-attack", masked_lm), f"I feel {word} again", 2)
    assert ours
    assert ours == theirs


@needs_textattack
def test_a_word_of_many_pieces_takes_no_hours(victim, masked_lm, monkeypatch):
    """All ways to spell it are 8^20. Where the first ones give too few words, that example is an error."""
    from robust_emo_attacks.textattack_bridge import pieces
    from robust_emo_attacks.textattack_bridge.library import textattack

    text = "so " + "qzxv" * 5
    example = Example("odd", text, (victim.labels[int(victim.logits([text])[0].argmax())],))
    attack = ready("bert-attack", masked_lm)
    monkeypatch.setattr(textattack.shared.utils, "is_one_word", lambda _: True)
    assert bridged(victim, attack, [example])["odd"].error is None
    monkeypatch.setattr(pieces, "_MOST", 50)
    monkeypatch.setattr(textattack.shared.utils, "is_one_word", lambda _: False)
    assert "a word of 20 pieces" in bridged(victim, attack, [example])["odd"].error


@needs_textattack
def test_a_crash_stays_with_its_example(victim, examples, monkeypatch):
    attack = ready("deepwordbug")
    whole = bridged(victim, attack, examples)
    constraint = attack._built.constraints[0]
    check, bad = constraint._check_constraint, next(o for o in whole.values() if o.status is Status.SUCCEEDED)

    def sometimes(transformed, reference):
        if reference.text == bad.original:
            raise ZeroDivisionError("by a recipe")
        return check(transformed, reference)

    monkeypatch.setattr(constraint, "_check_constraint", sometimes)
    outcomes = bridged(victim, attack, examples)
    assert outcomes[bad.example_id].status is Status.ERRORED
    assert "ZeroDivisionError: by a recipe" in outcomes[bad.example_id].error
    same = [e for e in examples if e.text != bad.original]
    assert all(outcomes[e.id] == whole[e.id] for e in same)


@needs_textattack
def test_a_text_that_textattack_cannot_handle_is_an_error_of_that_example(victim, examples):
    label = victim.labels[int(victim.logits(["<SPLIT> mad"])[0].argmax())]
    odd = Example("odd", "<SPLIT> mad", (label,))
    outcomes = bridged(victim, ready("deepwordbug"), [*examples[:4], odd])
    assert outcomes["odd"].status is Status.ERRORED
    assert "ValueError" in outcomes["odd"].error
    assert all(outcomes[example.id].error is None for example in examples[:4])


@needs_textattack
@pytest.mark.parametrize("most", [0, 1, 7, 20])
def test_an_exhausted_query_budget_is_a_failed_attack(victim, examples, most):
    outcomes = bridged(victim, ready("deepwordbug"), examples, limit=AttackBudget(max_queries=most))
    for outcome in outcomes.values():
        assert outcome.error is None
        assert outcome.num_queries <= most
    if most < 2:
        assert all(outcome.status in (Status.FAILED, Status.SKIPPED) for outcome in outcomes.values())


@needs_textattack
def test_limits_set_on_top_become_a_constraint(victim, examples):
    outcomes = bridged(victim, ready("deepwordbug"), examples, limit=AttackBudget(max_words=1, max_edit_distance=1))
    wins = [outcome for outcome in outcomes.values() if outcome.status is Status.SUCCEEDED]
    assert wins
    assert all(words_changed(outcome.original, outcome.perturbed) == 1 for outcome in wins)


@needs_textattack
@pytest.mark.parametrize("name", ["deepwordbug", "pruthi", "textbugger", "input-reduction", "bad-characters", "pwws"])
def test_odd_texts_are_attacked_or_withstood(victim, masked_lm, name):
    labels = [victim.labels[int(row.argmax())] for row in victim.logits(ODD)]
    odd = [Example(text[:9], text, (label,)) for text, label in zip(ODD, labels, strict=True)]
    for outcome in bridged(victim, ready(name, masked_lm), odd, limit=AttackBudget(max_queries=60)).values():
        assert outcome.error is None
        assert outcome.status in (Status.SUCCEEDED, Status.FAILED)
        if outcome.status is Status.SUCCEEDED:
            assert outcome.perturbed.strip()


@needs_textattack
def test_emoji_are_never_changed(victim, examples):
    for outcome in bridged(victim, ready("deepwordbug"), examples).values():
        if outcome.perturbed is not None:
            assert outcome.perturbed.count("😀") == outcome.original.count("😀")


@needs_textattack
def test_goals_of_several_labels_are_the_cores(tiny_multi_model):
    from robust_emo.models.loading import load_classifier
    from robust_emo.models.victim import Victim

    victim = Victim(load_classifier(tiny_multi_model))
    texts = [f"{a['text']} {b['text']}" for a, b in zip(emotion_rows(10, 1), emotion_rows(10, 3), strict=True)]
    rows = [
        Example(str(n), text, p.labels)
        for n, (text, p) in enumerate(zip(texts, victim.predictions(victim.logits(texts)), strict=True))
    ]
    outcomes = bridged(victim, ready("deepwordbug"), rows)
    wins = [outcome for outcome in outcomes.values() if outcome.status is Status.SUCCEEDED]
    assert len(wins) >= 3
    assert all(set(outcome.predicted_after) != set(outcome.label) for outcome in wins)


@needs_textattack
def test_a_targeted_attack_ends_at_its_target(victim, examples):
    outcomes = bridged(victim, ready("deepwordbug"), examples, goal=GoalChoice.parse("targeted:joy"))
    wins = [outcome for outcome in outcomes.values() if outcome.status is Status.SUCCEEDED]
    assert all(outcome.predicted_after == ("joy",) for outcome in wins)


@needs_textattack
def test_texts_are_remembered_without_a_change(examples):
    from robust_emo_attacks.textattack_bridge import texts
    from robust_emo_attacks.textattack_bridge.library import textattack

    rng = random.Random(3)
    kinds = ["", "xx", "two words", "[UNK]", "'q'", "ѕ", "气人", "q-q"]
    more = ["我今天真的很生气，气死我了", "我love你😡the气angry", "a <SPLIT> b I S", "don't 'tis x's", "a  a\ta\n\na"]
    for whole in [example.text for example in examples] + more:
        text = textattack.shared.AttackedText(whole)
        assert texts.words_from_text(whole) == texts._words_by_textattack(whole)
        for _ in range(20):
            words = text.words[:]
            for place in rng.sample(range(len(words)), min(len(words), rng.choice([1, 1, 2]))):
                words[place] = rng.choice(kinds)
            try:
                expected = texts._new_text_by_textattack(text, words)
            except (IndexError, ValueError) as error:  # TextAttack trips over some deletions and over its own mark
                with pytest.raises(type(error)):
                    texts.generate_new_attacked_text(text, words)
                continue
            found = texts.generate_new_attacked_text(text, words)
            assert (found.text, found.words) == (expected.text, expected.words)
            assert found.attack_attrs.keys() == expected.attack_attrs.keys()
            for key in ("modified_indices", "newly_modified_indices"):
                assert found.attack_attrs[key] == expected.attack_attrs[key]
            assert list(found.attack_attrs["original_index_map"]) == list(expected.attack_attrs["original_index_map"])


@needs_textattack
def test_searches_keep_their_random_numbers_apart():
    import numpy as np
    import torch
    from robust_emo_attacks.textattack_bridge.greenlets import Search, ask

    async def answered(_):
        return None

    def draws():
        drawn = []
        for _ in range(4):
            drawn.append((random.random(), float(np.random.normal()), float(torch.rand(1))))
            ask(lambda _: Pause())
        return drawn

    class Pause:
        def __await__(self):
            yield "paused"

    def together(count):
        running = [Search(draws, seed=seed).run(None) for seed in range(count)]
        done = {}
        while len(done) < count:
            for place, coroutine in enumerate(running):
                if place not in done:
                    try:
                        coroutine.send(None)
                    except StopIteration as stop:
                        done[place] = stop.value
        return [done[place] for place in range(count)]

    assert together(3)[:2] == together(2)
    assert len({tuple(drawn) for drawn in map(tuple, together(3))}) == 3


@needs_textattack
def test_closing_the_coroutine_ends_the_search():
    from robust_emo_attacks.textattack_bridge.greenlets import Search, ask

    class Pause:
        def __await__(self):
            yield "paused"

    ended = []

    def work():
        try:
            ask(lambda _: Pause())
        finally:
            ended.append(True)

    coroutine = Search(work, seed=0).run(None)
    coroutine.send(None)
    assert not ended
    coroutine.close()
    assert ended


def test_members_are_listed_without_importing_textattack(tmp_path):
    program = (
        "import json, sys; from robust_emo.plugins import attack_names, load;"
        "family = load('attack_families', 'textattack'); names = list(family.members());"
        "print(json.dumps([names, sorted({'textattack', 'flair', 'torch'} & set(sys.modules))]))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    names, heavy = json.loads(done.stdout)
    assert heavy == []
    assert names == sorted(names)
    assert {"textfooler", "deepwordbug", "bae", "clare", "pso", "chinese"} <= set(names)
    assert not {"morpheus", "seq2sick"} & set(names)
    assert {f"textattack:{name}" for name in names} <= set(attack_names())


@needs_textattack
def test_a_recipe_runs_where_there_are_no_nltk_data(tmp_path):
    """Importing TextAttack asks NLTK for stop words already."""
    program = (
        "import nltk; nltk.data.path.clear();"
        "from robust_emo.plugins import load; attack = load('attacks', 'textattack:deepwordbug');"
        "assert not attack.problems(); words = attack._built.pre_transformation_constraints[1].stopwords;"
        "print('the' in words, attack.notes())"
    )
    empty = {"HOME": str(tmp_path), "NLTK_DATA": str(tmp_path)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | empty, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("True")
    assert "scikit-learn" in done.stdout  # a report names the stand-in


@needs_textattack
def test_every_classification_recipe_of_textattack_is_listed():
    from robust_emo_attacks.textattack_bridge.library import textattack
    from robust_emo_attacks.textattack_bridge.recipes import RECIPES

    recipes = textattack.attack_recipes
    there = {
        name
        for name, thing in vars(recipes).items()
        if isinstance(thing, type) and issubclass(thing, recipes.AttackRecipe) and thing is not recipes.AttackRecipe
    }
    listed = {recipe.builder for recipe in RECIPES.values()} | {"MorpheusTan2020", "Seq2SickCheng2018BlackBox"}
    assert there <= listed
    assert all(hasattr(recipes, builder) for builder in listed)


@pytest.mark.parametrize("name", [name for name in attack_names() if name.startswith("textattack:")])
def test_a_recipe_describes_itself_and_says_what_it_lacks(name):
    attack = load("attacks", name)
    assert attack.spec.name == name
    assert attack.spec.family
    assert load("attacks", name, **attack.arguments()).arguments() == attack.arguments()
    assert json.loads(json.dumps(dict(attack.arguments()))) == dict(attack.arguments())
    assert all(isinstance(note, str) for note in attack.notes())
    for problem in attack.problems():
        assert problem.startswith(f"attack {name}: ")
        assert "\n" not in problem


@needs_textattack
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("alzantot", "alzantot-goog-lm"),
        ("faster-alzantot", "learning-to-write"),
        ("kuleshov", "gpt2"),
        ("pso", "word_candidates_sense.pkl"),
        ("bae", "masked_lm=DIR"),
        ("clare", "masked_lm=DIR"),
        ("chinese", "shared/chinese_homophone_char.txt"),
        ("hotflip", "LSTM"),
    ],
)
def test_what_is_missing_is_named_with_the_way_to_get_it(name, says, monkeypatch, tmp_path):
    monkeypatch.setenv("TA_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("ROBUST_EMO_MASKED_LM", raising=False)
    assert any(says in problem for problem in load("attacks", f"textattack:{name}").problems())


@needs_textattack
@pytest.mark.parametrize("name", ["bae", "bert-attack", "clare"])
def test_a_masked_language_model_that_is_pickled_is_refused_in_one_line(name, masked_lm, tmp_path):
    folder = tmp_path / "pickled"
    shutil.copytree(masked_lm, folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    problem = next(
        line for line in load("attacks", f"textattack:{name}", masked_lm=str(folder)).problems() if "masked_lm" in line
    )
    assert "pytorch_model.bin, which can run code when loaded" in problem
    assert "AutoModelForMaskedLM" in problem
    assert "\n" not in problem


@needs_textattack
def test_a_masked_language_model_comes_from_a_directory_and_brings_no_code(masked_lm, tmp_path):
    from robust_emo_attacks.textattack_bridge.recipes import RECIPES
    from robust_emo_attacks.textattack_bridge.sentence_encoder import StandInEncoder
    from robust_emo_attacks.textattack_bridge.stand_ins import stand_ins

    problems = load("attacks", "textattack:clare", masked_lm="distilbert/distilroberta-base").problems()
    assert any("is no directory" in problem for problem in problems)
    folder, trace = tmp_path / "with code", tmp_path / "ran"
    shutil.copytree(masked_lm, folder)
    config = json.loads((folder / "config.json").read_text())
    own = {"model_type": "own", "auto_map": {"AutoConfig": "own.Own", "AutoModelForMaskedLM": "own.Own"}}
    (folder / "config.json").write_text(json.dumps(config | own))
    (folder / "own.py").write_text(f"open({str(trace)!r}, 'w').close()")
    with (
        pytest.raises(InputError, match=r"cannot be loaded: [^\n]+$"),
        stand_ins(RECIPES["clare"], StandInEncoder(None), str(folder)),
    ):
        pass
    assert not trace.exists()


def test_without_textattack_the_problem_names_the_extra(monkeypatch):
    from robust_emo_attacks.textattack_bridge import needs

    monkeypatch.setattr(needs, "find_spec", lambda name: None)
    (problem,) = load("attacks", "textattack:textfooler").problems()
    assert "environment of its own: pip install -c constraints-tf4.txt '.[textattack]'" in problem


def test_unknown_recipes_and_arguments_are_refused():
    with pytest.raises(PluginError, match="did you mean 'textfooler'"):
        load("attacks", "textattack:textfoler")
    with pytest.raises(PluginError, match="textattack:textfooler has no argument 'speed'; it has none"):
        load("attacks", "textattack:textfooler", speed=3)
    with pytest.raises(InputError, match="uses no masked language model"):
        load("attacks", "textattack:textfooler", masked_lm="somewhere")


def test_input_reduction_says_that_it_reduces():
    assert load("attacks", "textattack:input-reduction").spec.objective is Objective.REDUCE
