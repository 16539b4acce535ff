"""Searches that are written as plain functions, each in a greenlet of its own, paused whenever they ask the engine."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from greenlet import getcurrent, greenlet

from robust_emo.engine.requests import Query

Result = TypeVar("Result")
Question = Callable[[Query], Awaitable[Any]]


def ask(question: Question) -> Any:  # noqa: ANN401 - depends on the question
    """Pause the search that calls this until the engine has answered; returns the answer.

    Raises:
        Exception: whatever the question raised, such as an exhausted query budget.
        RuntimeError: not called from within a :class:`Search`.
    """
    outside = getcurrent().parent
    if outside is None:
        raise RuntimeError("a pooled model or encoder can only be asked from within a search")
    return outside.switch(question)


@dataclass(frozen=True, slots=True)
class Draws:
    """The global generators' states, and whether gradients are on: what greenlets of one thread would share."""

    python: Any
    numpy: Any
    torch: torch.Tensor
    gradients: bool

    @classmethod
    def now(cls) -> "Draws":
        """As they stand."""
        return cls(
            random.getstate(), np.random.get_state(), torch.default_generator.get_state(), torch.is_grad_enabled()
        )

    @classmethod
    def seeded(cls, seed: int) -> "Draws":
        """As they stand after seeding all three.

        Args:
            seed: in [0, 2^32).
        """
        before = cls.now()
        seed_generators(seed)
        seeded = cls.now()
        before.restore()
        return seeded

    def restore(self) -> None:
        """Put them back."""
        random.setstate(self.python)
        np.random.set_state(self.numpy)
        torch.default_generator.set_state(self.torch)
        torch.set_grad_enabled(self.gradients)


def seed_generators(seed: int) -> None:
    """Seed the global generators of random, numpy and torch, as a sequential run does before each example."""
    random.seed(seed)
    np.random.seed(seed)
    torch.default_generator.manual_seed(seed)


class Search(Generic[Result]):
    """A function that may :func:`ask`, run step by step from a coroutine.

    It sees its own random numbers, wherever it is paused and whoever draws meanwhile. The global generators are left
    as the search that ran last left them.

    Args:
        work: the search, without arguments.
        seed: of its random numbers, in [0, 2^32).
    """

    def __init__(self, work: Callable[[], Result], *, seed: int) -> None:
        self._greenlet = greenlet(work)
        self._draws = Draws.seeded(seed)

    async def run(self, query: Query) -> Result:
        """Drive the search to its end, asking `query` for it.

        Closing the coroutine that awaits this ends the search where it is paused.

        Raises:
            Exception: what the search raises, or the answer's exception that it lets pass.
        """
        try:
            step = self._resume(self._greenlet.switch)
            while not self._greenlet.dead:
                try:
                    answer = await step(query)
                except Exception as error:
                    step = self._resume(partial(self._greenlet.throw, error))
                else:
                    step = self._resume(partial(self._greenlet.switch, answer))
            return step  # type: ignore[no-any-return]  # the last step is what the search returned
        finally:
            if not self._greenlet.dead:
                self._resume(self._greenlet.throw)

    def _resume(self, enter: Callable[[], Any]) -> Any:  # noqa: ANN401 - a question, or the result
        gradients = torch.is_grad_enabled()
        self._draws.restore()
        try:
            return enter()
        finally:
            self._draws = Draws.now()
            torch.set_grad_enabled(gradients)
