"""Batches side by side, one thread each, instead of one batch after the other on all threads.

Products of a few thousand tokens are too small to be shared out well: two threads wait for each other in every single
one, and what lies between the products is not shared out at all. And numbers stay the same to the bit, whatever the
number of threads, since one thread makes all of a batch's.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

import torch

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def side_by_side(
    do: Callable[[Item], Answer], items: Iterable[Item], device: torch.device
) -> Iterator[tuple[Item, Answer]]:
    """Each item with what `do` makes of it, in order; on a processor, as many at a time as torch has threads.

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
        ordered = list(items)
        answers = map(do, ordered) if workers == 1 else _pool(workers).map(do, ordered)
        yield from zip(ordered, answers, strict=True)


def fair_share(work: int, most: int, device: torch.device) -> int:
    """How much of the work a batch may be, at most `most`, so that there is something to do for each thread."""
    workers = torch.get_num_threads() if device.type == "cpu" else 1
    return min(most, -(-work // workers))


@cache
def _pool(workers: int) -> ThreadPoolExecutor:
    """Kept, since kernels set up their memory anew in each new thread."""
    return ThreadPoolExecutor(workers, thread_name_prefix="batches")


@contextmanager
def one_thread_each() -> Iterator[int]:
    """Within it, torch uses one thread in each thread that asks; yields the number that it had."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield threads
    finally:
        torch.set_num_threads(threads)
