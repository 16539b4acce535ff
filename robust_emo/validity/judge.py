"""A judge: another classifier that must still find the gold emotion in the perturbed text."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from robust_emo.errors import InputError
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim


class Judge:
    """A classifier from disk that speaks on the labels it shares with the model under audit.

    Args:
        directory: what `save_pretrained` wrote.
        victim_labels: of the model under audit; case does not matter.
        device: torch device.

    Raises:
        InputError: the directory holds no classifier, or none of its labels is one of `victim_labels`.
    """

    def __init__(self, directory: str | Path, *, victim_labels: Iterable[str], device: str = "cpu") -> None:
        self._model = Victim(load_classifier(directory), device=device)
        own = {label.lower() for label in self._model.labels}
        victims = {label.lower() for label in victim_labels}
        self.shared = frozenset(own & victims)
        """Labels in lower case that both models know."""
        self.unknown = tuple(sorted(victims - own))
        """Labels of the model under audit that the judge does not know."""
        self.sha256 = self._model.sha256
        if not self.shared:
            raise InputError(
                f"the judge in {directory} shares no label with the model under audit: it knows "
                f"{', '.join(sorted(own))}; the model knows {', '.join(sorted(victims))}"
            )
        self._predicted = lru_cache(maxsize=4096)(self._predict)

    def accepts(self, text: str, labels: Iterable[str]) -> bool | None:
        """Whether the judge finds exactly the gold labels, of those shared; None when it knows none of the gold ones.

        Raises:
            ValueError: a logit of the judge is not finite.
        """
        gold = {label.lower() for label in labels}
        if gold and not gold & self.shared:
            return None
        return self._predicted(text) & self.shared == gold & self.shared

    def _predict(self, text: str) -> frozenset[str]:
        (prediction,) = self._model.predictions(self._model.logits([text]))
        return frozenset(label.lower() for label in prediction.labels)
