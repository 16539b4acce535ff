"""English contractions, and where both forms are good English."""

from .word_list import word_list

NEGATED = {
    "do": "don't", "does": "doesn't", "did": "didn't", "is": "isn't", "are": "aren't", "was": "wasn't",
    "were": "weren't", "has": "hasn't", "have": "haven't", "had": "hadn't", "will": "won't", "would": "wouldn't",
    "should": "shouldn't", "could": "couldn't", "can": "can't", "must": "mustn't", "need": "needn't",
    "shall": "shan't",
}  # fmt: skip
"""Auxiliary -> its form with not."""

_IS, _ARE = {"is": "'s", "will": "'ll", "would": "'d"}, {"are": "'re", "will": "'ll", "would": "'d", "have": "'ve"}
SUBJECTS: dict[str, dict[str, str]] = {
    "i": {"am": "'m", "will": "'ll", "would": "'d", "have": "'ve"},
    "you": _ARE,
    "we": _ARE,
    "they": _ARE,
    "he": _IS,
    "she": _IS,
    "it": _IS,
    "that": _IS,
    "there": _IS,
    "here": {"is": "'s"},
    "what": {"is": "'s"},
    "who": {"is": "'s", "will": "'ll"},
    "where": {"is": "'s"},
    "how": {"is": "'s"},
}
"""Word -> verb after it -> how both contract."""

NO_CONTRACTION_AFTER = frozenset(
    word_list("who what where how when why whoever whatever wherever however as than which though that whether if")
)
"""Words before a subject that often end a clause with its verb: "who I am", "than they are"."""

AFTER_HAVE = frozenset(
    word_list("""
been got had done gone seen made never always just already ever lost heard found felt become come known given taken
said told thought read written met kept left grown begun started
""")
)
"""Words that show that "have" is an auxiliary: "I have a dog" does not contract."""

AFTER_WOULD = frozenset(
    word_list("""
be have like love hate say do go get want rather never always really just think make take give see feel need prefer
try tell know probably still also not
""")
)
"""Words that show that 'd is "would"."""

INFORMAL = {
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "got to",
    "gimme": "give me",
    "lemme": "let me",
    "kinda": "kind of",
    "sorta": "sort of",
    "dunno": "don't know",
    "c'mon": "come on",
    "y'all": "you all",
    "could've": "could have",
    "should've": "should have",
    "would've": "would have",
    "might've": "might have",
    "must've": "must have",
}
"""Contraction -> full form, only expanded: "going to Rome" is no "gonna"."""

BARE = {
    **{form.replace("'", ""): form for form in NEGATED.values()},
    "im": "I'm",
    "ive": "I've",
    "youre": "you're",
    "theyre": "they're",
    "youve": "you've",
    "weve": "we've",
    "thats": "that's",
    "whats": "what's",
    "theres": "there's",
    "yall": "y'all",
}
"""Spelling without the apostrophe -> with it."""


def apostrophe_may_go(word: str) -> bool:
    """Whether a contraction in lower case without its apostrophe is still read as the same: not "we'll", "he's"."""
    return BARE.get(word.replace("'", "")) in (word, word[:1].upper() + word[1:])
