"""The same rows, whatever format they are stored in, and one clear line for every damaged file."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from robust_emo.data.dataset import read_dataset
from robust_emo.errors import InputError
from robust_emo.types import Task

# "null" and "NA" are texts that people write; readers that guess types lose them.
TEXTS = ["I am so happy", 'she said "no", twice', "first line\nsecond line", "null", "NA", "累死了 😡"]
LABELS = ["joy", "anger", "fear", "sadness", "sadness", "anger"]
ROWS = list(zip(TEXTS, LABELS, strict=True))


def csv_text(delimiter: str) -> str:
    quoted = ['"' + text.replace('"', '""') + '"' for text in TEXTS]
    return f"text{delimiter}label\n" + "".join(
        f"{text}{delimiter}{label}\n" for text, label in zip(quoted, LABELS, strict=True)
    )


def jsonl_text() -> str:
    return "".join(json.dumps({"text": text, "label": label}) + "\n" for text, label in ROWS)


def write(path: Path, content: str | bytes) -> Path:
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def pairs(source: Path, **options) -> list[tuple[str, str]]:
    return [(example.text, *example.labels) for example in read_dataset(source, **options).examples]


@pytest.mark.parametrize("compressed", ["", ".gz"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".csv", csv_text(",")),
        (".csv", csv_text(";")),
        (".csv", csv_text("\t")),
        (".csv", csv_text(",").replace("\n", "\r\n").replace("first line\r\n", "first line\n")),
        (".tsv", csv_text("\t")),
        (".jsonl", jsonl_text()),
    ],
)
def test_every_text_format_gives_the_same_rows(tmp_path, suffix, content, mark, compressed):
    assert pairs(write(tmp_path / f"data{suffix}{compressed}", mark + content)) == ROWS


def test_parquet(tmp_path):
    import pyarrow
    import pyarrow.parquet

    path = tmp_path / "data.parquet"
    table = pyarrow.table({"other": [b"x"] * len(ROWS), "label": LABELS, "text": TEXTS})
    pyarrow.parquet.write_table(table, path)
    assert pairs(path) == ROWS
    assert read_dataset(path).examples[0].id == "row-1"


def test_parquet_with_missing_values(tmp_path):
    import pyarrow
    import pyarrow.parquet

    path = tmp_path / "data.parquet"
    columns = {"text": ["a", None, "b", "c"], "label": pyarrow.array([0.0, 1.0, None, 2.0])}
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    dataset = read_dataset(path)
    assert [example.labels for example in dataset.examples] == [("0",), ("2",)]
    assert [str(problem) for problem in dataset.problems] == ["row 2: no text", "row 3: no label"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A datasets directory with class names, of one split and of two."""
    datasets = pytest.importorskip("datasets")
    names = sorted(set(LABELS))
    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=names)})
    data = datasets.Dataset.from_dict(
        {"text": TEXTS, "label": [names.index(label) for label in LABELS]}, features=features
    )
    folder = tmp_path_factory.mktemp("saved")
    data.save_to_disk(str(folder / "one"))
    data.to_parquet(str(folder / "data.parquet"))
    datasets.DatasetDict(train=data, test=data.select([1, 0])).save_to_disk(str(folder / "two"))
    return folder


@pytest.mark.parametrize("name", ["one", "two/train", "data.parquet"])
def test_class_numbers_become_names(saved, name):
    assert pairs(saved / name) == ROWS


def test_a_selection_of_a_saved_dataset_keeps_its_order(saved):
    assert pairs(saved / "two" / "test") == [ROWS[1], ROWS[0]]


def test_several_splits_must_be_named(saved):
    with pytest.raises(InputError, match=r"holds the splits 'train', 'test'; name one, e\.g\. .*two/train$"):
        read_dataset(saved / "two")


def test_lists_of_class_numbers_become_names(tmp_path):
    datasets = pytest.importorskip("datasets")
    inner = datasets.ClassLabel(names=["joy", "fear"])
    features = datasets.Features({"text": datasets.Value("string"), "labels": datasets.Sequence(inner)})
    data = datasets.Dataset.from_dict({"text": ["a", "b", "c"], "labels": [[0, 1], [], [1]]}, features=features)
    data.save_to_disk(str(tmp_path / "data"))
    dataset = read_dataset(tmp_path / "data")
    assert dataset.task is Task.MULTI_LABEL
    assert [example.labels for example in dataset.examples] == [("joy", "fear"), (), ("fear",)]


def test_another_directory_is_refused(tmp_path):
    with pytest.raises(InputError, match="not one that datasets' save_to_disk wrote"):
        read_dataset(tmp_path)


def test_unquoted_tsv_keeps_its_quotes(tmp_path):
    content = 'text\tlabel\n"open quote\tjoy\nclosing quote"\tfear\na "word" inside\tanger\n'
    assert pairs(write(tmp_path / "data.tsv", content)) == [
        ('"open quote', "joy"),
        ('closing quote"', "fear"),
        ('a "word" inside', "anger"),
    ]


def test_jsonl_keeps_unicode_line_separators_and_reads_missing_keys(tmp_path):
    lines = ['{"text": "a\u2028b", "label": "joy"}', "", '{"label": "joy"}', '{"text": NaN, "label": "joy"}']
    lines += ['{"text": "nan", "label": 3}', '{"text": "c", "label": true}', '{"text": "d", "label": "\\ud83d\\ude00"}']
    dataset = read_dataset(write(tmp_path / "data.jsonl", "\n".join(lines)))
    labelled = [(example.id, example.text, example.labels) for example in dataset.examples]
    assert labelled == [
        ("row-1", "a\u2028b", ("joy",)),
        ("row-5", "nan", ("3",)),
        ("row-6", "c", ("true",)),
        ("row-7", "d", ("😀",)),
    ]
    assert [problem.line for problem in dataset.problems] == [3, 4]


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl"])
def test_texts_above_the_csv_field_limit(tmp_path, suffix):
    long = "very " * 60_000  # 300 kB
    content = json.dumps({"text": long, "label": "joy"}) if suffix == ".jsonl" else f'"text","label"\n"{long}","joy"\n'
    content = content.replace('","', '"\t"') if suffix == ".tsv" else content
    assert pairs(write(tmp_path / f"data{suffix}", content)) == [(long, "joy")]


def test_line_numbers_count_line_breaks_inside_quotes(tmp_path):
    content = 'text,label\n"one\ntwo\nthree",joy\nfour,joy,extra\nfive,fear\n'
    dataset = read_dataset(write(tmp_path / "data.csv", content))
    assert [example.id for example in dataset.examples] == ["row-2", "row-6"]
    assert [str(problem) for problem in dataset.problems] == ["line 5: 3 fields where the header has 2"]


def test_a_badly_quoted_line_is_left_out_and_reading_goes_on(tmp_path):
    dataset = read_dataset(write(tmp_path / "data.csv", 'text,label\na,joy\n"he" said,joy\nb,fear\nc,fear\n'))
    assert [example.text for example in dataset.examples] == ["a", "b", "c"]
    assert str(dataset.problems[0]).startswith("line 3: badly quoted")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("data.csv", b"", "the file is empty"),
        ("data.csv", b"\xef\xbb\xbf\n", "the file is empty"),
        ("data.jsonl", b"\n", "the file is empty"),
        ("data.csv", b"text,label\n", "no rows"),
        ("data.csv", b"text,label\n,joy\n", "1 of 1 rows are bad; line 2: no text"),
        ("data.csv", "text,label\nça,joie\nvoilà l'été,joie\n".encode("cp1252"), r"byte 0xe7 on line 2 \(byte 12 of"),
        ("data.csv", "text,label\n开心,joy\n".encode("gb18030"), "iconv -f WINDOWS-1252 .*GB18030"),
        ("data.csv", "text,label\na,joy\n".encode("utf-16"), "got UTF-16; convert it, e.g. iconv -f UTF-16"),
        ("data.csv", "text,label\na,joy\n".encode("utf-16-le"), "got UTF-16"),
        ("data.csv", b'text,label\na,joy\n"never closed,joy\nb,fear\n', "line 3: a quoted field that starts here"),
        ("data.csv", b'text,label\n"opens,joy\nb,fear\n"c" d,joy\n', "line 2: a quoted field that starts here"),
        ("data.jsonl", b'{"text": "a"\n[1]\n', "no line holds a JSON object; line 1: not JSON"),
        ("data.parquet", b"PAR1 or not", "not a readable Parquet file"),
        ("data.txt", b"text,label\na,joy\n", "unknown format; expected a name that ends in one of .csv"),
    ],
)
def test_damaged_files_are_refused_in_one_line(tmp_path, name, content, message):
    with pytest.raises(InputError, match=message) as caught:
        read_dataset(write(tmp_path / name, content))
    assert str(tmp_path / name) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_truncated_gzip_is_refused(tmp_path):
    path = tmp_path / "data.csv.gz"
    path.write_bytes(gzip.compress(csv_text(",").encode())[:-12])
    with pytest.raises(InputError, match="not a whole gzip file"):
        read_dataset(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_unreadable_file(tmp_path):
    path = write(tmp_path / "data.csv", csv_text(","))
    path.chmod(0)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        read_dataset(path)


def test_no_such_file_names_the_nearest_one(tmp_path):
    write(tmp_path / "train.csv", csv_text(","))
    with pytest.raises(InputError, match=r"trian\.csv: no such file or directory; did you mean .*train\.csv\?"):
        read_dataset(tmp_path / "trian.csv")


def run_python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": str(folder / "home")}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, text=True, capture_output=True, check=False
    )


def test_mistyped_paths_never_reach_for_the_network(tmp_path):
    (tmp_path / "data").mkdir()
    code = """
import sys
from robust_emo.data.dataset import read_dataset
from robust_emo.errors import InputError
for source in ("data/train", "nodir/train.csv", "a/b/c", "train"):
    try:
        read_dataset(source)
    except InputError as error:
        assert "no such file or directory" in str(error), error
assert not {"datasets", "pyarrow", "torch", "transformers"} & set(sys.modules)
"""
    result = run_python(code, tmp_path)
    assert result.returncode == 0, result.stderr


def test_a_hub_id_that_cannot_be_loaded_is_one_line(tmp_path):
    code = """
from robust_emo.data.dataset import read_dataset
from robust_emo.errors import InputError
try:
    read_dataset("some-owner/some-data:train")
except InputError as error:
    print(error)
"""
    result = run_python(code, tmp_path)
    assert result.stdout.startswith("some-owner/some-data:train: no such local file, and the hub data set cannot"), (
        result
    )
    assert result.stdout.count("\n") == 1
