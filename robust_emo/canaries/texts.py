"""Three kinds of canary texts: with the emotion they are labelled with, with another one, and random words."""

import random
from collections.abc import Callable, Mapping, Sequence

from robust_emo.canaries.phrases import DEEDS, FEELINGS, NAMES, PLACES, THINGS, TIMES
from robust_emo.emotions import position

_WORDS = tuple(
    sorted({word for table in (NAMES, DEEDS, THINGS, PLACES, TIMES) for entry in table for word in entry.split()})
)
_FEWEST_WORDS, _MOST_WORDS = 8, 13
"""Of random words in a text."""

Made = Callable[[Sequence[str], random.Random], tuple[str, str]]
"""Labels and randomness to a text and its label."""


def emotion(labels: Sequence[str], rng: random.Random) -> tuple[str, str]:
    """A text and the label that is nearest to what it says; a label at random where some has no known position."""
    feeling = rng.choice(sorted(FEELINGS))
    nearest = _nearest(feeling, labels)
    return _sentence(feeling, rng), rng.choice(list(nearest or labels))


def mislabelled(labels: Sequence[str], rng: random.Random) -> tuple[str, str]:
    """A text and one of the other labels, any of them alike: if it were always the farthest, it could be learnt."""
    feeling = rng.choice(sorted(FEELINGS))
    nearest = _nearest(feeling, labels) or ()
    others = [label for label in labels if label not in nearest] or labels
    return _sentence(feeling, rng), rng.choice(list(others))


def random_words(labels: Sequence[str], rng: random.Random) -> tuple[str, str]:
    """Words that say nothing together, and any label."""
    words = rng.choices(_WORDS, k=rng.randint(_FEWEST_WORDS, _MOST_WORDS))
    return " ".join(words), rng.choice(list(labels))


TEXTS: Mapping[str, Made] = {"emotion": emotion, "mislabelled": mislabelled, "random": random_words}
"""By the name of their kind."""


def _sentence(feeling: str, rng: random.Random) -> str:
    said = rng.choice(FEELINGS[feeling])
    name, other = rng.sample(NAMES, 2)
    return (
        f"{said} because {name} {rng.choice(DEEDS)} the {rng.choice(THINGS)} of {other} at the {rng.choice(PLACES)} "
        f"{rng.choice(TIMES)}"
    )


def _nearest(feeling: str, labels: Sequence[str]) -> Sequence[str] | None:
    """The labels nearest to a feeling, more than one where they mean the same; None where one is unknown."""
    here = position(feeling)
    places = [position(label) for label in labels]
    distances = [here.distance(place) for place in places if here is not None and place is not None]
    if len(distances) < len(labels):
        return None
    least = min(distances)
    return [label for label, distance in zip(labels, distances, strict=True) if distance <= least]
