"""What becomes of rows: columns, labels, ids, groups, label maps, bad rows."""

import json

import pytest

from robust_emo.data.dataset import Dataset, read_dataset
from robust_emo.data.label_map import read_label_map
from robust_emo.errors import InputError
from robust_emo.types import Task


@pytest.fixture
def read(tmp_path):
    """Reads the given CSV text."""

    def read_text(content: str, **options) -> Dataset:
        path = tmp_path / "data.csv"
        path.write_text(content, encoding="utf-8", newline="")
        return read_dataset(path, **options)

    return read_text


@pytest.mark.parametrize(
    "header",
    [
        *("text,label,other", "TEXT, Label ,x", "tweet,emotion,author", "Utterance,Sentiment,Speaker"),
        *("文本,标签,x", "text,label,sentiment", "text,label,content"),
    ],
)
def test_usual_column_names_are_found(read, header):
    example = read(f"{header}\ngreat,joy,z\n").examples[0]
    assert (example.id, example.text, example.labels, example.group) == ("row-2", "great", ("joy",), None)


@pytest.mark.parametrize(
    ("header", "options", "message"),
    [
        ("a,b,c", {}, "no text column among 'a', 'b', 'c'; name it with --text-column"),
        ("text,b,c", {}, "no label column among 'text', 'b', 'c'; name it with --label-column"),
        (
            "text,label,c",
            {"text_column": "body"},
            r"no column 'body' \(--text-column\); there are 'text', 'label', 'c'",
        ),
        ("text,label,c", {"group_column": "author"}, r"no column 'author' \(--group-column\)"),
        ("text,label,c", {"id_column": "key"}, r"no column 'key' \(--id-column\)"),
        ("text,emotion,sentiment", {}, "'emotion', 'sentiment' could all be the label column; name one with --label"),
        ("tweet,review,label", {}, "'tweet', 'review' could all be the text column"),
        ("text,label,label", {}, "'label', 'label' could all be the label column"),
        ("text,x,x", {"label_column": "x"}, "2 columns are called 'x'"),
        ("text,label,c", {"label_column": "text"}, "column 'text' cannot hold both the text and the label"),
    ],
)
def test_unclear_columns_are_an_error_and_not_a_guess(read, header, options, message):
    with pytest.raises(InputError, match=message):
        read(f"{header}\na,b,c\n", **options)


def test_named_columns(read):
    content = "id,key,body,feels,author,label\n1,k1,hello,joy,Ann ,x\n1,k2,bye,sadness,,x\n"
    dataset = read(content, text_column="Body", label_column="feels", id_column="key", group_column="author")
    assert [(e.id, e.text, e.labels, e.group) for e in dataset.examples] == [
        ("k1", "hello", ("joy",), "Ann"),
        ("k2", "bye", ("sadness",), None),
    ]


def test_texts_are_kept_exactly_and_labels_are_stripped(read):
    example = read('text,label\n"  hi\r\n there \t", joy \n').examples[0]
    assert (example.text, example.labels) == ("  hi\r\n there \t", ("joy",))


@pytest.mark.parametrize(
    ("cell", "labels"),
    [
        ("joy|fear", ("joy", "fear")),
        ("joy; fear ;joy;", ("joy", "fear")),
        ('["joy", "fear"]', ("joy", "fear")),
        ("['joy', 'fear']", ("joy", "fear")),
        ('["joy|fear"]', ("joy|fear",)),
        ("[]", ()),
        ("[1, 2]", ("1", "2")),
        ('["\\ud83d\\ude00"]', ("😀",)),
    ],
)
def test_several_labels_in_one_cell(read, cell, labels):
    quoted = cell.replace('"', '""')
    dataset = read(f'text,label\na,joy\nb,"{quoted}"\n')
    assert dataset.task is Task.MULTI_LABEL
    assert dataset.examples[1].labels == labels


@pytest.mark.parametrize("cell", ["joy|fear", "joy;fear", "[怒]", "[joy", "['joy', 'fear']"])
def test_with_single_label_named_separators_belong_to_the_label(read, cell):
    dataset = read(f'text,label\na,"{cell}"\n', task=Task.SINGLE_LABEL)
    assert (dataset.task, dataset.labels) == (Task.SINGLE_LABEL, (cell,))


def test_names_in_brackets_are_no_lists(read):
    assert read("text,label\na,[怒]\nb,[joy]\n").task is Task.SINGLE_LABEL


def test_multi_label_can_be_named(read):
    assert read("text,label\na,joy\nb,fear\n", task=Task.MULTI_LABEL).task is Task.MULTI_LABEL


def test_several_labels_are_bad_rows_in_single_label_data(tmp_path):
    path = tmp_path / "data.jsonl"
    rows = [{"text": "a", "label": ["joy"]}, {"text": "b", "label": ["joy", "fear"]}, {"text": "c", "label": "fear"}]
    path.write_text("\n".join(map(json.dumps, rows)))
    dataset = read_dataset(path, task=Task.SINGLE_LABEL)
    assert [example.labels for example in dataset.examples] == [("joy",), ("fear",)]
    assert str(dataset.problems[0]) == "line 2: 2 labels in single-label data"


BAD = (
    'text,label\ngood,joy\n,joy\n"  ",joy\nno label,\ntoo,many,fields\nnul\0,joy\n'
    "null,joy\nfine,fear\ngood,joy\ngood,joy\nok,joy\n"
)


def test_bad_rows_are_left_out_with_their_lines(read):
    dataset = read(BAD)
    assert [example.text for example in dataset.examples] == ["good", "null", "fine", "good", "good", "ok"]
    assert [str(problem) for problem in dataset.problems] == [
        "line 3: no text",
        "line 4: no text",
        "line 5: no label",
        "line 6: 3 fields where the header has 2",
        "line 7: the text holds a NUL character",
    ]
    info = dataset.info()
    assert (info.rows, info.skipped_rows, info.label_counts) == (6, 5, {"fear": 1, "joy": 5})


def test_strict_refuses_bad_rows(read):
    with pytest.raises(InputError, match=r"5 of 11 rows are bad; line 3: no text; .*line 5: no label; and 2 more"):
        read(BAD, strict=True)


def test_more_than_half_bad_is_refused(read):
    assert len(read("text,label\na,joy\n,joy\n").examples) == 1
    with pytest.raises(InputError, match="2 of 3 rows are bad"):
        read("text,label\na,joy\n,joy\n,joy\n")


@pytest.mark.parametrize("part", ["text", "label", "id"])
def test_half_characters_are_bad_rows(tmp_path, part):
    path = tmp_path / "data.jsonl"
    good = {"text": "b", "label": "joy", "id": "1"}
    bad = good | {part: "a\ud83d"}
    path.write_text(json.dumps(good) + "\n" + json.dumps(bad) + "\n")
    dataset = read_dataset(path)
    assert str(dataset.problems[0]).startswith(f"line 2: the {part} holds half a surrogate pair (U+D83D)")


def test_values_that_are_no_text_are_bad_rows(tmp_path):
    path = tmp_path / "data.jsonl"
    rows = [{"text": "a", "label": "joy", "id": 7}, {"text": ["b"], "label": "joy"}, {"text": "c", "label": {"x": 1}}]
    rows += [{"text": "d", "label": "joy", "id": [1]}, {"text": "e", "label": "fear"}, {"text": 12, "label": "joy"}]
    path.write_text("\n".join(map(json.dumps, rows)))
    dataset = read_dataset(path)
    assert [(example.id, example.text) for example in dataset.examples] == [("7", "a"), ("row-5", "e"), ("row-6", "12")]
    assert [problem.line for problem in dataset.problems] == [2, 3, 4]


def test_duplicate_ids_are_refused_with_their_lines(read):
    content = "id,text,label\nx,a,joy\ny,b,joy\nx,c,fear\n"
    with pytest.raises(InputError, match=r"ids must be unique, but 'x' on lines 2 and 4; .*--id-column"):
        read(content)
    assert [example.id for example in read(content, id_column="").examples] == ["row-2", "row-3", "row-4"]


def test_labels_the_model_does_not_know(read):
    content = "text,label\na,joy\nb,bliss\nc,bliss\nd,rage\n"
    message = (
        r"labels 'bliss' \(line 3, 2 in all\), 'rage' \(line 5, 1 in all\) "
        r"are none of the model's labels \('joy', 'fear'\)"
    )
    with pytest.raises(InputError, match=message):
        read(content, labels=("joy", "fear"))
    assert read(content, labels=("rage", "joy", "bliss", "fear")).labels == ("bliss", "joy", "rage")


def test_too_few_classes(read):
    content = "text,label\na,joy\nb,joy\n"
    assert read(content).labels == ("joy",)
    with pytest.raises(InputError, match=r"expected at least 2 different labels, got 1 \('joy'\)"):
        read(content, min_classes=2)


def test_label_map_renames_and_drops(read):
    mapping = {"bliss": "joy", "joy": "joy", "unsure": ""}
    dataset = read("text,label\na,bliss\nb,unsure\nc,joy\n", label_map=mapping)
    assert [(example.text, example.labels) for example in dataset.examples] == [("a", ("joy",)), ("c", ("joy",))]
    assert (dataset.dropped, dataset.problems) == (1, ())


def test_label_map_of_multi_label_data(read):
    mapping = {"bliss": "joy", "joy": "joy", "unsure": "", "rage": "anger"}
    dataset = read("text,label\na,bliss|joy|rage\nb,unsure\nc,unsure|rage\nd,[]\n", label_map=mapping)
    assert [example.labels for example in dataset.examples] == [("joy", "anger"), ("anger",), ()]
    assert dataset.dropped == 1


def test_label_map_must_know_every_label(read):
    with pytest.raises(InputError, match=r"labels 'rage' \(line 3, 1 in all\) are not in the label map"):
        read("text,label\na,joy\nb,rage\n", label_map={"joy": "joy"})
    with pytest.raises(InputError, match="the label map drops them all"):
        read("text,label\na,joy\n", label_map={"joy": ""})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("map.json", '{"bliss": "joy", "unsure": null, "rage": " anger "}'),
        ("map.csv", "old,new\nbliss,joy\nunsure,\nrage, anger\n"),
        ("map.csv", "\ufeffNew,Old\r\njoy,bliss\r\n,unsure\r\nanger,rage\r\n"),
        ("map.tsv", "old\tnew\nbliss\tjoy\nunsure\t\nrage\tanger\n"),
    ],
)
def test_label_map_files(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8", newline="")
    assert read_label_map(path) == {"bliss": "joy", "unsure": "", "rage": "anger"}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("map.json", '["joy"]', "expected a JSON object"),
        ("map.json", '{"joy": 1}', "label 'joy' must map to a string"),
        ("map.json", '{"joy": "a", "joy": "b"}', "label 'joy' is mapped twice"),
        ("map.json", "{", "not JSON"),
        ("map.json", "{}", "maps no label"),
        ("map.csv", "joy,bliss\n", "expected the two columns old,new .* got 'joy', 'bliss'"),
        ("map.csv", "old,new\na,b,c\n", "line 2: 3 fields where the header has 2"),
    ],
)
def test_bad_label_maps(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        read_label_map(path)


def test_missing_label_map(tmp_path):
    with pytest.raises(InputError, match=r"label map .*none\.json: cannot be read: No such file"):
        read_label_map(tmp_path / "none.json")


def test_messages_stay_on_one_line_whatever_the_file_holds(read):
    hostile = "red\x1b[31m\nline" + "x" * 1000
    for content, options in [
        (f'"{hostile}",label\na,joy\n', {}),
        (f'text,label\na,"{hostile}"\n', {"labels": ["joy"]}),
        (f'id,text,label\n"{hostile}",a,joy\n"{hostile}",b,joy\n', {}),
    ]:
        with pytest.raises(InputError) as caught:
            read(content, **options)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 600
