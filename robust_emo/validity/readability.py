"""What a reader makes of noise: which changed words can still be read, and how much of the text cannot.

Readers recover transposed letters at a cost that is small inside a word and larger at its beginning (Rayner, White,
Johnson & Liversedge 2006, "Raeding wrods with jubmled lettres"); that the first letter stays is asked for by
Pruthi, Dhingra & Lipton (2019), too.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from robust_emo.models.minilm import minilm_directory
from robust_emo.validity.alignment import Alignment, Change, Token
from robust_emo.validity.chinese_reading import homophones, is_common, is_han, same_negations
from robust_emo.words import edit_distance

_LEET = str.maketrans("0134578@$€|", "oieastbasel")
_MASK = re.compile(r"[*_#%&$@!.\-]+")
_MOST_EDITED = 0.4  # share of letters that may differ in one word
_MOST_EDITED_RUN = 0.2  # the same for a run of words
_CONTRACTION = re.compile("[a-z]+(?:n't|'(?:m|s|d|re|ve|ll))")
_LONGEST_PIECE = 20  # letters
_HOMOPHONE = 0.5  # cost of a character that is read by its sound
_MOVED_BORDER = 0.3  # cost of each word in a run of words whose blanks moved


@dataclass(frozen=True, slots=True)
class Reading:
    """The perturbed text as a reader takes it."""

    text: str
    """Noisy words put right; words that became other words stay."""
    noise: float
    """Mean over the words of the original, in [0, 1]: 1 for a word that cannot be read, the share of wrong letters for
    one that can, 0 for one that is clean."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the perturbed text: what it is read as (None: as it stands) and what that costs, in words."""

    start: int
    end: int
    word: str | None
    cost: float


def read(perturbed: str, alignment: Alignment) -> Reading:
    """Read a perturbed text beside its original."""
    parts, end, noise = [], 0, 0.0
    for piece in (piece for change in alignment.changes for piece in _resolve(change)):
        noise += piece.cost
        if piece.word is not None:
            parts += [perturbed[end : piece.start], piece.word]
            end = piece.end
    text = "".join(parts) + perturbed[end:]
    return Reading(text, min(1.0, noise / max(1, len(alignment.original))))


def _resolve(change: Change) -> list[_Piece]:
    removed, added = change.removed, change.added
    if not removed or not added:
        return []
    if all(is_han(token.text) for token in removed):
        return _resolve_chinese(removed, added)
    left = _letters("".join(token.text for token in removed))
    right = _letters("".join(token.text for token in added))
    edits = _edits(left, right)
    # blanks that moved, with hardly any other mistake
    if left and (edits == 0 or (len(added) > 1 and edits <= _MOST_EDITED_RUN * len(left) and not _all_words(added))):
        cost = _MOVED_BORDER * len(removed) if min(len(removed), len(added)) > 1 else 0.0
        return [
            _Piece(added[0].start, added[-1].end, " ".join(token.text for token in removed), cost + edits / len(left))
        ]
    paired = len(removed) == len(added)
    return [_one(token, removed[i : i + 1] if paired else removed) for i, token in enumerate(added)]


def _all_words(tokens: Sequence[Token]) -> bool:
    return all(_is_known(token.text) for token in tokens)


def _resolve_chinese(removed: Sequence[Token], added: Sequence[Token]) -> list[_Piece]:
    """A run that sounds the same as a whole, or in most characters, is read as the original, but for negations."""
    whole = "".join(token.text for token in removed)
    if homophones(whole, "".join(token.text for token in added)):
        return [_Piece(added[0].start, added[-1].end, whole, _HOMOPHONE * len(removed))]
    alike = [homophones(a.text, b.text) for a, b in zip(removed, added, strict=False)]
    if len(removed) == len(added) and 2 * sum(alike) > len(alike):
        costs = [_HOMOPHONE if same else 1.0 for same in alike]
        return [
            _Piece(b.start, b.end, a.text, cost)
            if same_negations(a.text, b.text)
            else _Piece(b.start, b.end, None, 0.0)
            for a, b, cost in zip(removed, added, costs, strict=True)
        ]
    odd = [1.0 if is_han(token.text) and not is_common(token.text) else 0.0 for token in added]
    return [_Piece(token.start, token.end, None, cost) for token, cost in zip(added, odd, strict=True)]


def _one(token: Token, candidates: Sequence[Token]) -> _Piece:
    costs = [(cost, other.text) for other in candidates if (cost := letter_noise(other.text, token.text)) is not None]
    if costs:
        cost, word = min(costs)
        return _Piece(token.start, token.end, word, cost)
    return _Piece(token.start, token.end, None, 0.0 if token.is_name or is_word(token.text) else 1.0)


@lru_cache(maxsize=65536)
def letter_noise(word: str, noisy: str) -> float | None:
    """How much of `word` is wrong in `noisy`, in [0, 1); None when it is not read as `word`.

    Case, accents, stretched letters, digits for letters, and masked letters cost nothing. Another English word is not
    noise: "live" is not read as "love".
    """
    left, right = _letters(word), _letters(noisy)
    if left and (left == right or _squeezed(left) == _squeezed(right)):
        return 0.0
    if _masked(word, noisy):
        return 0.0
    if not left or not right or _is_known(noisy):
        return None
    edits = _edits(left, right)
    same_start = left[0] == right[0]
    limit = max(1.0, _MOST_EDITED * len(left)) if same_start else 1.0
    if len(left) > 3 and same_start and left[-1] == right[-1] and sorted(left) == sorted(right):
        limit = max(limit, edits)  # only the inside is jumbled
    if edits > limit or (len(left) < 3 and len(right) != len(left) + 1):
        return None
    return min(0.99, edits / len(left))


def _edits(left: str, right: str) -> float:
    """Levenshtein distance, one exchange of neighbours counting as one edit."""
    edits = edit_distance(left, right)
    if edits == 2 and len(left) == len(right) and sorted(left) == sorted(right):
        places = [i for i, (a, b) in enumerate(zip(left, right, strict=True)) if a != b]
        if len(places) == 2 and places[1] == places[0] + 1:
            return 1
    return edits


def _masked(word: str, noisy: str) -> bool:
    """Some letters, not the first, hidden behind signs: f**k, sh*t."""
    letters = [c for c in noisy if c.isalnum()]
    if len(word) < 3 or not letters or 2 * len(letters) < len(word) - 1 or not _MASK.search(noisy):
        return False
    parts = re.split(f"({_MASK.pattern})", noisy.lower())  # letters and masks in turn
    pattern = "".join(f".{{1,{len(part)}}}" if i % 2 else re.escape(part) for i, part in enumerate(parts))
    return noisy[0].lower() == word[0].lower() and re.fullmatch(pattern, word.lower()) is not None


@lru_cache(maxsize=65536)
def _letters(word: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    if any(c.isalpha() for c in plain):
        plain = plain.translate(_LEET)
    return "".join(c for c in plain if c.isalnum())


def _squeezed(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


def _is_known(word: str) -> bool:
    """In the encoder's vocabulary, or a contraction."""
    plain = word.lower().replace("’", "'")
    return plain in vocabulary() or _CONTRACTION.fullmatch(plain) is not None


@lru_cache(maxsize=65536)
def is_word(word: str) -> bool:
    """Whether a word looks like an English one: known to the encoder's vocabulary, or made of long pieces of it."""
    letters = word.lower().strip("'’*.-_")
    if not letters.isascii() or letters in vocabulary() or not any(c.isalpha() for c in letters):
        return True
    parts = re.split(r"['’\-/]", letters)
    return all(len(part) >= 3 * _pieces(part) or part in vocabulary() for part in parts if part)


def _pieces(word: str) -> int:
    """Pieces of a greedy longest-match split, as WordPiece makes them."""
    start, count = 0, 0
    while start < len(word):
        end = min(len(word), start + _LONGEST_PIECE)
        while end > start + 1 and ("##" if start else "") + word[start:end] not in vocabulary():
            end -= 1
        start, count = end, count + 1
    return count


@cache
def vocabulary() -> frozenset[str]:
    """Words and pieces of words (behind ##) known to the bundled encoder.

    Raises:
        PrerequisiteError: the encoder is not installed.
    """
    return frozenset((minilm_directory() / "vocab.txt").read_text(encoding="utf-8").splitlines())
