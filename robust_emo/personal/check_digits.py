"""Arithmetic that tells a real number from a random one."""

import datetime

_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS = "10X98765432"
# First two digits of a Chinese resident id: provinces, autonomous regions, cities (GB/T 2260).
_PROVINCES = """
    11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83
"""
_COUNTRIES = {
    15: "NO", 16: "BE", 18: "DK FI FO GL NL", 19: "MK SI", 20: "AT BA EE KZ LT LU XK", 21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "PT LY",
    26: "IS TR", 27: "FR GR IT MC MR SM", 28: "AL AZ CY DO GT HU LB PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU",
    31: "MT SC",
}  # fmt: skip
IBAN_LENGTHS = {code: length for length, codes in _COUNTRIES.items() for code in codes.split()}
"""Characters of an IBAN by country (ISO 13616 registry)."""


def luhn(digits: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1) of a string of digits."""
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def iban(value: str) -> bool:
    """Country, length and remainder modulo 97 (ISO 13616) of an IBAN in capitals without spaces."""
    if len(value) != IBAN_LENGTHS.get(value[:2]):
        return False
    return int("".join(str(int(character, 36)) for character in value[4:] + value[:4])) % 97 == 1


def resident_id(value: str) -> bool:
    """Province, birthday and check character (GB 11643, ISO 7064 MOD 11-2) of 17 digits and a digit or X."""
    total = sum(weight * int(digit) for weight, digit in zip(_RESIDENT_WEIGHTS, value, strict=False))
    return resident_form(value) and _RESIDENT_CHECKS[total % 11] == value[17].upper()


def resident_form(value: str) -> bool:
    """Province and birthday of a Chinese resident id, of 18 characters or of the 15 that were used until 2000."""
    born = value[6:14] if len(value) == 18 else "19" + value[6:12]
    try:
        date = datetime.date(int(born[:4]), int(born[4:6]), int(born[6:]))
    except ValueError:
        return False
    return value[:2] in _PROVINCES.split() and 1900 <= date.year <= 2100


def social_security(area: str, group: str, serial: str) -> bool:
    """Whether a US social security number can have been given."""
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def taiwan_id(value: str) -> bool:
    """Check digit of a letter, 1 or 2, and eight digits."""
    letter = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(value[0]) + 10
    digits = (letter // 10, letter % 10, *map(int, value[1:]))
    return (
        sum(weight * digit for weight, digit in zip((1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), digits, strict=True)) % 10 == 0
    )
