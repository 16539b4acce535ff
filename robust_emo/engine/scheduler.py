"""Drives many coroutines in rounds: gather what all of them ask, answer each kind at once, continue all of them."""

from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from robust_emo.engine.requests import Request
from robust_emo.engine.servers import Server
from robust_emo.errors import PrerequisiteError, concerns_the_whole_run

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Job(Generic[Result]):
    """One coroutine to drive; `start` makes it when its turn comes."""

    key: str
    start: Callable[[], Coroutine[Request, Any, Result]]


@dataclass(frozen=True, slots=True)
class Finished(Generic[Result]):
    """A job that ended: with a result, or with the exception it raised."""

    key: str
    result: Result | None
    error: Exception | None


@dataclass(slots=True)
class _Running(Generic[Result]):
    key: str
    coroutine: Coroutine[Request, Any, Result]
    request: Request


class Scheduler:
    """Runs jobs, up to `pool` at once.

    Args:
        servers: one per request type that can be answered.
        pool: coroutines alive at the same time; larger pools make fuller batches.
    """

    def __init__(self, servers: Mapping[type, Server], *, pool: int = 256) -> None:
        self._servers = servers
        self._pool = pool

    def run(self, jobs: Iterable[Job[Result]]) -> Iterator[Finished[Result]]:
        """Yield jobs as they end, in no particular order. One that raises does not disturb the others.

        Leaving the loop early (or Ctrl-C) closes all coroutines still alive.

        Raises:
            CacheError, OSError: a server cannot work at all, e.g. because the disk is full.
        """
        waiting = iter(jobs)
        running: list[_Running[Result]] = []
        try:
            while True:
                still, finished = self._begin(islice(waiting, self._pool - len(running)))
                running += still
                yield from finished
                if not running:
                    if not finished:
                        return
                    continue
                running, finished = self._advance(running, self._answers(running))
                yield from finished
        finally:
            for job in running:
                job.coroutine.close()

    def _begin(self, jobs: Iterable[Job[Result]]) -> tuple[list[_Running[Result]], list[Finished[Result]]]:
        steps = [_step(job.key, job.start(), None) for job in jobs]
        return _sorted_out(steps)

    def _advance(
        self, running: Sequence[_Running[Result]], answers: Sequence[Any]
    ) -> tuple[list[_Running[Result]], list[Finished[Result]]]:
        steps = [_step(job.key, job.coroutine, answer) for job, answer in zip(running, answers, strict=True)]
        return _sorted_out(steps)

    def _answers(self, running: Sequence[_Running[Result]]) -> list[Any]:
        """One answer, or the exception to raise inside the coroutine, per running job."""
        answers: list[Any] = [None] * len(running)
        kinds: dict[type, list[int]] = {}
        for position, job in enumerate(running):
            kinds.setdefault(type(job.request), []).append(position)
        for kind, positions in kinds.items():
            requests = [running[position].request for position in positions]
            for position, answer in zip(positions, self._ask(kind, requests), strict=True):
                answers[position] = answer
        return answers

    def _ask(self, kind: type, requests: Sequence[Request]) -> Sequence[Any]:
        server = self._servers.get(kind)
        if server is None:
            missing = PrerequisiteError(f"this run has no server for {kind.__name__}")
            return [missing] * len(requests)
        try:
            return server.answer(requests)
        except Exception as error:
            if concerns_the_whole_run(error):
                raise
            if len(requests) == 1:
                return [error]
        # Somebody's request broke the round: ask one by one, so that only the culprits fail.
        return [answer for request in requests for answer in self._ask(kind, [request])]


def _step(key: str, coroutine: Coroutine[Request, Any, Result], answer: Any) -> _Running[Result] | Finished[Result]:  # noqa: ANN401
    try:
        if isinstance(answer, Exception):
            return _Running(key, coroutine, coroutine.throw(answer))
        return _Running(key, coroutine, coroutine.send(answer))
    except StopIteration as stop:
        return Finished(key, stop.value, None)
    except (Exception, SystemExit) as error:  # an attack that calls exit() must not end the audit with its code
        return Finished(key, None, error if isinstance(error, Exception) else RuntimeError(f"called exit({error})"))


def _sorted_out(
    steps: Iterable[_Running[Result] | Finished[Result]],
) -> tuple[list[_Running[Result]], list[Finished[Result]]]:
    running: list[_Running[Result]] = []
    finished: list[Finished[Result]] = []
    for step in steps:
        if isinstance(step, _Running):
            running.append(step)
        else:
            finished.append(step)
    return running, finished
