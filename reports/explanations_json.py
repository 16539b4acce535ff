"""Explanations for machines, with all their fields."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from robust_emo.errors import RobustEmoError
from robust_emo.plugins import PluginSpec
from robust_emo.types import Explanation

from .json import without_lone_surrogates


class ExplanationsJson:
    """A list of explanations.

    Args:
        single: the one explanation itself, without a list around it.
    """

    spec = PluginSpec(name="json", version="1", summary="explanations with all their fields, for machines")
    suffix = ".json"

    def __init__(self, *, single: bool = False) -> None:
        self._single = single

    def render(self, explanations: Sequence[Explanation]) -> bytes:
        """UTF-8 JSON, keys in order of declaration, two spaces of indent, one newline at the end.

        Raises:
            RobustEmoError: a number is NaN or infinite, or `single` and there is not exactly one explanation.
        """
        if self._single and len(explanations) != 1:
            raise RobustEmoError(f"expected a single explanation, got {len(explanations)}")
        found = [asdict(explanation) for explanation in explanations]
        try:
            text = json.dumps(found[0] if self._single else found, ensure_ascii=False, allow_nan=False, indent=2)
        except ValueError as error:
            raise RobustEmoError(f"an explanation holds a number that JSON cannot: {error}") from error
        return (without_lone_surrogates(text) + "\n").encode()
