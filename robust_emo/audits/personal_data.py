"""Personal data in the training texts and in the audited ones, counted."""

import time
from collections.abc import Iterator, Sequence

from robust_emo.audits.context import AuditContext
from robust_emo.audits.metrics import CONFIDENCE
from robust_emo.errors import PrerequisiteError
from robust_emo.models.private_data import trained_on
from robust_emo.personal.choice import check_recogniser, recognisers_called
from robust_emo.personal.finding import Finding
from robust_emo.personal.recognisers import Recogniser
from robust_emo.personal.scanning import PersonalData, find
from robust_emo.plugins import PluginSpec
from robust_emo.progress import Progress
from robust_emo.types import Example, Metric, PersonalCount, PersonalKind, Section
from robust_emo.types.personal_data import TextsOf

METHOD = "counted"
_NO_SAMPLE = (
    "All texts were looked at and none was drawn: the interval is the number itself, and speaks of no other texts."
)
_LOWER_BOUND = (
    "Patterns miss some personal data and find some that is none. Read the numbers as a lower bound, and zero as no "
    "proof that there is none."
)
_UNKNOWN = "not measured: training texts, since they are unknown; name them with --train-data FILE"
_PRIVATE = (
    "not measured: training texts, since exact counts over those of a private training would tell whether a single one "
    "was among them; `robust-emo anonymise FILE --check` counts where the file lies"
)
_AUDITED_PRIVATE = "not measured: audited texts, since they are the very file that the model was privately trained on"


class PersonalDataInTexts:
    """How many texts hold names, addresses or numbers of people.

    Args:
        recogniser: ``built-in``, or ``presidio`` to ask Microsoft Presidio, too.

    Raises:
        InputError: there is no such recogniser.
    """

    spec = PluginSpec(
        name="personal-data",
        version="1",
        summary="training and audited texts with names, addresses or numbers of people",
        kind="privacy",
    )

    def __init__(self, *, recogniser: str = "built-in") -> None:
        check_recogniser(recogniser)
        self._recogniser = recogniser

    def problems(self) -> Sequence[str]:
        """Presidio or its model, where it is asked for and not installed."""
        try:
            recognisers_called(self._recogniser)
        except PrerequisiteError as error:
            return (str(error),)
        return ()

    def run(self, context: AuditContext) -> Sequence[Section]:
        """One section; texts are not measured where they are unknown or were trained on privately."""
        started = time.perf_counter()
        known, missing = _countable(context)
        recognisers = recognisers_called(self._recogniser)
        counts = {of: _counted(of, examples, recognisers, context.progress) for of, examples in known.items()}
        return [
            Section(
                kind="privacy",
                plugin=self.spec.name,
                version=self.spec.version,
                args={"recogniser": self._recogniser},
                metrics=tuple(_share(of, counts.get(of)) for of in ("training", "audited")),
                seconds=time.perf_counter() - started,
                notes=(*missing, *((_NO_SAMPLE, _LOWER_BOUND) if counts else ())),
                personal=tuple(counts.values()),
            )
        ]


def _countable(context: AuditContext) -> tuple[dict[TextsOf, Sequence[Example]], list[str]]:
    """The texts that may be counted, and why others may not."""
    private = context.manifest is not None and context.manifest.privacy is not None
    known: dict[TextsOf, Sequence[Example]] = {}
    missing = []
    if private:
        missing.append(_PRIVATE)
    elif context.members is None:
        missing.append(_UNKNOWN)
    else:
        known["training"] = context.members
    if private and _audits_what_was_trained_on(context):
        missing.append(_AUDITED_PRIVATE)
    else:
        known["audited"] = context.examples
    return known, missing


def _audits_what_was_trained_on(context: AuditContext) -> bool:
    """Of a private model its data folder alone can tell; False where that has gone."""
    source = trained_on(context.model_directory) if context.model_directory else None
    return source is not None and source.sha256 == context.data_sha256


def _counted(
    of: TextsOf, examples: Sequence[Example], recognisers: Sequence[Recogniser], progress: Progress
) -> PersonalCount:
    progress.begin(f"personal data: {of} texts", len(examples))
    try:
        found = PersonalData.of(_findings(examples, recognisers, progress))
    finally:
        progress.end()
    having = dict(found.touched_by_kind)
    kinds = tuple(PersonalKind(str(kind), having[kind], count) for kind, count in found.findings)
    return PersonalCount(of, found.texts, found.touched, kinds)


def _findings(
    examples: Sequence[Example], recognisers: Sequence[Recogniser], progress: Progress
) -> Iterator[tuple[Finding, ...]]:
    for example in examples:
        yield find(example.text, recognisers=recognisers)
        progress.advance()


def _share(of: TextsOf, count: PersonalCount | None) -> Metric:
    """Of texts with a finding. A count of all texts: its interval is the number itself."""
    value = count.touched / count.texts if count else None
    return Metric(
        name=f"{of}_texts_with_personal_data",
        value=value,
        ci_low=value,
        ci_high=value,
        n=count.texts if count else 0,
        confidence=CONFIDENCE,
        higher_is_better=False,
        method=METHOD if count else None,
    )
