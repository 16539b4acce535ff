"""Every lexical resource the tool can use: what it is called, where it is looked for, what adds it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.resources.places import Place, from_nltk, from_package, from_variable, on_debian
from robust_emo.resources.resource import Resource
from robust_emo.resources.store import Store
from robust_emo.resources.versions import model_type, wordnet_version
from robust_emo.unknown_name import unknown_name

WORDNET_VARIABLE = "ROBUST_EMO_WORDNET"
MASKED_LM_VARIABLE = "ROBUST_EMO_MASKED_LM"
VECTORS_VARIABLE = "ROBUST_EMO_COUNTERFITTED"

WORDNET_FILES = tuple(f"{kind}.{part}" for kind in ("data", "index") for part in ("noun", "verb", "adj", "adv"))
TAGGER = "averaged_perceptron_tagger_eng"
TAGGER_FILES = tuple(f"{TAGGER}.{part}.json" for part in ("weights", "tagdict", "classes"))
_FETCH = "robust-emo resources fetch"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One resource and how to look for it."""

    title: str
    needed_for: str
    command: str
    places: tuple[Callable[[], Place | None], ...]
    """Asked in order; the first that knows of one decides."""
    files: tuple[str, ...] = ()
    """Names or patterns of those that its fingerprint is made of; none for packages, which have versions."""
    version: Callable[[Store], str] | None = None
    nltk: str = ""
    """Identifier in NLTK's index, for those that can be fetched, e.g. ``corpora/wordnet``."""


def _of_nltk(title: str, needed_for: str, name: str, identifier: str, files: tuple[str, ...]) -> _Entry:
    return _Entry(title, needed_for, f"{_FETCH} {name}", (from_nltk(identifier, files),), files, nltk=identifier)


_CATALOGUE = {
    "wordnet": _Entry(
        "WordNet",
        "synonyms and antonyms",
        f"{_FETCH} wordnet (or apt-get install wordnet-base)",
        (
            from_variable(WORDNET_VARIABLE, WORDNET_FILES),
            from_nltk("corpora/wordnet", WORDNET_FILES),
            on_debian("/usr/share/wordnet", WORDNET_FILES),
        ),
        WORDNET_FILES,
        wordnet_version,
        "corpora/wordnet",
    ),
    "stop-words": _of_nltk("NLTK stop words", "the TextAttack bridge", "stop-words", "corpora/stopwords", ("english",)),
    "pos-tagger": _of_nltk(
        "NLTK tagger of parts of speech",
        "exchanges of words that keep the part of speech",
        "pos-tagger",
        f"taggers/{TAGGER}",
        TAGGER_FILES,
    ),
    "universal-tagset": _of_nltk(
        "NLTK universal tag set",
        "the TextAttack bridge",
        "universal-tagset",
        "taggers/universal_tagset",
        ("en-ptb.map",),
    ),
    "vader": _Entry(
        "VADER lexicon",
        "valence of words",
        "pip install vaderSentiment",
        (from_package("vaderSentiment", "vaderSentiment"),),
    ),
    "pypinyin": _Entry(
        "pypinyin", "sounds of Chinese characters", "pip install pypinyin", (from_package("pypinyin", "pypinyin"),)
    ),
    "opencc": _Entry(
        "OpenCC",
        "traditional and simplified Chinese",
        "pip install 'robust-emo[chinese]'",
        (from_package("OpenCC", "opencc"),),
    ),
    "masked-lm": _Entry(
        "masked language model",
        "words that fit a context",
        f"set {MASKED_LM_VARIABLE} to the directory of one",
        (from_variable(MASKED_LM_VARIABLE, ("config.json",)),),
        ("config.json", "*.safetensors", "*.bin"),
        model_type,
    ),
    "counter-fitted": _Entry(
        "counter-fitted word vectors",
        "neighbours as in the papers, in place of those of the bundled encoder",
        f"set {VECTORS_VARIABLE} to the text file of the vectors",
        (from_variable(VECTORS_VARIABLE),),
        ("*",),
    ),
}


def names() -> tuple[str, ...]:
    """Names of all resources, in the order in which they are listed."""
    return tuple(_CATALOGUE)


def nltk_identifier(name: str) -> str:
    """Where NLTK's index keeps the resource, e.g. ``corpora/wordnet``; empty when it cannot be fetched.

    Raises:
        InputError: no resource has that name.
    """
    return _entry(name).nltk


def find(name: str) -> Resource:
    """Look for one resource. Loads none of it and uses no network.

    Raises:
        InputError: no resource has that name.
    """
    entry = _entry(name)
    place = _look(entry)
    version, problem = place.version, place.problem
    if place.store and entry.version:
        try:
            version = entry.version(place.store)
        except PrerequisiteError as error:
            problem = str(error)
    return Resource(
        name=name,
        title=entry.title,
        version=version,
        path=place.store.path if place.store else None,
        source=place.source,
        needed_for=entry.needed_for,
        command=entry.command,
        problem=problem,
    )


def find_all() -> list[Resource]:
    """Look for every resource."""
    return [find(name) for name in names()]


def store(name: str) -> Store:
    """The files of a resource; cheap enough to be asked for every word.

    Raises:
        InputError: no resource has that name.
        PrerequisiteError: it is not there; the message holds the command that adds it.
    """
    return _store(name, *(os.environ.get(variable) for variable in _VARIABLES))


def described(name: str) -> str:
    """How a report names the resource that is used, e.g. ``WordNet 3.0 (Debian, sha256 54b2fc9ad53b)``; no path.

    Raises:
        InputError: no resource has that name.
        PrerequisiteError: it is not there or cannot be read.
    """
    resource = find(name)
    if not resource.found:
        raise PrerequisiteError(resource.missing())
    title = f"{resource.title} {resource.version}".strip()
    files = store(name)
    kept = files.names(_entry(name).files)
    if not kept:
        return f"{title} ({resource.source})"
    return f"{title} ({resource.source}, sha256 {_fingerprint(files, kept, files.stamp(kept))[:12]})"


def forget() -> None:
    """Look again for everything; for after a download."""
    _store.cache_clear()


_VARIABLES = (WORDNET_VARIABLE, MASKED_LM_VARIABLE, VECTORS_VARIABLE, "NLTK_DATA")


@cache
def _store(name: str, *_environment: str | None) -> Store:
    place = _look(_entry(name))
    if place.store is None:
        raise PrerequisiteError(find(name).missing())
    return place.store


@cache
def _fingerprint(files: Store, kept: tuple[str, ...], _stamp: int) -> str:
    return files.fingerprint(kept)


def _look(entry: _Entry) -> Place:
    return next((place for look in entry.places if (place := look())), Place())


def _entry(name: str) -> _Entry:
    if name not in _CATALOGUE:
        raise InputError(unknown_name("resource", name, _CATALOGUE))
    return _CATALOGUE[name]
