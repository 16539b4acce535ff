"""How often the membership section calls a leak where there is none.

The model never saw the texts of DATA. Each run deals them out anew as members and non-members, so that both come from
one source and every claim of a leak is a false alarm: at most 5% may be.

    python benchmarks/membership_null.py MODEL DATA/test.csv --runs 500 --texts 500
"""

import argparse
import random

import numpy as np

from robust_emo.audits.membership.blind import blind_scores
from robust_emo.audits.membership.expected_loss import probe_log_odds, quantile_signal
from robust_emo.audits.membership.label_only import label_only_signal
from robust_emo.audits.membership.leakage import find_leak
from robust_emo.audits.membership.sets import draw_sets
from robust_emo.audits.membership.signals import (
    Signal,
    class_signal,
    difference_signal,
    gold_flags,
    log_odds,
    loss_signal,
    margin_signal,
)
from robust_emo.audits.membership.text_features import TextFeatures, text_features
from robust_emo.data.dataset import read_dataset
from robust_emo.engine.engine import Engine
from robust_emo.models.encoder import SentenceEncoder
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim
from robust_emo.progress import Silent
from robust_emo.statistics import clopper_pearson


def main() -> None:
    """Ask the model once, then deal and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--texts", type=int, default=500, help="members, and as many non-members")
    options = parser.parse_args()
    engine = Engine(Victim(load_classifier(options.model)))
    victim = engine.victim
    distinct = {example.text: example for example in read_dataset(options.data, labels=victim.labels).examples}
    everyone = list(distinct.values())
    whole = draw_sets(everyone[::2], everyone[1::2], most=len(everyone), seed=0)
    row_of = {example.id: row for row, example in enumerate(whole.examples)}
    logits = engine.scores(whole.texts).astype(np.float64)
    features = text_features(whole.texts, SentenceEncoder())
    labels = label_only_signal(whole, engine, plugin="membership", seed=0, times=8, progress=Silent()).values
    print(f"{len(whole.examples)} texts asked once", flush=True)
    leaks = differ = 0
    for run in range(options.runs):
        pool = list(whole.examples)
        random.Random(run).shuffle(pool)
        sets = draw_sets(pool[: options.texts], pool[options.texts : 2 * options.texts], most=options.texts, seed=run)
        rows = np.array([row_of[example.id] for example in sets.examples])
        gold = gold_flags([example.labels for example in sets.examples], victim.labels)
        odds = log_odds(logits[rows], gold, victim.task)
        known = TextFeatures(features.words[rows], features.meaning[rows])
        probe = probe_log_odds(sets, known, gold, victim.task)
        signals = [
            loss_signal(odds),
            margin_signal(logits[rows], gold, victim.task),
            class_signal(odds, sets),
            difference_signal("difficulty", odds, probe, ""),
            quantile_signal(odds, sets, known, gold, probe),
            Signal("label-only", labels[rows], "", ""),
        ]
        found = find_leak(sets, signals, Signal("blind", blind_scores(sets, known), "", ""), one_source=True)
        leaks, differ = leaks + found.leaks, differ + found.sets_differ
        if run % 50 == 49:
            print(f"{run + 1} runs: {leaks} leaks claimed, {differ} times the sets seemed to differ", flush=True)
    for what, count in (("leak claimed", leaks), ("sets differ", differ)):
        interval = clopper_pearson(count, options.runs)
        print(
            f"{what}: {count} of {options.runs}, {count / options.runs:.1%} [{interval.low:.1%}, {interval.high:.1%}]"
        )


if __name__ == "__main__":
    main()
