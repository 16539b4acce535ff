"""The memory of rows: the newest stay, bounded in bytes whatever a row's size, and trimming costs what it drops."""

import time

import numpy as np

from robust_emo.engine.servers import RowMemory


def fill(memory, texts, features=4):
    memory.add(texts, list(np.zeros((len(texts), features), dtype=np.float32)))
    memory.trim()


def test_the_oldest_leave_first_and_the_newest_stay():
    memory, texts = RowMemory(100_000), [f"text {number}" for number in range(1000)]
    fill(memory, texts)
    gone = memory.missing(texts)
    assert 0 < len(gone) < 1000
    assert gone == texts[: len(gone)]


def test_wide_rows_take_more_of_the_limit_than_narrow_ones():
    texts = [f"text {number}" for number in range(5000)]
    kept = {}
    for features in (4, 384):
        memory = RowMemory(1_000_000)
        fill(memory, texts, features)
        kept[features] = len(texts) - len(memory.missing(texts))
    assert 400 < kept[384] < 1_000_000 / (384 * 4)
    assert kept[4] > 4 * kept[384]


def test_within_the_limit_nothing_is_forgotten():
    memory = RowMemory(1_000_000)
    fill(memory, ["一", "two"])
    assert memory.missing(["two", "一", "three", "three"]) == ["three"]
    assert memory.rows(["two", "一"]).shape == (2, 4)


def test_trimming_a_full_memory_again_and_again_stays_cheap():
    memory, rows = RowMemory(20_000_000), list(np.zeros((2000, 4), dtype=np.float32))
    seconds = []
    for start in range(0, 200_000, 2000):
        memory.add([f"a text of some length {start + number:08d}" for number in range(2000)], rows)
        begun = time.process_time()
        memory.trim()
        seconds.append(time.process_time() - begun)
    assert sum(seconds[-20:]) < 0.3  # looking for the front anew for every row took over a hundred times as long
