"""Texts written to stall a search: the time grows with the length of the text, not faster."""

import time

import pytest

from robust_emo.personal.finding import Certainty
from robust_emo.personal.scanning import find

pytestmark = pytest.mark.model_free

PARTS = (
    "a", "a.", "1", "1-", "1.", "1 ", "(1)", "a@a.", "@", "@a ", "-.", "Anna ", "Anna Smith ", "J. ", "my name is ",
    "Mr. ", "王", "王老师", "我叫", "微信", "加v", "QQ", "snap: a", "http://", "www.", "a.b/", "u/", "::", "1:", "GB82",
    "DE89 ", "x at gmail dot ", "a [at] b [dot] ", "0000 0000 0000 0000 ", "\u200b", "１", "é", "[NAME]",
    "[NAME_1] ", "\n",
)  # fmt: skip


def seconds(text):
    started = time.process_time()
    find(text, certainty=Certainty.POSSIBLE)
    return time.process_time() - started


@pytest.mark.parametrize("part", PARTS)
def test_time_grows_with_the_length(part):
    """A quadratic search of 32 times the text takes 1024 times as long; a linear one 32 times, give or take."""
    short, long = (seconds(part * (length // len(part))) for length in (2_000, 64_000))
    assert long < max(32 * short * 8, 2)


def test_a_megabyte_without_a_blank_ends():
    assert seconds("a.1-@/" * 170_000) < 120
