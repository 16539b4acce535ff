"""What is shown, explained and embedded: each signal and each count against a loop of its own."""

import random
from statistics import NormalDist
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from memorised import random_rows
from tiny_encoders import tiny_base

from robust_emo.arrays import TokenGradients
from robust_emo.audits.disclosure.areas import attacked, baseline, change, judge, share_found
from robust_emo.audits.disclosure.attributions import attribution_signals, gradient_times_input
from robust_emo.audits.disclosure.confidences import confidence_signals, predicted, seen_loss
from robust_emo.audits.disclosure.inverter import Inverter, Ridge, best_threshold, presence, vocabulary, words_of
from robust_emo.audits.disclosure.recovery import Counts, NoWordsError, divided, f1, precision, recall, recovered
from robust_emo.audits.membership.sets import draw_sets
from robust_emo.audits.membership.signals import Signal
from robust_emo.engine.engine import Engine
from robust_emo.models.pooled_head import PooledHeadConfig, PooledHeadForSequenceClassification
from robust_emo.models.text_vectors import text_vectors
from robust_emo.progress import Silent
from robust_emo.statistics import clopper_pearson
from robust_emo.statistics.membership import above_threshold, counted, ties_by_lot
from robust_emo.types import Example, Task


def examples(rows):
    return [Example(row["id"], row["text"], (row["label"],), row.get("author")) for row in rows]


def drawn(count=200, **of_rows):
    others = [{**row, "author": f"other {row['author']}"} if "author" in row else row
              for row in random_rows(count, seed=202, **of_rows)]  # fmt: skip
    return draw_sets(examples(random_rows(count, seed=201, **of_rows)), examples(others), most=count, seed=0)


# --- confidences ---------------------------------------------------------------------------------------------------


def test_less_is_shown_from_level_to_level_and_only_what_is_shown_counts():
    rng = np.random.default_rng(0)
    logits, gold = rng.normal(size=(400, 4)) * 3, np.eye(4)[rng.integers(0, 4, 400)]
    signals = confidence_signals(logits, gold, Task.SINGLE_LABEL)
    assert [signal.name for signal in signals] == ["logits", "2_decimals", "1_decimal", "0_decimals", "label"]
    levels = [len(np.unique(signal.values)) for signal in signals]
    assert levels == [400, *sorted(levels[1:], reverse=True)]
    assert levels[1] <= 101
    assert levels[2:] == [11, 2, 2]
    right = np.exp(logits)[gold > 0] / np.exp(logits).sum(axis=1)
    for signal, decimals in zip(signals[1:4], (2, 1, 0), strict=True):
        shown = np.array([round(float(each), decimals) for each in right])
        for first, second in ((0, 1), (5, 9), *((row, row + 1) for row in range(100))):
            assert (signal.values[first] == signal.values[second]) == (shown[first] == shown[second])
            assert (signal.values[first] > signal.values[second]) == (shown[first] > shown[second])
    assert ((signals[4].values > 0) == (logits.argmax(axis=1) == gold.argmax(axis=1))).all()


def test_what_is_shown_to_be_certain_stays_finite():
    sure = np.array([[1.0, 0.0], [0.0, 1.0]])
    found = seen_loss(sure, np.array([[1.0, 0.0], [1.0, 0.0]]), Task.SINGLE_LABEL, 2)
    assert found == pytest.approx([np.log(0.9975 / 0.0025), np.log(0.0025 / 0.9975)])


def test_several_labels_that_are_right_equally_often_have_equal_losses():
    rng = np.random.default_rng(1)
    logits, gold = rng.normal(size=(300, 7)), rng.integers(0, 2, (300, 7)).astype(float)
    *_, without, label = confidence_signals(logits, gold, Task.MULTI_LABEL)
    hits = ((logits >= 0) == (gold > 0)).sum(axis=1)
    assert len(np.unique(label.values)) == len(np.unique(hits))  # not more by the order of a sum
    assert np.corrcoef(label.values, hits)[0, 1] == pytest.approx(1)
    assert (without.values == label.values).all()  # rounded to whole numbers they are the labels
    assert (predicted(logits, Task.MULTI_LABEL) == (logits >= 0)).all()


# --- areas ---------------------------------------------------------------------------------------------------------


def test_ties_are_broken_by_lot_and_nothing_else_moves():
    scores = np.array([3.0, 1.0, 2.0, 2.0, 2.0, 0.5])
    seen = {tuple(ties_by_lot(scores, random.Random(seed))) for seed in range(200)}
    assert len(seen) == 6
    assert {ranks[0] for ranks in seen} == {5.0}
    assert {ranks[1] for ranks in seen} == {1.0}
    assert tuple(ties_by_lot(scores, random.Random(3))) == tuple(ties_by_lot(scores, random.Random(3)))


def test_a_threshold_among_ties_wrongs_as_many_as_it_is_meant_to():
    """Nine of ten are right, members a little more often: the strict threshold would accuse nobody."""
    rng, wronged, found = np.random.default_rng(2), 0, 0
    member, fold = np.arange(1000) < 500, np.arange(1000) % 5
    for seed in range(100):
        right = (rng.random(1000) < np.where(member, 0.99, 0.5)).astype(float)
        assert not above_threshold(right, member, fold, 0.01).any()
        accused = counted(above_threshold(ties_by_lot(right, random.Random(seed)), member, fold, 0.01), member)
        wronged, found = wronged + accused.false_positives, found + accused.true_positives
    assert 0.008 <= wronged / 50_000 <= 0.0115
    assert 0.017 <= found / 50_000 <= 0.023  # 0.99 / 0.5 of it


def tried(sets, seed=0, **values):
    """Things by name, in the order given."""
    signals = [Signal(name, row, "", "") for name, row in values.items()]
    return attacked(signals, sets, plugin="disclosure", seed=seed)


def test_areas_shares_and_differences_are_those_of_loops():
    sets = drawn(400)
    rng = np.random.default_rng(3)
    strong = rng.normal(size=800) + 2 * sets.member
    weak = np.round(strong + 2 * rng.normal(size=800))
    logits, label = tried(sets, logits=strong, label=weak)
    for seen, values in ((logits, strong), (label, weak)):
        pairs = wins = 0.0
        for fold in range(5):
            inside, outside = (values[(sets.member == kind) & (sets.fold == fold)] for kind in (True, False))
            for one in inside:
                for other in outside:
                    pairs, wins = pairs + 1, wins + (one > other) + (one == other) / 2
        assert seen.auc.value == pytest.approx(wins / pairs, abs=1e-6)
    found = 0
    for row in range(400):  # the members
        others = sorted(strong[~sets.member & (sets.fold != sets.fold[row])], reverse=True)
        found += strong[row] > others[int(0.01 * (len(others) + 1)) - 1]
    assert logits.accused.true_positive_rate == pytest.approx(found / 400, abs=1e-6)
    seen = change(label, logits, sets)
    assert seen.area == pytest.approx(label.auc.value - logits.auc.value, abs=1e-6)
    assert seen.area_interval.low < seen.area < seen.area_interval.high < 0
    assert seen.found == pytest.approx((label.accused.true_positives - logits.accused.true_positives) / 400, abs=1e-6)
    assert seen.found_interval.low <= seen.found < seen.found_interval.high < 0
    assert share_found(logits).low < logits.accused.true_positive_rate < share_found(logits).high
    alike = change(tried(sets, label=strong)[0], logits, sets)
    assert (alike.area, alike.area_interval) == (0.0, None)  # nothing varies, so that nothing is certain


def test_intervals_of_the_members_found_cover_where_much_leaks():
    """The threshold itself is uncertain: of intervals that take it as given fewer than half would cover this."""
    rng, covered, narrow = np.random.default_rng(4), 0, 0
    member, fold = np.arange(1000) < 500, np.arange(1000) % 5
    sets = SimpleNamespace(member=member, fold=fold, authors=None, units=(500, 500), nonmembers=500)
    true = 1 - NormalDist().cdf(NormalDist().inv_cdf(0.99) - 1.5)
    for seed in range(40):
        (shown,) = tried(sets, seed=seed, logits=rng.normal(size=1000) + 1.5 * member)
        wide, given = share_found(shown), clopper_pearson(shown.accused.true_positives, 500)
        covered, narrow = covered + (wide.low <= true <= wide.high), narrow + (given.low <= true <= given.high)
    assert covered >= 35
    assert narrow <= 30


def test_nothing_is_claimed_where_there_is_nothing():
    claimed = lessened = 0
    sets = drawn(100)
    for seed in range(100):
        rng = np.random.default_rng(seed)
        values = rng.normal(size=(3, 200))
        shown = tried(sets, seed, logits=values[0], label=np.round(values[0]), attribution_norm=values[1])
        judged = judge(shown, shown[0], baseline(Signal("blind", values[2], "", ""), sets), sets, one_source=True)
        claimed, lessened = claimed + bool(judged.leaking), lessened + bool(judged.lessened)
    assert claimed + lessened <= 10


def test_sets_that_differ_by_themselves_claim_nothing_and_a_leak_beyond_them_is_found():
    sets, rng = drawn(), np.random.default_rng(5)
    noise = rng.normal(size=400)
    blind = baseline(Signal("blind", noise + 1.5 * sets.member, "", ""), sets)
    shown = tried(sets, logits=noise + 1.4 * sets.member)
    judged = judge(shown, shown[0], blind, sets, one_source=True)
    assert judged.differ
    assert not judged.leaking
    strong = tried(sets, logits=rng.normal(size=400) + 4 * sets.member)
    assert judge(strong, strong[0], blind, sets, one_source=True).leaking == ("logits",)


def test_of_sets_that_nobody_dealt_out_a_leak_is_beyond_the_baseline_whatever_that_shows():
    sets, rng = drawn(100), np.random.default_rng(5)
    texts = rng.normal(size=200) + 0.6 * sets.member  # all that the model answers follows from the text
    blind, shown = baseline(Signal("blind", texts, "", ""), sets), tried(sets, logits=texts)
    dealt, found = (judge(shown, shown[0], blind, sets, one_source=one) for one in (True, False))
    assert not dealt.differ
    assert (dealt.beyond, dealt.leaking) == (False, ("logits",))
    assert (found.beyond, found.leaking) == (True, ())


@pytest.mark.parametrize(("count", "known"), [(399, False), (400, True)])
def test_members_found_need_400_non_members(count, known):
    sets, rng = drawn(count), np.random.default_rng(13)
    (shown,) = tried(sets, logits=rng.normal(size=2 * count) + sets.member)
    assert (sets.nonmembers, shown.accused is not None, share_found(shown) is not None) == (count, known, known)


def test_texts_of_one_author_count_as_one_and_shares_have_no_interval():
    sets = drawn(420, author_of=3)
    rng = np.random.default_rng(6)
    logits, label = tried(sets, logits=rng.normal(size=840) + sets.member, label=np.round(rng.normal(size=840)))
    assert change(label, logits, sets).found is not None
    assert change(label, logits, sets).found_interval is share_found(label) is None
    assert change(label, logits, sets).area_interval is not None


# --- attributions --------------------------------------------------------------------------------------------------


def test_attributions_are_gradient_times_input_of_the_own_tokens():
    layer = torch.nn.Embedding(10, 3)
    victim = SimpleNamespace(batched=SimpleNamespace(model=SimpleNamespace(get_input_embeddings=lambda: layer),
                                                     device=torch.device("cpu")))  # fmt: skip
    values = np.random.default_rng(7).normal(size=(4, 3)).astype(np.float32)
    gradients = TokenGradients(((0, 0), (0, 2), (3, 5), (0, 0)), values)
    ids = np.array([1, 4, 7, 2])
    rows = layer.weight.detach().double().numpy()
    expected = [-sum(float(values[token, i]) * rows[ids[token], i] for i in range(3)) for token in (1, 2)]
    assert gradient_times_input(gradients, ids, victim) == pytest.approx(expected, abs=1e-6)


def test_attributions_of_a_real_model_sum_up_to_the_slope_along_the_input(victim):
    """To first order: scaling all embeddings by 1 + t changes the log probability by t times their sum."""
    text = "what a lovely day we had together"
    encoded = victim.encode([text])[0]
    logits = victim.logits([text]).astype(np.float64)
    target = predicted(logits, victim.task)
    (gradients,) = victim.gradients([text], target.tolist())
    everything = TokenGradients(tuple((0, 1) for _ in encoded), gradients.values)
    total = gradient_times_input(everything, encoded, victim).sum()
    layer, step = victim.batched.model.get_input_embeddings(), 1e-3

    def log_probability(scale):
        hook = layer.register_forward_hook(lambda _, __, output: output * scale)
        try:
            row = victim.logits_of_tokens([encoded], precision="fp32").astype(np.float64)[0]
        finally:
            hook.remove()
        return row[target[0] > 0][0] - np.log(np.exp(row).sum())

    slope = (log_probability(1 + step) - log_probability(1 - step)) / (2 * step)
    assert total == pytest.approx(slope, rel=0.02, abs=2e-3)


def test_norm_and_variance_are_those_of_a_loop(victim):
    sets = drawn(60)
    engine = Engine(victim)
    said = predicted(engine.scores(sets.texts).astype(np.float64), victim.task)
    norm, variance = attribution_signals(sets, said, engine, Silent())
    for row in (0, 7, 119):
        (gradients,) = victim.gradients([sets.texts[row]], [said[row].tolist()])
        own = gradient_times_input(gradients, victim.encode([sets.texts[row]])[0], victim)
        mean = sum(own) / len(own)
        assert norm.values[row] == pytest.approx(-(sum(each**2 for each in own) ** 0.5), abs=1e-6)
        assert variance.values[row] == pytest.approx(-sum((each - mean) ** 2 for each in own) / len(own), abs=1e-6)
    assert engine.physical_queries >= 240  # the gradients count, too


# --- embeddings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model_type", ["bert", "roberta", "distilbert", "electra", "albert", "deberta-v2", "modernbert"]
)
def test_every_encoder_has_vectors_of_length_1_that_padding_leaves_alone(model_type):
    model = tiny_base(model_type).model.eval()
    ids, mask = torch.tensor([[1, 11, 12, 13, 2], [1, 14, 2, 0, 0]]), torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
    with torch.inference_mode():
        vectors = text_vectors(model, ids, mask)
        alone = text_vectors(model, ids[1:, :3], mask[1:, :3])
    assert vectors.shape == (2, 16)
    assert vectors.norm(dim=1).tolist() == pytest.approx([1, 1], abs=1e-5)
    assert vectors[1].numpy() == pytest.approx(alone[0].numpy(), abs=1e-4)


def test_the_vectors_of_a_head_on_frozen_encoders_are_its_features():
    encoder = tiny_base("bert").model.base_model
    config = PooledHeadConfig([encoder.config.to_dict()], num_labels=2)
    head = PooledHeadForSequenceClassification(config, [encoder]).eval()
    ids = torch.tensor([[1, 11, 12, 2]])
    with torch.inference_mode():
        assert torch.equal(text_vectors(head, ids, torch.ones_like(ids)), head.features(ids, torch.ones_like(ids)))


def test_words_are_counted_once_per_text_without_regard_to_case():
    texts = [words_of(text) for text in ("Sad, sad day", "a SAD night", "a day")]
    assert vocabulary(texts, 2) == ("a", "day", "sad")
    assert presence(texts, ("day", "sad")).tolist() == [[True, True], [False, True], [True, False]]


def test_the_ridge_is_scikit_learns_and_knows_only_frequencies_without_embeddings():
    from sklearn.linear_model import Ridge as Reference

    rng = np.random.default_rng(8)
    embeddings, words = rng.normal(size=(80, 12)) * 5 + 3, rng.random((80, 6)) < 0.3
    standard = (embeddings - embeddings.mean(axis=0)) / embeddings.std(axis=0)
    for strength in (1.0, 100.0):
        expected = Reference(alpha=strength).fit(standard, words.astype(float)).predict(standard)
        assert Ridge.of(embeddings, words).scores(embeddings, strength) == pytest.approx(expected, abs=1e-9)
    nothing = Ridge.of(np.empty((80, 0)), words).scores(np.empty((3, 0)), 1.0)
    assert nothing == pytest.approx(np.tile(words.mean(axis=0), (3, 1)))


def test_the_threshold_is_the_best_of_all():
    rng = np.random.default_rng(9)
    scores, words = np.round(rng.random((30, 5)), 1), rng.random((30, 5)) < 0.4
    expected = 0.0
    for threshold in np.unique(scores):
        guessed = scores >= threshold
        expected = max(expected, 2 * (guessed & words).sum() / (guessed.sum() + words.sum()))
    threshold, found = best_threshold(scores, words)
    assert found == pytest.approx(expected, abs=1e-6)
    guessed = scores >= threshold
    assert 2 * (guessed & words).sum() / (guessed.sum() + words.sum()) == pytest.approx(expected, abs=1e-6)


def planted(sets, words, *, noise):
    """Embeddings that hold which words stand in a text, beside noise."""
    rng = np.random.default_rng(10)
    return words @ rng.normal(size=(words.shape[1], 200)) + noise * rng.normal(size=(len(sets.examples), 200))


def test_words_that_stand_in_the_embedding_are_found_and_from_noise_none():
    sets = drawn(300)
    division = divided(sets, str, 5, random.Random(0))
    assert division.learnt.sum() == 150
    assert not (division.learnt & sets.member).any()
    assert division.words.shape[1] > 40
    tried = ~division.learnt
    found = {
        "words": recovered(planted(sets, division.words, noise=0.1), division),
        "noise": recovered(planted(sets, division.words[::-1], noise=0.1), division),  # those of other texts
        "nothing": recovered(np.empty((600, 0)), division),
    }
    f1_of = {name: float(f1(counts.of_rows(tried).columns.sum(axis=0))) for name, counts in found.items()}
    assert f1_of["words"] > 0.85
    assert abs(f1_of["noise"] - f1_of["nothing"]) < 0.02
    assert f1_of["nothing"] < 0.5


def test_precision_recall_and_f1_are_those_of_a_loop():
    rng = np.random.default_rng(11)
    guessed, words = rng.random((20, 7)) < 0.4, rng.random((20, 7)) < 0.5
    right = wrong = missed = 0
    for row in range(20):
        for column in range(7):
            right += guessed[row, column] and words[row, column]
            wrong += guessed[row, column] and not words[row, column]
            missed += not guessed[row, column] and words[row, column]
    sums = Counts.of(guessed, words).columns.sum(axis=0)
    assert precision(sums) == pytest.approx(right / (right + wrong), abs=1e-6)
    assert recall(sums) == pytest.approx(right / (right + missed), abs=1e-6)
    assert f1(sums) == pytest.approx(2 * right / (2 * right + wrong + missed), abs=1e-6)
    assert f1(np.zeros(3)) == 0


def test_authors_are_on_one_side_and_too_rare_words_are_no_vocabulary():
    sets = drawn(300, author_of=3)
    division = divided(sets, str, 5, random.Random(0))
    sides = {}
    for name, inside, learnt in zip(sets.authors, sets.member, division.learnt, strict=True):
        if not inside:
            sides.setdefault(name, set()).add(bool(learnt))
    assert all(len(side) == 1 for side in sides.values())
    assert (division.known == division.learnt).all()  # no author is on both sides
    with pytest.raises(NoWordsError, match="no word stands in 400 of the 150 texts"):
        divided(sets, str, 400, random.Random(0))


def test_members_by_authors_that_are_learnt_from_are_known_to_the_inverter():
    own, others = (examples(random_rows(300, seed=seed, author_of=3)) for seed in (203, 204))
    sets = draw_sets(own, others, most=300, seed=0)  # all authors are on both sides
    division = divided(sets, str, 5, random.Random(0))
    taught = {name for name, learnt in zip(sets.authors, division.learnt, strict=True) if learnt}
    assert division.known.tolist() == [name in taught for name in sets.authors]
    assert (division.known & sets.member).sum() == division.learnt.sum() == 150


def test_an_inverter_is_chosen_on_texts_apart():
    """More dimensions than texts: on its own texts the weakest ridge would seem perfect."""
    rng = np.random.default_rng(12)
    embeddings, words = rng.normal(size=(60, 100)), rng.random((60, 8)) < 0.3
    inverter = Inverter.learnt(embeddings, words, np.arange(60) % 5)
    assert inverter.strength >= 1000
