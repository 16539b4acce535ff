"""Word-level difference of an original text and its perturbed form, ready to be shown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from robust_emo.words import Words

from . import numbers
from .alignment import Pair, align
from .masking import CHANGED, PLACEHOLDER_WORDS, mask, mask_changed, secrets
from .visible import look_alike, tag_of

_MAX_PIECE = 240
"""Characters shown of one unchanged stretch or one word; the middle of anything longer is left out."""
_MAX_SHOWN = 1_200
"""Characters shown of one text."""
_MAX_PIECES = 120


@dataclass(frozen=True, slots=True)
class Glyphs:
    """A stretch of characters that look alike on the page."""

    text: str
    changed: bool = False
    """Differs from the other text, inside a changed word."""
    tag: str | None = None
    """Code point of the character when it is invisible or a look-alike."""
    left_out: str = ""
    """How many characters are left out here; then `text` is empty."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A changed word, or everything between two changed words."""

    changed: bool
    glyphs: tuple[Glyphs, ...]


@dataclass(frozen=True, slots=True)
class WordDiff:
    """Both texts, cut into pieces in reading order."""

    original: tuple[Piece, ...]
    perturbed: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    other: str | None
    """The text it is compared with; None when nothing stands for it on the other side."""
    is_word: bool = True

    @property
    def changed(self) -> bool:
        return self.text != (self.other or "")


def word_diff(original: str, perturbed: str, *, masked: bool = True) -> WordDiff:
    """Compare two texts word by word, and changed words character by character.

    Args:
        original: the audited text.
        perturbed: what the attack made of it.
        masked: replace names, handles, e-mail addresses, links and numbers in both texts, also where the attack
            broke one of them into pieces that no pattern finds. One that the attack changed is marked as changed.
    """
    hidden = secrets(original) if masked else ()
    left = Words.of(mask(original) if masked else original)
    right = _with_marks(Words.of(mask_changed(perturbed, original))) if masked else Words.of(perturbed)
    pairs = align(left.words, right.words)
    if hidden:
        right = _mask_remains(left, right, pairs, hidden)
    return WordDiff(
        original=_pieces(list(_parts(left, right, pairs))),
        perturbed=_pieces(list(_parts(right, left, [(j, i) for i, j in pairs]))),
    )


def _with_marks(masked: Words) -> Words:
    """The marks behind changed placeholders, which :class:`Words` takes for gaps, as part of their words."""
    words, gaps = list(masked.words), list(masked.gaps)
    for i, word in enumerate(words):
        if word in PLACEHOLDER_WORDS and gaps[i + 1].startswith(CHANGED):
            words[i], gaps[i + 1] = word + CHANGED, gaps[i + 1].removeprefix(CHANGED)
    return Words(tuple(words), tuple(gaps))


def _mask_remains(left: Words, right: Words, pairs: Sequence[Pair], hidden: Sequence[str]) -> Words:
    """Mask words of `right` that stand for a masked word, or are a fragment of what was masked next to them."""
    words = list(right.words)
    for block in _blocks(left, right, pairs):
        tampered = any(i is not None and left[i] in PLACEHOLDER_WORDS for i, _ in block)
        for _, j in block:
            if j is not None and words[j].removesuffix(CHANGED) not in PLACEHOLDER_WORDS:
                fragment = len(words[j]) > 1 and any(words[j].lower() in secret for secret in hidden)
                words[j] = CHANGED if tampered or fragment else words[j]
    return Words(tuple(words), right.gaps)


def _blocks(left: Words, right: Words, pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    """Longest runs of pairs that are not equal."""
    block: list[Pair] = []
    for i, j in pairs:
        if i is not None and j is not None and left[i] == right[j]:
            if block:
                yield block
            block = []
        else:
            block.append((i, j))
    if block:
        yield block


def _parts(here: Words, there: Words, pairs: Sequence[Pair]) -> Iterator[_Part]:
    """Words and gaps of `here` in order, each with what stands for it in `there`."""
    aligned = True
    for i, j in pairs:
        if i is None:
            aligned = False  # the gap after words that only `there` has stands for nothing here
            continue
        gap = here.gaps[i]
        yield _Part(gap, there.gaps[j] if j is not None and aligned else gap, is_word=False)
        yield _Part(here[i], None if j is None else there[j])
        aligned = j is not None
    yield _Part(here.gaps[-1], there.gaps[-1], is_word=False)


def _pieces(parts: Sequence[_Part]) -> tuple[Piece, ...]:
    """Merge unchanged parts, keep changed ones apart, and leave out what nobody can read."""
    pieces: list[Piece] = []
    same, before, shown = "", "", 0
    for number, part in enumerate(parts):
        if shown > _MAX_SHOWN or len(pieces) > _MAX_PIECES:
            rest = len(same) + sum(len(later.text) for later in parts[number:])
            return (*pieces, Piece(False, (Glyphs("", left_out=numbers.count(rest)),))) if rest else tuple(pieces)
        stretches = _stretches(part)
        if not part.changed or (not part.is_word and not any(changed for _, changed in stretches)):
            same += part.text
            continue
        if same:
            pieces.append(Piece(False, _glyphs(same, [(same, False)], before, look_alikes=False)))
        if part.text:
            ascii_before = part.is_word and bool(part.other) and (part.other or "").isascii()
            glyphs = _glyphs(part.text, stretches, same[-1:] or before, look_alikes=ascii_before)
            pieces.append(Piece(True, glyphs))
        shown += min(len(same), _MAX_PIECE) + min(len(part.text), _MAX_PIECE)
        before, same = part.text[-1:] or same[-1:] or before, ""
    if same:
        pieces.append(Piece(False, _glyphs(same, [(same, False)], before, look_alikes=False)))
    return tuple(pieces)


def _stretches(part: _Part) -> list[tuple[str, bool]]:
    """Text cut where it begins or ceases to differ from the other; a wholly different word is one stretch."""
    text, other = part.text, part.other
    if other is None or text == other or len(text) > _MAX_PIECE or len(other) > _MAX_PIECE:
        return [(text, False)]
    matcher = SequenceMatcher(None, other, text, autojunk=False)
    if part.is_word and matcher.ratio() < 0.5:
        return [(text, False)]
    return [(text[j1:j2], operation != "equal") for operation, _, _, j1, j2 in matcher.get_opcodes() if j2 > j1]


def _glyphs(text: str, stretches: Sequence[tuple[str, bool]], before: str, *, look_alikes: bool) -> tuple[Glyphs, ...]:
    """Glyphs of one piece: hidden characters and look-alikes apart with their tag, the rest in long stretches."""
    if len(text) > _MAX_PIECE:
        half = _MAX_PIECE // 2
        head = _glyphs(text[:half], [(text[:half], False)], before, look_alikes=False)
        tail = _glyphs(text[-half:], [(text[-half:], False)], text[-half - 1], look_alikes=False)
        return (*head, Glyphs("", left_out=numbers.count(len(text) - 2 * half)), *tail)
    found: list[Glyphs] = []
    for stretch, changed in stretches:
        plain = ""
        for char in stretch:
            hidden = tag_of(char, before)
            tag = hidden or (look_alike(char) if look_alikes and (changed or len(stretches) == 1) else None)
            before = char
            if tag is None:
                plain += char
                continue
            if plain:
                found.append(Glyphs(plain, changed))
            found.append(Glyphs("" if hidden else char, changed, tag))
            plain = ""
        if plain:
            found.append(Glyphs(plain, changed))
    return tuple(found)
