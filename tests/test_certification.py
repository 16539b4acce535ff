"""Certificates: sound by brute force, for every text in reach and for the worst base there is."""

import itertools
import math
import random
import zlib
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robust_emo.ablation import Ablation
from robust_emo.engine.smoothing import SmoothedClassifier, Smoothing
from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.statistics.certification import (
    deletion_radius,
    exact_deletion_radius,
    exact_masking_radius,
    lead_bound,
    lower_bound,
    masking_radius,
    masking_reach,
)
from robust_emo.types import Example, Task
from robust_emo.words import Words, joined

LABELS = ("anger", "joy", "sadness")


class ToyBase:
    """A deterministic base classifier of texts: words pull towards classes, and a hash decides close calls."""

    def __init__(self, seed, *, pull=3.0):
        rng = random.Random(seed)
        self.pulls = {word: [rng.uniform(-pull, pull) for _ in LABELS] for word in "abcdefgh"}
        self.seed, self.asked = seed, []

    def answer(self, text):
        scores = np.array([sum(self.pulls.get(word, [0, 0, 0])[c] for word in text.split()) for c in range(3)])
        close = zlib.crc32(f"{self.seed}/{text}".encode())
        return scores + np.array([close % 7 / 7, close % 11 / 11, close % 13 / 13])


class ToyEngine:
    """What a smoothed classifier wants of an engine."""

    def __init__(self, base, *, mask="[MASK]", task=Task.SINGLE_LABEL, max_length=64):
        tokenizer = SimpleNamespace(mask_token=mask, unk_token=None)
        self.victim = SimpleNamespace(
            labels=LABELS,
            task=task,
            batched=SimpleNamespace(tokenizer=tokenizer, max_length=max_length),
            encode=lambda texts: [text.split() for text in texts],
            truncated=lambda texts: sum(len(text.split()) > max_length for text in texts),
        )
        self.base, self.asked = base, []

    def scores(self, texts):
        self.asked.append(list(texts))
        return np.array([self.base.answer(text) for text in texts]).reshape(-1, len(LABELS))


def certify(base, texts, mechanism="masking", rate=0.6, *, chunk=8192, seed=0, **options):
    smoothing = Smoothing(ablation=Ablation(mechanism, rate), **options)
    examples = [Example(f"e{i}", text, ("joy",)) for i, text in enumerate(texts)]
    engine = base if isinstance(base, ToyEngine) else ToyEngine(base)
    return list(SmoothedClassifier(engine, smoothing, seed=seed, chunk=chunk).certify(examples))


def exact_shares(base, words, ablation):
    """Probability of every class, by the definition."""
    shares = np.zeros(len(LABELS))
    for shown in ablation.all_ways(len(words)):
        text = ablation.text(words, shown, "[MASK]")
        shares[base.answer(text).argmax()] += ablation.probability(len(shown), len(words))
    return shares


# --- soundness, by going through everything -------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("rate", [0.5, 0.7, 0.85])
def test_no_replacement_within_the_radius_changes_the_answer(seed, rate):
    base, ablation, rng = ToyBase(seed), Ablation("masking", rate), random.Random(seed)
    words = [rng.choice("abcd") for _ in range(rng.randint(3, 6))]
    (certificate,) = certify(base, [" ".join(words)], rate=rate)
    assert certificate.exact
    if certificate.predicted is None:
        return
    for places in itertools.combinations(range(len(words)), min(certificate.radius, len(words))):
        for letters in itertools.product("abcd", repeat=len(places)):
            changed = list(words)
            for place, letter in zip(places, letters, strict=True):
                changed[place] = letter
            shares = exact_shares(base, changed, ablation)
            assert LABELS[shares.argmax()] == certificate.predicted
            assert (shares == shares.max()).sum() == 1


def ball(words, alphabet, edits):
    """All word sequences within so many replacements, insertions and deletions."""
    reached = {tuple(words)}
    for _ in range(edits):
        for text in list(reached):
            for place in range(len(text) + 1):
                reached |= {(*text[:place], letter, *text[place:]) for letter in alphabet}
                reached.add((*text[:place], *text[place + 1 :]))
                reached |= {(*text[:place], letter, *text[place + 1 :]) for letter in alphabet}
    return reached


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("rate", [0.6, 0.8, 0.9])
def test_no_edit_within_the_radius_changes_the_answer_under_deletion(seed, rate):
    base, ablation, rng = ToyBase(seed, pull=1.0), Ablation("deletion", rate), random.Random(seed)
    words = [rng.choice("ab") for _ in range(rng.randint(0, 4))]
    (certificate,) = certify(base, [" ".join(words)], "deletion", rate)
    assert certificate.exact
    if certificate.predicted is None:
        return
    for changed in ball(words, "ab", min(certificate.radius, 2)):
        shares = exact_shares(base, list(changed), ablation)
        assert LABELS[shares.argmax()] == certificate.predicted
        assert (shares == shares.max()).sum() == 1


def test_deletions_are_certified_at_all():
    """So that the test above is no empty promise."""
    radii = [certify(ToyBase(seed), ["a b a"], "deletion", 0.9)[0].radius for seed in range(10)]
    assert max(radii) >= 2


@pytest.mark.parametrize("seed", range(200))
def test_the_exact_radius_of_masking_is_the_worst_base_with_these_answers(seed):
    """Sound against any base that agrees where no replaced word shows, and not a word too careful."""
    rng = random.Random(seed)
    words = rng.randint(1, 6)
    ablation = Ablation("masking", rng.choice([0.3, 0.5, 0.7, 0.9]))
    shown = list(ablation.all_ways(words))
    favourite = rng.randrange(3)
    answers = np.array([favourite if rng.random() < rng.choice([0.6, 0.95]) else rng.randrange(3) for _ in shown])
    found, radius = exact_masking_radius(shown, answers, words=words, classes=3, most=words)

    def worst(changed):
        """The least lead that is left of `found`, over all sets of words, rivals and bases."""
        leads = []
        for places in itertools.combinations(range(words), changed):
            hit = np.array([bool(set(places) & set(way)) for way in shown])
            for rival in {0, 1, 2} - {found}:
                after = np.where(hit, rival, answers)
                leads.append((after == found).sum() - (after == rival).sum())
        return min(leads)

    if found is None:
        counts = np.bincount(answers, minlength=3)
        assert (counts == counts.max()).sum() > 1
        return
    assert worst(radius) > 0
    if radius < words:
        assert worst(radius + 1) <= 0
    shares = np.bincount(answers, minlength=3) / len(answers)
    lead = shares[found] - np.delete(shares, found).max()
    assert radius >= (masking_radius(lead, words=words, kept=ablation.kept(words), most=words) or 0)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(0, 9), st.integers(0, 9))
def test_the_reach_of_a_change_is_the_share_of_maskings_that_show_it(words, kept, changed):
    kept, changed = min(kept, words), min(changed, words)
    ways = list(itertools.combinations(range(words), kept))
    counted = sum(bool(set(way) & set(range(changed))) for way in ways) / len(ways)
    assert masking_reach(words, kept, changed) == pytest.approx(counted, abs=1e-12)


def test_without_words_there_is_nothing_to_replace():
    assert masking_radius(1.0, words=0, kept=0, most=7) == 7
    assert exact_masking_radius([()], np.array([1]), words=0, classes=3, most=7) == (1, 7)


def test_a_tie_is_never_certified():
    # lead = 2 * reach exactly: as many may answer one rival
    assert masking_radius(1.0, words=4, kept=1, most=4) == 1
    assert masking_radius(0.0, words=4, kept=1, most=4) is None
    assert deletion_radius(1.0, rate=0.5, most=4) == 0
    assert exact_deletion_radius([0.5, 0.5, 0.0], rate=0.9, most=4) == (None, 0)
    assert exact_masking_radius([(0,), (1,)], np.array([0, 1]), words=2, classes=2, most=2) == (None, 0)


@given(st.floats(0.51, 1.0), st.floats(0.05, 0.99))
def test_with_two_classes_the_radius_of_deletion_is_the_published_formula(support, rate):
    published = math.log(1.5 - support) / math.log(rate)
    if abs(published - round(published)) > 1e-6:
        assert deletion_radius(2 * support - 1, rate=rate, most=1000) == min(1000, math.floor(published))


# --- sampling -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "p"), [(40, 0.7), (200, 0.55), (200, 0.95)])
def test_the_lower_bound_is_too_high_with_at_most_its_probability(n, p):
    alpha = 0.05
    chances = [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    too_high = sum(chance for k, chance in enumerate(chances) if lower_bound(k, n, alpha) > p)
    assert too_high <= alpha
    assert too_high > alpha / 20  # and not for being useless


@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.2), (0.9, 0.1, 0.0), (0.4, 0.4, 0.2), (0.7, 0.15, 0.15)])
def test_the_bound_of_the_lead_is_too_high_with_at_most_its_probability(shares):
    rng, alpha, n = np.random.default_rng(4), 0.05, 120
    counts, times = np.unique(rng.multinomial(n, shares, size=20_000), axis=0, return_counts=True)
    truth = shares[0] - max(shares[1:])
    too_high = np.array([lead_bound(row, 0, alpha) > truth for row in counts])
    assert times[too_high].sum() / times.sum() <= alpha
    # and no worse than what two classes alone would say, at the same split of alpha
    assert all(lead_bound(row, 0, alpha) >= 2 * lower_bound(int(row[0]), n, alpha / 2) - 1 for row in counts[:200])


def test_one_class_leads_over_nobody():
    assert 0 < lead_bound(np.array([30]), 0, 0.01) < 1


def test_the_lower_bound_rises_with_the_sample():
    bounds = [lower_bound(9 * n // 10, n, 0.001) for n in (10, 100, 1000, 10000)]
    assert bounds == sorted(bounds)
    assert bounds[-1] < 0.9
    with pytest.raises(ValueError, match="successes"):
        lower_bound(3, 2, 0.1)


def sampled_texts(count, length=14):
    rng = random.Random(5)
    return [" ".join(rng.choice("abcdefgh") for _ in range(length)) for _ in range(count)]


@pytest.mark.parametrize(("mechanism", "rate"), [("masking", 0.75), ("deletion", 0.8)])
def test_more_samples_certify_more(mechanism, rate):
    """And what is certified with fewer is nearly always certified with more: the radius of truth is the limit."""
    radii = []
    for samples in (30, 100, 300, 900):
        options = {"samples": samples, "selection_samples": 30}
        radii.append(
            [
                c.radius if c.predicted else -1
                for c in certify(ToyBase(3), sampled_texts(25), mechanism, rate, **options)
            ]
        )
    certified = [sum(radius >= 1 for radius in row) for row in radii]
    assert certified == sorted(certified)
    assert certified[-1] > certified[0]
    assert sum(b >= a for a, b in zip(radii[0], radii[-1], strict=True)) >= 23


@pytest.mark.parametrize(("mechanism", "rate", "length"), [("masking", 0.75, 14), ("deletion", 0.8, 10)])
def test_the_certified_share_grows_with_the_samples_as_the_exact_shares_say(mechanism, rate, length):
    """How many texts are certified for one word at n samples follows from the shares of all ways to hide words."""
    base, texts, ablation = ToyBase(3), sampled_texts(30, length), Ablation(mechanism, rate)
    shares = [exact_shares(base, text.split(), ablation) for text in texts]
    reach = masking_reach(length, ablation.kept(length), 1) if mechanism == "masking" else 1 - rate
    found, rng = [], np.random.default_rng(0)
    for samples in (30, 100, 300, 900):
        options = {"samples": samples, "selection_samples": 30}
        found.append(sum(c.radius >= 1 for c in certify(base, texts, mechanism, rate, **options)))
        chances = []
        for share in shares:
            chosen = rng.multinomial(30, share, size=25).argmax(axis=1)
            judged = rng.multinomial(samples, share, size=25)
            leads = [lead_bound(counts, int(first), 0.001) for counts, first in zip(judged, chosen, strict=True)]
            chances.append(np.mean([lead > 2 * reach for lead in leads]))
        spread = math.sqrt(sum(chance * (1 - chance) for chance in chances))
        assert abs(found[-1] - sum(chances)) <= 4 * spread + 1
    exact = certify(base, texts, mechanism, rate, samples=ablation.ways(length))
    assert all(certificate.exact for certificate in exact)
    if mechanism == "deletion":  # from the lead alone, as with samples
        leads = [np.sort(share)[-1] - np.sort(share)[-2] for share in shares]
        assert sum(c.radius >= 1 for c in exact) == sum(lead > 2 * reach + 1e-9 for lead in leads)
    assert found == sorted(found)
    assert found[0] < found[-1] <= sum(c.radius >= 1 for c in exact)


@pytest.mark.parametrize(("mechanism", "rate"), [("masking", 0.75), ("deletion", 0.8)])
def test_samples_certify_no_more_than_the_truth(mechanism, rate):
    base, ablation = ToyBase(7), Ablation(mechanism, rate)
    texts = sampled_texts(20, length=12)
    for text, certificate in zip(
        texts, certify(base, texts, mechanism, rate, samples=100, selection_samples=30), strict=True
    ):
        assert not certificate.exact
        if certificate.predicted is None:
            continue
        shares = sorted(exact_shares(base, text.split(), ablation))
        lead = shares[-1] - shares[-2]
        assert exact_shares(base, text.split(), ablation)[LABELS.index(certificate.predicted)] == shares[-1]
        if mechanism == "masking":
            assert certificate.radius <= masking_radius(lead, words=12, kept=ablation.kept(12), most=10)
        else:
            assert certificate.radius <= deletion_radius(lead, rate=rate, most=10)


def test_the_class_is_chosen_on_other_samples_than_its_share_is_bounded_on():
    """Selection and estimation disagree: the selection's class is judged, and found to be no majority."""
    base = ToyBase(1)
    engine = ToyEngine(base)
    first = iter([0] * 20 + [1] * 200)
    base.answer = lambda text: np.eye(3)[next(first)]
    (certificate,) = certify(engine, sampled_texts(1), samples=200, selection_samples=20)
    assert certificate.predicted is None
    answers = iter([1] * 20 + [1] * 200)
    base.answer = lambda text: np.eye(3)[next(answers)]
    (certificate,) = certify(engine, sampled_texts(1), samples=200, selection_samples=20)
    assert certificate.predicted == "joy"
    assert [len(texts) for texts in engine.asked] == [220, 220]


def test_results_depend_on_seed_and_example_only():
    texts = [*sampled_texts(12), "", "a", "a b c"]
    options = {"samples": 60, "selection_samples": 20}
    for mechanism in ("masking", "deletion"):
        whole = certify(ToyBase(3), texts, mechanism, 0.75, **options)
        assert certify(ToyBase(3), texts, mechanism, 0.75, chunk=1, **options) == whole
        assert certify(ToyBase(3), texts[:5], mechanism, 0.75, **options) == whole[:5]
        engines = [ToyEngine(ToyBase(3)) for _ in range(2)]
        for seed, engine in enumerate(engines):
            certify(engine, texts, mechanism, 0.75, seed=seed, **options)
        assert engines[0].asked != engines[1].asked


def test_many_examples_are_asked_about_at_once():
    engine = ToyEngine(ToyBase(3))
    certify(engine, sampled_texts(30), samples=60, selection_samples=20)
    assert len(engine.asked) == 1


# --- what is hidden and shown ---------------------------------------------------------------------------------------


def test_spacing_and_punctuation_change_nothing():
    engines = [ToyEngine(ToyBase(3)) for _ in range(2)]
    plain = certify(engines[0], ["a b c d a b c d a b c d a b"])
    dotted = certify(engines[1], ["!! a, b… c   d (a b) c. d\n a -- b c d a b ?!"])
    assert plain == dotted
    assert engines[0].asked == engines[1].asked


@given(st.text(alphabet="ab 我爱😂#@'’!.-\u200b", max_size=30))
def test_what_is_shown_depends_on_the_shown_words_alone(text):
    words = Words.of(text).words
    for mechanism in ("masking", "deletion"):
        ablation = Ablation(mechanism, 0.7)
        shown = ablation.draw(len(words), np.random.default_rng(0))
        other = [word if place in shown else "zzz" for place, word in enumerate(words)]
        assert ablation.text(words, shown, "[MASK]") == ablation.text(other, shown, "[MASK]")
        assert list(shown) == sorted(set(shown))
        if mechanism == "masking":
            assert len(shown) == ablation.kept(len(words))


def test_chinese_is_joined_without_spaces():
    assert joined(["我", "爱", "[MASK]", "my", "dog"]) == "我爱[MASK] my dog"
    assert joined([]) == ""


def test_words_are_drawn_evenly():
    rng = np.random.default_rng(1)
    for mechanism in ("masking", "deletion"):
        ablation = Ablation(mechanism, 0.75)
        counts = np.bincount([place for _ in range(4000) for place in ablation.draw(8, rng)], minlength=8) / 4000
        assert counts == pytest.approx(np.full(8, 0.25), abs=0.03)


@pytest.mark.parametrize("mechanism", ["masking", "deletion"])
def test_odd_texts_have_certificates(mechanism):
    odd = ["", " ", "!?…", "a", "我", "👩‍👩‍👧 🇩🇪", "___ _a_ #_ @ # #a @a", "\u200b\u202e", "x" * 4000, "a b " * 5000]
    found = certify(ToyBase(2), odd, mechanism, 0.8, samples=40, selection_samples=10)
    assert [c.example_id for c in found] == [f"e{i}" for i in range(len(odd))]
    for text, certificate in zip(odd, found, strict=True):
        words = len(Words.of(text))
        assert certificate.words == words
        if mechanism == "masking" and words:
            assert certificate.radius < max(1, words)
        if not words:
            assert certificate.exact
            assert certificate.predicted is not None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"samples": 0}, "samples"),
        ({"samples": True}, "samples"),
        ({"selection_samples": 1.5}, "selection_samples"),
        ({"alpha": 1.0}, "alpha"),
        ({"alpha": "x"}, "alpha"),
        ({"largest_radius": -1}, "largest_radius"),
    ],
)
def test_bad_settings_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        Smoothing(ablation=Ablation("masking", 0.5), **arguments)


@pytest.mark.parametrize(("mechanism", "rate"), [("masking", 0.0), ("deletion", 1), ("masking", "x"), ("blur", 0.5)])
def test_bad_noise_is_refused(mechanism, rate):
    with pytest.raises(InputError):
        Ablation(mechanism, rate)


def test_what_cannot_be_certified_says_so():
    with pytest.raises(InputError, match="single-label"):
        certify(ToyEngine(ToyBase(1), task=Task.MULTI_LABEL), ["a"])
    with pytest.raises(PrerequisiteError, match="deleted"):
        certify(ToyEngine(ToyBase(1), mask=None), ["a"])
    assert certify(ToyEngine(ToyBase(1), mask=None), ["a"], "deletion", 0.8)
