"""Presidio as a further recogniser: run where it and a model are installed."""

import pytest

pytest.importorskip("presidio_analyzer", reason="needs the extra robust-emo[presidio]", exc_type=ImportError)
spacy = pytest.importorskip("spacy", reason="needs the extra robust-emo[presidio]", exc_type=ImportError)
if not any(name.startswith("en_") for name in spacy.util.get_installed_models()):
    pytest.skip("needs an English model of spaCy", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("default")  # spaCy and its parts warn of their own deprecations


@pytest.fixture(scope="module")
def recognisers():
    from robust_emo.personal.presidio import presidio
    from robust_emo.personal.recognisers import BUILT_IN

    return (*BUILT_IN, presidio())


def found(text, recognisers):
    from robust_emo.personal.scanning import find

    return [(str(finding.kind), finding.text) for finding in find(text, recognisers=recognisers)]


def test_names_outside_the_lists_are_found(recognisers):
    text = "I had dinner with Barack Obama and Angela Merkel in Berlin on Monday."
    assert found(text, recognisers) == [("name", "Barack Obama"), ("name", "Angela Merkel")]


def test_what_the_built_in_recognisers_find_is_still_found(recognisers):
    text = "mail jane@example.com or see https://example.org/x, 我叫王小明"
    assert {"email", "link", "name"} == {kind for kind, _ in found(text, recognisers)}


def test_emotion_words_are_no_names(recognisers):
    for text in ("#riots and pure #mirth !", "season 6 #glee", "Joy Sadness Anger", "so depressing, #Cheerful"):
        assert found(text, recognisers) == []


def test_masks_are_no_names(recognisers):
    assert found("[NAME] met [NAME_2] and @user", recognisers) == []


def test_the_network_is_not_asked(recognisers, monkeypatch):
    import socket

    def refuse(*_, **__):
        raise AssertionError("a recogniser asked the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    found("mail jane@mail.example.co.uk, call +44 20 7946 0958, John Smith", recognisers)


def test_the_command_takes_it(cli, tmp_path):
    (tmp_path / "a.csv").write_text("text,label\nI met Angela Merkel,joy\n")
    assert cli("anonymise", tmp_path / "a.csv", "--out", tmp_path / "b.csv", "--recogniser", "presidio").code == 0
    assert (tmp_path / "b.csv").read_text() == "text,label\nI met [NAME],joy\n"
