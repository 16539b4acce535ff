"""Which goal an audit pursues, as its user writes it: `untargeted`, `targeted:joy`, `dropped:sadness`, ..."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.engine.goal import CrossedSingleLabel, Goal, TargetedSingleLabel, UntargetedSingleLabel
from robust_emo.engine.multi_label_goals import LabelFlip
from robust_emo.errors import InputError
from robust_emo.types import Example, Task

_FORMS = "untargeted, targeted:LABEL, added[:LABEL], dropped[:LABEL] or crossed:LABEL@PROBABILITY"
_BARE = ("untargeted", "added", "dropped")
_LABELLED = ("targeted", "added", "dropped", "crossed")


@dataclass(frozen=True, slots=True)
class GoalChoice:
    """One kind of goal, not yet bound to an example.

    - untargeted: any wrong answer.
    - targeted: this emotion is predicted.
    - added, dropped: a foreign emotion (or this one) is added, a gold one (or this one) is lost; multi-label only.
    - crossed: the probability of this emotion goes to the other side of `threshold`.
    """

    kind: str = "untargeted"
    label: str | None = None
    threshold: float = 0.5
    """Probability in (0, 1); of `crossed`."""

    @classmethod
    def parse(cls, text: str) -> "GoalChoice":
        """Read what :meth:`__str__` writes.

        Raises:
            InputError: it is none of the forms.
        """
        kind, colon, label = text.partition(":")
        wrong = InputError(f"goal '{text}' is not understood: expected {_FORMS}")
        if not colon:
            if kind not in _BARE:
                raise wrong
            return cls(kind)
        if kind not in _LABELLED or not label:
            raise wrong
        if kind != "crossed":
            return cls(kind, label)
        label, at, number = label.rpartition("@")
        try:
            threshold = float(number)
        except ValueError:
            raise wrong from None
        if not at or not label:
            raise wrong
        if not 0 < threshold < 1:
            raise InputError(f"goal '{text}': the probability must lie between 0 and 1, got {number}")
        return cls(kind, label, threshold)

    def __str__(self) -> str:
        if self.label is None:
            return self.kind
        return f"{self.kind}:{self.label}{f'@{self.threshold:g}' if self.kind == 'crossed' else ''}"

    def check(self, labels: Sequence[str], task: Task) -> None:
        """Refuse a goal that the model cannot have.

        Raises:
            InputError: an emotion it does not know, or a goal of multi-label models against a single-label one.
        """
        if self.label is not None and self.label not in labels:
            raise InputError(f"goal '{self}': the model knows no emotion '{self.label}'; it knows {', '.join(labels)}")
        if task is Task.SINGLE_LABEL and self.kind in ("added", "dropped"):
            raise InputError(
                f"goal '{self}' is for multi-label models; this one gives exactly one emotion: use targeted:LABEL"
            )

    def concerns(self, gold: Sequence[str], labels: Sequence[str]) -> bool:
        """Whether the goal makes sense for an example of these gold labels, whatever the model predicts for it.

        Args:
            gold: of the example.
            labels: all that the model knows.
        """
        if self.kind in ("targeted", "added"):
            return any(label not in gold for label in ([self.label] if self.label is not None else labels))
        if self.kind == "dropped":
            return bool(gold) if self.label is None else self.label in gold
        return True

    def bind(self, example: Example, labels: Sequence[str], task: Task) -> Goal:
        """The goal for one example; call :meth:`check` before."""
        chosen = None if self.label is None else list(labels).index(self.label)
        if task is Task.MULTI_LABEL:
            return self._multi_label([label in example.labels for label in labels], chosen)
        gold = list(labels).index(example.labels[0])
        if chosen is None:
            return UntargetedSingleLabel(gold, len(labels))
        if self.kind == "targeted":
            return TargetedSingleLabel(gold, chosen, len(labels), name=str(self))
        return CrossedSingleLabel(
            chosen, is_gold=gold == chosen, threshold=self.threshold, labels=len(labels), name=str(self)
        )

    def _multi_label(self, gold: list[bool], chosen: int | None) -> LabelFlip:
        if self.kind in ("added", "targeted"):
            allowed = [not flag for flag in gold]
        elif self.kind == "dropped":
            allowed = gold
        else:
            allowed = [True] * len(gold)
        may_flip = [flag and chosen in (None, index) for index, flag in enumerate(allowed)]
        return LabelFlip(gold, may_flip, name=str(self), threshold=self.threshold)


UNTARGETED = GoalChoice()
