"""What an audit cannot tell, in plain words. It depends on what ran: who measured nothing must not read as safe."""

from collections.abc import Iterator

from robust_emo.types import AuditReport, Modality, Section

from .explanation_view import EXPLANATION
from .frameworks_view import FAIRNESS
from .language import say, say_counted
from .privacy_view import PRIVACY


def limits(report: AuditReport) -> tuple[str, ...]:
    """One sentence or two each."""
    return (*_of_the_texts(report), *_of_the_attacks(report), *_of_the_rest(report))


def _ran(report: AuditReport, kind: str) -> list[Section]:
    return [section for section in report.sections if section.kind == kind and section.error is None]


def _of_the_texts(report: AuditReport) -> Iterator[str]:
    run = report.run
    yield say_counted(
        run.examples,
        "The numbers speak of texts like the {n} audited text. Other topics, languages, writers and times may be "
        "worse; whether the audited texts are like those of your use, only you can tell.",
        "The numbers speak of texts like the {n} audited texts. Other topics, languages, writers and times may be "
        "worse; whether the audited texts are like those of your use, only you can tell.",
    )
    yield say("Labels say what annotators read in a text. That need not be what its writer felt, and annotators err.")
    yield say("Whether it is right, fair or lawful to infer emotions here is no question that a measurement answers.")
    if not _ran(report, "clean"):
        yield say("Performance on texts as written was not measured.")
    if run.train_duplicates is None:
        yield say(
            "Whether audited texts stand in the training data too is unknown; if they do, clean numbers are too good."
        )
    if run.scope is not None and run.scope.modality is Modality.MULTIMODAL:
        yield say("Voice, face and other signals were not audited, nor how they and the text decide together.")
    if run.scope is not None and run.scope.modality is Modality.SPEECH:
        yield say("Errors of speech recognition were not audited: the texts were taken as they stand.")


def _of_the_attacks(report: AuditReport) -> Iterator[str]:
    if not _ran(report, "evasion"):
        yield say(
            "Nothing was attacked. How the model does on texts that somebody changed, on purpose or not, is unknown."
        )
        return
    yield say(
        "Attacks are searches and no proofs. A text that withstood them may fall to a stronger attack or a new one."
    )
    yield say(
        "Whether a changed text still expresses its emotion was judged by rules and lexicons, or not at all. People "
        "may disagree with them in both directions."
    )
    if any(flag.raised for section in report.sections for flag in section.flags):
        yield say(
            "A sign of self-diagnosis is raised: attacks may have been hindered, so robustness may look too good."
        )


def _of_the_rest(report: AuditReport) -> Iterator[str]:
    privacy = _ran(report, PRIVACY)
    if any(section.membership is not None for section in privacy):
        yield say(
            "Attacks on privacy that find little do not show that nothing leaks. Only a promise of ε and δ bounds it."
        )
    else:
        yield say("Whether the model gives away who was in its training data was not measured.")
    if _ran(report, EXPLANATION):
        yield say("Heat maps show which words moved the model. They show neither what moved the writer nor why.")
    else:
        yield say("Why the model answers as it does was not looked at.")
    if not any(metric.value is not None for section in _ran(report, FAIRNESS) for metric in section.metrics):
        yield say("Differences between groups of people were not measured. Good averages can hide bad numbers of some.")
    yield say(
        "Poisoned training data, what changes after this audit, and everything around the model, such as thresholds, "
        "screens and people, were not examined."
    )
    for section in report.sections:
        if section.error is not None:
            yield say("A part of the audit crashed; what it would have measured is unknown.")
            break
