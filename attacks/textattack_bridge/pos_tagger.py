"""Parts of speech by NLTK's tagger: where TextAttack asks NLTK, and in place of flair where it asks that."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from robust_emo.errors import PrerequisiteError
from robust_emo.resources.catalogue import find
from robust_emo.resources.pos_tagger import pos_tags

# Universal tags as flair writes them (Universal Dependencies), where they differ from NLTK's.
_FLAIR = {"CONJ": "CCONJ", "PRT": "PART", ".": "PUNCT"}


@lru_cache(maxsize=1 << 16)
def _tags(words: tuple[str, ...]) -> tuple[str, ...]:
    tags = pos_tags(words)
    if tags is None:
        raise PrerequisiteError(find("pos-tagger").missing())
    return tags


def nltk_pos_tag(words: Sequence[str], tagset: str = "universal", lang: str = "eng") -> list[tuple[str, str]]:
    """Stands for ``nltk.pos_tag``; English and universal tags only, which is what the recipes ask."""
    if (tagset, lang) != ("universal", "eng"):
        raise PrerequisiteError(f"no tagger for language {lang} and tag set {tagset}")
    return list(zip(words, _tags(tuple(words)), strict=True))


class FlairTagger:
    """Stands for flair's ``upos-fast``."""

    def predict(self, sentence: Any, **_: Any) -> None:  # noqa: ANN401 - a flair sentence, which has no types
        """Label every token of the sentence."""
        for token, tag in zip(sentence.tokens, _tags(tuple(token.text for token in sentence.tokens)), strict=True):
            token.add_label("upos", _FLAIR.get(tag, tag))
