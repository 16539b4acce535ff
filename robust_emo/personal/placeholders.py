"""What stands in a text in place of personal data: masks, which forget, and surrogates, which keep apart."""

import re

from robust_emo.personal.finding import Kind

MASKS = {
    Kind.NAME: "[NAME]",  # as in GoEmotions (Demszky et al. 2020)
    Kind.EMAIL: "[EMAIL]",
    Kind.PHONE: "[PHONE]",
    Kind.HANDLE: "@user",  # as in TweetEval (Barbieri et al. 2020)
    Kind.LINK: "[LINK]",
    Kind.ACCOUNT: "[ACCOUNT]",
    Kind.ID: "[ID]",
    Kind.CARD: "[CARD]",
    Kind.IBAN: "[IBAN]",
    Kind.IP: "[IP]",
}
"""By kind; the same for every value."""

_FORMS = {
    Kind.NAME: "person_{}",
    Kind.EMAIL: "user_{}@example.org",  # a domain that nobody can have (RFC 2606)
    Kind.HANDLE: "@user_{}",
    Kind.LINK: "https://example.org/{}",
} | {kind: f"{kind}_{{}}" for kind in (Kind.PHONE, Kind.ACCOUNT, Kind.ID, Kind.CARD, Kind.IBAN, Kind.IP)}


def surrogate(kind: Kind, number: int) -> str:
    """The surrogate of a kind by its number, from 1: ``person_3``, ``user_3@example.org``."""
    return _FORMS[kind].format(number)


def _pattern(kind: Kind, form: str) -> str:
    """A form with its number, where no letter or digit makes something else of it."""
    before = "" if kind in (Kind.HANDLE, Kind.LINK) else "(?<![A-Za-z0-9_.@-])"
    return rf"{before}{re.escape(form).replace(re.escape('{}'), f'(?P<{kind}>[1-9][0-9]{{0,8}})')}(?![A-Za-z0-9_-])"


ANONYMISED = re.compile(
    "|".join(
        (*map(re.escape, (mask for mask in MASKS.values() if mask != "@user")),
         *(_pattern(kind, form) for kind, form in _FORMS.items()),
         "@user(?![A-Za-z0-9_]|-[A-Za-z0-9])"),
    )
)  # fmt: skip
"""Masks and surrogates: what is no personal data any more. A group named after the kind holds a surrogate's number."""
