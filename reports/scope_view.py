"""What was audited, what for, and by what: the short form, before any number."""

from dataclasses import dataclass

from robust_emo.types import AuditReport, DataInfo, Modality, Scope

from .language import later, say, say_counted
from .provenance_view import profile_text
from .section_view import Fact

_MODALITIES = {
    Modality.TEXT: later("Written text and nothing else."),
    Modality.SPEECH: later(
        "Speech turned into text, and nothing of how it was spoken. Speech recognition was not audited."
    ),
    Modality.MULTIMODAL: later("Text beside voice, face or other signals of a person. Only the text was audited."),
}
_DIGITS = 12
"""Of a fingerprint; all of them stand under Provenance."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that only whoever audits can know."""

    name: str
    text: str | None
    """None: not stated."""
    option: str
    """How to state it."""
    example: str


@dataclass(frozen=True, slots=True)
class ScopeView:
    """Statements first, then what the audit knows by itself."""

    stated: tuple[Statement, ...]
    facts: tuple[Fact, ...]
    asked: bool
    """False: an older version, which did not ask, made the audit."""

    @property
    def missing(self) -> bool:
        """Whether anything is left unsaid."""
        return any(each.text is None for each in self.stated)


def scope_view(report: AuditReport) -> ScopeView:
    """View of :class:`~robust_emo.types.Scope` and of the fingerprints around it."""
    run = report.run
    scope = run.scope or Scope()
    return ScopeView(
        stated=(
            Statement(
                say("Intended use"),
                scope.intended_use,
                "--intended-use",
                say('"Routes complaints to people; decides nothing."'),
            ),
            Statement(
                say("Modality"), say(_MODALITIES[scope.modality]) if scope.modality else None, "--modality", "text"
            ),
            Statement(say("Jurisdiction"), scope.jurisdiction, "--jurisdiction", "EU"),
        ),
        facts=(
            Fact(say("Labels"), ", ".join(run.labels)),
            Fact(say("Model SHA-256"), _short(run.model_sha256), code=True),
            Fact(say("Audited data"), _data(run.data)),
            Fact(say("Data SHA-256"), _short(run.data.sha256), code=True),
            *([Fact(say("Policy"), run.policy, code=True)] if run.policy else ()),
            Fact(
                say("Versions"),
                say(
                    "robust-emo {version}, schema of audit.json {schema}",
                    version=run.robust_emo,
                    schema=report.schema_version,
                ),
            ),
            Fact(say("Protocol"), say("profile {profile}, seed {seed}", profile=profile_text(run), seed=run.seed)),
        ),
        asked=run.scope is not None,
    )


def _data(data: DataInfo) -> str:
    return say_counted(data.rows, "{path}, {n} text", "{path}, {n} texts", path=data.path)


def _short(sha256: str) -> str:
    return f"{sha256[:_DIGITS]}…" if len(sha256) > _DIGITS else sha256
