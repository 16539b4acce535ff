"""What `robust-emo anonymise` refuses, before anything is written."""

import pytest
from command_line import refused


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name the anonymised file with --out, or only count with --check"),
        (["--check", "--out", "b.csv"], "--check writes nothing"),
        (["--out", "a.csv"], "a.csv: is the file that is read"),
        (["--out", "link.csv", "--overwrite"], "link.csv: is the file that is read"),
        (["--out", "b.csv", "--spans", "a.csv"], "a.csv: is the file that is read"),
        (["--out", "b.csv", "--spans", "./b.csv"], "named twice"),
        (["--out", "old.csv"], "old.csv: exists already; name another file or give --overwrite"),
        (["--out", "b.tsv"], "b.tsv: the format stays"),
        (["--out", "b.txt"], "b.txt: unknown format"),
        (["--out", "no/b.csv"], "there is no directory no$"),
        (["--out", "b.csv", "--mapping", "m.jsonl"], "masks stand for nothing"),
        (["--out", "b.csv", "--kinds", "emial"], "unknown kind 'emial'; did you mean 'email'"),
        (["--out", "b.csv", "--text-column", "txt"], r"no column 'txt' \(--text-column\)"),
    ],
)
def test_wrong_usage_is_one_line_and_writes_nothing(cli, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("text,label\nhi @anna,joy\n")
    (tmp_path / "old.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("a.csv")
    refused(cli("anonymise", "a.csv", *arguments), message)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "link.csv", "old.csv"]
    assert (tmp_path / "old.csv").read_text() == "old"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.csv",
            b"text,label\nhi @anna,joy\n@ben too,many,cells\n",
            "line 3: 3 fields where the header has 2; all rows",
        ),
        ("a.csv", b'text,label\n"never ends @anna,joy\n', "line 2: a quoted field that starts here does not end"),
        ("a.csv", b"a,b\n1,2\n", "no text column among 'a', 'b'"),
        ("a.csv", b"", "the file is empty"),
        ("a.csv", b"text\n\xff\n", "expected UTF-8"),
        ("a.jsonl", b'{"text": "ok"}\n{"text": \n', "line 2: not JSON"),
        ("a.jsonl", b'{"text": "ok"}\n[1]\n', "line 2: expected a JSON object"),
        ("a.jsonl", b'{"text": ["a@b.com"]}\n', "line 1: the text is a list"),
        ("a.jsonl", b'{"text": "a@b.com", "text": "b@c.com"}\n', "line 1: the key 'text' stands 2 times"),
        ("a.parquet", b"no parquet", "not a readable Parquet file"),
        ("a.xlsx", b"", "unknown format"),
    ],
)
def test_what_cannot_be_read_whole_is_refused(cli, tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    out = tmp_path / f"out.{name.rpartition('.')[2]}"
    refused(cli("anonymise", tmp_path / name, "--out", out), message)
    assert not out.exists()


def test_a_directory_and_a_missing_file(cli, tmp_path):
    refused(cli("anonymise", tmp_path, "--check"), "is a directory, expected one of its files")
    refused(cli("anonymise", tmp_path / "no.csv", "--check"), "no such file")


def test_without_presidio_the_command_that_adds_it_is_named(cli, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "presidio_analyzer", None)
    monkeypatch.setitem(__import__("sys").modules, "spacy", None)
    (tmp_path / "a.csv").write_text("text\nhi\n")
    ended = cli("anonymise", tmp_path / "a.csv", "--check", "--recogniser", "presidio")
    refused(ended, r"pip install 'robust-emo\[presidio\]'")
