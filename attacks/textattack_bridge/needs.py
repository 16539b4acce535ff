"""What each need of a recipe lacks on this machine and what adds it, and which stand-in serves it."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from robust_emo.errors import PrerequisiteError
from robust_emo.models.masked_lm_source import masked_lm_problem
from robust_emo.models.minilm import minilm_directory
from robust_emo.resources.catalogue import MASKED_LM_VARIABLE, described, find

from ..word_vectors import vectors_used
from .recipes import Need, Recipe

INSTALL = (
    "TextAttack needs transformers 4, so give it an environment of its own: "
    "pip install -c constraints-tf4.txt '.[textattack]' in a checkout"
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose for a recipe."""

    masked_lm: str | None = None
    """Directory of a masked language model."""


def textattack_missing() -> str | None:
    """One line with the command that installs TextAttack and greenlet; None when both are there."""
    missing = [name for name in ("textattack", "greenlet") if find_spec(name) is None]
    return f"{' and '.join(missing)} not installed. {INSTALL}" if missing else None


def cache_folder() -> Path:
    """Where TextAttack keeps what it downloaded: ``$TA_CACHE_DIR``, else ``~/.cache/textattack``."""
    return Path(os.environ.get("TA_CACHE_DIR") or Path.home() / ".cache" / "textattack")


def counter_fitted_on_disk() -> bool:
    """Whether TextAttack's own word vectors were downloaded."""
    return (cache_folder() / "word_embeddings/paragramcf").is_dir()


def nltk_lists_present() -> bool:
    """Whether NLTK's stop words are there."""
    return find("stop-words").found


def problems(recipe: Recipe, settings: Settings) -> list[str]:
    """What is missing, one line each with what adds it; empty when the recipe can run."""
    if missing := textattack_missing():
        return [missing]
    return [problem for need in recipe.needs if (problem := _PROBLEMS[need](settings))]


def notes(recipe: Recipe, settings: Settings) -> list[str]:
    """Which stand-in serves which need, for those that are not the original."""
    return [note for need in recipe.needs if need in _NOTES and (note := _NOTES[need](settings))]


def _nothing(_: Settings) -> None:
    return None


def _encoder_missing(_: Settings) -> str | None:
    try:
        minilm_directory()
    except PrerequisiteError as missing:
        return str(missing)
    return None


def _vectors_missing(_: Settings) -> str | None:
    return None if counter_fitted_on_disk() else find("counter-fitted").problem or None


def _resource_missing(name: str, _: Settings) -> str | None:
    resource = find(name)
    return None if resource.found else resource.missing()


def _lists_missing(language: str, _: Settings) -> str | None:
    return None if nltk_lists_present() else f"no {language} stop words: {find('stop-words').command}"


def _masked_lm_missing(settings: Settings) -> str | None:
    if settings.masked_lm is None:
        return (
            "a masked language model is missing (the paper's comes from the network): give a local directory as "
            f"masked_lm=DIR, or set {MASKED_LM_VARIABLE}=DIR"
        )
    if not Path(settings.masked_lm).is_dir():
        return f"masked_lm: {settings.masked_lm} is no directory; recipes load no model from the network"
    problem = masked_lm_problem(settings.masked_lm)
    return f"masked_lm: {problem}" if problem else None


def _download_missing(title: str, path: str, _: Settings) -> str | None:
    place = cache_folder() / path
    if place.exists():
        return None
    archive = f"https://textattack.s3.amazonaws.com/{path}"
    return f"{title} is missing: download {archive} and unpack it as {place}"


def _google_lm_missing(settings: Settings) -> str | None:
    lacks = [] if find_spec("tensorflow") else ["TensorFlow is not installed: pip install tensorflow"]
    path = "constraints/semantics/language-models/alzantot-goog-lm"
    if problem := _download_missing("the Google language model", path, settings):
        lacks.append(problem)
    return "; ".join(lacks) or None


def _gpt2_missing(_: Settings) -> str | None:
    return _hub_missing("gpt2")


def _hub_missing(name: str) -> str | None:
    from huggingface_hub import try_to_load_from_cache  # transformers has the same, and takes seconds to import

    found = isinstance(try_to_load_from_cache(name, "config.json"), str)
    return None if found else f"the model {name} is not on disk: huggingface-cli download {name}"


def _fixed(line: str, _: Settings) -> str:
    return line


_PROBLEMS: Mapping[Need, Callable[[Settings], str | None]] = {
    Need.STOP_WORDS: _nothing,
    Need.FRENCH_STOP_WORDS: partial(_lists_missing, "French"),
    Need.SPANISH_STOP_WORDS: partial(_lists_missing, "Spanish"),
    Need.WORD_EMBEDDING: _vectors_missing,
    Need.SENTENCE_ENCODER: _encoder_missing,
    Need.POS_TAGGER: partial(_resource_missing, "pos-tagger"),
    Need.WORDNET: partial(_resource_missing, "wordnet"),
    Need.HOMOGLYPHS: _nothing,
    Need.HOMOGLYPH_FILE: _nothing,
    Need.MASKED_LM: _masked_lm_missing,
    Need.HOWNET: partial(
        _download_missing, "HowNet's table of synonyms", "transformations/hownet/word_candidates_sense.pkl"
    ),
    Need.GOOGLE_LM: _google_lm_missing,
    Need.LEARNING_TO_WRITE_LM: partial(
        _download_missing,
        "the learning-to-write language model",
        "constraints/grammaticality/language-models/learning-to-write",
    ),
    Need.GPT2: _gpt2_missing,
    Need.OPEN_MULTILINGUAL_WORDNET: partial(
        _fixed,
        "the bridge reads English WordNet only and this recipe needs the Open Multilingual WordNet: "
        "run the recipe with TextAttack itself",
    ),
    Need.ENTITY_TAGGER: partial(
        _fixed,
        "flair's tagger of named entities comes from the network and nothing stands in for it: "
        "run the recipe with TextAttack itself",
    ),
    Need.LSTM_VICTIM: partial(
        _fixed,
        "TextAttack's HotFlip works on its own word-level LSTM models only, not on transformers: "
        "use the attack hotflip",
    ),
    Need.CHINESE_TABLES: partial(
        _fixed,
        "TextAttack 0.3.11 ships this recipe without its tables of characters (shared/chinese_homophone_char.txt): "
        "use the attacks of the family chinese",
    ),
}


def _stop_words_used(_: Settings) -> str:
    if nltk_lists_present():
        return f"Stop words: {described('stop-words')}."
    return "Stop words are scikit-learn's, in place of NLTK's."


def _word_embedding_used(_: Settings) -> str | None:
    if counter_fitted_on_disk():
        return None
    return f"Word neighbours come from {vectors_used()}, in place of TextAttack's own copy of counter-fitted vectors."


_NOTES: Mapping[Need, Callable[[Settings], str | None]] = {
    Need.STOP_WORDS: _stop_words_used,
    Need.WORD_EMBEDDING: _word_embedding_used,
    Need.SENTENCE_ENCODER: partial(
        _fixed, "Sentence similarity is that of all-MiniLM-L6-v2, in place of the recipe's own sentence encoder."
    ),
    Need.POS_TAGGER: lambda _: f"Parts of speech: {described('pos-tagger')}.",
    Need.WORDNET: lambda _: f"Synonyms: {described('wordnet')}.",
    Need.HOMOGLYPHS: partial(_fixed, "Look-alike letters are our own table, in place of Unicode's list of homoglyphs."),
    Need.MASKED_LM: lambda settings: f"The masked language model is {settings.masked_lm}, in place of the recipe's.",
}
