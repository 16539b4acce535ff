"""Quality of `robust-emo train` with its defaults on published splits; prints a markdown table.

    python benchmarks/train_quality.py tweeteval_emotion --data DATA --seeds 0 1 2
    python benchmarks/train_quality.py dair_emotion --data DATA
    python benchmarks/train_quality.py goemotions --data DATA --texts 12000 --set class_weights=sqrt
    python benchmarks/train_quality.py zh_smp2020_usual --data DATA --base scratch:small --baseline

The data set is a folder of DATA with train, validation and test as .csv or .csv.gz. `--texts` draws a stratified part
of the training data (validation and test data stay whole). `--baseline` adds TF-IDF with logistic regression. A
training that was interrupted goes on where it stopped when the same command is given again.
"""

import argparse
import sys
import time
from dataclasses import fields, replace
from pathlib import Path
from statistics import mean

import torch

from robust_emo.data.dataset import read_dataset
from robust_emo.data.splits import draw_stratified
from robust_emo.data.writing import write_csv
from robust_emo.training.hyperparameters import Hyperparameters
from robust_emo.training.observer import SilentObserver
from robust_emo.training.train import Trained, train
from robust_emo.types import Task


class Log(SilentObserver):
    """One line per epoch and note on stderr."""

    def epoch_ended(self, record):
        print(
            f"  epoch {record.epoch}: loss {record.train_loss:.4f}, validation macro-F1 {record.macro_f1:.4f}",
            file=sys.stderr,
        )

    def noted(self, message):
        print(f"  {message}", file=sys.stderr)


def part(folder: Path, name: str) -> Path:
    """`name`.csv or `name`.csv.gz."""
    plain = folder / f"{name}.csv"
    return plain if plain.exists() else folder / f"{name}.csv.gz"


def settings_of(arguments: argparse.Namespace) -> Hyperparameters:
    """The recommended settings, changed by `--set name=value`."""
    settings = Hyperparameters.recommended(arguments.base, arguments.method)
    kinds = {field.name: type(getattr(settings, field.name)) for field in fields(settings)}
    given = dict(pair.split("=", 1) for pair in arguments.set)
    return replace(settings, **{name: kinds[name](value) for name, value in given.items()})


def training_file(arguments: argparse.Namespace, folder: Path) -> Path:
    """The training data, or the stratified part of it that was asked for."""
    whole = part(folder, "train")
    if not arguments.texts:
        return whole
    data = read_dataset(whole)
    drawn = arguments.out / f"{arguments.dataset}-{arguments.texts}.csv"
    write_csv(drawn, draw_stratified(data.examples, arguments.texts, 0), data.task)
    return drawn


def baseline(folder: Path, source: Path) -> tuple[float, float]:
    """Accuracy and macro-F1 on test data of logistic regression on TF-IDF, not tuned: words, or CJK characters, 1-2."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score, f1_score

    known, test = read_dataset(source), read_dataset(part(folder, "test"))
    if known.task is Task.MULTI_LABEL:
        raise SystemExit("--baseline is for single-label data")
    analyzer = "char" if folder.name.startswith("zh_") else "word"
    vectorizer = TfidfVectorizer(analyzer=analyzer, ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    features = vectorizer.fit_transform([example.text for example in known.examples])
    model = LogisticRegression(max_iter=1000).fit(features, [example.labels[0] for example in known.examples])
    gold = [example.labels[0] for example in test.examples]
    predicted = model.predict(vectorizer.transform([example.text for example in test.examples]))
    return accuracy_score(gold, predicted), f1_score(gold, predicted, average="macro")


def run(arguments: argparse.Namespace, seed: int, source: Path, folder: Path) -> tuple[Trained, float]:
    start = time.perf_counter()
    trained = train(
        str(source),
        arguments.out / f"{arguments.dataset}-seed{seed}",
        base=arguments.base,
        settings=replace(settings_of(arguments), seed=seed),
        validation=str(part(folder, "validation")),
        test=str(part(folder, "test")),
        overwrite=True,
        resume=True,
        observer=Log(),
    )
    return trained, time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset")
    parser.add_argument("--data", type=Path, required=True, help="folder of data sets")
    parser.add_argument("--out", type=Path, default=Path("runs/quality"), help="where the models go")
    parser.add_argument("--base", default="minilm")
    parser.add_argument("--method", default="standard", choices=["standard", "lora"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--texts", type=int, help="training texts to draw")
    parser.add_argument("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE", help="hyperparameters")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--baseline", action="store_true")
    arguments = parser.parse_args()
    folder = arguments.data / arguments.dataset
    if not folder.is_dir():
        parser.error(f"no data set {folder}")
    torch.set_num_threads(arguments.threads)
    arguments.out.mkdir(parents=True, exist_ok=True)
    source = training_file(arguments, folder)
    print(f"{source}, base {arguments.base}, {arguments.threads} threads, {settings_of(arguments)}\n")
    print("| seed | epoch kept | precision | test accuracy | test macro-F1 | test micro-F1 | n | seconds |")
    print("|---|---|---|---|---|---|---|---|")
    found = []
    for seed in arguments.seeds:
        trained, seconds = run(arguments, seed, source, folder)
        test, manifest = trained.test, trained.manifest
        found.append(test.macro_f1)
        figures = f"{test.accuracy:.4f} | {test.macro_f1:.4f} | {test.micro_f1:.4f} | {test.n} | {seconds:.0f}"
        print(f"| {seed} | {manifest.best_epoch} | {manifest.precision} | {figures} |", flush=True)
    if len(found) > 1:
        print(f"\nMean macro-F1 of {len(found)} seeds: {mean(found):.4f} (lowest {min(found):.4f})")
    if arguments.baseline:
        accuracy, macro_f1 = baseline(folder, source)
        print(f"\nTF-IDF and logistic regression: test accuracy {accuracy:.4f}, macro-F1 {macro_f1:.4f}")


if __name__ == "__main__":
    main()
