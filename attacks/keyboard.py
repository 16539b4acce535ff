"""Which keys lie side by side on a QWERTY keyboard."""

from functools import cache

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
# Each row sits half a key to the right of the one above, so a key touches two keys of the row above (same column
# and the next one) and two of the row below (the column before and the same one).


@cache
def neighbours(key: str) -> tuple[str, ...]:
    """Letters and digits next to `key`, in its case; empty for what is not on the main rows.

    >>> neighbours("g")
    ('f', 'h', 't', 'y', 'v', 'b')
    """
    for number, row in enumerate(_ROWS):
        column = row.find(key.lower())
        if column < 0:
            continue
        places = [(number, column - 1), (number, column + 1), (number - 1, column), (number - 1, column + 1)]
        places += [(number + 1, column - 1), (number + 1, column)]
        near = [_ROWS[r][c] for r, c in places if 0 <= r < len(_ROWS) and 0 <= c < len(_ROWS[r])]
        return tuple(letter.upper() if key.isupper() else letter for letter in near)
    return ()
