"""Anonymising files: only the texts change, one value has one surrogate, and nothing is lost or given away."""

import csv
import gzip
import io
import json
import stat

import pyarrow
import pyarrow.parquet
import pytest

from robust_emo.data.dataset import read_dataset

ROWS = [
    ("I miss Jennifer Lopez", "sadness", "a1", "x,y"),
    ('so "happy" @anna, mail anna@mail.com', "joy", "a2", 'q"q'),
    ("plain joy\nin two lines", "joy", "a3", ""),
    ("@ANNA and @ben made me mad", "anger", "a4", "z"),
    ("我叫王小明，电话１３８１２３４５６７８", "sadness", "a5", "é"),
    ("jennifer lopez and anna@MAIL.com", "joy", "a6", "Anna Smith"),
]
MASKED = [
    "I miss [NAME]",
    'so "happy" @user, mail [EMAIL]',
    "plain joy\nin two lines",
    "@user and @user made me mad",
    "我叫[NAME]，电话[PHONE]",
    "[NAME] and [EMAIL]",
]
NAMED = [
    "I miss [NAME_1]",
    'so "happy" @user_1, mail [EMAIL_1]',
    "plain joy\nin two lines",
    "@user_1 and @user_2 made me mad",
    "我叫[NAME_2]，电话[PHONE_1]",
    "[NAME_1] and [EMAIL_1]",
]
HEADER = ("text", "label", "id", "other")


def csv_text(rows, **dialect):
    buffer = io.StringIO(newline="")
    csv.writer(buffer, **dialect).writerows([HEADER, *rows])
    return buffer.getvalue()


def with_texts(texts):
    return [(text, *row[1:]) for text, row in zip(texts, ROWS, strict=True)]


def json_text(rows):
    return "".join(json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) + "\r\n" for row in rows)


def as_bytes(name, rows):
    """The rows in the format of a file name, as a careful writer of it would put them down."""
    if name.startswith("bom"):
        return b"\xef\xbb\xbf" + csv_text(rows).encode()
    if ".jsonl" in name:
        return json_text(rows).encode()
    if "semicolon" in name:
        return csv_text(rows, delimiter=";", lineterminator="\n").encode()
    if name.endswith(".tsv"):
        return csv_text([row for row in rows if "\n" not in row[0]], delimiter="\t", lineterminator="\n").encode()
    return csv_text(rows, quoting=csv.QUOTE_ALL if "quoted" in name else csv.QUOTE_MINIMAL).encode()


def put(path, content):
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def content(path):
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


NAMES = (
    "plain.csv",
    "quoted.csv",
    "semicolon.csv",
    "bom.csv",
    "tabs.tsv",
    "lines.jsonl",
    "packed.csv.gz",
    "packed.jsonl.gz",
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("method", "texts"), [("mask", MASKED), ("pseudonymise", NAMED)])
def test_only_the_texts_change_byte_for_byte(cli, tmp_path, name, method, texts):
    source, out = put(tmp_path / name, as_bytes(name, ROWS)), tmp_path / f"out_{name}"
    assert cli("anonymise", source, "--out", out, "--method", method).code == 0
    assert content(out) == as_bytes(name, with_texts(texts))
    assert content(source) == as_bytes(name, ROWS)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("method", ["mask", "pseudonymise"])
def test_a_second_time_finds_nothing_and_changes_nothing(cli, tmp_path, name, method):
    source, once, twice = put(tmp_path / name, as_bytes(name, ROWS)), tmp_path / f"1_{name}", tmp_path / f"2_{name}"
    cli("anonymise", source, "--out", once, "--method", method)
    ended = cli("anonymise", once, "--out", twice, "--method", method, "--json")
    assert json.loads(ended.out)["findings"] == {}
    assert content(once) == content(twice)
    assert json.loads(cli("anonymise", once, "--check", "--json").out)["texts_with_findings"] == 0


def test_what_is_odd_in_a_file_stays(cli, tmp_path):
    odd = 'ID,text,label\r\n1,"say ""hi"" to @anna",joy\r\n\r\n"2",call "me" @ben,joy\n3,,joy\n4," spaced @cara ", joy'
    source, out = put(tmp_path / "odd.csv", odd.encode()), tmp_path / "out.csv"
    assert cli("anonymise", source, "--out", out).code == 0
    expected = odd.replace("@anna", "@user").replace("@ben", "@user").replace("@cara", "@user")
    assert content(out) == expected.encode()


def test_json_lines_keep_spaces_numbers_and_escapes(cli, tmp_path):
    lines = (
        '{"n": 1.50, "text": "hi @anna \\u00e9", "x": {"text": "@deep"}}\n\n'
        '  {"text":"ok","n":1e3}\n{"label":"joy"}\n{"text" : 13812345678, "n":null}'
    )
    source, out = put(tmp_path / "a.jsonl", lines.encode()), tmp_path / "out.jsonl"
    assert cli("anonymise", source, "--out", out).code == 0
    expected = lines.replace("@anna \\u00e9", "@user \\u00e9").replace("13812345678", '"[PHONE]"')
    assert content(out).decode() == expected


@pytest.mark.parametrize(
    "kind", [pyarrow.string(), pyarrow.large_string(), pyarrow.dictionary(pyarrow.int32(), pyarrow.string())]
)
def test_parquet_keeps_schema_groups_and_other_columns(cli, tmp_path, kind):
    texts = pyarrow.array([row[0] for row in ROWS] + [None])
    texts = texts.dictionary_encode().cast(kind) if pyarrow.types.is_dictionary(kind) else texts.cast(kind)
    table = pyarrow.table({"n": pyarrow.array(range(7), pyarrow.int8()), "text": texts, "label": ["a"] * 7})
    table = table.replace_schema_metadata({"huggingface": "{}", "mine": "1"})
    source, out = tmp_path / "a.parquet", tmp_path / "out.parquet"
    pyarrow.parquet.write_table(table, source, row_group_size=3, compression="zstd")
    assert cli("anonymise", source, "--out", out).code == 0
    with pyarrow.parquet.ParquetFile(out) as new, pyarrow.parquet.ParquetFile(source) as old:
        assert new.schema_arrow.equals(old.schema_arrow, check_metadata=True)
        assert new.metadata.num_row_groups == old.metadata.num_row_groups == 3
        assert new.metadata.row_group(0).column(0).compression == "ZSTD"
        assert new.read().column("text").to_pylist() == [*MASKED, None]
        assert new.read().drop_columns("text").equals(old.read().drop_columns("text"))


def test_labels_ids_and_groups_are_read_as_before(cli, tmp_path):
    source, out = put(tmp_path / "a.csv", csv_text(ROWS).encode()), tmp_path / "out.csv"
    cli("anonymise", source, "--out", out)
    old, new = (read_dataset(path, group_column="other").examples for path in (source, out))
    assert [(e.id, e.labels, e.group) for e in old] == [(e.id, e.labels, e.group) for e in new]
    assert [e.text for e in new] == MASKED


def test_spans_move_annotations(cli, tmp_path):
    source, out, spans = (
        put(tmp_path / "a.csv", csv_text(ROWS).encode()),
        tmp_path / "out.csv",
        tmp_path / "spans.jsonl",
    )
    cli("anonymise", source, "--out", out, "--method", "pseudonymise", "--spans", spans)
    lines = [json.loads(line) for line in spans.read_text().splitlines()]
    assert [line["line"] for line in lines] == [2, 3, 4, 6, 7, 8]
    for line, (old, *_), new in zip(lines, ROWS, NAMED, strict=True):
        old_kept, new_kept, old_done, new_done = [], [], 0, 0
        for span in line["spans"]:
            old_kept.append(old[old_done : span["start"]])
            new_kept.append(new[new_done : span["new_start"]])
            old_done, new_done = span["end"], span["new_end"]
        assert (*old_kept, old[old_done:]) == (*new_kept, new[new_done:])
    assert [span["kind"] for span in lines[1]["spans"]] == ["handle", "email"]


def test_the_mapping_is_the_owners_alone_and_undoes_everything(cli, tmp_path):
    source, out, mapping = (
        put(tmp_path / "a.csv", csv_text(ROWS).encode()),
        tmp_path / "out.csv",
        tmp_path / "map.jsonl",
    )
    cli("anonymise", source, "--out", out, "--method", "pseudonymise", "--mapping", mapping)
    assert stat.S_IMODE(mapping.stat().st_mode) == 0o600
    known = {one["surrogate"]: one["value"] for one in map(json.loads, mapping.read_text().splitlines())}
    assert known == {
        "[NAME_1]": "Jennifer Lopez",
        "@user_1": "@anna",
        "[EMAIL_1]": "anna@mail.com",
        "@user_2": "@ben",
        "[NAME_2]": "王小明",
        "[PHONE_1]": "１３８１２３４５６７８",
    }


def test_without_being_asked_no_mapping_is_written_and_no_value_is_shown(cli, tmp_path):
    source, out = put(tmp_path / "a.csv", csv_text(ROWS).encode()), tmp_path / "out.csv"
    ended = cli("anonymise", source, "--out", out, "--method", "pseudonymise")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "out.csv"]
    assert not any(value in ended.out for value in ("Jennifer", "anna", "1381", "王小明"))
    assert "5 texts of 6 with personal data" in ended.out
    assert "no guarantee of anonymity" in ended.out
    assert "label, id, other" in ended.out


def test_surrogates_of_an_earlier_run_are_not_given_out_again(cli, tmp_path):
    rows = [("[NAME_7] met Jennifer", "joy"), ("@user_2 and @anna", "joy")]
    source = put(tmp_path / "a.csv", ("text,label\n" + "".join(f"{a},{b}\n" for a, b in rows)).encode())
    cli("anonymise", source, "--out", tmp_path / "out.csv", "--method", "pseudonymise")
    assert content(tmp_path / "out.csv").decode() == "text,label\n[NAME_7] met [NAME_8],joy\n@user_2 and @user_3,joy\n"


def test_check_counts_and_writes_nothing(cli, tmp_path):
    source = put(tmp_path / "a.csv", csv_text(ROWS).encode())
    document = json.loads(cli("anonymise", source, "--check", "--json", "--kinds", "email,phone").out)
    assert document["findings"] == {"email": 2, "phone": 1}
    assert (document["texts"], document["texts_with_findings"], document["out"]) == (6, 3, None)
    assert list(tmp_path.iterdir()) == [source]
    assert cli("anonymise", source, "--check", "-q").out == ""


def test_a_file_without_labels_will_do(cli, tmp_path):
    source = put(tmp_path / "a.csv", b"when,body\nnow,hi @anna\n")
    assert cli("anonymise", source, "--out", tmp_path / "b.csv").code == 0
    assert content(tmp_path / "b.csv") == b"when,body\nnow,hi @user\n"
