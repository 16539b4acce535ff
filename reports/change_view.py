"""Every paired test between two audits in words, and the one sentence that they add up to."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.types import Change, Gain, ModelComparison

from . import numbers
from .charts import Scale, Whisker
from .language import later, say, say_counted
from .metric_names import metric_name
from .visible import shortened

_CLEAN = "clean_accuracy_attacked"
_MEANINGS = {
    _CLEAN: later("Share of these texts that are predicted right as people wrote them."),
}


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One measure, before and after on the same texts."""

    title: str
    meaning: str
    """Empty for single attacks."""
    change: str
    """``better``, ``worse``, ``untold`` or ``missing``."""
    word: str
    """``better``, ``worse``, ``cannot be told`` or ``not measured``."""
    before: str
    after: str
    gained: str
    """``+24.0 points``."""
    interval: str
    p_value: str
    n: str
    lost: str
    """Texts right before only."""
    won: str
    """Texts right after only."""
    whisker: Whisker | None

    @property
    def sentence(self) -> str:
        """``Under unicode +65.0 points (+57.6 to +70.9)``."""
        if self.whisker is None:
            return self.title
        return say("{measure} {gained} ({interval})", measure=self.title, gained=self.gained, interval=self.interval)


@dataclass(frozen=True, slots=True)
class Headline:
    """What all measures together say."""

    status: str
    """``pass``, ``fail``, ``inconclusive`` or ``not_measured``: tone and sign of the headline."""
    word: str
    lists: tuple[tuple[str, tuple[str, ...]], ...]
    """What is better, worse, cannot be told and was not measured, with the measures; those without any say so."""


_CLASSES = {Change.BETTER: "better", Change.WORSE: "worse", Change.UNTOLD: "untold", Change.NOT_MEASURED: "missing"}
_WORDS = {
    Change.BETTER: later("better"),
    Change.WORSE: later("worse"),
    Change.UNTOLD: later("cannot be told"),
    Change.NOT_MEASURED: later("not measured"),
}
_NOTHING = later("no measure is shown to be")


def change_views(measures: Sequence[ModelComparison]) -> tuple[ChangeView, ...]:
    """One per measure, drawn on one axis around no difference."""
    gains = [measure.gain for measure in measures if measure.gain]
    most = max((abs(end) for gain in gains for end in (gain.ci_low, gain.ci_high)), default=1.0) or 1.0
    return tuple(_view(measure, Scale(-most, most)) for measure in measures)


def _view(measure: ModelComparison, scale: Scale) -> ChangeView:
    result, gain = measure.result, measure.gain
    ends = None if gain is None else (gain.ci_low, gain.ci_high)
    return ChangeView(
        title=_title(measure),
        meaning="" if ": " in measure.measure else _meaning(measure.measure),
        change=_CLASSES[measure.change],
        word=say(_WORDS[measure.change]),
        before=_share(measure.both + result.only_left, result.n),
        after=_share(measure.both + result.only_right, result.n),
        gained=say("{n} points", n=numbers.points(gain.value)) if gain else say(numbers.NOT_MEASURED),
        interval=_interval(gain) if gain else say(numbers.NO_INTERVAL),
        p_value=say(numbers.NOT_MEASURED) if result.p_value is None else numbers.p_value(result.p_value),
        n=numbers.count(result.n),
        lost=numbers.count(result.only_left),
        won=numbers.count(result.only_right),
        whisker=scale.whisker(gain.value, ends, (0.0, None)) if gain else None,
    )


def _meaning(measure: str) -> str:
    return say(_MEANINGS[measure]) if measure in _MEANINGS else metric_name(measure).meaning


def headlines(attacked: Sequence[ChangeView], written: Sequence[ChangeView]) -> tuple[tuple[str, Headline], ...]:
    """One for each family of tests, with the texts that it is about; none of a family without a measure.

    Args:
        attacked: tested on the texts that both attacked.
        written: tested on all texts as written.
    """
    families = ((say("Attacked texts"), attacked), (say("Texts as written"), written))
    return tuple((about, headline(changes)) for about, changes in families if changes)


def headline(views: Sequence[ChangeView]) -> Headline:
    """Better or worse only where a test says so."""
    by_change = {change: [view for view in views if view.change == change] for change in _CLASSES.values()}
    better, worse, missing = (len(by_change[name]) for name in ("better", "worse", "missing"))
    if missing == len(views):
        return Headline("not_measured", say("Not measured"), ())
    return Headline(
        status="inconclusive" if bool(better) == bool(worse) else "pass" if better else "fail",
        word=_told(better, worse, len(views) - missing),
        lists=(
            (say("Better"), _sentences(by_change["better"]) or (say(_NOTHING),)),
            (say("Worse"), _sentences(by_change["worse"]) or (say(_NOTHING),)),
            (say("Cannot be told"), _sentences(by_change["untold"]) or (say("none of the rest"),)),
            *(((say("Not measured"), _sentences(by_change["missing"])),) if missing else ()),
        ),
    )


def _told(better: int, worse: int, measures: int) -> str:
    found = {"better": numbers.count(better), "worse": numbers.count(worse)}
    if better and worse:
        return say_counted(
            measures,
            "Better in {better} and worse in {worse} of {n} measure",
            "Better in {better} and worse in {worse} of {n} measures",
            **found,
        )
    if better:
        return say_counted(measures, "Better in {better} of {n} measure", "Better in {better} of {n} measures", **found)
    if worse:
        return say_counted(measures, "Worse in {worse} of {n} measure", "Worse in {worse} of {n} measures", **found)
    return say("No difference told")


def _sentences(views: Sequence[ChangeView]) -> tuple[str, ...]:
    return tuple(view.sentence for view in views)


def _title(measure: ModelComparison) -> str:
    if measure.attack is not None:
        return say("Under {attack}", attack=shortened(measure.attack))
    name, _, label = measure.measure.partition(": ")
    if label:
        return f"{metric_name(name).title} · {shortened(label)}"
    return say("As written") if measure.measure == _CLEAN else metric_name(measure.measure).title


def _share(right: int, n: int) -> str:
    return numbers.percent(right / n) if n else say(numbers.NOT_MEASURED)


def _interval(gain: Gain) -> str:
    return say("{low} to {high}", low=numbers.points(gain.ci_low), high=numbers.points(gain.ci_high))
