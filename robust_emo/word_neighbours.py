"""Words of similar meaning, from the bundled sentence encoder (all-MiniLM-L6-v2), as a table made beforehand.

The table `tables/word_neighbours.txt` is written by `robust_emo_attacks.neighbour_table`, which says how
pairs are chosen and how good they are. It is shipped, rather than computed on the user's machine, so that an attack
gives the same result everywhere and starts at once. One line per word, nearest neighbour first, with the cosine in
hundredths: ``glad happy=78 pleased=74``.
"""

from functools import cache
from importlib.resources import files

TABLE = "tables/word_neighbours.txt"
LOWEST_COSINE = 0.60
MOST_NEIGHBOURS = 10


@cache
def word_neighbours() -> dict[str, tuple[tuple[str, float], ...]]:
    """Neighbours of every English word that has some: (word, cosine in [0, 1]), nearest first. Lower case."""
    text = (files(__package__) / TABLE).read_text(encoding="utf-8")
    return {line.split(" ", 1)[0]: _entries(line) for line in text.splitlines()}


def _entries(line: str) -> tuple[tuple[str, float], ...]:
    pairs = (entry.partition("=") for entry in line.split(" ")[1:])
    return tuple((word, int(cosine) / 100) for word, _, cosine in pairs)
