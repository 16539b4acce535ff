"""Batches side by side, one thread each, instead of one batch after the other on all threads.

Products of a few thousand tokens are too small to be shared out well: two threads wait for each other in every single
one, and what lies between the products is not shared out at all. And numbers stay the same to the bit, whatever the
number of threads, since one thread makes all of a batch's.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

import torch

_PADDING = 1.25  # what is filled up counts as well

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def side_by_side(
    do: Callable[[Item], Answer], items: Iterable[Item], device: torch.device
) -> Iterator[tuple[Item, Answer]]:
    """Each item with what `do` makes of it, in order; on a processor, as many at a time as torch has threads.

    Until the last answer is taken, torch has one thread in the whole process. Leaving early, by an error or Ctrl-C,
    waits for the items that are being done: what they use must not be changed under them.

    Args:
        do: called from several threads at once; whatever it needs of torch's settings that are of a thread alone, such
            as autocast, it enters itself.
        items: of the work.
        device: where it is done; a GPU takes one after the other.
    """
    if device.type != "cpu":
        for item in items:
            yield item, do(item)
        return
    with one_thread_each() as workers:
        if workers == 1:
            yield from ((item, do(item)) for item in items)
            return
        waiting: list[tuple[Item, Future[Answer]]] = []
        try:
            waiting += ((item, _pool(workers).submit(do, item)) for item in items)
            yield from ((item, answer.result()) for item, answer in waiting)
        finally:
            for _, answer in waiting:
                answer.cancel()
            wait([answer for _, answer in waiting])


def fair_share(work: int, most: int, device: torch.device) -> int:
    """How much of the work a batch may be, at most `most`, so that there is something to do for each thread."""
    workers = torch.get_num_threads() if device.type == "cpu" else 1
    return most if workers == 1 else min(most, int(_PADDING * work / workers) + 1)


@cache
def _pool(workers: int) -> ThreadPoolExecutor:
    """Kept, since kernels set up their memory anew in each new thread."""
    return ThreadPoolExecutor(workers, "batches", initializer=torch.set_num_threads, initargs=(1,))


@contextmanager
def one_thread_each() -> Iterator[int]:
    """Within it, torch uses one thread in each thread that asks; yields the number that it had."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield threads
    finally:
        torch.set_num_threads(threads)
