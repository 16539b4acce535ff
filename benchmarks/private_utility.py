"""How good a privately trained head is, by ε: the defaults, several draws of the noise, published splits.

    python benchmarks/private_utility.py DATA/tweeteval_emotion --epsilon 8 3 1 --runs 5 [--public-base DIR]

Features are computed once; each run is `descend` with noise of its own, as `train --method private` draws it.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from robust_emo.models.batched import BatchedModel
from robust_emo.progress import Silent
from robust_emo.training.batches import encode
from robust_emo.training.classification_report import classification_report
from robust_emo.training.corpus import Reading, read_corpus
from robust_emo.training.private.contributions import Contributions
from robust_emo.training.private.descent import descend
from robust_emo.training.private.encoders import load_encoders
from robust_emo.training.private.features import features_of, make_model
from robust_emo.training.private.settings import PrivateSettings
from robust_emo.training.private.system_noise import SystemNoise


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="directory with train.csv, validation.csv, test.csv")
    parser.add_argument("--epsilon", type=float, nargs="+", default=[8.0, 3.0, 1.0])
    parser.add_argument("--delta", type=float, nargs="+", default=[None], help="default: that of the library")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--base", default="minilm")
    parser.add_argument("--public-base")
    options = parser.parse_args()
    started = time.perf_counter()
    encoded, features = read_features(options)
    print(f"{len(encoded['train'])} training texts, features in {time.perf_counter() - started:.0f} s")
    for delta in options.delta:
        for target in options.epsilon:
            measure(target, delta, options.runs, encoded, features)


def read_features(options):
    """Encoded texts and their features, by part."""
    files = {name: str(options.data / f"{name}.csv") for name in ("validation", "test")}
    corpus = read_corpus(str(options.data / "train.csv"), **files, reading=Reading(), seed=0)
    names = tuple(filter(None, (options.base, options.public_base)))
    encoders = load_encoders(names, corpus)
    first, longest = encoders[0], 128
    model = make_model(encoders, corpus.labels, corpus.task)
    batched = BatchedModel(
        model, first.tokenizer, device="cpu", precision="fp32", max_length=longest, positions=first.max_length
    )
    encoded = {
        name: encode(part, first.tokenizer, labels=corpus.labels, task=corpus.task, max_length=longest)
        for name, part in corpus.parts.items()
    }
    width = model.classifier.in_features
    return encoded, {name: features_of(batched, width, part, name, Silent()) for name, part in encoded.items()}


def measure(target, delta, runs, encoded, features):
    """Print one line for an ε."""
    settings = PrivateSettings(epsilon=target, delta=delta)
    data = Contributions.of(features["train"], encoded["train"])
    plan, schedule = settings.planned(data.count), settings.schedule(data.count)
    found = {"validation": [], "test": []}
    for _ in range(runs):
        weights = descend(data, schedule, noise_multiplier=plan.steps.noise_multiplier, noise=SystemNoise())
        for name, reports in found.items():
            logits = (features[name] @ weights).astype(np.float32)
            reports.append(classification_report(logits, encoded[name]))
    cells = []
    for name, reports in found.items():
        f1, right = ([getattr(each, what) for each in reports] for what in ("macro_f1", "accuracy"))
        cells.append(f"{name} macro-F1 {np.mean(f1):.3f} (sd {np.std(f1, ddof=1):.3f}) accuracy {np.mean(right):.3f}")
    print(
        f"epsilon {plan.epsilon:.3f} delta {plan.delta:.2e} noise {plan.steps.noise_multiplier:.3f} "
        f"steps {schedule.steps} rate {schedule.learning_rate:.2f}: "
        f"{'; '.join(cells)}",
        flush=True,
    )


if __name__ == "__main__":
    main()
