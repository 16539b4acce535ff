"""Fingerprints, written files, the built-in sample, and real data sets where they are at hand."""

import csv
import gzip
import shutil
from pathlib import Path

import pytest

from robust_emo.data.builtin import sample_path
from robust_emo.data.dataset import read_dataset
from robust_emo.data.fingerprint import sha256_of
from robust_emo.data.splits import split
from robust_emo.data.writing import write_csv
from robust_emo.errors import InputError
from robust_emo.types import Example, Task

SHARED = Path(__file__).parents[2] / "shared" / "data"


def test_a_file_has_the_sha256_of_its_bytes(tmp_path):
    path = tmp_path / "data.csv"
    path.write_bytes(b"abc")
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_directory_is_told_by_its_visible_files(tmp_path):
    folder = tmp_path / "data"
    (folder / "inner").mkdir(parents=True)
    (folder / "a").write_text("1")
    (folder / "inner" / "b").write_text("2")
    before = sha256_of(folder)
    (folder / ".hidden").write_text("3")
    assert sha256_of(shutil.copytree(folder, tmp_path / "copy")) == before
    (folder / "a").rename(folder / "c")
    assert sha256_of(folder) != before


def test_a_changed_file_is_refused(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("text,label\na,joy\n")
    fingerprint = read_dataset(path).sha256
    assert read_dataset(path, sha256=fingerprint).sha256 == fingerprint
    path.write_text("text,label\nb,joy\n")
    with pytest.raises(InputError, match="changed since training"):
        read_dataset(path, sha256=fingerprint)
    path.unlink()
    with pytest.raises(InputError, match="no such file"):
        read_dataset(path, sha256=fingerprint)


HOSTILE = [" a\rb\nc\r\nd ", 'q"uo"te,', "a\u2028b", "=1+1", "null", "\ufeffmark", "[x]", "emoji 😀"]


@pytest.mark.parametrize(
    ("task", "labels"),
    [
        (Task.SINGLE_LABEL, [("joy",), ("a|b",), ("[1]",), ("x;y",), ('say "no"',), ("joy",), ("fear",), ("怒",)]),
        (Task.MULTI_LABEL, [("joy",), (), ("a", "b"), ("a|b", "c"), ("[1]",), ("x;y",), ('"',), ("[", "]")]),
    ],
)
@pytest.mark.parametrize("grouped", [False, True])
def test_written_examples_are_read_back_the_same(tmp_path, task, labels, grouped):
    examples = tuple(
        Example(f"id {n}", text, names, f"author {n % 3}" if grouped and n else None)
        for n, (text, names) in enumerate(zip(HOSTILE, labels, strict=True))
    )
    path = write_csv(tmp_path / "data.csv", examples, task)
    dataset = read_dataset(path, task=task, group_column="group" if grouped else None)
    assert dataset.examples == examples
    assert [other.name for other in tmp_path.iterdir()] == ["data.csv"]


@pytest.mark.parametrize(("language", "rows"), [("en", 900), ("zh", 300)])
def test_the_built_in_sample(language, rows):
    dataset = read_dataset(sample_path(language), group_column="author", strict=True, min_classes=2)
    assert len(dataset.examples) >= rows
    assert dataset.labels == ("anger", "disgust", "fear", "joy", "sadness", "surprise")
    assert all(example.group for example in dataset.examples)
    splits = split(dataset.examples, seed=0)
    assert all(
        {label for e in part for label in e.labels} == set(dataset.labels) for part in (splits.train, splits.test)
    )


def test_no_sample_in_other_languages():
    with pytest.raises(InputError, match="no built-in sample for language 'fr'; there are en, zh"):
        sample_path("fr")


def shared_files(column: str) -> list[str]:
    """Real data files, as `folder/name`, that have this column."""
    return sorted(
        path.relative_to(SHARED).as_posix() for path in SHARED.glob("*/*.csv*") if column in first_line(path).split(",")
    )


def first_line(path: Path) -> str:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        return next(file).strip()


@pytest.mark.parametrize(
    "name", shared_files("label") or [pytest.param("", marks=pytest.mark.skip("no ../shared/data"))]
)
def test_real_data_load_whole(name):
    path = SHARED / name
    dataset = read_dataset(path, strict=True, min_classes=2)
    many = name.split("/")[0] in ("goemotions", "semeval2018_ec", "xed")
    assert dataset.task is (Task.MULTI_LABEL if many else Task.SINGLE_LABEL)
    assert len(dataset.examples) == rows_of(path)


def rows_of(path: Path) -> int:
    with gzip.open(path, "rt", newline="", encoding="utf-8") if path.suffix == ".gz" else path.open(newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


@pytest.mark.parametrize(
    "name", shared_files("valence") or [pytest.param("", marks=pytest.mark.skip("no ../shared/data"))]
)
def test_regression_data_are_refused(name):
    with pytest.raises(InputError, match="no label column among 'text', 'valence', 'id'"):
        read_dataset(SHARED / name)
