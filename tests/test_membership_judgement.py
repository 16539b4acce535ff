"""How membership is judged once signals are there: by author, beyond the baseline, and with how much power."""

from types import SimpleNamespace

import numpy as np
import pytest
from memorised import EMOTIONS, random_rows

from robust_emo.audits.membership.author_level import author_auc
from robust_emo.audits.membership.figures import membership_metrics, not_measured
from robust_emo.audits.membership.leakage import find_leak
from robust_emo.audits.membership.notes import membership_notes
from robust_emo.audits.membership.parts import find_parts
from robust_emo.audits.membership.sets import InsufficientDataError, draw_sets
from robust_emo.audits.membership.signals import Signal
from robust_emo.audits.membership.text_features import text_features
from robust_emo.statistics.membership import roc_auc
from robust_emo.types import Example


def examples(rows):
    return [Example(row["id"], row["text"], (row["label"],), row.get("author")) for row in rows]


def test_weak_hints_of_an_author_add_up():
    rng = np.random.default_rng(0)
    rows = [{**row, "author": f"m{number // 4}"} for number, row in enumerate(random_rows(240, seed=91))]
    others = [{**row, "author": f"o{number // 4}"} for number, row in enumerate(random_rows(240, seed=92))]
    sets = draw_sets(examples(rows), examples(others), most=500, seed=0)
    signal = Signal("loss", rng.normal(size=480) + 0.5 * sets.member, "", "")
    value, interval, count = author_auc(sets, signal, 0.95)
    assert count == 120
    assert value > roc_auc(signal.values, sets.member, np.zeros(480, dtype=np.int64)).value + 0.05
    assert interval.low < value < interval.high
    few = [{**row, "author": f"o{number % 40}"} for number, row in enumerate(others)]
    with pytest.raises(InsufficientDataError, match="of 40 authors on one side, at least 50"):
        draw_sets(examples(rows), examples(few), most=500, seed=0)
    nobody = draw_sets(examples(random_rows(60, seed=93)), examples(random_rows(60, seed=94)), most=500, seed=0)
    assert author_auc(nobody, Signal("loss", rng.normal(size=120), "", ""), 0.95) is None


def test_texts_without_spaces_or_a_word_in_common_have_features_too():
    encoder = SimpleNamespace(embed=lambda texts: np.zeros((len(texts), 3), dtype=np.float32))
    texts = [chr(0x4E00 + number) + chr(0x5E00 + number) for number in range(40)]
    assert text_features(texts, encoder).words.shape[0] == 40


def test_what_is_beyond_a_baseline_that_knows_nearly_all_is_not_measured():
    rng = np.random.default_rng(0)
    sets = draw_sets(examples(random_rows(150, seed=95)), examples(random_rows(150, seed=96)), most=500, seed=0)
    noise = rng.normal(size=300)
    signals = [Signal(name, 4.0 * sets.member, "", "") for name in ("loss", "quantile")]
    found = find_leak(sets, signals, Signal("blind", noise + 3 * sets.member, "", ""), one_source=True)
    metrics = {
        each.name: each
        for each in membership_metrics(found, sets, signals, find_parts(sets, signals, EMOTIONS))
        if each.label is None
    }
    assert found.blind.auc.value > 0.9
    assert metrics["membership_auc_over_blind"].value is None
    assert any("no attack could be much better" in note for note in membership_notes(found, sets, None))
    perfect = metrics["membership_auc"]
    assert (perfect.value, perfect.ci_high) == (1.0, 1.0)
    assert perfect.ci_low > 0.95
    assert found.leaks


def test_sets_that_differ_say_what_would_be_found_beyond_the_baseline():
    rng = np.random.default_rng(1)
    sets = draw_sets(examples(random_rows(200, seed=97)), examples(random_rows(200, seed=98)), most=500, seed=0)
    signals = [Signal("loss", rng.normal(size=400), "", "")]
    alike = find_leak(sets, signals, Signal("blind", rng.normal(size=400), "", ""), one_source=True)
    differing = find_leak(
        sets, signals, Signal("blind", rng.normal(size=400) + 0.6 * sets.member, "", ""), one_source=True
    )
    assert differing.sets_differ
    assert differing.detectable_auc > differing.blind.auc.value > alike.detectable_auc - 0.05


def test_where_nobody_dealt_the_texts_out_a_difference_that_few_of_them_hide_is_no_leak():
    """Signal and baseline see nothing but the same difference of the sets, which 120 texts do not show for certain."""
    rng, claimed, hidden = np.random.default_rng(7), {True: 0, False: 0}, 0
    sets = draw_sets(examples(random_rows(60, seed=91)), examples(random_rows(60, seed=92)), most=500, seed=0)
    for _ in range(200):
        shift = rng.normal(size=120) + 0.5 * sets.member
        signals = [Signal("loss", shift + 0.3 * rng.normal(size=120), "", "")]
        blind = Signal("blind", shift + 0.3 * rng.normal(size=120), "", "")
        for one_source in claimed:
            found = find_leak(sets, signals, blind, one_source=one_source)
            claimed[one_source] += found.leaks
        hidden += not found.sets_differ
    assert hidden > 40
    assert claimed[True] > 20
    assert claimed[False] <= 10
    assert any("was not shown, and may still be so" in note for note in membership_notes(found, sets, None)) or (
        found.sets_differ
    )


def test_hints_of_few_texts_per_author_are_judged_by_author():
    """Texts of an author share half of what a signal says of them; no author was trained on."""
    rng, alarms = np.random.default_rng(2), 0
    members, others = random_rows(240, seed=99, author_of=4), random_rows(240, seed=100, author_of=4)
    sets = draw_sets(
        examples(members), examples([{**row, "author": f"other {row['author']}"} for row in others]), most=500, seed=0
    )
    shared = {name: position for position, name in enumerate(dict.fromkeys(sets.authors))}
    of_author = np.array([shared[name] for name in sets.authors])
    for _ in range(100):
        values = [rng.normal(size=len(shared))[of_author] + rng.normal(size=480) for _ in range(3)]
        signals = [Signal(name, each, "", "") for name, each in zip("abc", values, strict=True)]
        alarms += find_leak(sets, signals, Signal("blind", rng.normal(size=480), "", ""), one_source=True).leaks
    assert alarms <= 10


def test_with_authors_shares_at_a_threshold_have_no_interval_and_no_power_to_boast_of():
    members, others = random_rows(240, seed=101, author_of=4), random_rows(240, seed=102, author_of=4)
    others = [{**row, "author": f"other {row['author']}"} for row in others]
    sets = draw_sets(examples(members), examples(others), most=500, seed=0)
    rng = np.random.default_rng(3)
    signals = [Signal("loss", rng.normal(size=480) + sets.member, "", "")]
    found = find_leak(sets, signals, Signal("blind", rng.normal(size=480), "", ""), one_source=True)
    metrics = {
        each.name: each
        for each in membership_metrics(found, sets, signals, find_parts(sets, signals, EMOTIONS))
        if each.label is None
    }
    assert metrics["membership_auc"].ci_low is not None
    for name in ("tpr_at_fpr_1pct", "membership_advantage"):
        assert metrics[name].value is not None
        assert metrics[name].ci_low is metrics[name].ci_high is None
    assert found.detectable_found_1pct is None
    absent = {each.name for each in not_measured(EMOTIONS)}
    assert absent == {
        each.name for each in membership_metrics(found, sets, signals, find_parts(sets, signals, EMOTIONS))
    }
