"""Sentences that a tiny model can learn, and where the real data lie."""

import csv
import random
from pathlib import Path

SHARED = Path(__file__).parents[1].parent / "shared"

EMOTIONAL = {
    "anger": ["furious", "angry", "outraged", "annoyed", "raging", "livid"],
    "fear": ["terrified", "scared", "afraid", "nervous", "worried", "anxious"],
    "joy": ["happy", "delighted", "glad", "thrilled", "cheerful", "overjoyed"],
    "sadness": ["sad", "lonely", "heartbroken", "gloomy", "miserable", "tearful"],
}
_STARTS = ["Today I am", "We were so", "Honestly she felt", "After the long call he was", "The whole team is", "I feel"]
_ENDS = ["about the new house", "because of the letter 😀", "when the train came", "again #monday", "and said so!", ""]


def emotion_rows(count: int, seed: int = 0) -> list[dict[str, str]]:
    """Labelled sentences in which one word tells the emotion."""
    rng = random.Random(seed)
    rows = []
    for number in range(count):
        label = list(EMOTIONAL)[number % len(EMOTIONAL)]
        text = f"{rng.choice(_STARTS)} {rng.choice(EMOTIONAL[label])} {rng.choice(_ENDS)} {rng.randint(1, 99)}".strip()
        rows.append({"text": text, "label": label, "author": f"author{number % 12}"})
    return rows


def write_rows(path: Path, rows: list[dict[str, str]]) -> Path:
    """Rows as CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
