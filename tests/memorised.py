"""Texts of random words with random emotions: nothing can be learnt of them but by heart."""

import random
from pathlib import Path

from sentences import write_rows

EMOTIONS = ("anger", "fear", "joy", "sadness")
_SYLLABLES = [a + b for a in "bdfgklmnprst" for b in "aeiou"]


def random_rows(count: int, *, seed: int, author_of: int | None = None) -> list[dict[str, str]]:
    """Rows of eight made-up words each; with `author_of`, so many rows in turn are of one author."""
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        words = ["".join(rng.choices(_SYLLABLES, k=rng.choice((1, 2)))) for _ in range(8)]
        row = {"id": f"{seed}-{number}", "text": " ".join(words), "label": EMOTIONS[number % 4]}
        if author_of:
            row["author"] = f"author {number // author_of}"
        rows.append(row)
    return rows


def memorising_model(
    folder: Path, *, members: list[dict[str, str]], others: list[dict[str, str]], epochs: int = 60
) -> Path:
    """A tiny model that knows `members` by heart, after so many epochs; `others` are its test data."""
    from robust_emo.training.hyperparameters import Hyperparameters
    from robust_emo.training.train import train

    train_file, test_file = write_rows(folder / "members.csv", members), write_rows(folder / "others.csv", others)
    settings = Hyperparameters(
        epochs=epochs,
        patience=epochs,
        batch_size=16,
        learning_rate=3e-3,
        head_factor=1.0,
        precision="fp32",
        keep="last",
        max_length=32,
    )
    train(
        str(train_file),
        folder / "model",
        base="scratch:tiny",
        settings=settings,
        validation=str(test_file),
        test=str(test_file),
        device="cpu",
    )
    return folder / "model"
