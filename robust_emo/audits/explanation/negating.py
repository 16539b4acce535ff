"""A text and its denial: one negation put in or taken out by rule, English and Chinese."""

import re
from dataclasses import dataclass

from robust_emo.validity.negation import negation_spans


@dataclass(frozen=True, slots=True)
class Denial:
    """Two texts that differ in one negation."""

    plain: str
    negated: str
    start: int
    end: int
    """negated[start:end] is the word that denies, with the verb that it has grown together with: "not", "don't"."""
    inserted: bool
    """Whether `negated` is the one that was made; else `plain`."""


_COPULA = re.compile(
    r"\b(?:i['’]?m|(?:you|we|they)['’]re|i\s+am|(?:you|we|they)\s+(?:are|were)|"
    r"(?:i|he|she|it|this|that)\s+was|(?:he|she|it|this|that)\s+is|(?:i|you|we|they|he|she|it)\s+(?:will|would|should|could|can))"
    r"(?=\s+\w)",
    re.IGNORECASE,
)
_VERBS = (
    "love like hate feel want enjoy miss need think know trust fear adore hope wish believe care appreciate regret "
    "understand deserve worry cry laugh smile despise dread admire look seem"
)
_OPENS = r"(?:^|[^\w\s'’]\s*|\b(?:and|but|because|that|when|how|why|if|as|since|so)\s+)"  # no "What makes you feel"
_PRESENT = re.compile(
    rf"{_OPENS}\b(?:i|you|we|they|people)\s+(?:really\s+|just\s+|still\s+|so\s+|always\s+)?(?={'|'.join(_VERBS.split())}\b)",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    "(?:很|非常|真的|真|好|太|特别)?(?=喜欢|高兴|开心|快乐|难过|伤心|生气|害怕|满意|幸福|担心|紧张|愉快|兴奋)"
)
_CONTRACTED = re.compile(r"\b(?P<verb>\w+?)n(?P<mark>['’]?)t$", re.IGNORECASE)
_BARE = {"ca": "can", "wo": "will", "sha": "shall"}
_ALONE = {"not", "never", "不", "没"}
_WORD = re.compile(r"[\w'’]+")


def denial(text: str) -> Denial | None:
    """The text beside its denial; None where no rule fits, or it denies more than one thing already.

    "I am happy" becomes "I am not happy", "I love it" "I don't love it", 我很高兴 我不高兴; and the other way round.
    Contractions without an apostrophe ("dont") are understood, forms of the past are left alone.
    """
    spans = negation_spans(text)
    if not spans:
        return _inserted(text)
    return _removed(text, *spans[0]) if len(spans) == 1 else None


def _inserted(text: str) -> Denial | None:
    found = [(match, added) for rule, added in _RULES if (match := rule.search(text))]
    if not found:
        return None
    match, added = min(found, key=lambda pair: pair[0].start())
    if added == "不":  # in the place of a word of degree
        negated, start = text[: match.start()] + added + text[match.end() :], match.start()
    elif added == " not":
        negated, start = text[: match.end()] + added + text[match.end() :], match.end() + 1
    else:
        negated, start = f"{text[: match.end()]}{added} {text[match.end() :]}", match.end()
    return Denial(text, negated, start, start + len(added.strip()), inserted=True)


_RULES = ((_COPULA, " not"), (_PRESENT, "don't"), (_CHINESE, "不"))


def _removed(text: str, start: int, end: int) -> Denial | None:
    word = next((m for m in _WORD.finditer(text) if m.start() <= start and end <= m.end()), None)
    found = text[start:end]
    if found.lower() in _ALONE:
        before, behind = text[:start], text[end:]
        plain = before + (behind if before and not before[-1].isspace() else behind.lstrip())
        return Denial(plain, text, start, end, inserted=False) if plain.strip() else None
    if word is None:
        return None
    if word.group().lower() == "cannot":
        kept = word.group()[:3]
    else:
        contracted = _CONTRACTED.match(word.group())
        if contracted is None or contracted["verb"].lower() in ("ai", ""):
            return None
        kept = _BARE.get(contracted["verb"].lower(), contracted["verb"])
    return Denial(text[: word.start()] + kept + text[word.end() :], text, word.start(), word.end(), inserted=False)
