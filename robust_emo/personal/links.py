"""Links: with a scheme, with ``www.``, or a known domain with a path."""

import re
from collections.abc import Iterator

from robust_emo.personal.finding import Candidate, Certainty, Kind

# What may stand in a link: no space, no Chinese or Japanese character, no punctuation of theirs, nothing masked.
_IN = r"[^\s<>\"\u2014\u2018-\u201d\u2026\u3000-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\ue000\uf900-\uffff]"
_SCHEME = re.compile(rf"(?:https?|ftp)\s?:\s?//{_IN}++", re.IGNORECASE)
_WWW = re.compile(rf"(?<![\w.@])www\.{_IN}++", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w.@\-/])(?=[\w\-]++\.)(?P<domain>(?:[\w\-]++\.)++[\w\-]++)/(?P<path>" + _IN + "++)")
_CLOSING = ".,;:!?'*)]}>|…([{"

# Top-level domains that are no words, and short names of services that use such as are.
_DOMAINS = """
    com org net edu gov mil int info biz app dev blog xyz io co cn uk de fr ru jp eu tv cc ly gl fm ca au br nl se es kr
    tw hk mx pl
"""
_SERVICES = """
    youtu.be fb.me t.me wp.me redd.it ift.tt t.co goo.gl is.gd v.gd j.mp amzn.to db.tt paypal.me wa.me m.me line.me
    instagr.am yelp.to nyti.ms tcrn.ch cash.me ow.ly lnkd.in
"""
_KNOWN_DOMAINS, _KNOWN_SERVICES = frozenset(_DOMAINS.split()), frozenset(_SERVICES.split())


def links(text: str) -> Iterator[Candidate]:
    """Links without the punctuation behind them; a bare domain without a path is none."""
    for pattern in (_SCHEME, _WWW):
        for match in pattern.finditer(text):
            end = _end(match.group()) + match.start()
            if re.search(r"[/.]\w", text[match.start() : end]):
                yield Candidate(Kind.LINK, match.start(), end, Certainty.CERTAIN)
    for match in _BARE.finditer(text):
        end = _end(match.group()) + match.start()
        domain = match["domain"].lower()
        known = domain.rpartition(".")[2] in _KNOWN_DOMAINS or domain in _KNOWN_SERVICES
        if end > match.start("path") and any(map(str.isalpha, domain)):
            yield Candidate(Kind.LINK, match.start(), end, Certainty.LIKELY if known else Certainty.POSSIBLE)


def _end(link: str) -> int:
    """Length without closing punctuation; a bracket that is opened inside stays."""
    end = len(link)
    brackets = link.count(")") - link.count("(")
    while end and link[end - 1] in _CLOSING:
        if link[end - 1] == ")":
            if brackets <= 0:
                break
            brackets -= 1
        end -= 1
    return end
