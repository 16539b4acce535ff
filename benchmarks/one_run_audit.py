"""What the one-run audit finds: in private heads, in an overfit model, and in simulated trainings of known ε.

    python benchmarks/one_run_audit.py head DATA/tweeteval_emotion [--epsilon 8] [--seeds 6] [--kind features]
    python benchmarks/one_run_audit.py overfit DATA/tweeteval_emotion [--kind mislabelled]
    python benchmarks/one_run_audit.py null [--runs 1000]

`head` computes the features once and trains each head as `train --method private --canaries 400` does, with coins and
noise of its own. `overfit` fine-tunes MiniLM on 1,000 texts for 8 epochs, mislabelled canaries among them. `null` draws
guesses as trainings of known ε would leave them.
"""

import argparse
import math
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from private_utility import read_features
from scipy.stats import binom

from robust_emo.canaries.plan import CanaryPlan
from robust_emo.canaries.scoring import guess, scores
from robust_emo.canaries.sealed import open_seal
from robust_emo.data.dataset import read_dataset
from robust_emo.data.writing import write_csv
from robust_emo.models.batched import BatchedModel
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import read_manifest
from robust_emo.models.victim import Victim
from robust_emo.progress import Silent
from robust_emo.statistics.exposure import exposures
from robust_emo.statistics.one_run import Guesses, one_run_epsilon
from robust_emo.statistics.one_run_f_dp import gaussian_epsilon, one_run_epsilon_f_dp, one_run_epsilon_gaussian
from robust_emo.training.batches import encode
from robust_emo.training.corpus import Reading, read_corpus
from robust_emo.training.hyperparameters import Hyperparameters
from robust_emo.training.private.canary_units import CanaryUnits
from robust_emo.training.private.contributions import Contributions
from robust_emo.training.private.descent import descend
from robust_emo.training.private.encoders import load_encoders
from robust_emo.training.private.features import features_of, make_model
from robust_emo.training.private.settings import PrivateSettings
from robust_emo.training.private.system_noise import SystemNoise
from robust_emo.training.train import train
from robust_emo.types import Task

BOUNDS = {
    "(eps, delta)": one_run_epsilon,
    "f of (eps, delta)": one_run_epsilon_f_dp,
    "Gaussian f": one_run_epsilon_gaussian,
}


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["head", "overfit", "null"])
    parser.add_argument("data", type=Path, nargs="?", help="directory with train.csv, validation.csv, test.csv")
    parser.add_argument("--epsilon", type=float, default=8.0)
    parser.add_argument("--seeds", type=int, default=6, help="heads, each with coins and noise of its own")
    parser.add_argument("--canaries", type=int, default=400)
    parser.add_argument("--guesses", type=int, help="default: a quarter of the canaries")
    parser.add_argument("--kind", help="default: features for head, mislabelled for overfit")
    parser.add_argument("--runs", type=int, default=1000, help="of each simulated training")
    options = parser.parse_args()
    {"head": head, "overfit": overfit, "null": null}[options.what](options)


def planned(options, kind):
    return CanaryPlan(count=options.canaries, kind=options.kind or kind, guesses=options.guesses)


# --- private heads ---------------------------------------------------------------------------------------------------


def head(options):
    options.base, options.public_base = "minilm", None
    encoded, features = read_features(options)
    data = Contributions.of(features["train"], encoded["train"])
    labels, read = encoded["train"].labels, reader(options, encoded["train"])
    settings = PrivateSettings(epsilon=options.epsilon)
    plan = planned(options, "features")
    units_in_all = data.count + plan.count
    budget, schedule = settings.planned(units_in_all), settings.schedule(units_in_all)
    print(f"epsilon {budget.epsilon:.3f} at delta {budget.delta:.2e}, {plan.count} canaries ({plan.kind}), "
          f"{plan.guessed} guesses, {data.count} texts")  # fmt: skip
    found = {name: [] for name in BOUNDS}
    for number in range(1, options.seeds + 1):
        units = CanaryUnits.drawn(plan, labels, width=data.features.shape[1] - 1, read=read)
        sealed = units.with_expected(data, schedule)
        noise = budget.steps.noise_multiplier
        weights = descend(units.among(data), schedule, noise_multiplier=noise, noise=SystemNoise())
        margins = scores(units.features @ weights, labels, sealed.canaries, data.task)
        seen = guess(margins, sealed.canaries, plan.guessed)
        for name, bound in BOUNDS.items():
            found[name].append(bound(seen, delta=budget.delta))
        cells = ", ".join(f"{name} {values[-1]:.2f}" for name, values in found.items())
        print(f"head {number}: {seen.correct} of {seen.guesses} right; {cells}", flush=True)
    for name, values in found.items():
        print(f"{name}: median {np.median(values):.2f}, {min(values):.2f} to {max(values):.2f}")


def reader(options, train_data):
    """Features of canary texts, by the same encoder."""
    corpus = read_corpus(
        str(options.data / "train.csv"), validation=str(options.data / "validation.csv"),
        test=str(options.data / "test.csv"), reading=Reading(), seed=0,
    )  # fmt: skip
    (encoder,) = load_encoders(("minilm",), corpus)
    model = make_model((encoder,), corpus.labels, corpus.task)
    batched = BatchedModel(
        model, encoder.tokenizer, device="cpu", precision="fp32", max_length=128, positions=encoder.max_length
    )

    def read(examples):
        part = encode(examples, encoder.tokenizer, labels=train_data.labels, task=train_data.task, max_length=128)
        return features_of(batched, model.classifier.in_features, part, "canary", Silent())

    return read


# --- an overfit model ------------------------------------------------------------------------------------------------


def overfit(options):
    plan = planned(options, "mislabelled")
    files = {name: str(options.data / f"{name}.csv") for name in ("validation", "test")}
    examples = read_dataset(str(options.data / "train.csv")).examples
    chosen = np.random.default_rng(0).choice(len(examples), size=1000, replace=False)
    settings = replace(Hyperparameters.recommended("minilm", "standard"), epochs=8, keep="last", precision="fp32")
    with tempfile.TemporaryDirectory() as folder:
        data = write_csv(Path(folder) / "train.csv", [examples[row] for row in sorted(chosen)], Task.SINGLE_LABEL)
        out = Path(folder) / "model"
        trained = train(str(data), out, settings=settings, device="cpu", canaries=plan, **files)
        seal, victim = read_manifest(out).canaries, Victim(load_classifier(out))
        sealed = open_seal(seal, seal.located(out))
        logits = victim.logits([canary.text for canary in sealed.canaries])
    found = scores(logits, victim.labels, sealed.canaries, victim.task)
    seen = guess(found, sealed.canaries, plan.guessed)
    inserted = np.array([canary.inserted for canary in sealed.canaries])
    bits, most = exposures(found[inserted], found[~inserted]), math.log2((~inserted).sum() + 1)
    print(f"test macro-F1 {trained.test.macro_f1:.3f}; {plan.count} canaries ({plan.kind}), {inserted.sum()} inserted")
    print(f"{seen.correct} of {seen.guesses} right; exposure {bits.mean():.2f} of {most:.2f}")
    for name, bound in BOUNDS.items():
        print(f"{name}: {bound(seen, delta=1e-5):.2f} at delta 1e-5")


# --- simulated trainings of known ε ----------------------------------------------------------------------------------


def null(options):
    rng, runs, m = np.random.default_rng(0), options.runs, 400
    print(f"{runs} runs each; share whose bound at 95% is above the true epsilon (where known: its exact probability)")
    for epsilon in (0.5, 1.0, 2.0, 4.0):
        for delta in (0.0, 1e-3):
            right = delta + (1 - delta) / (1 + math.exp(-epsilon))
            name = f"randomised response{f', coins given away with probability {delta:g}' if delta else ''}"
            exact = binom.pmf(np.arange(m + 1), m, right)
            report(name, rng.binomial(m, right, runs), (m, m), epsilon, delta, exact=exact)
    for mu in (0.25, 0.5, 1.0, 1.73, 3.0):
        for guesses in (100, 400):
            coins = rng.random((runs, m)) < 0.5
            order = np.argsort(-(mu * coins + rng.normal(size=coins.shape)), axis=1)
            ranked, half = np.take_along_axis(coins, order, axis=1), guesses // 2
            correct = ranked[:, :half].sum(axis=1) + (~ranked[:, m - half :]).sum(axis=1)
            name = f"Gaussian, mu {mu:g}, {guesses} guesses"
            report(name, correct, (m, guesses), gaussian_epsilon(mu, delta=1e-5), 1e-5, gaussian=True)
    exact = binom.pmf(np.arange(101), 100, 0.5)
    report("no leak, 100 guesses", rng.binomial(100, 0.5, runs), (m, 100), 0.0, 1e-5, exact=exact, gaussian=True)


def report(name, correct, sizes, epsilon, delta, *, exact=None, gaussian=False):
    """Print one line for a kind of training, with the Gaussian bound where it is a Gaussian one."""
    cells = []
    for title, bound in BOUNDS.items():
        if title == "Gaussian f" and not gaussian:
            continue
        seen = np.unique(correct) if exact is None else np.arange(sizes[1] + 1)
        by_count = {c: bound(Guesses(*sizes, int(c)), delta=delta) for c in seen}
        values = np.array([by_count[c] for c in correct])
        known = ""
        if exact is not None:
            known = f" ({sum(exact[c] for c in seen if by_count[c] > epsilon + 1e-9):.3f})"
        cells.append(f"{title} {np.mean(values > epsilon + 1e-9):.3f}{known}, median bound {np.median(values):.2f}")
    print(f"{name}, true epsilon {epsilon:.2f}: {'; '.join(cells)}", flush=True)


if __name__ == "__main__":
    main()
