"""An explanation for the terminal."""

from collections.abc import Sequence

from robust_emo.cli._text import plural, printable
from robust_emo.types import Explanation, TrainingExample

_BAR = 20
_WORDS = 12


def as_text(explanation: Explanation) -> str:
    """Trust, text, reasons, the words that moved the model most, and what else was asked for."""
    gap = explanation.completeness_gap
    complete = "" if gap is None else f", completeness gap {gap:.1%}"
    lines = [
        f"{explanation.trust.upper()}  {explanation.target}  (probability {explanation.probability:.2f}{complete})",
        f"  {explanation.text}",
    ]
    lines += [f"  {reason}" for reason in explanation.reasons]
    lines += [*_bars(explanation), *_counterfactual(explanation), *_training(explanation)]
    return "\n".join(printable(line) for line in lines)


def _bars(explanation: Explanation) -> list[str]:
    """The words that moved the model most, in the order of the text."""
    largest = sorted(explanation.words, key=lambda word: -abs(word.attribution))[:_WORDS]
    scale = max((abs(word.attribution) for word in largest), default=0.0) or 1.0
    shown = [word for word in explanation.words if word in largest]
    return [f"  {word.attribution:+7.2f} {_bar(word.attribution / scale):{_BAR}} {word.text}" for word in shown]


def _bar(share: float) -> str:
    return ("+" if share > 0 else "-") * round(_BAR * abs(share))


def _counterfactual(explanation: Explanation) -> list[str]:
    found = explanation.counterfactual
    if found is None:
        return []
    after = ", ".join(found.predicted_after) or "none"
    words = plural(found.words_changed, "word", "words")
    return [f"  smallest edit found ({found.plugin}, {words}) makes it {after}:", f"    {found.changed}"]


def _training(explanation: Explanation) -> list[str]:
    behind = explanation.training
    if behind is None:
        return []
    return [
        *_listed("nearest training texts, by cosine", behind.nearest),
        *_listed("training texts that make the answer more likely", behind.proponents),
        *_listed("training texts that make it less likely", behind.opponents),
    ]


def _listed(title: str, examples: Sequence[TrainingExample]) -> list[str]:
    rows = [f"    {each.value:+.2f}  {', '.join(each.label) or 'none'}: {each.text}" for each in examples]
    return [f"  {title}:", *rows] if rows else []
