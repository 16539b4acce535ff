"""The server of masked language models: all proposals asked for in a round, in packed batches."""

from collections.abc import Sequence

from robust_emo.engine.requests import FillMaskRequest
from robust_emo.models.masked_lm import Blank, MaskedLanguageModel, Proposals


class FillMaskServer:
    """Loads each model that is asked for once, at the first question.

    Args:
        device: torch device of the models.
    """

    def __init__(self, device: str) -> None:
        self._device = device
        self._models: dict[str, MaskedLanguageModel] = {}

    def answer(self, requests: Sequence[FillMaskRequest]) -> list[list[Proposals]]:
        """Per request one list of proposals for each of its positions.

        Raises:
            InputError: a model cannot be used.
        """
        answers: list[list[Proposals]] = [[] for _ in requests]
        for name in dict.fromkeys(request.model for request in requests):
            asked = [i for i, request in enumerate(requests) if request.model == name]
            blanks = [
                Blank(requests[i].text, start, end, requests[i].masked, requests[i].top_k)
                for i in asked
                for start, end in requests[i].positions
            ]
            proposals = iter(self._model(name).propose(blanks))
            for i in asked:
                answers[i] = [next(proposals) for _ in requests[i].positions]
        return answers

    def _model(self, name: str) -> MaskedLanguageModel:
        if name not in self._models:
            self._models[name] = MaskedLanguageModel(name, device=self._device)
        return self._models[name]
