"""Work shared out to threads: in order, all of it, and with torch's threads as they were, whatever happens."""

import threading
import time

import pytest
import torch

from robust_emo.models.side_by_side import fair_share, side_by_side

CPU = torch.device("cpu")


@pytest.fixture(params=[1, 2, 3])
def threads(request):
    torch.set_num_threads(request.param)  # the fixture of all tests sets it back
    return request.param


def test_each_item_with_its_answer_in_order(threads):
    def slow_at_first(item):
        time.sleep(0.02 if item == 0 else 0)
        return item * item, torch.get_num_threads()

    assert list(side_by_side(slow_at_first, range(20), CPU)) == [(n, (n * n, 1)) for n in range(20)]
    assert torch.get_num_threads() == threads


def test_as_many_at_a_time_as_there_are_threads(threads):
    together = threading.Barrier(threads, timeout=30)  # breaks where fewer come
    assert all(answer >= 0 for _, answer in side_by_side(lambda _: together.wait(), range(2 * threads), CPU))


def test_an_error_ends_it(threads):
    done = []

    def fails(item):
        done.append(item)
        if item == 3:
            raise ZeroDivisionError
        time.sleep(0.01)

    with pytest.raises(ZeroDivisionError):
        list(side_by_side(fails, range(1000), CPU))
    assert torch.get_num_threads() == threads
    assert len(done) < 500


def test_leaving_early_gives_threads_back(threads):
    doing = []

    def slow(item):
        doing.append(item)
        time.sleep(0.05)
        doing.remove(item)

    shared = side_by_side(slow, range(100), CPU)
    assert next(shared) == (0, None)
    shared.close()
    assert doing == []  # nobody works on with what the caller changes next
    assert torch.get_num_threads() == threads


def test_a_gpu_takes_one_after_the_other(threads):
    here = threading.get_ident()
    found = list(side_by_side(lambda _: threading.get_ident(), range(3), torch.device("cuda")))
    assert found == [(n, here) for n in range(3)]


def test_what_there_is_is_shared_out(threads):
    assert fair_share(300, 4096, CPU) == {1: 4096, 2: 188, 3: 126}[threads]
    assert fair_share(10**6, 4096, CPU) == 4096
    assert fair_share(300, 4096, torch.device("cuda")) == 4096
