"""What attacks, normalisers, the validity check and private trainings write into an audit is told in Chinese."""

import importlib.util
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import report_factory as factory
from robust_emo_reports.attack_summaries import ATTACK_SUMMARIES, attack_summary
from robust_emo_reports.html import HtmlReporter
from robust_emo_reports.language import speaking
from robust_emo_reports.learnt_view import learnt_view
from robust_emo_reports.ledger_names import _NAMES, ledger_name
from robust_emo_reports.masking import mask
from robust_emo_reports.retelling import retold
from shown_page import ShownPage

from robust_emo.models import minilm
from robust_emo.plugins import attack_names, available, load
from robust_emo.resources import catalogue
from robust_emo.resources.catalogue import described, find, find_all
from robust_emo.resources.places import Place
from robust_emo.types import Learnt
from robust_emo.validity import checker
from robust_emo.validity.checker import ValidityChecker

pytestmark = pytest.mark.model_free
ATTACKS = sorted(name for name, made_by in attack_names().items() if made_by.startswith("robust_emo_attacks"))
RECIPES = [name for name in ATTACKS if name.startswith("textattack:")]
OWN = sorted(set(ATTACKS) - set(RECIPES))
NORMALISERS = [name for name, point in available("normalisers").items() if point.dist.name == "robust-emo"]
VARIABLES = (catalogue.WORDNET_VARIABLE, catalogue.MASKED_LM_VARIABLE, catalogue.VECTORS_VARIABLE)
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture
def nothing_there(monkeypatch):
    """A machine without any resource, the bundled encoder or TextAttack."""
    monkeypatch.setattr(catalogue, "_look", lambda entry: Place())
    monkeypatch.setattr(minilm, "find_spec", lambda name: None)
    catalogue.forget()
    yield
    monkeypatch.undo()
    catalogue.forget()


@pytest.fixture
def named(monkeypatch, tmp_path):
    """Word vectors and a masked language model that the user has named."""
    vectors, model = tmp_path / "vectors.txt", tmp_path / "bert"
    vectors.write_text("happy 1 0\nglad 1 1\n", encoding="utf-8")
    model.mkdir()
    (model / "config.json").write_text(json.dumps({"model_type": "bert"}), encoding="utf-8")
    monkeypatch.setenv(catalogue.VECTORS_VARIABLE, str(vectors))
    monkeypatch.setenv(catalogue.MASKED_LM_VARIABLE, str(model))


def assert_told(texts) -> None:
    """Pages mask what an audit says before they look it up."""
    with speaking("zh"):
        told = {text: retold(mask(text)) for text in texts}
    assert [text for text, chinese in told.items() if chinese is None or not HAN.search(chinese)] == []


@pytest.mark.parametrize("name", OWN)
def test_notes_of_attacks_are_told(name):
    assert_told(load("attacks", name).notes())


@pytest.mark.parametrize("name", OWN)
def test_notes_are_told_where_nothing_is_there(name, nothing_there):
    assert_told(load("attacks", name).notes())


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("stop_words", [True, False])
def test_notes_of_recipes_are_told(name, stop_words, monkeypatch):
    needs = importlib.import_module("robust_emo_attacks.textattack_bridge.needs")
    monkeypatch.setattr(needs, "described", lambda name: f"{find(name).title} (NLTK data, sha256 0123456789ab)")
    monkeypatch.setattr(needs, "nltk_lists_present", lambda: stop_words)
    assert_told(load("attacks", name).notes())


def test_notes_are_told_where_resources_were_named(named):
    for name in ("textfooler", "hotflip", "a2t", "faster-genetic", "bae", "clare", "bert-attack"):
        notes = load("attacks", name).notes()
        assert any("counter-fitted" in note or "language model" in note for note in notes)
        assert_told(notes)
    assert_told(load("attacks", "bae", masked_lm="distilbert/distilroberta-base", part_of_speech=False).notes())


def test_notes_on_the_other_settings_of_an_attack_are_told():
    assert_told(load("attacks", "hotflip", any_word=True).notes())


@pytest.mark.parametrize("name", ATTACKS)
def test_what_an_attack_lacks_is_told_with_its_command(name, nothing_there, monkeypatch):
    needs = load("attacks", name).problems()
    assert_told(needs)
    assert_told(["; ".join(needs)] if needs else [])  # as `not_runnable` holds it
    with speaking("zh"):
        told = " ".join(str(retold(need)) for need in needs)
    commands = re.findall(r"pip install [\w-]+|robust-emo resources fetch \S+|apt-get install \S+\b", " ".join(needs))
    assert all(command in told for command in commands)


@pytest.mark.parametrize("name", RECIPES)
def test_what_a_recipe_lacks_beside_textattack_is_told(name, nothing_there, monkeypatch):
    found = SimpleNamespace(origin=None)
    there = importlib.util.find_spec
    needs = importlib.import_module("robust_emo_attacks.textattack_bridge.needs")
    monkeypatch.setattr(needs, "find_spec", lambda name: found if name in ("textattack", "greenlet") else there(name))
    monkeypatch.setattr(needs, "counter_fitted_on_disk", lambda: False)
    monkeypatch.setenv("TA_CACHE_DIR", "/nowhere")
    assert_told(load("attacks", name).problems())
    if "masked_lm" in load("attacks", name).arguments():
        assert_told(load("attacks", name, masked_lm="/nowhere").problems())


def test_a_resource_that_was_named_wrongly_is_told(monkeypatch, tmp_path):
    for variable in VARIABLES:
        monkeypatch.setenv(variable, str(tmp_path / "nowhere"))
    assert_told(find(name).missing() for name in ("wordnet", "masked-lm", "counter-fitted"))
    assert_told(load("attacks", "pwws").problems())
    assert_told(load("attacks", "textfooler").problems())
    for variable in VARIABLES:
        monkeypatch.setenv(variable, str(tmp_path))
    assert_told(find(name).missing() for name in ("wordnet", "masked-lm", "counter-fitted"))
    assert_told(load("attacks", "bae", masked_lm=str(tmp_path / "nowhere")).problems())


def test_resources_are_told_found_or_not(nothing_there):
    assert_told(resource.missing() for resource in find_all())


def test_a_resource_that_is_used_is_told(named):
    with speaking("zh"):
        assert retold(f"Words are proposed by a {described('masked-lm')}.").startswith(
            "候选词由掩码语言模型 bert（环境变量 ROBUST_EMO_MASKED_LM，sha256 "
        )


@pytest.mark.parametrize("name", NORMALISERS)
def test_gaps_and_notes_of_normalisers_are_told(name):
    normaliser = load("normalisers", name)
    assert_told(gap.text for gap in normaliser.known_gaps().gaps)
    assert_told(normaliser.notes())


@pytest.mark.parametrize("wordnet", [True, False])
def test_what_the_validity_check_says_is_told(wordnet, monkeypatch):
    monkeypatch.setattr(checker, "has_wordnet", lambda: wordnet)
    check = ValidityChecker()
    check.judge = SimpleNamespace(unknown=("joy", "love"))
    assert len(check.notes()) == 4 - wordnet
    assert_told(check.notes())


def test_what_a_foreign_attack_says_stays_whole():
    with speaking("zh"):
        assert retold("attack sighs: the sighs are not there (sighing): make sigh") is None


# --- names of a ledger, and what was learnt ---------------------------------------------------------------------------


def test_a_ledger_is_told_and_names_of_others_stay():
    written = "".join(file.read_text(encoding="utf-8") for file in _of_private_training())
    assert [name for name in _NAMES if f'"{name}"' not in written] == []
    checks = re.findall(r'(?:IntegrityCheck|deviation)\(\s*"([^"]+)"', written)
    assert set(checks) | set(re.findall(r'\("(sample: [^"]+)"', written)) <= set(_NAMES)
    with speaking("zh"):
        assert ledger_name("sample: rate") == "采样：采样率"
        assert ledger_name("<b>theirs</b>") == "<b>theirs</b>"


def _of_private_training() -> list[Path]:
    package = importlib.util.find_spec("robust_emo.training.private")
    return sorted(Path(package.origin).parent.rglob("*.py"))


def test_texts_without_an_emotion_are_told():
    learnt = (Learnt(half=1, n=3, subject="no emotion", content="the the the"), Learnt(2, 3, "joy", "sad no emotion"))
    with speaking("zh"):
        told = learnt_view(learnt)
    assert [item.subject for item in told] == ["无情绪", "joy"]
    assert told[1].content == "sad no emotion"


# --- what each attack does --------------------------------------------------------------------------------------------


def test_every_built_in_attack_has_a_sentence_and_nothing_else_has():
    assert sorted(ATTACK_SUMMARIES) == ATTACKS
    assert all(re.fullmatch(r"[A-Z].{15,100}\.", text) for text in ATTACK_SUMMARIES.values())


@pytest.mark.parametrize("standard", [False, True])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_says_what_each_attack_does(standard, language):
    outcomes = factory.make_outcomes(examples=20)
    report = factory.make_report(factory.survivors(outcomes) if standard else outcomes, standard=standard)
    words = ShownPage(HtmlReporter(language=language).render(report, outcomes).decode()).words
    with speaking(language):
        summaries = {name: attack_summary(name) for name in factory.ATTACKS}
    assert all(f"{name} {summary}" in words for name, summary in summaries.items())


def test_of_a_foreign_attack_nothing_is_said():
    assert attack_summary("<b>sighs</b>") == ""
    assert attack_summary("ensemble") == ""
