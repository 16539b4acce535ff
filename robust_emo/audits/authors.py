"""Who wrote the examples: texts of one author are alike, so that bootstraps resample whole authors."""

from collections.abc import Sequence

from robust_emo.types import Example


def authors(examples: Sequence[Example]) -> list[str] | None:
    """One name per example, its own where its author is unknown; None where none is known."""
    if all(example.group is None for example in examples):
        return None
    return [f"group:{example.group}" if example.group is not None else f"id:{example.id}" for example in examples]
