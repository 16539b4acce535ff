"""Misspelt words put right, by the words around them.

A noisy-channel corrector (Kernighan, Church & Gale 1990) over the whole text: each word has a few readings, words torn
apart may be one, and the most likely row of words is found with the algorithm of Viterbi (1967).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from robust_emo.defences.capitals import manners
from robust_emo.defences.english import check_english
from robust_emo.defences.everyday_words import NEGATIONS
from robust_emo.defences.foreign import is_foreign
from robust_emo.defences.letter_case import in_case_of
from robust_emo.defences.lexicon import count_words, read_lexicon, write_lexicon
from robust_emo.defences.noisy_words import NoisyWord, noisy_words
from robust_emo.defences.reading import Reading
from robust_emo.defences.readings import NoiseModel, bare, valence
from robust_emo.defences.rewriting import Replacement
from robust_emo.defences.versions import package_versions, unicode_version
from robust_emo.defences.word_model import WordModel
from robust_emo.errors import InputError
from robust_emo.near_spellings import LONGEST
from robust_emo.plugins import PluginSpec
from robust_emo.types import Gap, KnownGaps

_JOINED = -5.0  # logarithm of how likely a word is torn in two
_FEWEST_LETTERS = 3  # of words put together from single letters
_COMMON = 1e-4  # two words this probable are not put together
_STRONG = ("deepwordbug-strong", "textbugger-strong")  # attacks with two dozen candidates per word
_WORDS = ("synonyms", "pwws")  # attacks that exchange whole words
_SIGNS = frozenset(".-_+")  # which may tear a word apart: ha-ppy


class Spelling:
    """Reads the whole text at once and puts words right where another reading is more likely.

    Left alone: common words, words of the lexicon that are common there, contractions, slang, abbreviations of at most
    four capitals, handles, numbers, emoji, words mostly of other scripts than Latin, and texts in other languages.
    Names and hashtags are changed on strong evidence alone. No negation is taken away or put in.

    Args:
        lexicon: file of :mod:`.lexicon` with the words of the model's own training texts; None: English alone.
        most_edits: letters inserted, deleted, replaced or exchanged per word, 1 or 2.

    Raises:
        InputError: an unreadable lexicon, or another number of edits.
    """

    spec = PluginSpec(
        name="spelling",
        version="3",
        summary="puts misspelt English words right, by the words around them",
        paper="Kernighan 1990",
        languages=("en",),
    )

    def __init__(self, *, lexicon: Path | None = None, most_edits: int = 2) -> None:
        if lexicon is not None and not isinstance(lexicon, Path):
            raise InputError("normaliser spelling: the lexicon is learnt from the training data, it cannot be named")
        if type(most_edits) is not int or most_edits not in (1, 2):
            raise InputError(f"normaliser spelling: most_edits must be 1 or 2, got {most_edits}")
        self.lexicon = lexicon
        self.most_edits = most_edits
        self._lexicon = read_lexicon(lexicon) if lexicon else {}

    @cached_property
    def _noise(self) -> NoiseModel:
        """Takes about a second to make, so it is made for the first text."""
        return NoiseModel(WordModel(self._lexicon), most_edits=self.most_edits)

    @classmethod
    def learn(
        cls,
        texts: Iterable[str],
        folder: Path,
        *,
        groups: Iterable[str | None] | None = None,
        **arguments: Any,  # noqa: ANN401 - as __init__
    ) -> "Spelling":
        """Make it with the common words of `texts`, whose lexicon it writes into `folder`.

        Raises:
            InputError: as above, or the texts are in another language written in Latin letters.
        """
        texts, path = list(texts), folder / "lexicon.tsv"
        check_english(texts, cls.spec.name)
        path.write_bytes(write_lexicon(count_words(texts, groups=groups)))
        return cls(**{"lexicon": path, **arguments})

    def replacements(self, text: str) -> Sequence[Replacement]:
        """One per word that is put right, or that is put together."""
        words = noisy_words(text)
        if is_foreign([word.text.lower() for word in words]):
            return []
        found = []
        for step in _most_likely(self._lattice(text, words), self._noise.words):
            first, last = words[step.start], words[step.end - 1]
            if step.end - step.start > 1 or step.reading.word != first.text.lower():
                written = text[first.start : last.end]
                word = step.reading.word
                found.append(Replacement(first.start, last.end, word if word[0] == "@" else in_case_of(written, word)))
        return found

    def arguments(self) -> Mapping[str, Any]:
        """Lexicon and edits."""
        return {"lexicon": self.lexicon, "most_edits": self.most_edits}

    def depends_on(self) -> Mapping[str, str]:
        """Versions of the tables of words and of Unicode."""
        return package_versions("symspellpy", "vaderSentiment") | unicode_version()

    def known_gaps(self) -> KnownGaps:
        """What gets through, and which attacks aim at it."""
        return KnownGaps(
            through=("deepwordbug", "keyboard", "letter-spacing"),
            gaps=(
                Gap("A misspelling that is another word is taken for that word (mad for sad).", ("real-words",)),
                Gap("Of two dozen misspellings of a word, two edits among them, one often gets through.", _STRONG),
                Gap("Words exchanged for others that are spelt right, or that it does not know, stay.", _WORDS),
                Gap("A common word with an s behind it is taken for a plural, one that there is not (agains) too."),
                Gap("Misspelt names, short hashtags and short words in capitals are hardly mended.", _STRONG[:1]),
            ),
        )

    def notes(self) -> Sequence[str]:
        """What it cannot mend."""
        return (
            "A misspelling that is another common word is not mended, nor one that more than two letters part from the "
            "word that was meant. English only. Words and pairs of words are those of symspellpy.",
        )

    def _lattice(self, text: str, words: Sequence[NoisyWord]) -> "list[list[_Step]]":
        """By the word after which they end: what each stretch of words may be."""
        small = [word.text.lower() for word in words]
        ending: list[list[_Step]] = [
            [_Step(place, place + 1, reading) for reading in self._noise.readings(word, manner)]
            for place, (word, manner) in enumerate(zip(small, manners(text, words), strict=True))
        ]
        for start, end in _torn(text, words):
            blank = text[words[start].end] == " "
            if reading := self._together(small[start:end], by_blanks=blank):
                ending[end - 1].append(_Step(start, end, reading))
        return ending

    def _together(self, parts: Sequence[str], *, by_blanks: bool) -> Reading | None:
        """The word that was torn apart, if it is one and its parts are not."""
        word, known_words = "".join(parts), self._noise.words
        if not known_words.probability(bare(word)):
            return None
        strength = valence(bare(word))
        negated = word in NEGATIONS
        whole = self._noise.meant(word)
        known = [known_words.probability(bare(part)) if len(part) > 1 or part in "ai" else 0.0 for part in parts]
        if negated and parts[-1] in ("t", "nt"):
            return Reading(whole.word, _JOINED, whole.log_probability)
        if min(known) >= _COMMON or (len(parts) == 2 and known_words.is_pair(bare(parts[0]), parts[1])):
            return None
        if not NEGATIONS.isdisjoint(parts) and not negated:
            return None
        unknown = any(len(part) > 1 and not share for part, share in zip(parts, known, strict=True))
        if len(parts) == 2 and not unknown and not (by_blanks and strength):
            return None
        return Reading(whole.word, _JOINED + strength, whole.log_probability)


class _Step(NamedTuple):
    """words[start:end] read as one word."""

    start: int
    end: int
    reading: Reading


class _Way(NamedTuple):
    """The most likely row of words that ends in `step`."""

    log_probability: float
    step: _Step
    word: str
    """Of the step, without its #."""
    before: "_Way | None"


def _most_likely(ending: Sequence[Sequence[_Step]], words: WordModel) -> list[_Step]:
    """The best way through the lattice."""
    ways: list[list[_Way]] = []
    for steps in ending:
        ways.append([_extended(step, ways[step.start - 1] if step.start else [], words) for step in steps])
    way = max(ways[-1], key=lambda way: way.log_probability) if ways else None
    row = []
    while way is not None:
        row.append(way.step)
        way = way.before
    return row[::-1]


def _extended(step: _Step, ways: Sequence[_Way], words: WordModel) -> _Way:
    reading = step.reading
    word = bare(reading.word)
    if not ways:
        return _Way(reading.noise + reading.log_probability, step, word, None)
    score, place = max(
        (way.log_probability + words.log_next(way.word, word, reading.log_probability), -index)
        for index, way in enumerate(ways)
    )
    return _Way(score + reading.noise, step, word, ways[-place])


def _torn(text: str, words: Sequence[NoisyWord]) -> list[tuple[int, int]]:
    """Stretches of words that may be one: every two that a blank or a sign parts, single letters that blanks part."""
    between = [text[left.end : right.start] for left, right in pairwise(words)]
    near = [
        gap == " " and right.text[0] not in "#@" and left.text[0] != "@"
        for gap, (left, right) in zip(between, pairwise(words), strict=True)
    ]
    found = [
        (place, place + 2)
        for place, (gap, (left, right)) in enumerate(zip(between, pairwise(words), strict=True))
        if near[place] or (gap in _SIGNS and left.text[0] != "@" and _go_on(left.text, right.text))
    ]
    start = 0
    while start < len(words):
        end = start + 1
        while end < len(words) and near[end - 1] and len(bare(words[end - 1].text)) == len(words[end].text) == 1:
            end += 1
        found += [
            (first, last)
            for first in range(start, end)
            for last in range(first + _FEWEST_LETTERS, min(end, first + LONGEST) + 1)
        ]
        start = end
    return found


def _go_on(left: str, right: str) -> bool:
    """Whether two words may be one by their capitals: a sentence or a name begins with a capital."""
    return right.islower() or left.isupper()
