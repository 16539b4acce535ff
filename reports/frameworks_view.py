"""Which parts of this audit are evidence for which measure of a framework, and whether they were measured."""

from collections.abc import Iterable
from dataclasses import dataclass

from robust_emo.types import AuditReport, Section

from .explanation_view import EXPLANATION
from .framework_measures import AI_ACT, AI_RMF, LEAKS, TYPING_ERRORS, Measure, Part
from .language import later, say
from .privacy_view import PRIVACY
from .robustness_view import ENSEMBLE

FAIRNESS = "fairness"
MEASURED, IN_PART, NOT_MEASURED = later("measured"), later("measured in part"), later("not measured")
STATED, NOT_STATED, NOT_JUDGED, NONE = later("stated"), later("not stated"), later("not judged"), later("none")
RECORDED, DUPLICATES_UNKNOWN = later("recorded"), later("recorded, but not which texts were trained on")
OTHER_ATTACKS = later("not measured: no attack of typing errors ran, only others")


@dataclass(frozen=True, slots=True)
class MeasureView:
    """One row."""

    clause: str
    asks: str
    evidence: str
    anchor: str | None
    """Place on the page; null where there is none, because nothing of it was measured."""
    state: str
    """``measured``, ``measured in part``, ``not measured``, or what else is the case, in words."""
    present: bool


@dataclass(frozen=True, slots=True)
class FrameworkView:
    """One table."""

    name: str
    short: str
    source: str
    measures: tuple[MeasureView, ...]


def frameworks_view(report: AuditReport) -> tuple[FrameworkView, ...]:
    """View of the two frameworks."""
    states = _states(report)
    return (
        FrameworkView(
            say("EU Artificial Intelligence Act"),
            say("AI Act"),
            say("Regulation (EU) 2024/1689. Its Articles 9 to 15 and Annex IV bind high-risk systems."),
            _rows(AI_ACT, states),
        ),
        FrameworkView(
            say("NIST AI Risk Management Framework"),
            say("AI RMF"),
            say("AI RMF 1.0, NIST AI 100-1 (2023). It is voluntary."),
            _rows(AI_RMF, states),
        ),
    )


def _rows(measures: Iterable[Measure], states: dict[Part, str]) -> tuple[MeasureView, ...]:
    rows = []
    for measure in measures:
        state = states[measure.part]
        present = state not in (NOT_MEASURED, OTHER_ATTACKS, NOT_STATED, NOT_JUDGED, NONE)
        always = measure.part in (Part.SCOPE, Part.JUDGEMENT, Part.WAIVERS)
        anchor = measure.part.anchor if present or always else None
        texts = say(measure.clause), say(measure.asks), say(measure.evidence)
        rows.append(MeasureView(*texts, anchor, say(state), present))
    return tuple(rows)


def _stated(said: int, asked: int) -> str:
    if not said:
        return NOT_STATED
    return STATED if said == asked else later("stated in part")


def _states(report: AuditReport) -> dict[Part, str]:
    """Not looked up yet, so that they can be compared."""
    scope = report.run.scope
    stated = [] if scope is None else [scope.intended_use, scope.modality, scope.jurisdiction]
    said = sum(each is not None for each in stated)
    flags = [flag for section in report.sections if section.plugin == ENSEMBLE for flag in section.flags]
    of = {kind: [section for section in report.sections if section.kind == kind] for kind in _KINDS}
    return {
        Part.SCOPE: _stated(said, len(stated)),
        Part.JUDGEMENT: later("judged") if report.verdicts else NOT_JUDGED,
        Part.CLEAN: _measured(of["clean"]),
        Part.ROBUSTNESS: _measured(of["evasion"]),
        Part.TYPING: _typing(of["evasion"]),
        Part.PRIVACY: _measured(of[PRIVACY]),
        Part.LEAKS: _measured([section for section in of[PRIVACY] if section.plugin in LEAKS]),
        Part.EXPLANATIONS: _measured(of[EXPLANATION]),
        Part.FAIRNESS: _measured(of[FAIRNESS]),
        Part.DIAGNOSIS: MEASURED if any(flag.raised is not None for flag in flags) else NOT_MEASURED,
        Part.RECORD: RECORDED,
        Part.DATA: RECORDED if report.run.train_duplicates is not None else DUPLICATES_UNKNOWN,
        Part.LIMITS: STATED,
        Part.WAIVERS: RECORDED if any(verdict.waiver for verdict in report.verdicts) else NONE,
        Part.SIGN_OFF: later("to be signed"),
    }


_KINDS = ("clean", "evasion", PRIVACY, EXPLANATION, FAIRNESS)


def _typing(attacked: list[Section]) -> str:
    state = _measured([section for section in attacked if section.plugin in TYPING_ERRORS])
    return OTHER_ATTACKS if state == NOT_MEASURED != _measured(attacked) else state


def _measured(sections: list[Section]) -> str:
    """A section that crashed measured nothing; one without a single number did not either."""
    ran = [
        section
        for section in sections
        if section.error is None
        and (section.explanation is not None or any(metric.value is not None for metric in section.metrics))
    ]
    if not ran:
        return NOT_MEASURED
    return MEASURED if len(ran) == len(sections) else IN_PART
