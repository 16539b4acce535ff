"""A short neutral sentence appended to the text, which itself stays as it is.

After the concatenative distractors of Jia & Liang 2017, "Adversarial Examples for Evaluating Reading Comprehension
Systems", with a pool of sentences in place of their question-made ones.
"""

from collections.abc import Iterable, Sequence

from robust_emo.plugins import PluginSpec

from .best_of import VariantAttack
from .language import language_of
from .neutral_sentences import CHINESE, ENGLISH
from .text_edits import protected_spans


class Distractor(VariantAttack):
    """The sentence of the pool that helps most is appended, and then perhaps a second one.

    Sentences have one to nine words (two to twelve characters in Chinese), so that a limit on words leaves the
    short ones.

    Args:
        max_edits: sentences appended, at least 1.
    """

    spec = PluginSpec(
        name="distractor",
        version="1",
        summary="appends a neutral sentence, the text itself unchanged",
        paper="Jia 2017",
        family="sentences",
        languages=("en", "zh"),
    )

    def __init__(self, *, max_edits: int = 2) -> None:
        super().__init__(max_edits=max_edits)

    def variants(self, text: str) -> Iterable[str]:
        """The text with each sentence of the pool that is not in it yet."""
        language = language_of(text)
        if language is None:
            return
        link = joint(text)
        for sentence in ENGLISH if language == "en" else CHINESE:
            if sentence not in text:
                yield text + link + sentence

    def notes(self) -> Sequence[str]:
        """Which texts are left alone, and where appended words are not read."""
        return (
            "Texts in Latin letters get an English sentence, Chinese ones a Chinese one; texts in other scripts or "
            "without any letter are left unchanged and count as withstood.",
            "A text that fills what the model reads cannot be distracted by what stands behind it.",
        )


def joint(text: str) -> str:
    """What belongs between `text` and a sentence behind it: a full stop where the text ends in a word, and a blank."""
    chinese = language_of(text) == "zh"
    if text[-1:].isspace():
        return ""
    spans = protected_spans(text)
    if text[-1:].isalnum() and not (spans and spans[-1][1] == len(text)):
        return "。" if chinese else ". "
    in_topic = chinese and bool(spans) and spans[-1][1] == len(text)
    return " " if in_topic or not chinese else ""
