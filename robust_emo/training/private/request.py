"""What a private training is asked for, and the data that it may look at."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from robust_emo.canaries.plan import CanaryPlan
from robust_emo.data.independent_split import split_independently
from robust_emo.errors import InputError
from robust_emo.models.private_data import data_folder
from robust_emo.training.batches import Encoded
from robust_emo.training.corpus import Corpus, Reading, read_corpus
from robust_emo.training.output import check_apart, check_output, checkpoint_folder
from robust_emo.training.private.fine_tuning.settings import FineTuning
from robust_emo.training.private.saving import check_data_folder
from robust_emo.training.private.settings import PrivateSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateRequest:
    """What is trained, on what, and where it goes."""

    data: str
    """See :func:`robust_emo.training.train.train`."""
    out: Path
    """The model directory; appears when everything is done."""
    settings: PrivateSettings | FineTuning
    base: str = "minilm"
    """`minilm`, or a directory with a public encoder."""
    public_base: str | None = None
    """Directory of a second one with the same tokenizer, such as one fine-tuned on other, public data."""
    validation: str | None = None
    """Where this or `test` is missing, its texts are drawn from `data` one by one and kept beside the model, which
    can be handed on without them; see :func:`~robust_emo.models.private_data.data_folder`."""
    test: str | None = None
    reading: Reading = field(default_factory=Reading)
    hold_out: float = 0.0
    """Share of the training part that is used for nothing, for later attacks on privacy."""
    canaries: CanaryPlan | None = None
    """Units more, whose coins an audit guesses; the file that says how they fell is kept beside the model."""
    device: str = "cpu"
    overwrite: bool = False
    resume: bool = False
    """Whether to go on with an interrupted training inside the encoder; a head is trained in seconds."""
    checkpoint_minutes: float = 1.0
    """Least time between two checkpoints, inside the encoder."""

    @property
    def bases(self) -> tuple[str, ...]:
        """All encoders."""
        return (self.base, self.public_base) if self.public_base else (self.base,)


def check_alone() -> None:
    """Refuse several processes.

    Raises:
        InputError: torchrun has started some.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise InputError("private training takes one process; start it without torchrun")


def check_paths(request: PrivateRequest) -> None:
    """Refuse what could not be written, and what would be written over.

    Raises:
        InputError: see there.
    """
    check_output(request.out, overwrite=request.overwrite)
    read = (request.data, request.validation, request.test, *(base for base in request.bases if base != "minilm"))
    for written in (request.out, data_folder(request.out), checkpoint_folder(request.out)):
        check_apart(written, read)
    check_data_folder(request.out, overwrite=request.overwrite)


def private_corpus(request: PrivateRequest) -> Corpus:
    """All data; what is missing is drawn text by text, or author by author."""
    return read_corpus(
        request.data,
        validation=request.validation,
        test=request.test,
        reading=request.reading,
        seed=request.settings.seed,
        splitter=split_independently,
        hold_out=request.hold_out,
    )


def units_of(corpus: Corpus, settings: PrivateSettings | FineTuning) -> list[str] | None:
    """Whose each training text is; None where each is a unit of its own.

    Raises:
        InputError: authors are hidden, and a text has none.
    """
    if settings.unit == "example":
        return None
    authors = [example.group for example in corpus.train if example.group]
    if not authors:
        raise InputError("the unit 'author' needs a column of authors or speakers: name it with --group-column")
    if missing := len(corpus.train) - len(authors):
        raise InputError(
            f"{missing} of {len(corpus.train)} training texts have no author, and one who wrote several of them would "
            "not be hidden; give them one or leave them out"
        )
    return authors


def notes_on(corpus: Corpus, train: Encoded) -> Sequence[str]:
    """What an ordinary training says of its data, too."""
    cut = f"{train.truncated} of {len(train)} training texts are longer than {train.max_length} tokens and were cut"
    return (*corpus.warnings, cut) if train.truncated else corpus.warnings
