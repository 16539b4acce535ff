"""A model that knows its training texts by heart, and texts beside them from the same shuffle.

Writes OUT/members.csv (1,000 distinct training texts), OUT/others.csv (1,000 further ones), OUT/unseen.csv (the rest),
and OUT/overfit, trained on the members for eight epochs with the last one kept: the positive control of attacks on
privacy.

    python benchmarks/overfit_model.py DATA/tweeteval_emotion OUT
"""

import argparse
import random
from pathlib import Path

from robust_emo.data.dataset import read_dataset
from robust_emo.data.duplicates import fold
from robust_emo.data.writing import write_csv
from robust_emo.training.hyperparameters import Hyperparameters
from robust_emo.training.train import train
from robust_emo.types import Example, Task

TEXTS = 1000


def main() -> None:
    """Shuffle, divide, train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    distinct: dict[str, Example] = {}
    for example in read_dataset(str(options.data / "train.csv")).examples:
        distinct.setdefault(fold(example.text), example)
    pool = list(distinct.values())
    random.Random(0).shuffle(pool)
    options.out.mkdir(parents=True, exist_ok=True)
    parts = {"members": pool[:TEXTS], "others": pool[TEXTS : 2 * TEXTS], "unseen": pool[2 * TEXTS :]}
    for name, part in parts.items():
        write_csv(options.out / f"{name}.csv", part, Task.SINGLE_LABEL)
    train(
        str(options.out / "members.csv"),
        options.out / "overfit",
        settings=Hyperparameters(epochs=8, patience=8, keep="last", precision="fp32"),
        validation=str(options.data / "validation.csv"),
        test=str(options.out / "others.csv"),
        device="cpu",
    )


if __name__ == "__main__":
    main()
