"""A judge: another classifier that must still find the gold emotion in the perturbed text."""

from collections.abc import Iterable
from pathlib import Path

from robust_emo.engine.requests import Query
from robust_emo.errors import InputError
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim


class Judge:
    """A classifier from disk that speaks on the labels it shares with the model under audit.

    Texts go through the engine that was made with its `model`, so those of many examples share batches.

    Args:
        directory: what `save_pretrained` wrote.
        victim_labels: of the model under audit; case does not matter.
        device: torch device.

    Raises:
        InputError: the directory holds no classifier, or none of its labels is one of `victim_labels`.
    """

    def __init__(self, directory: str | Path, *, victim_labels: Iterable[str], device: str = "cpu") -> None:
        self.model = Victim(load_classifier(directory), device=device)
        """In fp32."""
        own = {label.lower() for label in self.model.labels}
        victims = {label.lower() for label in victim_labels}
        self.shared = frozenset(own & victims)
        """Labels in lower case that both models know."""
        self.unknown = tuple(sorted(victims - own))
        """Labels of the model under audit that the judge does not know."""
        self.sha256 = self.model.sha256
        if not self.shared:
            raise InputError(
                f"the judge in {directory} shares no label with the model under audit: it knows "
                f"{', '.join(sorted(own))}; the model knows {', '.join(sorted(victims))}"
            )

    async def accepts(self, text: str, labels: Iterable[str], query: Query) -> bool | None:
        """Whether the judge finds exactly the gold labels, of those shared; None when it knows none of the gold ones.

        Raises:
            PrerequisiteError: the engine was made without the judge.
            ValueError: a logit of the judge is not finite.
        """
        gold = {label.lower() for label in labels}
        if gold and not gold & self.shared:
            return None
        (prediction,) = self.model.predictions(await query.judge_scores([text]))
        return {label.lower() for label in prediction.labels} & self.shared == gold & self.shared
