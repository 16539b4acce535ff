"""Microsoft Presidio as a further recogniser of names and numbers; an optional extra.

Presidio finds names through a statistical model of spaCy, which is installed apart. Its recognisers of e-mail
addresses and links are not asked: the built-in ones find these, and Presidio's look up the internet's list of domains.
"""

import logging
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

from robust_emo.errors import PrerequisiteError
from robust_emo.personal.finding import Candidate, Certainty, Kind
from robust_emo.personal.folded import BARRIER
from robust_emo.personal.recognisers import Recogniser
from robust_emo.validity.emotion_words import class_of_word

KINDS = {
    "PERSON": Kind.NAME,
    "PHONE_NUMBER": Kind.PHONE,
    "CREDIT_CARD": Kind.CARD,
    "IBAN_CODE": Kind.IBAN,
    "US_SSN": Kind.ID,
    "US_ITIN": Kind.ID,
    "UK_NHS": Kind.ID,
}
"""Presidio's entities that are asked for, and what they are here."""

_SIZES = ("_lg", "_md", "_trf", "_sm")
_LEAST_SCORE = 0.4
# Of spaCy's, which Presidio would otherwise warn of.
_OTHER_LABELS = "CARDINAL EVENT FAC LANGUAGE LAW MONEY ORDINAL PERCENT PRODUCT QUANTITY WORK_OF_ART"


@cache  # a model takes seconds to load
def presidio() -> Recogniser:
    """A recogniser of English texts with the largest spaCy model of English that is installed.

    Raises:
        PrerequisiteError: Presidio or a model is missing.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # spaCy and its parts warn of their own deprecations
            import spacy
            from presidio_analyzer import AnalyzerEngine
            from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
    except ImportError as error:
        raise PrerequisiteError(
            f"recogniser presidio needs {error.name or 'presidio-analyzer'}: pip install 'robust-emo[presidio]'"
        ) from error
    model = _model(spacy.util.get_installed_models())
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    entities = NerModelConfiguration(labels_to_ignore=_OTHER_LABELS.split())
    engine = SpacyNlpEngine(
        models=[{"lang_code": "en", "model_name": model}],
        ner_model_configuration=entities,
    )
    return _Asking(AnalyzerEngine(nlp_engine=engine, supported_languages=["en"]))


class _Asking:
    """Calls the engine for one text."""

    def __init__(self, engine: Any) -> None:  # noqa: ANN401 - presidio_analyzer.AnalyzerEngine, an optional extra
        self._engine = engine

    def __call__(self, text: str) -> Iterator[Candidate]:
        if not any(character.isalnum() for character in text):
            return
        found = self._engine.analyze(text, language="en", entities=list(KINDS), score_threshold=_LEAST_SCORE)
        for result in found:
            inside = text[result.start : result.end]
            lead = len(inside) - len(inside.lstrip("@# \n\t"))
            value = inside.strip("@# \n\t")
            if value and BARRIER not in value and any(map(str.isalnum, value)):
                if result.entity_type == "PERSON" and not _may_be_a_name(value):
                    continue
                start = result.start + lead
                yield Candidate(KINDS[result.entity_type], start, start + len(value), Certainty.LIKELY)


def _may_be_a_name(value: str) -> bool:
    """Models of edited text take ``glee`` and ``depressing`` for persons: emotions and small letters are none here."""
    return value[0].isupper() and not any(class_of_word(word.lower()) for word in value.split())


def _model(installed: list[str]) -> str:
    english = [name for name in installed if name.startswith("en_")]
    for size in _SIZES:
        for name in sorted(english):
            if size in name:
                return name
    raise PrerequisiteError(
        "recogniser presidio needs an English model of spaCy: python -m spacy download en_core_web_lg"
    )
