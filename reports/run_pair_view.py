"""Two runs side by side: models, data, protocol and cost."""

from collections.abc import Callable
from dataclasses import dataclass

from robust_emo.types import AuditReport, DataInfo, RunInfo

from . import numbers
from .provenance_view import warnings


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
        both("Directory", lambda run: run.model, code=True),
        both("SHA-256", lambda run: run.model_sha256, code=True),
        both("Architecture", lambda run: run.architecture),
        both("Input defence", _defence),
        both("Longest input", lambda run: f"{numbers.count(run.max_length)} tokens"),
    )
    drawn = [both("Texts drawn for the attacks", lambda run: numbers.count(run.attacked_examples))] if attacked else []
    protocol = (
        both("Data", lambda run: run.data.path, code=True),
        both("SHA-256 of the data", lambda run: run.data.sha256, code=True),
        both("Texts audited", lambda run: numbers.count(run.examples)),
        both("SHA-256 of the training data", lambda run: _sha(run.train_data), code=True),
        both("SHA-256 of texts held out of it", lambda run: _sha(run.holdout_data), code=True),
        *drawn,
        both("Profile", lambda run: run.profile_text),
        both("Seed", lambda run: str(run.seed), code=True),
        both("robust-emo", lambda run: run.robust_emo, code=True),
        both("Command", lambda run: run.command, code=True),
    )
    cost = (
        both("Parameters of the model", lambda run: numbers.count(run.parameters)),
        both("Duration of the audit", _duration),
        both("Texts through the model", lambda run: numbers.count(run.cost.physical_queries)),
        both("Texts from the cache", lambda run: numbers.count(run.cost.cached_queries)),
        both("Device", lambda run: f"{run.device}, {run.precision}"),
        both("Started", lambda run: run.cost.started_at),
    )
    before, after = warnings(old.run), warnings(new.run)
    found = [("both", warning) for warning in before if warning in after]
    found += [("before", warning) for warning in before if warning not in after]
    found += [("after", warning) for warning in after if warning not in before]
    return RunPairView((("Models", model), ("Protocol", protocol)), cost, tuple(found))


def _sha(data: DataInfo | None) -> str:
    return "not recorded" if data is None else data.sha256


def _defence(run: RunInfo) -> str:
    return "not recorded" if run.defence is None else ", ".join(run.defence) or "none"


def _duration(run: RunInfo) -> str:
    return numbers.duration(run.cost.seconds) + (" (resumed)" if run.cost.resumed else "")
