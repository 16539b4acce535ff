"""The evasion section: ensembles on survivors, worst case, curves, comparisons, stopping, self-diagnosis."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from robust_emo_attacks.universal_triggers import UniversalTriggers
from sentences import emotion_rows

from robust_emo import plugins
from robust_emo.audits.context import AuditContext
from robust_emo.audits.evasion import Evasion
from robust_emo.audits.journal import Journal
from robust_emo.audits.stopping import stopping_warnings
from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.engine.goal_choice import GoalChoice
from robust_emo.engine.learning import Halves
from robust_emo.ensemble import Ensemble, Member, ensemble_names, read_ensemble
from robust_emo.errors import InputError
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim
from robust_emo.progress import Silent
from robust_emo.types import AttackBudget, Example, Status, Threshold
from robust_emo.validity.checker import ValidityChecker

NAMES = ("letter-case", "synonyms", "deepwordbug")
LIMIT = AttackBudget(max_queries=200)


@pytest.fixture(scope="module")
def examples():
    return tuple(Example(f"e{i}", row["text"], (row["label"],)) for i, row in enumerate(emotion_rows(60, seed=21)))


@pytest.fixture
def measure(victim, examples, tmp_path):
    """Run the section; returns sections by plug-in and outcomes by (plug-in, example)."""

    def run(names=NAMES, *, ensemble=False, victim=victim, limit=LIMIT, **context):
        members = tuple(Member(name, {}, AttackBudget()) for name in names)
        journal = Journal(tmp_path, {}, resume=False)
        context = {"examples": examples, "attacked": examples} | context
        context = AuditContext(
            engine=Engine(victim),
            attacks=tuple(member.load() for member in members),
            limit=limit,
            seed=3,
            journal=journal,
            progress=Silent(),
            ensemble=Ensemble("test-v1", "", members) if ensemble else None,
            validity=ValidityChecker(),
            **context,
        )
        sections = {section.plugin: section for section in Evasion().run(context)}
        found = {(o.plugin, o.example_id): o for o in journal.outcomes(context.attacks, context.attacked)}
        journal.remove()
        return sections, found

    return run


def value(section, name):
    (metric,) = [metric for metric in section.metrics if metric.name == name]
    return metric.value


def broken(outcome, words=10_000):
    return outcome is not None and outcome.status is Status.SUCCEEDED and outcome.words_perturbed <= words


def settled(outcome):
    """Broken within the headline by a text that may keep the emotion, or wrong anyway: attacked no more."""
    return outcome is not None and (
        outcome.status is Status.SKIPPED or (broken(outcome, 3) and outcome.valid is not False)
    )


def test_an_ensemble_attacks_survivors_only(measure, examples):
    _, found = measure(ensemble=True)
    for example in examples:
        row = [found.get((name, example.id)) for name in NAMES]
        for earlier, outcome in enumerate(row[1:], 1):
            assert (outcome is None) == any(map(settled, row[:earlier]))
    per_attack = Counter(plugin for plugin, _ in found)
    assert per_attack["letter-case"] == len(examples) > per_attack["deepwordbug"] > 0


def test_the_worst_case_is_the_same_on_survivors_and_on_all(measure):
    """Within three words nothing is lost by not attacking what is broken already."""
    survivors, _ = measure(ensemble=True)
    everyone, _ = measure()
    for name in ("worst_case_accuracy_3_words", "clean_accuracy_attacked"):
        assert value(survivors["ensemble"], name) == value(everyone["ensemble"], name)
    assert value(survivors["ensemble"], "worst_case_accuracy") >= value(everyone["ensemble"], "worst_case_accuracy")


def test_an_ensemble_draws_the_worst_case_and_says_where_it_is_a_bound(measure):
    """From three words on it is that of a run of every attack on everything; below it may lie above, and says so."""
    curves = [measure(ensemble=ensemble)[0]["ensemble"].curves for ensemble in (True, False)]
    for survivors, everyone in zip(*curves, strict=True):
        assert survivors.unit == everyone.unit
        assert any(point.upper_bound for point in survivors.points)
        for point, exact in zip(survivors.points, everyone.points, strict=True):
            assert exact.upper_bound is False
            assert point.accuracy == exact.accuracy or (point.upper_bound and point.accuracy > exact.accuracy)
    words = {point.budget: point for point in curves[0][0].points}
    assert [words[budget].upper_bound for budget in (3, 5)] == [False, False]


def test_what_is_left_falls_attack_by_attack_to_the_worst_case(measure):
    sections, _ = measure(ensemble=True)
    for left, worst in (
        ("accuracy_left", "worst_case_accuracy"),
        ("accuracy_left_3_words", "worst_case_accuracy_3_words"),
    ):
        fall = [value(sections[name], left) for name in NAMES]
        assert fall == sorted(fall, reverse=True)
        assert fall[-1] == value(sections["ensemble"], worst)


def test_rates_of_the_worst_case_follow_from_the_outcomes(measure, examples):
    sections, found = measure()
    rows = [[found[name, example.id] for name in NAMES] for example in examples]
    held = sum(row[0].status is not Status.SKIPPED and not any(map(broken, row)) for row in rows)
    few = sum(row[0].status is not Status.SKIPPED and not any(broken(o, 3) for o in row) for row in rows)
    valid = sum(row[0].status is not Status.SKIPPED and not any(o.valid for o in row) for row in rows)
    ensemble = sections["ensemble"]
    assert value(ensemble, "worst_case_accuracy") == held / len(rows)
    assert value(ensemble, "worst_case_accuracy_3_words") == few / len(rows)
    assert value(ensemble, "valid_worst_case_accuracy") == valid / len(rows)
    assert held <= few
    assert held <= valid
    attempted = [o for o in found.values() if o.plugin == "synonyms" and o.status is not Status.SKIPPED]
    accepted = sum(outcome.status is Status.SUCCEEDED and outcome.valid is not False for outcome in attempted)
    assert value(sections["synonyms"], "valid_success_rate") == accepted / len(attempted)


def test_curves_fall_with_the_budget_and_end_at_the_run(measure):
    sections, _ = measure()
    for name in (*NAMES, "ensemble"):
        for curve in sections[name].curves:
            known = [point.accuracy for point in curve.points if point.accuracy is not None]
            assert known
            assert known == sorted(known, reverse=True)
            assert known[-1] >= value(
                sections[name], "worst_case_accuracy" if name == "ensemble" else "accuracy_under_attack"
            )
    (queries,) = [curve for curve in sections["synonyms"].curves if curve.unit == "queries"]
    beyond = [point for point in queries.points if point.budget > 200]
    assert beyond
    assert all(point.accuracy is None for point in beyond)  # the run itself had 200


def test_attacks_are_compared_pair_by_pair(measure):
    sections, _ = measure()
    pairs = {(pair.left, pair.right): pair for pair in sections["ensemble"].comparisons}
    assert len(pairs) == 3
    pair = pairs["letter-case", "deepwordbug"]
    accuracies = [value(sections[name], "accuracy_under_attack") for name in ("letter-case", "deepwordbug")]
    assert pair.difference == pytest.approx(accuracies[0] - accuracies[1])
    assert pair.n == 60
    assert measure(ensemble=True)[0]["ensemble"].comparisons == ()  # they saw different examples


def test_attacking_stops_when_the_verdict_is_certain(measure):
    looks = []

    def decided(sections):
        looks.append(sum(sections[0].counts.values()))
        return len(looks) == 2

    sections, found = measure(("letter-case",), decided=decided)
    assert looks == [24, 48]
    assert len(found) == 48
    shares = [metric for metric in sections["letter-case"].metrics if metric.name.endswith(("rate", "accuracy"))]
    assert {metric.method for metric in shares if metric.value is not None} == {"anytime-beta"}
    assert any("48 of 60 examples attacked" in n and "stopped there, since" in n for n in sections["ensemble"].notes)


@pytest.mark.parametrize(
    ("threshold", "drawn", "reason"),
    [
        ({"section": "evasion/ensemble"}, 25, None),
        ({"section": "evasion/ensemble"}, 24, "the first look comes after 24"),
        ({"section": "evasion", "min_n": 101}, 100, "the policy asks for at least 101"),
        ({"section": "evasion", "decision": "point"}, 100, "on a value without its interval"),
        ({"section": "clean", "min_n": 101}, 100, "the policy has no check on evasion"),
    ],
)
def test_an_audit_that_can_never_stop_early_says_so(threshold, drawn, reason):
    warnings = stopping_warnings([Threshold("worst_case_accuracy", min=0.5, **threshold)], drawn)
    assert len(warnings) == (reason is not None)
    assert all(reason in warning for warning in warnings)


def test_an_attack_that_cannot_learn_is_a_section_error_and_the_others_go_on(measure, fake_plugin):
    sections, _ = measure(("letter-case", "dunce"))
    assert sections["dunce"].error == "ValueError: too hard"
    assert sections["ensemble"].args["attacks"] == ["letter-case"]


def flags(sections):
    return {flag.name: flag.raised for flag in sections["ensemble"].flags}


def test_a_sound_model_raises_no_flag(measure):
    found = flags(measure(("letter-case",))[0])
    assert len(found) == 6
    assert not any(found.values())


def test_flags_look_only_at_texts_that_the_goal_is_for(measure, victim, examples):
    """The gradient target of a text that has the wanted emotion anyway is all zero: no fault of the model's."""
    goal = GoalChoice.parse("targeted:joy")
    joyful = tuple(example for example in examples if example.labels == ("joy",))[:2]
    found = flags(measure(("letter-case",), goal=goal, examples=joyful, attacked=joyful)[0])
    assert not any(found.values())
    mixed = (*joyful, *(example for example in examples if example.labels == ("anger",)))
    assert flags(measure(("letter-case",), goal=goal, examples=mixed, attacked=mixed)[0])["zero_gradients"] is False


def test_what_a_targeted_goal_leaves_out_does_not_depend_on_the_prediction(measure, examples):
    """Gold labels decide: texts of the wanted emotion are in no rate, also where they are predicted wrong."""
    wrong = tuple(replace(example, id=f"wrong-{example.id}", labels=("joy",)) for example in examples[:20])
    texts = (*examples, *wrong)
    sections, found = measure(("letter-case",), goal=GoalChoice.parse("targeted:joy"), examples=texts, attacked=texts)
    left = [outcome for outcome in found.values() if outcome.label != ("joy",)]
    assert any(outcome.label != outcome.predicted for outcome in found.values() if outcome.label == ("joy",))
    for section in sections.values():
        assert sum(section.counts.values()) == len(left)
    assert any(
        note.startswith(f"{len(texts) - len(left)} of {len(texts)} examples are in no rate: the goal targeted:joy")
        for note in sections["ensemble"].notes
    )


CHINESE = ("我今天很开心", "你让我太生气了", "我好害怕", "真难过，一个人哭了")


def test_attacks_that_find_nothing_to_change_are_named(measure, victim):
    """An English attack on Chinese texts: they count as withstood, and the audit says what that is worth."""
    predicted = victim.predictions(victim.logits(CHINESE))
    texts = tuple(Example(f"zh{i}", t, p.labels) for i, (t, p) in enumerate(zip(CHINESE, predicted, strict=True)))
    sections, found = measure(("synonyms",), examples=texts, attacked=texts)
    assert {(outcome.status, outcome.num_queries) for outcome in found.values()} == {(Status.FAILED, 0)}
    said = "4 of 4 attacked texts were never tried: the attack found nothing in them that it can change"
    assert said in sections["synonyms"].notes
    assert said.replace("the attack found nothing", "no attack found anything") in sections["ensemble"].notes
    assert flags(sections)["attacks_did_not_apply"] is True
    assert flags(measure(("synonyms", "unicode"), examples=texts, attacked=texts)[0])["attacks_did_not_apply"] is False


def test_an_attack_without_a_budget_is_not_said_to_have_found_nothing(measure):
    sections, _ = measure(("deepwordbug",), limit=AttackBudget(max_queries=0))
    assert not any("never tried" in note for section in sections.values() for note in section.notes)


def test_dropout_left_on_is_noticed(measure, tiny_model):
    victim = Victim(load_classifier(tiny_model))
    victim.batched.model.train()
    assert flags(measure(("letter-case",), victim=victim)[0])["randomised_model"] is True


def test_a_saturated_model_is_noticed(measure, tiny_model):
    victim = Victim(load_classifier(tiny_model))
    for parameter in victim.batched.model.classifier.parameters():
        parameter.data *= 1e4
    found = flags(measure(("letter-case",), victim=victim)[0])
    assert found["saturated_softmax"] is True
    assert found["zero_gradients"] is True


def test_attacks_cut_short_are_noticed(measure):
    sections, found = measure(("deepwordbug",), limit=AttackBudget(max_queries=5))
    cut = [outcome for outcome in found.values() if outcome.out_of_queries]
    assert {outcome.status for outcome in cut} == {Status.FAILED}
    assert flags(sections)["too_few_queries"] is True
    assert flags(measure(("deepwordbug",))[0])["too_few_queries"] is False


def test_statuses_are_decided_in_fp32(tiny_model, examples):
    victim = Victim(load_classifier(tiny_model), precision="bf16")
    exact = Victim(load_classifier(tiny_model))
    for outcome in attack_examples(Engine(victim), plugins.load("attacks", "deepwordbug"), examples, seed=0):
        (before,) = exact.predictions(exact.logits([outcome.original]))
        assert (before.labels == outcome.label) == (outcome.status is not Status.SKIPPED)
        if outcome.perturbed:
            (after,) = exact.predictions(exact.logits([outcome.perturbed]))
            assert after.labels == outcome.predicted_after != outcome.label


@pytest.mark.parametrize(
    "goal", ["untargeted", "added", "dropped", "targeted:joy", "dropped:anger", "crossed:anger@0.6"]
)
def test_goals_against_a_multi_label_model(tiny_multi_model, goal):
    """What counts as success is what the goal says, looked up in the labels before and after."""
    victim = Victim(load_classifier(tiny_multi_model))
    first, second = emotion_rows(60, seed=31), emotion_rows(60, seed=32)[::-1]
    rows = [
        Example(f"e{i}", f"{a['text']} {b['text']}", tuple(sorted({a["label"], b["label"]})))
        for i, (a, b) in enumerate(zip(first, second, strict=True))
    ]
    outcomes = list(
        attack_examples(Engine(victim), plugins.load("attacks", "unicode"), rows, seed=0, goal=GoalChoice.parse(goal))
    )
    wins = [outcome for outcome in outcomes if outcome.status is Status.SUCCEEDED]
    assert wins
    for outcome in wins:
        gold, after = set(outcome.label), set(outcome.predicted_after)
        added, dropped = after - gold, gold - after
        holds = {
            "untargeted": bool(added | dropped),
            "added": bool(added),
            "dropped": bool(dropped),
            "targeted:joy": "joy" in added,
            "dropped:anger": "anger" in dropped,
            "crossed:anger@0.6": True,  # at 0.6 the decision at 0.5 need not change
        }
        assert holds[goal]
    attempted = [outcome for outcome in outcomes if outcome.status is not Status.SKIPPED]
    if goal == "targeted:joy":
        assert not any("joy" in outcome.label for outcome in attempted)
    if goal == "dropped:anger":
        assert all("anger" in outcome.label for outcome in attempted)


def test_no_example_is_attacked_with_what_was_learnt_on_itself(victim, examples, fake_plugin):
    """The plug-in raises when it meets an example that it learnt from."""
    outcomes = list(attack_examples(Engine(victim), plugins.load("attacks", "learner"), examples, seed=0))
    assert len(outcomes) == len(examples)
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    few, engine, attack = examples[:5], Engine(victim), plugins.load("attacks", "learner")
    again = attack_examples(engine, attack, few, seed=0, halves=Halves(engine, attack, examples, seed=0))
    ids = {example.id for example in few}
    assert {o.example_id: o for o in again} == {o.example_id: o for o in outcomes if o.example_id in ids}


def test_an_attack_learns_once_per_half_whatever_the_batches(measure, examples, monkeypatch):
    """And says what it learnt: each half of the examples is attacked with what the other taught."""
    learn, taught = UniversalTriggers.learn, []

    def counted(self, seen, query, **arguments):
        taught.append([example.id for example in seen])
        return learn(self, seen, query, **arguments)

    monkeypatch.setattr(UniversalTriggers, "learn", counted)
    whole, _ = measure(("universal-triggers",))
    at_once, taught = taught, []
    batches, found = measure(("universal-triggers",), decided=lambda sections: False)
    assert taught == at_once
    assert len(taught) == 2
    assert not set(taught[0]) & set(taught[1])
    learnt = batches["universal-triggers"].learnt
    assert learnt == whole["universal-triggers"].learnt
    assert {(item.half, item.n) for item in learnt} == {(1, len(taught[1])), (2, len(taught[0]))}
    wins = [outcome for outcome in found.values() if outcome.status is Status.SUCCEEDED]
    assert wins
    for win in wins:
        half = 1 if win.example_id in taught[0] else 2
        (content,) = [item.content for item in learnt if (item.half, item.subject) == (half, *win.label)]
        assert win.perturbed == f"{content} {win.original}"


def test_only_what_the_examples_were_attacked_with_is_named(victim, examples):
    halves = Halves(Engine(victim), UniversalTriggers(length=1), examples, seed=0)
    assert halves.learnt(()) == ()
    assert len({item.half for item in halves.learnt(examples[:1])}) == 1


def test_the_built_in_ensembles_load():
    assert "emo-standard-v1" in ensemble_names()
    for name in ensemble_names():
        members = read_ensemble(name).members
        loaded = [member.load() for member in members]
        assert len({attack.spec.name for attack in loaded}) == len(members)
        for attack, member in zip(loaded, members, strict=True):
            assert attack.budget.tightened(member.budget) == attack.budget
            json.dumps(dict(attack.arguments()))
    with pytest.raises(InputError, match="did you mean 'emo-standard-v1'"):
        read_ensemble("emo-standard")
