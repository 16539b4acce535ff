"""Lines of the catalogues of what audits say: whole, each told by itself, every value where it belongs."""

import json
import re
from itertools import count
from pathlib import Path

import pytest
from robust_emo_reports.language import LANGUAGES, speaking
from robust_emo_reports.masking import mask
from robust_emo_reports.retelling import retold
from robust_emo_reports.told_catalogue import told_files
from robust_emo_reports.told_template import GAP, told_template

pytestmark = pytest.mark.model_free

_OTHERS = [language for language in LANGUAGES if language != "en"]


@pytest.mark.parametrize("language", _OTHERS)
def test_catalogues_are_sorted_and_their_lines_whole(language):
    seen: set[str] = set()
    for name, lines in told_files(language):
        assert list(lines) == sorted(lines), name
        assert seen.isdisjoint(lines), f"{name}: a sentence stands in two files"
        seen |= set(lines)
        for english, other in lines.items():
            assert {int(place) for place in re.findall(r"\{(\d+)\}", other)} == set(range(english.count(GAP))), english
            assert "{}" not in other, english
            assert other.strip(), english


@pytest.mark.parametrize("language", _OTHERS)
def test_every_line_is_told_by_itself_and_hidden_by_no_mask(language):
    """No other template takes it first, and no word of it looks like somebody's name."""
    with speaking(language):
        for name, lines in told_files(language):
            for english, other in lines.items():
                values = list(map(str, range(7, 7 + english.count(GAP))))
                filled = _filled(english)
                assert mask(filled) == filled
                if not name.startswith("phrases"):
                    assert retold(filled) == told_template(english, other).told(values), english


def _filled(line):
    """The line with 7, 8, 9 … in its gaps."""
    numbers = count(7)
    return re.sub(re.escape(GAP), lambda gap: str(next(numbers)), line)


_OTHER_ORDER = json.loads(Path(__file__).with_name("told_in_other_order.json").read_text(encoding="utf-8"))
"""Sentences whose values stand in another order in Chinese, written out by hand so that swapped ones are seen."""


def test_values_that_change_places_are_where_they_belong():
    with speaking("zh"):
        assert {sentence: retold(sentence) for sentence in _OTHER_ORDER} == _OTHER_ORDER


def test_every_line_whose_values_change_places_is_written_out():
    turned = {
        _filled(english)
        for name, lines in told_files("zh")
        for english, other in lines.items()
        if not name.startswith("phrases") and (places := re.findall(r"\{(\d+)\}", other)) != sorted(places, key=int)
    }
    assert turned == set(_OTHER_ORDER)
