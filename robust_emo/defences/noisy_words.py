"""Where words begin and end in texts whose letters may be something else: gre@t, sh1t, h.a.p.p.y."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LETTER = r"[^\W\d_]"
_INSIDE = r"[@$€*|!.\-_+]"  # signs that stand for a letter or set letters apart
_NEAR = "{0,32}"  # how far ahead a letter is looked for: without an end, a long row of signs would take hours
_NO_WORD = (
    r"\\[nrt]"  # an escaped line break, as exports leave them
    r"|(?i:https?://|www\.)\S+"
    r"|\w[\w.+-]{0,63}@\w[\w-]{1,62}(?:\.\w{2,63})+"  # an e-mail address
    r"|(?i:\b(?:[\w-]{1,63}\.){1,4}(?:com|org|net|edu|gov|(?:co|ly|me|gl|be|uk|de|io)(?=/))(?:/\S*)?(?!\w))"
    r"|(?<!\w)(?:[xX][dD]+|[:;=xX]['’]?-?[DPpOoSs3]+|[Tt]_+[Tt]|[oOuU0][_.]+[oOuU0])(?!\w)"  # an emoticon
    r"|(?<![\w@$])\d+(?:st|nd|rd|th|s|am|pm|k|x)(?![\w@$])"  # 3rd, 5pm, 80s
    r"|(?<!\w)(?i:e\.g|i\.e|[ap]\.m|p\.s|u\.[sk])(?!\w|\.\w)"
)
_NOISY_WORD = re.compile(
    rf"(?P<no_word>{_NO_WORD})"
    rf"|@\w+(?![\w@$])"  # a handle
    rf"|#?(?:{_LETTER}|[0-9@$](?=[\w@$]{_NEAR}{_LETTER}))(?:\w|['’](?!s\b)|{_INSIDE}(?={_LETTER}))*"
    rf"|\w+"
)
_PARTED = re.compile(r"[^.\-_+]+")
# Of BERT's and RoBERTa's kind; whoever puts brackets around a misspelling is not let off.
_SPECIAL = frozenset(("[UNK]", "[MASK]", "[PAD]", "[CLS]", "[SEP]", "<unk>", "<mask>", "<pad>"))


@dataclass(frozen=True, slots=True)
class NoisyWord:
    """A stretch text[start:end]."""

    text: str
    start: int
    end: int


def noisy_words(text: str) -> list[NoisyWord]:
    """Stretches that may be words, a leading # or @ included.

    Left out are links, e-mail addresses, emoticons, ordinals, a few abbreviations with dots, and special tokens of
    models: [UNK], <mask>. A dot, a hyphen and the like part words, but for single letters that they set apart.
    """
    return [
        word
        for match in _NOISY_WORD.finditer(text)
        if match["no_word"] is None and text[max(0, match.start() - 1) : match.end() + 1] not in _SPECIAL
        for word in _parts(match.group(), match.start())
    ]


def _parts(written: str, start: int) -> Iterator[NoisyWord]:
    parts = [] if written.startswith("@") or written.isalnum() else list(_PARTED.finditer(written))
    if all(len(part.group().lstrip("#")) == 1 for part in parts):
        yield NoisyWord(written, start, start + len(written))
    else:
        for part in parts:
            yield NoisyWord(part.group(), start + part.start(), start + part.end())
