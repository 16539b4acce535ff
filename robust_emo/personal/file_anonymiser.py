"""Anonymises the text column of a data file; labels, ids and all other columns stay as they are."""

import gzip
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from robust_emo.atomic import write_atomically
from robust_emo.data.text_column import TextColumn, format_of, read_text_column
from robust_emo.errors import InputError
from robust_emo.personal.finding import Kind
from robust_emo.personal.recognisers import BUILT_IN, Recogniser
from robust_emo.personal.rewriting import Rewritten, mask_of, rewrite
from robust_emo.personal.scanning import ALL_KINDS, PersonalData
from robust_emo.personal.surrogates import Pseudonym, Surrogates

Method = Literal["mask", "pseudonymise"]
METHODS: tuple[Method, ...] = get_args(Method)

_OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Places:
    """Where results go."""

    out: Path
    """The anonymised file, in the format of the original."""
    spans: Path | None = None
    """JSONL: per row, where each replaced stretch was and is."""
    mapping: Path | None = None
    """JSONL: what each surrogate stands for. Whoever has it can undo everything."""

    def check(self, source: Path, *, method: Method, overwrite: bool) -> None:
        """Refuse what would lose a file, before anything is read.

        Raises:
            InputError: a place is taken, or named twice, or is the source; another format; a mapping of masks.
        """
        if self.mapping is not None and method != "pseudonymise":
            raise InputError("--mapping says what surrogates stand for; masks stand for nothing: --method pseudonymise")
        if format_of(self.out) != format_of(source):
            raise InputError(f"{self.out}: the format stays; expected a name that ends like that of {source}")
        places = [place for place in (self.out, self.spans, self.mapping) if place is not None]
        for number, place in enumerate(places):
            if _same(place, source):
                raise InputError(f"{place}: is the file that is read; name another one")
            if any(_same(place, other) for other in places[:number]):
                raise InputError(f"{place}: named twice; every result needs a file of its own")
            if place.is_dir():
                raise InputError(f"{place}: is a directory, expected the name of a file")
            if place.exists() and not overwrite:
                raise InputError(f"{place}: exists already; name another file or give --overwrite")
            if not place.parent.is_dir():
                raise InputError(f"{place}: there is no directory {place.parent}")


@dataclass(frozen=True, slots=True)
class Anonymised:
    """What was found in a file; no value of it."""

    data: PersonalData
    other_columns: tuple[str, ...]
    """Columns that nobody looked at."""


def check_file(
    source: Path,
    *,
    text_column: str | None = None,
    recognisers: Sequence[Recogniser] = BUILT_IN,
    kinds: Collection[Kind] = ALL_KINDS,
) -> Anonymised:
    """Count what :func:`anonymise_file` would replace; nothing is written.

    Raises:
        InputError: see :func:`robust_emo.data.text_column.read_text_column`.
    """
    column = read_text_column(source, text_column)
    results = [rewrite(text, mask_of, recognisers=recognisers, kinds=kinds) for text in column.texts]
    return _summary(column, results)


def anonymise_file(
    source: Path,
    places: Places,
    *,
    method: Method = "mask",
    overwrite: bool = False,
    text_column: str | None = None,
    recognisers: Sequence[Recogniser] = BUILT_IN,
    kinds: Collection[Kind] = ALL_KINDS,
) -> Anonymised:
    """Write a copy of `source` with masks or surrogates in its texts.

    With ``pseudonymise`` one value has one surrogate in the whole file. All files are written whole or not at all,
    the anonymised one last.

    Raises:
        InputError: see :class:`Places` and :func:`robust_emo.data.text_column.read_text_column`.
        OSError: a file cannot be written.
    """
    places.check(source, method=method, overwrite=overwrite)
    column = read_text_column(source, text_column)
    surrogates = Surrogates(column.texts if method == "pseudonymise" else ())
    replacement = surrogates.of if method == "pseudonymise" else mask_of
    results = [rewrite(text, replacement, recognisers=recognisers, kinds=kinds) for text in column.texts]
    content = column.rewritten([result.text for result in results])
    if places.out.suffix.lower() == ".gz":
        content = gzip.compress(content, mtime=0)
    if places.mapping is not None:
        write_atomically(places.mapping, _mapping(surrogates.given()), mode=_OWNER_ONLY)
    if places.spans is not None:
        write_atomically(places.spans, _spans(column, results))
    write_atomically(places.out, content)
    return _summary(column, results)


def _summary(column: TextColumn, results: Sequence[Rewritten]) -> Anonymised:
    return Anonymised(PersonalData.of(result.findings for result in results), tuple(column.other_columns))


def _mapping(given: Sequence[Pseudonym]) -> bytes:
    return _lines({"kind": one.kind, "surrogate": one.surrogate, "value": one.value} for one in given)


def _spans(column: TextColumn, results: Sequence[Rewritten]) -> bytes:
    return _lines(
        {
            column.unit: line,
            "spans": [
                {
                    "start": moved.start,
                    "end": moved.end,
                    "new_start": moved.new_start,
                    "new_end": moved.new_end,
                    "kind": moved.kind,
                }
                for moved in result.moved
            ],
        }
        for line, result in zip(column.lines, results, strict=True)
    )


def _lines(documents: Iterable[dict[str, object]]) -> bytes:
    return "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents).encode()


def _same(left: Path, right: Path) -> bool:
    if left.exists() and right.exists():
        return left.samefile(right)
    return left.resolve() == right.resolve()
