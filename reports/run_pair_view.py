"""Two runs side by side: models, data, protocol and cost."""

from collections.abc import Callable
from dataclasses import dataclass

from robust_emo.types import AuditReport, DataInfo, RunInfo

from . import numbers
from .language import say
from .provenance_view import profile_text, warnings


@dataclass(frozen=True, slots=True)
class FactPair:
    """A name and what it is in both."""

    name: str
    before: str
    after: str
    code: bool = False
    """Set in a fixed-width face: hashes, paths, commands."""

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class RunPairView:
    """What was run, and what it took."""

    groups: tuple[tuple[str, tuple[FactPair, ...]], ...]
    cost: tuple[FactPair, ...]
    warnings: tuple[tuple[str, str], ...]
    """Which audit, and what it warned of."""


def run_pair_view(old: AuditReport, new: AuditReport, *, attacked: bool) -> RunPairView:
    """View of the runs of both audits; of texts drawn for attacks only where these were."""

    def both(name: str, show: Callable[[RunInfo], str], *, code: bool = False) -> FactPair:
        return FactPair(name, show(old.run), show(new.run), code)

    model = (
        both(say("Directory"), lambda run: run.model, code=True),
        both(say("SHA-256"), lambda run: run.model_sha256, code=True),
        both(say("Architecture"), lambda run: run.architecture),
        both(say("Input defence"), _defence),
        both(say("Longest input"), lambda run: say("{n} tokens", n=numbers.count(run.max_length))),
    )
    drawn = (
        [both(say("Texts drawn for the attacks"), lambda run: numbers.count(run.attacked_examples))] if attacked else []
    )
    protocol = (
        both(say("Data"), lambda run: run.data.path, code=True),
        both(say("SHA-256 of the data"), lambda run: run.data.sha256, code=True),
        both(say("Texts audited"), lambda run: numbers.count(run.examples)),
        both(say("SHA-256 of the training data"), lambda run: _sha(run.train_data), code=True),
        both(say("SHA-256 of texts held out of it"), lambda run: _sha(run.holdout_data), code=True),
        *drawn,
        both(say("Profile"), profile_text),
        both(say("Seed"), lambda run: str(run.seed), code=True),
        both("robust-emo", lambda run: run.robust_emo, code=True),
        both(say("Command"), lambda run: run.command, code=True),
    )
    cost = (
        both(say("Parameters of the model"), lambda run: numbers.count(run.parameters)),
        both(say("Duration of the audit"), _duration),
        both(say("Texts through the model"), lambda run: numbers.count(run.cost.physical_queries)),
        both(say("Texts from the cache"), lambda run: numbers.count(run.cost.cached_queries)),
        both(say("Device"), lambda run: f"{run.device}, {run.precision}"),
        both(say("Started"), lambda run: run.cost.started_at),
    )
    before, after = warnings(old.run), warnings(new.run)
    found = [(say("both"), warning) for warning in before if warning in after]
    found += [(say("before"), warning) for warning in before if warning not in after]
    found += [(say("after"), warning) for warning in after if warning not in before]
    return RunPairView(((say("Models"), model), (say("Protocol"), protocol)), cost, tuple(found))


def _sha(data: DataInfo | None) -> str:
    return say("not recorded") if data is None else data.sha256


def _defence(run: RunInfo) -> str:
    return say("not recorded") if run.defence is None else ", ".join(run.defence) or say("none")


def _duration(run: RunInfo) -> str:
    duration = numbers.duration(run.cost.seconds)
    return say("{duration} (resumed)", duration=duration) if run.cost.resumed else duration
