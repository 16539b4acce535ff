"""`robust-emo explain` and `robust_emo.explaining`: what a user asks, and what he gets."""

import csv
import io
import json

import pytest
import torch
from command_line import refused
from sentences import emotion_rows, write_rows

from robust_emo.engine.engine import Engine
from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.explaining import HeatMaps, Question, explain, explained
from robust_emo.models.loading import load_classifier
from robust_emo.models.victim import Victim
from robust_emo.personal.finding import Candidate, Kind
from robust_emo.types import Example, Trust

TEXT = "Today I am so happy about the new house 😀"
CONTRACT = {"method", "target", "completeness_gap", "trust", "words"}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    rows = emotion_rows(12, seed=33)
    rows[1]["text"] += " ask anna.miller@example.com"
    return write_rows(tmp_path_factory.mktemp("texts") / "test.csv", rows)


def document(ended):
    assert ended.code == 0, ended.err
    return json.loads(ended.out)


def test_a_text_is_explained_word_by_word_with_its_label(cli, tiny_model):
    ended = cli("explain", tiny_model, "--text", TEXT, "-q")
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert lines[0].split()[0].lower() in set(Trust)
    assert "joy  (probability" in lines[0]
    assert "completeness gap" in lines[0]
    assert lines[1].strip() == TEXT
    (happy,) = [line.split() for line in lines if line.endswith(" happy")]
    assert float(happy[0]) > 0
    assert set(happy[1]) == {"+"}
    assert ended.err == ""


def test_json_keeps_the_contract(cli, tiny_model):
    found = document(cli("explain", tiny_model, "--text", TEXT, "--json", "-q"))
    assert set(found) >= CONTRACT
    assert found["method"] == "integrated-gradients"
    assert found["target"] == "joy"
    assert found["trust"] in set(Trust)
    assert found["completeness_gap"] >= 0
    assert found["completeness_gap"] <= 0.05 or found["trust"] == "unreliable"  # on some processors' tiny model
    assert found["text"] == TEXT
    for word in found["words"]:
        assert set(word) == {"text", "start", "end", "attribution"}
        assert TEXT[word["start"] : word["end"]] == word["text"]
    assert max(found["words"], key=lambda word: word["attribution"])["text"] == "happy"
    assert found["trust"] == "trusted" or found["reasons"]


def test_several_texts_and_a_file_are_a_list(cli, tiny_model, data):
    found = document(cli("explain", tiny_model, "--text", TEXT, "--text", "I feel sad", "--json", "-q"))
    assert [each["text"] for each in found] == [TEXT, "I feel sad"]
    found = document(cli("explain", tiny_model, "--data", data, "--examples", 5, "--json", "-q"))
    assert len(found) == 5
    assert all(set(each) >= CONTRACT and each["label"] for each in found)
    same = document(cli("explain", tiny_model, "--data", data, "--examples", 5, "--json", "-q"))
    assert same == found
    assert len(document(cli("explain", tiny_model, "--data", data, "--examples", 1, "--json", "-q"))) == 1


def test_what_is_explained_can_be_chosen(cli, tiny_model, data):
    def target(*arguments):
        return document(cli("explain", tiny_model, "--json", "-q", *arguments))

    assert target("--text", TEXT, "--target", "anger")["target"] == "anger"
    contrast = target("--text", TEXT, "--target", "joy", "--against", "sadness")
    assert contrast["target"] == "joy rather than sadness"
    assert contrast["probability"] > 0.5
    assert target("--text", TEXT, "--against", "fear")["target"] == "joy rather than fear"
    for each in target("--data", data, "--examples", 4, "--target", "true"):
        assert [each["target"]] == each["label"]
    assert target("--text", TEXT, "--baseline", "mask,zero")["baseline"] == "mask,zero"
    assert target("--text", TEXT, "--method", "leave-one-out")["completeness_gap"] is None
    assert target("--text", TEXT, "--method", "attention-rollout")["trust"] == "unreliable"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--text", TEXT, "--target", "hapiness"), "hapiness"),
        (("--text", TEXT, "--target", "sadnes"), "did you mean 'sadness'"),
        (("--text", TEXT, "--target", "happiness"), r"unknown label 'happiness'\. Known: .*sadness"),
        (("--text", TEXT, "--recogniser", "spacy"), "presidio"),
        (("--text", TEXT, "--target", "joy", "--against", "joy"), "two different emotions"),
        (("--text", TEXT, "--target", "true"), "expected one true emotion to explain, got 0"),
        (("--text", "  "), "not blank"),
        (("--text", TEXT, "--text", ""), "not blank"),
        ((), "either --text or --data"),
        (("--text", TEXT, "--data", "x.csv"), "either --text or --data"),
        (("--text", TEXT, "--method", "grad-cam"), "grad-cam"),
        (("--text", TEXT, "--baseline", "blur"), "blur"),
        (("--text", TEXT, "--method", "lime", "--baseline", "pad"), "baselines can be chosen for"),
        (("--text", TEXT, "--out", "map.pdf"), r"ends in one of .*\.csv"),
        (("--text", TEXT, "--out", "map"), "ends in one of"),
        (("--text", TEXT, "--text", "so sad", "--out", "map.svg"), "a picture shows one text"),
        (("--data", "nowhere.csv"), r"nowhere\.csv"),
    ],
)
def test_what_cannot_be_explained_is_refused_in_one_line(cli, tiny_model, arguments, message):
    refused(cli("explain", tiny_model, "-q", *arguments), message)


def test_heat_maps_are_written_as_files(cli, tiny_model, tmp_path):
    paths = [tmp_path / f"map.{ending}" for ending in ("csv", "json", "html", "svg", "png")]
    given = [word for path in paths for word in ("--out", path)]
    ended = cli("explain", tiny_model, "--text", TEXT, "-q", *given)
    assert ended.code == 0, ended.err
    assert all(str(path) in ended.out for path in paths)
    table, listed, page, drawing, picture = (path.read_bytes() for path in paths)
    rows = list(csv.DictReader(io.StringIO(table.decode())))
    assert [row["word"] for row in rows] == ["Today", "I", "am", "so", "happy", "about", "the", "new", "house", "😀"]
    assert json.loads(listed)[0]["text"] == TEXT
    assert b"happy" in page
    assert b"<svg" in drawing
    assert picture.startswith(b"\x89PNG")
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in paths}


def test_what_is_personal_is_masked_unless_asked_for(cli, tiny_model, tmp_path):
    text = "I feel so happy, write to anna.miller@example.com"
    for arguments in (("--json",), (), ("--out", tmp_path / "a.html")):
        ended = cli("explain", tiny_model, "--text", text, "-q", *arguments)
        assert ended.code == 0, ended.err
        assert "anna.miller" not in ended.out
        assert "[EMAIL]" in ended.out
    assert "anna.miller" not in (tmp_path / "a.html").read_text()
    raw = document(cli("explain", tiny_model, "--text", text, "-q", "--json", "--show-raw"))
    masked = document(cli("explain", tiny_model, "--text", text, "-q", "--json"))
    assert raw["text"] == text
    total = [sum(word["attribution"] for word in each["words"]) for each in (raw, masked)]
    assert total[0] == pytest.approx(total[1])


def test_presidio_is_asked_where_it_is_chosen_and_missing_is_one_line(cli, tiny_model, monkeypatch):
    def missing():
        raise PrerequisiteError("recogniser presidio needs presidio_analyzer: pip install 'robust-emo[presidio]'")

    def houses(text):
        at = text.find("house")
        return [Candidate(Kind.NAME, at, at + 5)] if at >= 0 else []

    command = ("explain", tiny_model, "--text", TEXT, "--recogniser", "presidio", "-q")
    monkeypatch.setattr("robust_emo.personal.presidio.presidio", missing)
    refused(cli(*command), "recogniser presidio needs presidio_analyzer: pip install")
    monkeypatch.setattr("robust_emo.personal.presidio.presidio", lambda: houses)
    ended = cli(*command)
    assert ended.code == 0, ended.err
    assert "about the new [NAME] 😀" in ended.out


def test_control_characters_are_not_printed_raw(cli, tiny_model):
    text = "I feel \x1b[31mhappy\x07 \u202eagain\nFORGED  trusted"
    ended = cli("explain", tiny_model, "--text", text, "-q")
    assert ended.code == 0, ended.err
    for char in "\x1b\x07\u202e":
        assert char not in ended.out
    assert not any(line.startswith("FORGED") for line in ended.out.splitlines())
    assert json.loads(cli("explain", tiny_model, "--text", text, "-q", "--json").out)["text"] == text


@pytest.mark.parametrize("arguments", [("--json",), (), ("--out", "a.csv")])
def test_bytes_that_are_no_text_are_refused(cli, tiny_model, tmp_path, monkeypatch, arguments):
    """The command line hands them on as lone surrogates."""
    monkeypatch.chdir(tmp_path)
    ended = cli("explain", tiny_model, "-q", "--text", "so happy \udcff\udcfe today", *arguments)
    refused(ended, "expected a text in UTF-8")


def test_methods_are_listed(cli):
    names = [each["name"] for each in document(cli("list", "methods", "--json"))]
    assert names[0] == "integrated-gradients"
    assert "attention-rollout" in names


def test_from_python(tiny_model):
    found = explain(tiny_model, TEXT)
    assert isinstance(found, HeatMaps)
    assert len(found) == 1
    assert [each.text for each in found] == [found[0].text] == [TEXT]
    assert "happy" in found._repr_html_()
    several = explain(tiny_model, [TEXT, "write to a@example.com"], Question(method="occlusion", show_raw=True))
    assert [each.text for each in several[:2]] == [TEXT, "write to a@example.com"]
    assert len(explain(tiny_model, [])) == 0
    with pytest.raises(InputError, match="blank"):
        explain(tiny_model, [" "])
    with pytest.raises(InputError, match="baselines"):
        Question(method="lime", baselines=("pad",))


def test_multi_label_models_are_explained(cli, tiny_multi_model):
    found = document(cli("explain", tiny_multi_model, "--text", f"{TEXT} I feel sad", "--json", "-q"))
    assert found["target"] in ("joy", "sadness")
    contrast = ("--target", "joy", "--against", "anger")
    found = document(cli("explain", tiny_multi_model, "--text", TEXT, "--json", "-q", *contrast))
    assert found["probability"] > 0.5


def test_the_smallest_edit_is_searched_by_attacks(cli, tiny_model):
    asked = ("explain", tiny_model, "--text", TEXT, "-q", "--counterfactual")
    one = document(cli(*asked, "deepwordbug,letter-case", "--json"))["counterfactual"]
    assert one is None or (one["changed"] != TEXT and one["predicted"] != one["predicted_after"])
    shown = cli(*asked, "deepwordbug").out
    assert ("smallest edit found (deepwordbug" in shown) != ("no edit was found" in shown)
    assert "counterfactual" not in cli("explain", tiny_model, "--text", TEXT, "-q").out
    refused(cli("explain", tiny_model, "--text", TEXT, "--counterfactual", "synonym", "-q"), "did you mean 'synonyms'")
    refused(
        cli("explain", tiny_model, "--text", TEXT, "--counterfactual", "universal-triggers", "-q"), "many texts first"
    )


def test_training_texts_are_named_where_asked_for_and_masked(cli, tiny_model, tmp_path):
    rows = [row | {"text": f"{row['text']} anna{number}@example.com"} for number, row in enumerate(emotion_rows(12))]
    train = write_rows(tmp_path / "train.csv", rows)
    found = document(cli("explain", tiny_model, "--text", TEXT, "--train-data", train, "--json", "-q"))["training"]
    assert len(found["nearest"]) == 5
    assert all("[EMAIL]" in each["text"] and "@example.com" not in each["text"] for each in found["nearest"])
    values = [each["value"] for each in found["nearest"]]
    assert values == sorted(values, reverse=True)
    shown = cli("explain", tiny_model, "--text", TEXT, "--train-data", train, "-q").out
    assert "nearest training texts, by cosine:" in shown
    assert "training" not in cli("explain", tiny_model, "--text", TEXT, "-q").out
    refused(cli("explain", tiny_model, "--text", TEXT, "--train-data", tmp_path / "none.csv", "-q"), "none.csv")


def test_of_labelled_texts_it_is_asked_whether_the_model_is_better_than_guessing(cli, tiny_model, tmp_path):
    rows = emotion_rows(60, seed=34)
    labels = [row["label"] for row in rows]
    for row, label in zip(rows, labels[1:] + labels[:1], strict=True):
        row["label"] = label
    path = write_rows(tmp_path / "wrong.csv", rows)
    ended = cli(
        "explain", tiny_model, "--data", path, "--examples", "60", "--method", "gradient-x-input", "--json", "-q"
    )  # fmt: skip
    maps = document(ended)
    assert all("the model is no better than guessing" in " ".join(found["reasons"]) for found in maps)
    assert {found["trust"] for found in maps} == {"unreliable"}


def test_a_few_texts_are_looked_at_closely_and_the_others_say_that_they_were_not(cli, tiny_model):
    texts = ["I am so happy about the new house today", "what a sad and lonely day this was", "no"]
    asked = [word for text in texts for word in ("--text", text)]
    maps = document(cli("explain", tiny_model, *asked, "--closely", "2", "--json", "-q"))
    measured = [(found["quality"]["stability"], found["quality"]["max_sensitivity"]) for found in maps]
    assert all(number is not None for pair in measured[:2] for number in pair)
    assert measured[2] == (None, None)
    none = document(cli("explain", tiny_model, "--text", texts[0], "--closely", "0", "--json", "-q"))
    assert none["quality"]["stability"] is none["quality"]["max_sensitivity"] is None
    assert none["words"] == maps[0]["words"]


def test_a_single_word_has_no_sanity_check_and_is_explained_all_the_same(cli, tiny_model):
    found = document(cli("explain", tiny_model, "--text", "happy", "--json", "-q"))
    assert [word["text"] for word in found["words"]] == ["happy"]


def test_a_model_of_random_weights_is_found_out(tiny_model):
    """Its heat maps are those of random weights, or not faithful: none is trusted."""
    classifier = load_classifier(tiny_model)
    with torch.no_grad():
        for number, parameter in enumerate(classifier.model.parameters()):
            generator = torch.Generator().manual_seed(number)
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.02)
    texts = ["I am so happy about the new house today", "what a sad and lonely day this was for us"]
    engine = Engine(Victim(classifier))
    maps = explained(engine, [Example(f"t{n}", text, ()) for n, text in enumerate(texts)], Question(), labelled=False)
    assert all(found.trust is not Trust.TRUSTED for found in maps)
