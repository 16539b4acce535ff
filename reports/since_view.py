"""What changed since the baseline, in words and tables."""

from dataclasses import dataclass

from robust_emo.types import AuditReport, EarlierNumber, NotCompared, Section, SinceBaseline

from . import numbers
from .change_view import ChangeView, Headline, change_views, headlines
from .language import say
from .masking import mask
from .model_name import model_name
from .profile_text import profile_name
from .section_pair_view import MetricPair, Uncompared, metric_pair
from .section_view import Fact, section_view

_AS_WRITTEN = "accuracy"
_RECALL = "recall: "


@dataclass(frozen=True, slots=True)
class BesideView:
    """Numbers of one section of both, of which no difference was tested."""

    title: str
    metrics: tuple[MetricPair, ...]


@dataclass(frozen=True, slots=True)
class SinceView:
    """The baseline, and this audit held against it."""

    name: str
    """Of the baseline's model."""
    date: str
    same_model: bool
    not_comparable: str
    """Why nothing is held against it; empty where it is."""
    headlines: tuple[tuple[str, Headline], ...]
    """One for each family of tests, with the texts that it is about; empty where nothing was tested."""
    attacked: tuple[ChangeView, ...]
    """Tested on the texts that both attacked."""
    written: tuple[ChangeView, ...]
    """Tested on all texts as written."""
    beside: tuple[BesideView, ...]
    uncompared: tuple[Uncompared, ...]
    cautions: tuple[str, ...]
    facts: tuple[Fact, ...]


def since_view(report: AuditReport) -> SinceView | None:
    """None where no baseline was given."""
    since = report.since_baseline
    if since is None:
        return None
    written = [each for each in since.measures if each.measure == _AS_WRITTEN or each.measure.startswith(_RECALL)]
    attacked = [each for each in since.measures if each not in written]
    tested = (change_views(attacked), change_views(written))
    return SinceView(
        name=model_name(since.model),
        date=since.started_at,
        same_model=since.model_sha256 == report.run.model_sha256,
        not_comparable=_sentence(since.not_comparable) if since.not_comparable is not None else "",
        headlines=headlines(*tested),
        attacked=tested[0],
        written=tested[1],
        beside=_beside(since.numbers, report.sections),
        uncompared=tuple(map(_uncompared, since.left_out)),
        cautions=tuple(map(_sentence, since.notes)),
        facts=_facts(since),
    )


def _sentence(note: str) -> str:
    return mask(f"{note[:1].upper()}{note[1:]}.")


def _beside(earlier: tuple[EarlierNumber, ...], sections: tuple[Section, ...]) -> tuple[BesideView, ...]:
    found = []
    for section in sections:
        before = [each.metric for each in earlier if (each.kind, each.plugin) == (section.kind, section.plugin)]
        if before:
            pairs = tuple(metric_pair(before, section.metrics, metric.name) for metric in before)
            found.append(BesideView(section_view(section).title, pairs))
    return tuple(found)


def _uncompared(section: NotCompared) -> Uncompared:
    shown = section_view(Section(section.kind, section.plugin, "", {}))
    return Uncompared(shown.title, mask(section.why))


def _facts(since: SinceBaseline) -> tuple[Fact, ...]:
    return (
        Fact(say("Model"), since.model, code=True),
        Fact(say("SHA-256"), since.model_sha256, code=True),
        Fact(say("Audited"), since.started_at),
        Fact(say("Data"), since.data, code=True),
        Fact(say("SHA-256 of the data"), since.data_sha256, code=True),
        Fact(say("Texts audited"), numbers.count(since.examples)),
        Fact(say("Texts drawn for attacks"), numbers.count(since.attacked_examples)),
        Fact(say("Profile"), profile_name(since.profile)),
        Fact(say("Seed"), str(since.seed), code=True),
        Fact("robust-emo", since.robust_emo, code=True),
    )
