"""Sentences of an audit that are put together of several are told in Chinese, too."""

import re
from dataclasses import replace
from itertools import product

import pytest
from robust_emo_reports.language import speaking
from robust_emo_reports.retelling import retold

from robust_emo import verdict_text
from robust_emo.gate.judging import status_of
from robust_emo.types import Metric, Section, Threshold, VerdictStatus
from robust_emo.verdict_text import UNPAIRED, among_so_many, explain_value

pytestmark = pytest.mark.model_free

_LIMITS = ({"min": 0.5}, {"max": 0.5}, {"min": 0.5, "decision": "point"}, {"max": 0.5, "decision": "point"})


def _metrics(name):
    """Below, around and above one half; of an emotion, not paired; with no interval, and with one end of it."""
    for value in (0.1, 0.5, 0.9):
        metric = Metric(name, value, value - 0.05, value + 0.05, 1200, 0.95, True, method="bootstrap")
        yield from (metric, replace(metric, label=None if name.startswith("epsilon") else "joy", method=UNPAIRED))
        yield from (replace(metric, ci_low=None, ci_high=None), replace(metric, ci_high=None))


@pytest.mark.parametrize("name", [*verdict_text._SUBJECTS, "macro_f1_change", "accuracy_change"])
def test_every_sentence_on_a_value_is_told(name):
    margin = 0.5 if name.endswith("_change") else None
    found = set()
    for metric, limit, plugin in product(_metrics(name), _LIMITS, ("pwws", "ensemble")):
        threshold = Threshold(name, "evasion", max_regression=margin, **limit)
        status, section = status_of(threshold, metric), Section("evasion", plugin, "1", {})
        sentence = explain_value(threshold, section, metric, status)
        found.add(status)
        _is_told(sentence)
        if status is VerdictStatus.FAIL:
            _is_told(among_so_many(sentence, 12))
        if status is VerdictStatus.INCONCLUSIVE and metric.ci_high is not None:
            _is_told(explain_value(threshold, section, metric, status, needed=1234))
    assert found == {VerdictStatus.PASS, VerdictStatus.FAIL, VerdictStatus.INCONCLUSIVE}


def _is_told(sentence):
    waived = f"{sentence} Its waiver expired on 2026-01-31, so this check fails."
    for text in (sentence, waived):
        with speaking("zh"):
            found = retold(text)
        assert found is not None, text
        assert not re.search(r"[a-z]{2,} [a-z]{2,}", found), found
        assert found.endswith("。")


@pytest.mark.parametrize(
    "sentence",
    [
        "Evasion/pwws could not be measured: every example errored; the first: called exit(1).",
        "Privacy could not be measured: insufficient data: 3 members are left after removing duplicates, at least 50 "
        "are needed.",
        "This audit has no section 'evasion/pws'; did you mean 'evasion/pwws'?",
        "Of emotions, 'joy' leaks more than 'fear', 'anger'; 'love' leaks more than 'anger', which may lie in the "
        "texts, since the two sets differ. Intervals that hold for all emotions together do not meet there.",
        "Not measured, for want of 50 members and 50 non-members of the group: a b-7 (3 and 5), anger (2 and 10).",
        "Exposure, in bits, ranks each canary that was trained on among those of its kind that were left out: joy 1.20 "
        "of at most 3.20 (8 left out), fear 2.00 of at most 4.00 (15 left out). Without memorisation 1.44 is expected.",
        "The audits differ in data, sha256 0123456789ab and not recorded: attacks are compared on the texts that "
        "both attacked; texts as written are tested where both have them.",
        "the audits differ in the longest input, 128 tokens and 64 tokens: longer texts were cut elsewhere",
        "the audits differ in labels, anger/joy and anger/fear/joy: a right answer may be another one",
        "training texts, and texts held out of them, are not recorded in the audit before and after and may be others: "
        "who was trained on may be asked of other texts",
        "12 bad rows left out of data/test.csv; first: line 3: 3 fields where the header has 2",
        "Thresholds aimed at false alarms among 1% of the non-members and really wronged 2.0% (the logits), 3.1% "
        "(probabilities of 2 decimals).",
        "known gaps that no attack of this audit aimed at: 2 of 4 gaps of emoji, 1 of 3 gaps of html; "
        "no attack is named for 1 of 3 gaps of html; no attack is named for gaps of spelling",
        "The model's base is not beside it: its base bert-tiny cannot be loaded from this machine.",
        "the attributions miss the change of the answer by more than 1000% (at most 5%)",
        "stopped with an error in the audit before: ValueError: the model answers with numbers that are not finite",
        "standard 5, changed: attacks, section arguments, seed",
    ],
)
def test_sentences_with_sentences_in_them_are_told(sentence):
    with speaking("zh"):
        found = retold(sentence)
    assert found is not None
    assert not re.search(r"[a-z]{2,} [a-z]{2,}", found), found
