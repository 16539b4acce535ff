"""Check digits against their definitions, and numbers of people against numbers of other things."""

import random

import pytest

from robust_emo.personal.check_digits import iban, luhn, resident_id, taiwan_id
from robust_emo.personal.scanning import find

pytestmark = pytest.mark.model_free


def kinds(text):
    return [str(finding.kind) for finding in find(text)]


def luhn_by_its_table(digits):
    """Luhn's check as a table of doubled digits, from the right."""
    table = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]
    return sum(table[int(d)] if i % 2 else int(d) for i, d in enumerate(digits[::-1])) % 10 == 0


def test_luhn_is_its_definition():
    rng = random.Random(0)
    for _ in range(500):
        digits = "".join(rng.choices("0123456789", k=rng.randint(2, 19)))
        assert luhn(digits) == luhn_by_its_table(digits)


def with_check(seventeen):
    """A Chinese resident id by ISO 7064 MOD 11-2 in its recursive form."""
    state = 0
    for digit in seventeen:
        state = (state + int(digit)) * 2 % 11
    return seventeen + "0123456789X"[(12 - state) % 11]


def test_one_check_character_fits_a_resident_id():
    rng = random.Random(1)
    for _ in range(100):
        born = f"{rng.randint(1950, 2009)}{rng.randint(1, 12):02}15"
        body = f"{rng.choice([110105, 440308, 513426])}{born}{rng.randint(0, 999):03}"
        assert [c for c in "0123456789X" if resident_id(body + c)] == [with_check(body)[-1]]
        assert kinds(f"证件 {with_check(body)}") == ["id"]


@pytest.mark.parametrize("value", ["GB82WEST12345698765432", "DE89370400440532013000", "NO9386011117947"])
def test_every_slip_in_an_iban_shows(value):
    assert iban(value)
    for place in range(2, len(value)):
        other = "1" if value[place] != "1" else "2"
        assert not iban(value[:place] + other + value[place + 1 :])
    assert not iban(value[:-1])


def test_an_iban_ends_where_its_country_says():
    (finding,) = find("GB82 WEST 1234 5698 7654 32 IS MINE")
    assert finding.text == "GB82 WEST 1234 5698 7654 32"


def test_the_check_digit_of_taiwan():
    assert [digit for digit in range(10) if taiwan_id(f"A12345678{digit}")] == [9]  # the published example


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4111 1111 1111 1112", []),  # Luhn
        ("9111111111111111", []),  # no such scheme
        ("000-12-3456 and 666-12-3456 and 123-00-4567", []),
        ("123-45-6789", ["id"]),
        ("123 45 6789", []),
        ("my ssn: 123 45 6789", ["id"]),
        ("110105199002300011", []),  # the 30th of February
        ("身份证 110105900230001", []),
        ("身份证 110105900228001", ["id"]),
        ("v 1.2.3.4 is out", []),
        ("300.1.2.3 or 10.0.0.1", []),
        ("from 8.8.4.4", ["ip"]),
        ("at 12:30:45:10", []),
        ("12345678901", []),
        ("call 12345678901", ["phone"]),
        ("2010-01-02 03:04:05", []),
        ("+1 (212) 555 0100", ["phone"]),
        ("#5551234567", []),
        ("1234567890123456789012345678901234567890", []),
    ],
)
def test_numbers(text, expected):
    assert kinds(text) == expected
