"""Every number of a report is put into words here, so that one place knows the reader's conventions."""

from .language import later, say

DECIMAL_MARK = "."
GROUP_MARK = ","
NOT_MEASURED = later("not measured")
NO_INTERVAL = later("no interval")
RANGE = " – "


def count(number: int) -> str:
    """``12,345``."""
    return _local(f"{number:,}")


def level(confidence: float) -> str:
    """Confidence of an interval, as exact as it was given: ``95%``, ``97.5%``."""
    return _local(f"{100 * confidence:.6g}%")


def percent(share: float, digits: int = 1) -> str:
    """A share in [0, 1] as ``78.3%``."""
    return _local(f"{100 * share:.{digits}f}%")


def percent_range(low: float, high: float) -> str:
    """``75.1% – 81.2%``."""
    return f"{percent(low)}{RANGE}{percent(high)}"


def points(difference: float) -> str:
    """A difference of two shares in percentage points, always with its sign: ``+3.5``, ``−25.0``."""
    rounded = round(100 * difference, 1) + 0.0  # no minus sign before zero
    return _local(f"{rounded:+.1f}").replace("-", "\u2212")


def mark(value: float) -> str:
    """A round value at an axis: ``20``, ``−5``, ``0.25``."""
    return _local(f"{round(value, 6) + 0.0:g}").replace("-", "\u2212")


def p_value(p: float) -> str:
    """``0.070``, ``below 0.001``."""
    return decimal(p) if p >= 0.001 else say("below {p}", p=decimal(0.001))


def whole(number: float) -> str:
    """A budget as it was given: ``3``, ``1,000``, ``2.5``."""
    return _local(f"{number:,g}" if number < 1e6 else f"{number:,.0f}")


def decimal(number: float, digits: int = 3) -> str:
    """``0.783``."""
    return _local(f"{number:,.{digits}f}")


def signed(difference: float, digits: int = 3) -> str:
    """A difference, always with its sign: ``+0.013``, ``−0.046``."""
    rounded = round(difference, digits) + 0.0  # no minus sign before zero
    return _local(f"{rounded:+,.{digits}f}").replace("-", "\u2212")


def general(number: float) -> str:
    """About three significant digits, whatever the size: ``0.0123``, ``4.57``, ``50.0``, ``1,230``."""
    size = abs(number)
    if size >= 1:
        return _local(f"{number:,.{0 if size >= 1000 else 1 if size >= 10 else 2}f}")
    return _local(f"{number:.3g}" if size >= 0.001 or size == 0 else f"{number:.2e}")


def duration(seconds: float) -> str:
    """``850 ms``, ``12.5 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds < 1:
        return say("{n} ms", n=round(seconds * 1000))
    if seconds < 60:
        return say("{n} s", n=_local(f"{seconds:.1f}"))
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return say("{hours} h {minutes} min", hours=hours, minutes=minutes)
    return say("{minutes} min {seconds} s", minutes=minutes, seconds=rest)


def coordinate(number: float) -> str:
    """A position in a drawing, in percent of its width or height; never localised."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _local(text: str) -> str:
    return text.translate({ord("."): DECIMAL_MARK, ord(","): GROUP_MARK})
