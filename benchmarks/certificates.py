"""Certificates of a model: accuracy by radius, growth with the samples, and attacks that try to contradict them.

    python benchmarks/certificates.py MODEL_DIR DATA.csv --mechanism deletion --rate 0.8 --examples 150

Attacks run on the smoothed model as a whole (:class:`robust_emo.engine.smoothed_victim.SmoothedVictim`), on certified
examples and within one budget of words: the largest for which the example is certified is looked up afterwards. What a
search takes for a success, and lies within the radius, is asked of the smoothed model in full. A contradiction is a
text within the radius whose answer is certain and another one; `undecided` are those whose answer is not certain.
"""

import argparse
import time
from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch

from robust_emo.ablation import Ablation
from robust_emo.data.dataset import read_dataset
from robust_emo.data.splits import draw_stratified
from robust_emo.engine.attacking import attack_examples
from robust_emo.engine.engine import Engine
from robust_emo.engine.smoothed_victim import SmoothedVictim
from robust_emo.engine.smoothing import Certificate, SmoothedClassifier, Smoothing
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim
from robust_emo.plugins import load
from robust_emo.statistics import label_flags, mean_recall
from robust_emo.types import AttackBudget, AttackOutcome, Example, Status
from robust_emo.words import Words, words_changed

ATTACKS = (
    "deepwordbug",
    "unicode",
    "synonyms",
    "keyboard",
    "deletions",
    "distractor",
    "letter-case",
    "profanity-masking",
)


def main() -> None:
    options = _options()
    torch.set_num_threads(1)
    engine = Engine(Victim(load_classifier(options.model)))
    data = read_dataset(options.data, labels=engine.victim.labels)
    examples = draw_stratified(data.examples, options.examples, 0)
    ablation = Ablation(options.mechanism, options.rate)
    print(f"{options.model}: {options.mechanism} at {options.rate:g}, {len(examples)} examples\n")
    print("| samples | exact | abstained | radius | certified | balanced | constant | constant, balanced | s |")
    print("|---|---|---|---|---|---|---|---|---|")
    certificates: list[Certificate] = []
    for samples in sorted(options.samples):
        started = time.perf_counter()
        smoothing = Smoothing(ablation=ablation, samples=samples)
        certificates = list(SmoothedClassifier(engine, smoothing, seed=0).certify(examples))
        _table(samples, certificates, examples, engine.victim.labels, time.perf_counter() - started)
    if options.attacks:
        _attack(engine, SmoothedClassifier(engine, smoothing, seed=0), certificates, examples, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--mechanism", default="deletion")
    parser.add_argument("--rate", type=float, default=0.8)
    parser.add_argument("--examples", type=int, default=150)
    parser.add_argument("--samples", type=int, nargs="+", default=[1000])
    parser.add_argument("--attacks", nargs="*", default=list(ATTACKS))
    parser.add_argument("--search-samples", type=int, default=16, help="Ways to hide words that an attack sees.")
    parser.add_argument("--max-queries", type=int, default=100)
    return parser.parse_args()


def _table(
    samples: int, found: Sequence[Certificate], examples: Sequence[Example], labels: Sequence[str], seconds: float
) -> None:
    gold = label_flags([example.labels for example in examples], labels)
    counts = gold.sum(axis=0)
    exact, abstained = sum(c.exact for c in found), sum(c.predicted is None for c in found)
    for radius in range(max(c.radius for c in found) + 2):
        right = _right(found, examples, radius)
        print(
            f"| {samples} | {exact} | {abstained} | {radius} | {right.mean():.1%} | {mean_recall(gold, right):.1%} "
            f"| {counts.max() / len(gold):.1%} | {1 / (counts > 0).sum():.1%} | {seconds:.0f} |"
        )


def _right(found, examples, radius):
    return np.array(
        [c.predicted in e.labels and c.radius >= radius for c, e in zip(found, examples, strict=True)], dtype=np.bool_
    )


def _attack(
    engine: Engine,
    smoothed: SmoothedClassifier,
    certificates: Sequence[Certificate],
    examples: Sequence[Example],
    options: argparse.Namespace,
) -> None:
    certified = {c.example_id: c for c in certificates if c.predicted and c.radius}
    # the attack is after another answer than the certified one, right or wrong
    chosen = [Example(e.id, e.text, (certified[e.id].predicted or "",)) for e in examples if e.id in certified]
    victim = SmoothedVictim(engine.victim, smoothed.smoothing.ablation, samples=options.search_samples, seed=1)
    attacked = Engine(victim)
    print(f"\n{len(chosen)} certified examples\n")
    print("| attack | outcomes | found by the search | within the radius | same answer | undecided | contradictions |")
    print("|---|---|---|---|---|---|---|")
    total: Counter[str] = Counter()
    for name in options.attacks:
        counts: Counter[str] = Counter()
        for radius in sorted({c.radius for c in certified.values()}):
            group = [example for example in chosen if certified[example.id].radius == radius]
            limit = AttackBudget(max_words=radius, max_queries=options.max_queries)
            for outcome in attack_examples(attacked, load("attacks", name), group, seed=0, limit=limit):
                _count(outcome, smoothed, certified[outcome.example_id], options.mechanism, counts)
        total += counts
        _row(name, counts)
    _row("all", total)


def _count(
    outcome: AttackOutcome, smoothed: SmoothedClassifier, certificate: Certificate, mechanism: str, counts: Counter[str]
) -> None:
    if outcome.status is Status.ERRORED:
        raise RuntimeError(outcome.error)
    if outcome.status is Status.SKIPPED:  # the few samples of the search disagree with the certificate beforehand
        counts["skipped"] += 1
        return
    counts["outcomes"] += 1
    if outcome.perturbed is None:
        return
    counts["found"] += 1
    if not _within(outcome.original, outcome.perturbed, certificate.radius, mechanism):
        return
    counts["within"] += 1
    (after,) = smoothed.certify([Example(outcome.example_id, outcome.perturbed, outcome.label)])
    answer = "undecided" if after.predicted is None else "same" if after.predicted == certificate.predicted else "other"
    counts[answer] += 1


def _within(original: str, perturbed: str, radius: int, mechanism: str) -> bool:
    if mechanism == "deletion":
        return words_changed(original, perturbed) <= radius
    before, after = Words.of(original).words, Words.of(perturbed).words
    return len(before) == len(after) and sum(a != b for a, b in zip(before, after, strict=True)) <= radius


def _row(name: str, counts: Counter[str]) -> None:
    names = ("outcomes", "found", "within", "same", "undecided", "other")
    print(f"| {name} | " + " | ".join(str(counts[key]) for key in names) + " |", flush=True)


if __name__ == "__main__":
    main()
