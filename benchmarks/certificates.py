"""Certificates of a model: accuracy by radius, growth with the samples, and attacks that try to contradict them.

    python benchmarks/certificates.py MODEL_DIR DATA.csv --mechanism deletion --rate 0.8 --examples 150

Attacks run on the smoothed model as a whole, see `contradictions.py`, on texts so short that every way to hide their
words can be asked: then nothing in a contradiction is left to chance. The last line is of the first attack with more
words to change than are certified and more queries: there it may succeed.
"""

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple, fields

import numpy as np
import torch
from contradictions import Tries, try_to_contradict

from robust_emo.ablation import Ablation
from robust_emo.data.dataset import read_dataset
from robust_emo.data.splits import draw_stratified
from robust_emo.engine.engine import Engine
from robust_emo.engine.smoothed_victim import SmoothedVictim
from robust_emo.engine.smoothing import Certificate, SmoothedClassifier, Smoothing
from robust_emo.models.loading import LoadedClassifier, load_classifier
from robust_emo.models.victim import Victim
from robust_emo.plugins import load
from robust_emo.statistics import label_flags, mean_recall
from robust_emo.types import Example

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
MORE_WORDS, MORE_QUERIES = 3, 60


def main() -> None:
    options = _options()
    torch.set_num_threads(1)
    classifier = load_classifier(options.model)
    engine = Engine(Victim(classifier))
    data = read_dataset(options.data, labels=engine.victim.labels)
    examples = draw_stratified(data.examples, options.examples, 0)
    ablation = Ablation(options.mechanism, options.rate)
    print(f"{options.model}: {options.mechanism} at {options.rate:g}, {len(examples)} examples\n")
    print("| samples | exact | abstained | radius | certified | balanced | constant | constant, balanced | s |")
    print("|---|---|---|---|---|---|---|---|---|")
    for samples in sorted(options.samples):
        started = time.perf_counter()
        smoothing = Smoothing(ablation=ablation, samples=samples)
        certificates = list(SmoothedClassifier(engine, smoothing, seed=0).certify(examples))
        _table(samples, certificates, examples, engine.victim.labels, time.perf_counter() - started)
    if options.attacks:
        _attack(classifier, engine, ablation, draw_stratified(data.examples, len(data.examples), 0), options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--mechanism", default="deletion")
    parser.add_argument("--rate", type=float, default=0.8)
    parser.add_argument("--examples", type=int, default=150)
    parser.add_argument("--samples", type=int, nargs="*", default=[1000])
    parser.add_argument("--attacks", nargs="*", default=list(ATTACKS))
    parser.add_argument("--attacked", type=int, default=40, help="Certified texts that are attacked.")
    parser.add_argument("--ways", type=int, default=64, help="Most ways to hide words of an attacked text.")
    parser.add_argument("--most-ways", type=int, default=512, help="The same of what attacks make of it.")
    parser.add_argument("--max-queries", type=int, default=10, help="Of the smoothed model, per text and attack.")
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
    classifier: LoadedClassifier,
    engine: Engine,
    ablation: Ablation,
    examples: Sequence[Example],
    options: argparse.Namespace,
) -> None:
    smoothed = SmoothedClassifier(engine, Smoothing(ablation=ablation, samples=options.most_ways), seed=0)
    short = [e for e in examples if ablation.ways(len(smoothed.reading.words(e.text))) <= options.ways]
    certified = []
    for example in short:
        (made,) = smoothed.certify([example])
        if made.predicted and made.radius and made.words:
            certified.append((example, made))
        if len(certified) == options.attacked:
            break
    attacked = Engine(SmoothedVictim(classifier, ablation, samples=options.most_ways))
    answers = Counter(f"{made.predicted}, {made.radius}" for _, made in certified)
    print(f"\n{len(certified)} certified texts of at most {options.ways} ways; answers and radii: {dict(answers)}\n")
    names = [field.name for field in fields(Tries)]
    print(f"| attack | more words | {' | '.join(names)} |")
    print("|---" * (len(names) + 2) + "|")
    total = Tries()
    for name in options.attacks:
        attack, queries = load("attacks", name), options.max_queries
        tries = try_to_contradict(attack, attacked, smoothed, certified, max_queries=queries)
        total += tries
        _row(name, 0, tries)
    _row("all", 0, total)
    first = load("attacks", options.attacks[0])
    limit = {"max_queries": MORE_QUERIES, "more_words": MORE_WORDS}
    _row(options.attacks[0], MORE_WORDS, try_to_contradict(first, attacked, smoothed, certified, **limit))


def _row(name: str, more: int, tries: Tries) -> None:
    print(f"| {name} | {more} | {' | '.join(map(str, astuple(tries)))} |", flush=True)


if __name__ == "__main__":
    main()
