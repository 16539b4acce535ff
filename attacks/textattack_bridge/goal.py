"""TextAttack's side of the model: a wrapper that asks the engine, and a goal function for goals it does not know."""

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import torch

from robust_emo.arrays import TokenGradients
from robust_emo.engine.goal import Goal, UntargetedSingleLabel

from .greenlets import ask
from .library import textattack

_LONGEST = 512  # words; A2T ranks no word behind these


class PooledModel(textattack.models.wrappers.ModelWrapper):  # type: ignore[misc]  # TextAttack has no types
    """The victim as a TextAttack model wrapper: asks the engine, from within a :class:`~.greenlets.Search`."""

    def __init__(self) -> None:
        self.model = SimpleNamespace()
        self.max_length = _LONGEST

    def __call__(self, text_input_list: Sequence[str], **_: object) -> torch.Tensor:
        """Logits (texts, labels)."""
        texts = list(text_input_list)
        return torch.from_numpy(ask(lambda query: query.scores(texts)))


class PooledGradients(PooledModel):
    """The same for one example of a recipe that looks at gradients.

    The gradient is that of the loss at the input embeddings, dropout off; TextAttack's own wrapper leaves dropout on,
    so that its ranking is partly chance.
    """

    def __init__(self, target: Sequence[float]) -> None:
        super().__init__()
        self._target = tuple(target)
        self._last: tuple[str, TokenGradients] | None = None

    def get_grad(self, text_input: str) -> dict[str, Any]:
        """``gradient``: (tokens, size)."""
        return {"gradient": self._gradients(text_input).values}

    def _tokenize(self, inputs: Sequence[str]) -> list[list[str]]:
        """Tokens as they stand in the text; one that stands nowhere in it matches no word."""
        return [[text[a:b] or "[NONE]" for a, b in self._gradients(text).spans] for text in inputs]

    def _gradients(self, text: str) -> TokenGradients:
        if self._last is None or self._last[0] != text:
            answer = ask(lambda query: query.gradients([text], [self._target]))
            self._last = (text, answer[0])
        return self._last[1]


_Classification = textattack.goal_functions.classification.classification_goal_function.ClassificationGoalFunction


class CoreGoal(_Classification):  # type: ignore[misc, valid-type]  # TextAttack has no types
    """Any goal of the core, for those that TextAttack has no goal function for: several labels, targets, thresholds.

    The score is the goal's progress, squeezed into (0, 1): for an untargeted attack on a single-label model that is
    1 - p, as TextAttack has it.
    """

    def __init__(self, wrapper: PooledModel, goal: Goal) -> None:
        super().__init__(wrapper, use_cache=False, allow_skip=False)
        self._goal = goal

    def _process_model_outputs(self, inputs: Sequence[object], scores: torch.Tensor) -> torch.Tensor:
        return scores

    def _is_goal_complete(self, model_output: torch.Tensor, _: object) -> bool:
        return self._goal.reached(model_output.numpy())

    def _get_score(self, model_output: torch.Tensor, _: object) -> float:
        return _squeezed(float(self._goal.progress(model_output.numpy()[None])[0]))


class CoreReduction(textattack.goal_functions.InputReduction):  # type: ignore[misc]  # TextAttack has no types
    """As few words as possible while no goal of the core is reached: input reduction for those other goals."""

    def __init__(self, wrapper: PooledModel, goal: Goal) -> None:
        super().__init__(wrapper, maximizable=True, use_cache=False, allow_skip=False)
        self._goal = goal

    def _process_model_outputs(self, inputs: Sequence[object], scores: torch.Tensor) -> torch.Tensor:
        return scores

    def _get_score(self, model_output: torch.Tensor, attacked_text: Any) -> float:  # noqa: ANN401
        """Share of words deleted, and within it how far the goal is; 0 once it is reached."""
        row = model_output.numpy()
        if self._goal.reached(row):
            return 0.0
        words: int = self.initial_attacked_text.num_words
        kept: int = attacked_text.num_words
        far = 1 - _squeezed(float(self._goal.progress(row[None])[0]))
        return min(max(words - kept, 0) / words + far / words, 1.0)


def _squeezed(progress: float) -> float:
    return 1.0 / (1.0 + math.exp(min(-progress, 700.0)))  # e^710 is no float


def goal_function_for(goal: Goal, own: Any, wrapper: PooledModel) -> Any:  # noqa: ANN401 - TextAttack goal functions
    """The goal function of one example.

    Args:
        goal: of the core.
        own: the recipe's, ready to be used for this example; kept where it means the same as `goal`.
        wrapper: asks the engine.
    """
    targeted = isinstance(own, textattack.goal_functions.TargetedClassification)
    if isinstance(goal, UntargetedSingleLabel) and not targeted:
        own.model = wrapper
        own.use_cache, own.allow_skip = False, False
        own._process_model_outputs = _probabilities
    elif isinstance(own, textattack.goal_functions.InputReduction):
        own = CoreReduction(wrapper, goal)
    else:
        own = CoreGoal(wrapper, goal)
    own.batch_size = 1 << 30  # one call is one request
    return own


def _probabilities(_: Sequence[object], logits: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.softmax(logits, dim=1)
