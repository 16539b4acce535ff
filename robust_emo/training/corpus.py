"""Training, validation and test data: from files, or split off from the one file there is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from robust_emo.data.dataset import Dataset, read_dataset
from robust_emo.data.duplicates import count_repeated, count_shared
from robust_emo.data.fingerprint import sha256_of
from robust_emo.data.splits import Splits, split
from robust_emo.data.table import is_hub_id
from robust_emo.data.writing import write_csv
from robust_emo.errors import InputError
from robust_emo.models.manifest import DataSource
from robust_emo.types import Example, Task

Splitter = Callable[..., Splits]
"""Takes examples, `shares` and `seed`."""

_SHARE = 0.1
"""Of the data, for each part that is split off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How data files are read; None leaves it to :func:`robust_emo.data.dataset.read_dataset`."""

    text_column: str | None = None
    label_column: str | None = None
    id_column: str | None = None
    group_column: str | None = None
    label_map: Mapping[str, str] | None = None
    task: Task | None = None


@dataclass(frozen=True, slots=True)
class Corpus:
    """All data of one training."""

    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    test: tuple[Example, ...]
    labels: tuple[str, ...]
    task: Task
    files: Mapping[str, Dataset]
    """By part name, the files that were named; parts that were split off have none."""
    reading: Reading
    warnings: tuple[str, ...]
    holdout: tuple[Example, ...] = ()
    """Training texts set aside by chance and used for nothing: others of the same source, to attack privacy by."""

    @property
    def parts(self) -> dict[str, tuple[Example, ...]]:
        """By name: train, validation, test, and holdout where there is one."""
        known = {"train": self.train, "validation": self.validation, "test": self.test}
        return known | {"holdout": self.holdout} if self.holdout else known

    @property
    def split(self) -> bool:
        """Whether the training file was divided."""
        return len(self.files) < len(self.parts)


def read_corpus(
    data: str,
    *,
    validation: str | None,
    test: str | None,
    reading: Reading,
    seed: int,
    splitter: Splitter = split,
    hold_out: float = 0.0,
) -> Corpus:
    """Read all files and split off what is missing, groups and duplicates kept together.

    Args:
        splitter: how; by default stratified.
        hold_out: share of the training part that is set aside and used for nothing, in [0, 0.5].

    Raises:
        InputError: as `read_dataset` and `split`; a label of validation or test data that training data lacks; a share
            out of its range.
    """
    read = partial(
        read_dataset,
        text_column=reading.text_column,
        label_column=reading.label_column,
        id_column=reading.id_column,
        group_column=reading.group_column,
        label_map=reading.label_map,
    )
    main = read(data, task=reading.task, min_classes=2)
    files = {"train": main}
    for name, source in (("validation", validation), ("test", test)):
        if source is not None:
            files[name] = read(source, task=main.task, labels=main.labels)
    parts = {name: file.examples for name, file in files.items()}
    if len(files) < 3:
        shares = (0.0 if validation else _SHARE, 0.0 if test else _SHARE)
        made = splitter(main.examples, shares=(1 - sum(shares), *shares), seed=seed)
        parts = {"train": made.train, "validation": made.validation, "test": made.test} | {
            name: part for name, part in parts.items() if name != "train"
        }
    corpus = Corpus(parts["train"], parts["validation"], parts["test"], main.labels, main.task, files, reading, ())
    corpus = _held_out(corpus, hold_out, seed, splitter)
    return replace(corpus, warnings=_warnings(corpus))


def _held_out(corpus: Corpus, share: float, seed: int, splitter: Splitter) -> Corpus:
    if not 0 <= share <= 0.5:
        raise InputError(f"the share to hold out must be at least 0 and at most 0.5, got {share}")
    if not share:
        return corpus
    # Another seed than that of the other parts: drawn by a hash, the same one would take nothing of what they left.
    divided = splitter(corpus.train, shares=(1 - share, share, 0.0), seed=seed + 1)
    return replace(corpus, train=divided.train, holdout=divided.validation)


def write_sources(corpus: Corpus, directory: Path, *, apart: Path | None = None) -> dict[str, DataSource]:
    """Describe where the data lies; what was split off is written to `directory`/data, the training part too.

    Args:
        apart: an existing directory to write it to instead, where the model must be handed on without its data.
    """
    sources = {}
    for name, part in corpus.parts.items():
        file = corpus.files.get(name)
        if file is None or (name == "train" and corpus.split):
            path = (apart or directory / "data") / f"{name}.csv"
            path.parent.mkdir(exist_ok=True)
            write_csv(path, part, corpus.task)
            sources[name] = DataSource(
                path=str(path.absolute()) if apart else f"data/{name}.csv", sha256=sha256_of(path), rows=len(part),
                text_column="text", label_column="label", id_column="id",
                group_column="group" if any(example.group for example in part) else None,
            )  # fmt: skip
        else:
            sources[name] = _named_source(file, corpus.reading)
    return sources


def _named_source(file: Dataset, reading: Reading) -> DataSource:
    return DataSource(
        path=file.path if is_hub_id(file.path) else str(Path(file.path).absolute()),
        sha256=file.sha256,
        rows=len(file.examples),
        text_column=reading.text_column,
        label_column=reading.label_column,
        id_column=reading.id_column,
        group_column=reading.group_column,
        label_map=reading.label_map or {},
    )


def _warnings(corpus: Corpus) -> tuple[str, ...]:
    found = []
    for name, file in corpus.files.items():
        if file.problems:
            found.append(f"{len(file.problems)} bad rows of the {name} data left out, the first: {file.problems[0]}")
        if file.dropped:
            found.append(f"{file.dropped} rows of the {name} data dropped by the label map")
    repeated = count_repeated(corpus.train)
    if repeated:
        found.append(f"{repeated} of {len(corpus.train)} training texts repeat an earlier one")
    for name in ("validation", "test"):
        shared = count_shared(corpus.parts[name], corpus.train)
        if shared:
            found.append(f"{shared} of {len(corpus.parts[name])} {name} texts also stand in the training data")
    shared = count_shared(corpus.test, corpus.validation)
    if shared:
        found.append(f"{shared} of {len(corpus.test)} test texts also stand in the validation data")
    return tuple(found)
