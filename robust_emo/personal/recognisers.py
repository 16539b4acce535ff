"""The built-in recognisers, and what a recogniser is."""

from collections.abc import Callable, Iterable

from robust_emo.personal.accounts import accounts
from robust_emo.personal.chinese_names import chinese_names
from robust_emo.personal.emails import emails
from robust_emo.personal.english_names import english_names
from robust_emo.personal.finding import Candidate
from robust_emo.personal.handles import handles
from robust_emo.personal.identity_numbers import identity_numbers
from robust_emo.personal.links import links
from robust_emo.personal.network_addresses import network_addresses
from robust_emo.personal.payment_numbers import payment_numbers
from robust_emo.personal.phones import phones

Recogniser = Callable[[str], Iterable[Candidate]]
"""From a folded text (see :mod:`robust_emo.personal.folded`) to candidates, which may overlap."""

BUILT_IN: tuple[Recogniser, ...] = (
    emails,
    links,
    handles,
    accounts,
    identity_numbers,
    payment_numbers,
    network_addresses,
    phones,
    english_names,
    chinese_names,
)
