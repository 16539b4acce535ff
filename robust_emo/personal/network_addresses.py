"""IP addresses."""

import ipaddress
import re
from collections.abc import Iterator

from robust_emo.personal.finding import Candidate, Certainty, Kind

_FOUR = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_SIX = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{6,39}(?![\w:])")
_VERSION = re.compile(r"(?:\bv|\bversion|\bversions|\brelease|\bfirmware|版本|版)[\s:.]{0,2}$", re.IGNORECASE)


def network_addresses(text: str) -> Iterator[Candidate]:
    """Addresses of IPv4 and IPv6; those that lead to nobody (private, reserved) or look like a version are possible."""
    for match in _FOUR.finditer(text):
        address = _parsed(match.group())
        if address is not None:
            version = _VERSION.search(text, max(0, match.start() - 10), match.start())
            certainty = Certainty.LIKELY if address.is_global and not version else Certainty.POSSIBLE
            yield Candidate(Kind.IP, match.start(), match.end(), certainty)
    for match in _SIX.finditer(text):
        address = _parsed(match.group()) if match.group().count(":") >= 3 else None
        if address is not None:
            yield Candidate(
                Kind.IP, match.start(), match.end(), Certainty.CERTAIN if address.is_global else Certainty.POSSIBLE
            )


def _parsed(value: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(value)
    except ValueError:
        return None
