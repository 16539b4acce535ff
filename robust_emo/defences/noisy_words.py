"""Where words begin and end in texts whose letters may be something else: gre@t, sh1t, h.a.p.p.y."""

import re
from dataclasses import dataclass

_LETTER = r"[^\W\d_]"
_INSIDE = r"[@$€*|!.\-_+]"  # signs that stand for a letter or set letters apart
_NOISY_WORD = re.compile(
    rf"\\[nrt]"  # an escaped line break, as exports leave them
    rf"|@\w+(?![\w@$])"  # a handle
    rf"|#?(?:{_LETTER}|[0-9@$](?=[\w@$]*{_LETTER}))(?:\w|['’](?!s\b)|{_INSIDE}(?={_LETTER}))*"
    rf"|\w+"
)


@dataclass(frozen=True, slots=True)
class NoisyWord:
    """A stretch text[start:end]."""

    text: str
    start: int
    end: int


def noisy_words(text: str) -> list[NoisyWord]:
    """Stretches that may be words, a leading # or @ included.

    Between them there is no letter, but for special tokens of models: [UNK], <mask>.
    """
    return [
        NoisyWord(match.group(), match.start(), match.end())
        for match in _NOISY_WORD.finditer(text)
        if match.group()[0] != "\\" and text[max(0, match.start() - 1) : match.end() + 1] not in _special(match.group())
    ]


def _special(word: str) -> tuple[str, str]:
    return f"[{word}]", f"<{word}>"
