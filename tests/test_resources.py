"""Where lexical resources are found, what they answer, and that nothing is downloaded unasked."""

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from mini_wordnet import write_wordnet, zipped
from sentences import SHARED, emotion_rows

from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.resources import catalogue, places
from robust_emo.resources.catalogue import described, find, find_all, store
from robust_emo.resources.fetch import fetch
from robust_emo.resources.pos_tagger import pos_tags, pos_tags_at
from robust_emo.resources.stop_words import nltk_stop_words
from robust_emo.resources.wordnet import antonyms, base_form, synonyms, wordnet_reader

TAGGER_DATA = SHARED / "nltk_data"


@pytest.fixture(autouse=True)
def _empty_machine(monkeypatch, tmp_path):
    """No resource but those that a test puts there, and no network."""
    for variable in (catalogue.WORDNET_VARIABLE, catalogue.MASKED_LM_VARIABLE, catalogue.VECTORS_VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("NLTK_DATA", str(tmp_path / "nltk_data"))
    monkeypatch.setattr(places, "nltk_folders", lambda: [tmp_path / "nltk_data"])
    entry = catalogue._CATALOGUE["wordnet"]
    monkeypatch.setitem(catalogue._CATALOGUE, "wordnet", replace(entry, places=entry.places[:2]))
    monkeypatch.setattr(socket, "create_connection", _no_network)
    monkeypatch.setattr(socket, "getaddrinfo", _no_network)
    catalogue.forget()
    yield
    catalogue.forget()


def _no_network(*_, **__):
    raise OSError("no network in tests")


@pytest.fixture
def wordnet(tmp_path, monkeypatch):
    folder = write_wordnet(tmp_path / "somewhere" / "wordnet")
    monkeypatch.setenv(catalogue.WORDNET_VARIABLE, str(folder))
    return folder


def test_nothing_is_there_on_an_empty_machine_and_each_says_what_adds_it():
    found = {resource.name: resource for resource in find_all()}
    assert set(found) == set(catalogue.names())
    for name in ("wordnet", "stop-words", "pos-tagger", "universal-tagset", "masked-lm", "counter-fitted"):
        assert not found[name].found
        assert found[name].command in found[name].missing()
        with pytest.raises(PrerequisiteError, match="is not there"):
            store(name)
        with pytest.raises(PrerequisiteError, match="is not there"):
            described(name)
    for name in ("vader", "pypinyin"):
        assert found[name].found
        assert found[name].version in described(name)
    assert pos_tags(["a", "word"]) is None
    assert pos_tags_at(["a", "word"], 0, ["the"]) is None


def test_the_environment_comes_first_then_nltk(tmp_path, wordnet, monkeypatch):
    zipped(wordnet, tmp_path / "nltk_data" / "corpora" / "wordnet.zip")
    assert find("wordnet").path == wordnet
    assert find("wordnet").source == "environment variable ROBUST_EMO_WORDNET"
    by_folder = described("wordnet")
    monkeypatch.delenv(catalogue.WORDNET_VARIABLE)
    assert find("wordnet").path == tmp_path / "nltk_data" / "corpora" / "wordnet.zip"
    assert find("wordnet").version == "9.9"
    # The same files have the same fingerprint, zipped or not.
    assert described("wordnet").rpartition("sha256")[2] == by_folder.rpartition("sha256")[2]


@pytest.mark.parametrize("variable", [catalogue.WORDNET_VARIABLE, catalogue.MASKED_LM_VARIABLE])
def test_a_wrong_path_is_a_problem_and_not_passed_over(variable, tmp_path, monkeypatch):
    zipped(write_wordnet(tmp_path / "w"), tmp_path / "nltk_data" / "corpora" / "wordnet.zip")
    name = "wordnet" if variable == catalogue.WORDNET_VARIABLE else "masked-lm"
    (tmp_path / "empty").mkdir()
    for path, what in ((tmp_path / "gone", "does not exist"), (tmp_path / "empty", "lacks")):
        monkeypatch.setenv(variable, str(path))
        assert not find(name).found
        assert what in find(name).problem
        with pytest.raises(PrerequisiteError, match=f"{variable} names .* {what}"):
            store(name)


def test_a_masked_language_model_is_described_by_its_kind_and_its_weights(tmp_path, monkeypatch):
    monkeypatch.setenv(catalogue.MASKED_LM_VARIABLE, str(tmp_path))
    (tmp_path / "config.json").write_text("{")
    assert "not JSON" in find("masked-lm").problem
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    (tmp_path / "model.safetensors").write_bytes(b"1")
    first = described("masked-lm")
    assert first.startswith("masked language model bert (environment variable ROBUST_EMO_MASKED_LM, sha256 ")
    (tmp_path / "more.safetensors").write_bytes(b"2")
    assert described("masked-lm") != first


def test_a_report_names_no_path(wordnet):
    assert described("wordnet").startswith("WordNet 9.9 (environment variable ROBUST_EMO_WORDNET, sha256 ")
    assert str(wordnet.parent) not in described("wordnet")


@pytest.mark.parametrize("archived", [False, True])
def test_wordnet_answers(archived, wordnet, tmp_path, monkeypatch):
    if archived:
        monkeypatch.delenv(catalogue.WORDNET_VARIABLE)
        zipped(wordnet, tmp_path / "nltk_data" / "corpora" / "wordnet.zip")
    assert synonyms("Happy") == ("glad",)  # not the word itself, and no phrases
    assert synonyms("happy", "n") == ()
    assert synonyms("loves") == ("love", "adore")
    assert synonyms("丅") == synonyms("") == synonyms("a_b c") == ()
    assert antonyms("happy") == ("sad",)
    assert antonyms("joy") == ()
    assert base_form("loved", "v") == "love"
    assert base_form("xyzzy") is None
    assert wordnet_reader().synsets("joy")[0].lemma_names() == ["joy", "delight"]


def test_lexicographer_names_are_those_of_the_manual():
    from robust_emo.resources.wordnet import _LEXICOGRAPHER_FILES

    assert len(_LEXICOGRAPHER_FILES) == 45
    numbered = dict(enumerate(_LEXICOGRAPHER_FILES))
    assert numbered[0] == ("adj.all", 3)
    assert numbered[3] == ("noun.Tops", 1)
    assert numbered[12] == ("noun.feeling", 1)
    assert numbered[37] == ("verb.emotion", 2)
    assert numbered[44] == ("adj.ppl", 3)


def test_stop_words_of_a_language(tmp_path):
    folder = tmp_path / "nltk_data" / "corpora" / "stopwords"
    folder.mkdir(parents=True)
    (folder / "english").write_text("the\nof\n")
    assert nltk_stop_words() == {"the", "of"}
    with pytest.raises(PrerequisiteError, match="klingon"):
        nltk_stop_words("klingon")


def test_tags_are_those_of_nltk(monkeypatch):
    if not TAGGER_DATA.exists():
        pytest.skip(f"{TAGGER_DATA} is absent: no tagger to compare")
    from nltk.tag.perceptron import PerceptronTagger

    from robust_emo.resources.pos_tagger import _tagger

    monkeypatch.setattr(places, "nltk_folders", lambda: [TAGGER_DATA])
    catalogue.forget()
    files = store("pos-tagger")
    theirs = PerceptronTagger(load=False)
    theirs.model.weights, theirs.tagdict, classes = (json.loads(files.read(name)) for name in catalogue.TAGGER_FILES)
    theirs.classes = theirs.model.classes = set(classes)
    texts = [row["text"] for row in emotion_rows(20)]
    texts += [
        "I love this terrible day , and 3 dogs ran away in 1999 !",
        "a-b -c 我 😂 don't #x @y Éa",
        "x" * 4000,
        "a",
        "",
    ]
    others = ("run", "Happy", "")
    for words in map(str.split, texts):
        assert _tagger(files).tags(words) == [tag for _, tag in theirs.tag(words)]
        for index in range(len(words)):
            changed = [[*words[:index], other, *words[index + 1 :]] for other in others]
            expected = [theirs.tag(tokens)[index][1] for tokens in changed]
            assert _tagger(files).tags_at(words, index, others) == expected
    assert pos_tags(["I", "love", "this", "terrible", "day"]) == ("PRON", "VERB", "DET", "ADJ", "NOUN")
    assert pos_tags_at(["a", "day"], 1, ["day", "3", "my"]) == ("NOUN", "NUM", "PRON")
    assert pos_tags([]) == ()


def test_the_pickle_of_the_tagger_is_never_read(tmp_path):
    folder = tmp_path / "nltk_data" / "taggers" / "averaged_perceptron_tagger"
    folder.mkdir(parents=True)
    (folder / "averaged_perceptron_tagger.pickle").write_bytes(b"not even a pickle")
    assert pos_tags(["word"]) is None
    assert not find("pos-tagger").found


def test_a_broken_archive_is_not_there(tmp_path):
    path = tmp_path / "nltk_data" / "corpora" / "wordnet.zip"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"half a zip")
    assert not find("wordnet").found


def test_fetching_without_a_network_is_one_line_and_leaves_nothing(tmp_path):
    target = tmp_path / "nltk_data"
    with pytest.raises(PrerequisiteError, match=r"^stop-words could not be fetched: [^\n]+$"):
        fetch(["stop-words"])
    assert not target.exists()
    target.mkdir()
    (target / "mine").write_text("")
    with pytest.raises(PrerequisiteError):
        fetch(["stop-words"])
    assert [path.name for path in target.iterdir()] == ["mine"]


def test_without_a_network_it_says_how_to_do_without(monkeypatch):
    from nltk.downloader import Downloader, ErrorMessage

    reason = "Error loading wordnet: <urlopen error [Errno -3] Temporary failure in name resolution>"
    monkeypatch.setattr(Downloader, "incr_download", lambda *_, **__: iter([ErrorMessage(None, reason)]))
    with pytest.raises(PrerequisiteError) as caught:
        fetch(["wordnet"])
    assert str(caught.value) == (
        "wordnet could not be fetched: no network: connect, or copy corpora/wordnet.zip into a folder named by "
        "NLTK_DATA (Temporary failure in name resolution)"
    )


def test_only_what_can_be_fetched_is_tried(tmp_path):
    with pytest.raises(InputError, match="pip install vaderSentiment"):
        fetch(["vader"])
    with pytest.raises(InputError, match="did you mean 'wordnet'"):
        fetch(["stop-words", "wordnit"])
    (tmp_path / "file").write_text("")
    with pytest.raises(PrerequisiteError, match="cannot be written"):
        fetch(["wordnet"], tmp_path / "file")


@pytest.fixture
def nltk_server(tmp_path, monkeypatch):
    """NLTK's downloader, which finds a WordNet archive in the place of its server."""
    from nltk.downloader import Downloader

    archive = zipped(write_wordnet(tmp_path / "server" / "wordnet"), tmp_path / "server" / "wordnet.zip").read_bytes()

    def incr_download(_, package, download_dir):
        assert package == "wordnet"
        corpora = Path(download_dir) / "corpora"
        corpora.mkdir()
        (corpora / "wordnet.zip").write_bytes(archive)
        yield from ()

    monkeypatch.setattr(Downloader, "incr_download", incr_download)


def test_what_was_fetched_is_found_at_once_and_can_be_fetched_again(nltk_server, tmp_path):
    with pytest.raises(PrerequisiteError):
        synonyms("happy")
    for _ in range(2):
        (resource,) = fetch(["wordnet"])
        assert resource.found
        assert synonyms("happy") == ("glad",)
    assert sorted(path.name for path in (tmp_path / "nltk_data").iterdir()) == ["corpora"]


def test_the_command_lists_and_fetches(nltk_server, tmp_path):
    from click.testing import CliRunner

    from robust_emo.cli.resources import command

    run = CliRunner().invoke
    listed = json.loads(run(command, ["--json"]).stdout)
    assert [entry["name"] for entry in listed] == list(catalogue.names())
    assert {entry["name"]: entry["found"] for entry in listed}["wordnet"] is False
    text = run(command).stdout
    assert "robust-emo resources fetch wordnet" in text
    fetched = json.loads(run(command, ["fetch", "wordnet", "--to", str(tmp_path / "nltk_data"), "--json"]).stdout)
    assert [(entry["name"], entry["found"]) for entry in fetched] == [("wordnet", True)]
    assert "WordNet 9.9" in run(command, ["list", "wordnet"]).stdout
    assert run(command, ["fetch"]).exit_code == 2
    assert run(command, ["list", "--to", "x"]).exit_code == 2


def test_doctor_shows_the_same_resources(wordnet, monkeypatch):
    from robust_emo.doctor import State, _lexical_resources

    shown = {finding.name: finding for finding in _lexical_resources()}
    assert shown["WordNet"].state is State.FOUND
    assert shown["NLTK stop words"].state is State.OPTIONAL
    assert shown["NLTK stop words"].command == "robust-emo resources fetch stop-words"
    monkeypatch.setenv(catalogue.VECTORS_VARIABLE, "/not/there")
    shown = {finding.name: finding for finding in _lexical_resources()}
    assert shown["counter-fitted word vectors"].state is State.MISSING
