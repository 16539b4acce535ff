"""What attackers who know the defence can do: each normaliser's known gaps, and what this audit measured of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from robust_emo.types import AdaptiveInfo, KnownGaps, NormaliserGaps, RunInfo, Section

from .language import later, say
from .masking import mask
from .metric_view import MetricView, find, metric_view
from .robustness_view import ENSEMBLE
from .visible import shortened

_THROUGH = later("What it undoes, made by attacks that search through it for whatever slips by.")
_AS_WRITTEN, _ALONE, _ON_SURVIVORS = "clean_accuracy_attacked", "accuracy_under_attack", "survivor_success_rate"
_UNTARGETED = "untargeted"
_MAX_TEXT = 300


@dataclass(frozen=True, slots=True)
class AimView:
    """One attack that aims at a gap."""

    attack: str
    accuracy: MetricView | None = None
    """Under this attack on all attacked texts; null where that was not measured."""
    on_survivors: MetricView | None = None
    """Its success rate, where it ran only on what the attacks before it had left."""
    goal: str = ""
    """Where it wanted something else than any wrong answer, which breaks fewer texts."""
    idle: bool = False
    """Whether it ran and found nothing to change in any text, so that what was measured says nothing of the gap."""
    why: str = ""
    """Why it was not measured, where that is known."""
    refusal: str = ""
    """The error with which it could not run."""
    error: str | None = None
    """The error with which it stopped."""


@dataclass(frozen=True, slots=True)
class GapView:
    """One way around a normaliser."""

    text: str
    through: bool
    """Whether it is the way through, which is told in our words; the others in those of the normaliser's authors."""
    aims: tuple[AimView, ...]
    """Empty where no attack that aims at it is known."""
    aimed: bool | None = None
    """Whether the audit aimed at it, as its self-diagnosis counts; null where it does not count, or is not recorded."""


@dataclass(frozen=True, slots=True)
class NormaliserView:
    """One normaliser of the defence."""

    name: str
    version: str
    gaps: tuple[GapView, ...] | None
    """The way through it first; null where its authors name none."""


@dataclass(frozen=True, slots=True)
class AdaptiveView:
    """All normalisers, in the order in which they are applied."""

    recorded: bool
    """False where an older version, which knew no gaps, wrote the audit."""
    normalisers: tuple[NormaliserView, ...]
    measured: int
    """Attacks that aim at the defence and were measured on all texts."""
    attacks: int
    """All that aim at it."""
    command: str | None
    """Runs what was not measured."""
    aims_recorded: bool = False
    """Whether the audit says which of them aimed at the defence."""
    as_written: MetricView | None = None
    """Accuracy on the attacked texts before any attack; null where that was not measured."""

    @property
    def in_ensemble(self) -> bool:
        """Whether some attack ran on what others had left only."""
        gaps = (gap for each in self.normalisers for gap in each.gaps or ())
        return any(aim.on_survivors for gap in gaps for aim in gap.aims)


def adaptive_view(run: RunInfo, sections: Sequence[Section]) -> AdaptiveView | None:
    """View of the defence of the audited model; None where it has none.

    Args:
        run: of the audit.
        sections: those of its attacks.
    """
    info = run.adaptive
    if info is None:
        return (
            AdaptiveView(recorded=False, normalisers=(), measured=0, attacks=0, command=None) if run.defence else None
        )
    by_name = {section.plugin: section for section in sections}
    aims = {name: _aim(name, by_name.get(name), info) for name in info.attacks}
    return AdaptiveView(
        recorded=True,
        normalisers=tuple(_normaliser(each, aims, info) for each in info.normalisers),
        measured=sum(aim.accuracy is not None for aim in aims.values()),
        attacks=len(aims),
        command=info.command,
        aims_recorded=info.aimed is not None,
        as_written=_measured(by_name.get(ENSEMBLE), _AS_WRITTEN),
    )


def _normaliser(found: NormaliserGaps, aims: Mapping[str, AimView], info: AdaptiveInfo) -> NormaliserView:
    gaps = None
    if (known := found.known) is not None and (known.through or known.gaps):
        through = [_gap(say(_THROUGH), known, known.through, aims, info, through=True)] if known.through else []
        around = [_gap(shortened(mask(gap.text), _MAX_TEXT), known, gap.attacks, aims, info) for gap in known.gaps]
        gaps = (*through, *around)
    return NormaliserView(shortened(found.normaliser), shortened(found.version), gaps)


def _gap(
    text: str,
    known: KnownGaps,
    attacks: tuple[str, ...],
    aims: Mapping[str, AimView],
    info: AdaptiveInfo,
    *,
    through: bool = False,
) -> GapView:
    return GapView(
        text,
        through,
        tuple(aims[name] for name in dict.fromkeys(attacks)),
        info.aims_at(attacks) if attacks in known.targets else None,
    )


def _aim(name: str, section: Section | None, info: AdaptiveInfo) -> AimView:
    attack = shortened(name)
    if section is None:
        return AimView(attack, refusal=mask(info.not_runnable.get(name, "")))
    if section.error is not None:
        return AimView(attack, error=mask(section.error))
    accuracy, on_survivors = _measured(section, _ALONE), _measured(section, _ON_SURVIVORS)
    left = find(section.metrics, _ON_SURVIVORS) is not None
    goal = str(section.args.get("goal", _UNTARGETED))
    return AimView(
        attack,
        accuracy=accuracy,
        on_survivors=on_survivors,
        goal="" if goal == _UNTARGETED else shortened(goal),
        idle=bool(accuracy or on_survivors) and info.aimed is not None and name not in info.aimed,
        why=say("the attacks before it had left no text") if left else say("no text could be attacked"),
    )


def _measured(section: Section | None, name: str) -> MetricView | None:
    metric = find(section.metrics, name) if section is not None else None
    return metric_view(metric) if metric is not None and metric.value is not None else None
