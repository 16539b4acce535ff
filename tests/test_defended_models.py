"""A model with an input defence: kept in its directory, applied by all that loads it, pointing at the original text."""

import dataclasses
import json
import shutil

import numpy as np
import pytest
from robust_emo_reports.provenance_view import provenance_view
from sentences import emotion_rows

import robust_emo
from robust_emo.audit import run_audit
from robust_emo.defences.compatibility import Compatibility
from robust_emo.defences.spelling import Spelling
from robust_emo.defences.steps import load_defence, store
from robust_emo.engine.engine import Engine
from robust_emo.errors import InputError, PluginError
from robust_emo.models.fingerprint import model_sha256
from robust_emo.models.loading import load_classifier
from robust_emo.models.manifest import read_manifest, write_manifest
from robust_emo.models.victim import Victim
from robust_emo.plugins import load
from robust_emo.preflight import AuditRequest
from robust_emo.types import Status

UNICODE = ("directions", "invisibles", "confusables", "compatibility")
DEFENDED = {  # by what is written, what is read
    "I feel h\u0430p\u200bpy again": "I feel happy again",
    "I feel 𝓰𝓵𝓪𝓭 again #monday": "I feel glad again #monday",
    "We were so \u202edas\u202c about the new house": "We were so sad about the new house",
    "I am terifeid of it 😀": "I am terrified of it 😀",
    "I feel glad": "I feel glad",
    "": "",
}


def with_defence(model, folder, normalisers):
    """A copy of a model directory that carries a defence."""
    shutil.copytree(model, folder)
    write_manifest(dataclasses.replace(read_manifest(folder), defence=store(normalisers, folder)), folder)
    return folder


def edited(directory, change):
    """The directory with the first step of its defence changed in the manifest."""
    path = directory / "robust_emo.json"
    content = json.loads(path.read_text())
    change(content["defence"][-1])
    path.write_text(json.dumps(content))
    return directory


@pytest.fixture(scope="module")
def normalisers(tmp_path_factory):
    texts = [row["text"] for row in emotion_rows(240)]
    learnt = Spelling.learn(texts, tmp_path_factory.mktemp("learnt"))
    return [*(load("normalisers", name) for name in UNICODE), learnt]


@pytest.fixture(scope="module")
def hardened(tiny_model, normalisers, tmp_path_factory):
    """The tiny model behind all normalisers."""
    return with_defence(tiny_model, tmp_path_factory.mktemp("hardened") / "model", normalisers)


@pytest.fixture(scope="module")
def defended(hardened):
    return Victim(load_classifier(hardened))


@pytest.fixture
def copy(hardened, tmp_path):
    return shutil.copytree(hardened, tmp_path / "copy")


# --- kept in the directory -------------------------------------------------------------------------------------------


def test_what_is_stored_is_loaded(hardened, normalisers):
    steps = read_manifest(hardened).defence
    assert [step.name for step in steps] == [*UNICODE, "spelling"]
    assert steps[-1].arguments == {"most_edits": 2}
    assert steps[-1].files["lexicon"].name == "spelling-lexicon.tsv"
    assert load_defence(steps, hardened).described() == tuple(f"{n.spec.name} {n.spec.version}" for n in normalisers)


def test_without_steps_there_is_no_defence(tmp_path):
    assert load_defence((), tmp_path) is None


def test_two_steps_of_one_kind_keep_a_file_each(tmp_path):
    (tmp_path / "model").mkdir()
    made = []
    for name, texts in (("one", ["zynx a", "zynx b", "zynx c"]), ("two", ["qwix a", "qwix b", "qwix c"])):
        (tmp_path / name).mkdir()
        made.append(Spelling.learn(texts, tmp_path / name))
    first, second = store([made[0], Compatibility(), made[1]], tmp_path / "model")[::2]
    assert first.files["lexicon"].name != second.files["lexicon"].name
    assert load_defence((first, second), tmp_path / "model").normalisers[0].lexicon.read_text() == "zynx\t3\n"


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda step: step.update(name="speling"), PluginError, "'speling'; did you mean 'spelling'"),
        (lambda step: step.update(version="0"), InputError, "version 0 of the normaliser 'spelling'"),
        (lambda step: step.update(arguments={"most": 1}), PluginError, "normaliser spelling has no argument 'most'"),
        (lambda step: step.update(arguments={"most_edits": 9}), InputError, "most_edits must be 1 or 2"),
        (lambda step: step.update(arguments={"lexicon": "/etc/passwd"}, files={}), InputError, "cannot be named"),
        (lambda step: step["files"]["lexicon"].update(name="../robust_emo.json"), InputError, "is not a file name"),
        (lambda step: step["files"]["lexicon"].update(name="/etc/passwd"), InputError, "is not a file name"),
        (lambda step: step["files"]["lexicon"].update(name=".."), InputError, "is missing"),
        (lambda step: step["files"]["lexicon"].update(name=""), InputError, "is missing"),
        (lambda step: step["files"]["lexicon"].update(sha256="0" * 64), InputError, "has changed since"),
        (lambda step: step["files"]["lexicon"].pop("sha256"), InputError, "defence.4.files.lexicon.sha256"),
        (lambda step: step.update(extra=1), InputError, "defence.4.extra"),
    ],
)  # fmt: skip
def test_a_defence_that_is_not_what_the_manifest_says(copy, change, error, message):
    with pytest.raises(error, match=message) as caught:
        load_classifier(edited(copy, change))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["symspellpy", "vaderSentiment", "unicode"])
def test_a_model_is_pinned_to_the_tables_that_it_was_hardened_with(copy, hardened, name):
    step = read_manifest(copy).defence[-1]
    assert set(step.depends_on) == {"symspellpy", "vaderSentiment", "unicode"}
    edited(copy, lambda step: step["depends_on"].update({name: "0.1"}))
    with pytest.raises(
        InputError, match=r"0\.1 then, .* now; install the former, or harden its parent again"
    ) as caught:
        load_classifier(copy)
    assert "\n" not in str(caught.value)
    assert model_sha256(copy) != model_sha256(hardened)


def test_steps_that_record_no_versions_are_read(copy):
    edited(copy, lambda step: step.pop("depends_on"))
    assert load_classifier(copy).defence is not None


def test_a_changed_lexicon(copy):
    path = copy / "spelling-lexicon.tsv"
    path.write_text(path.read_text() + "zynx\t9\n")
    with pytest.raises(InputError, match=r"spelling-lexicon.tsv has changed since the model was hardened"):
        load_classifier(copy)


def test_a_missing_lexicon(copy, cli):
    (copy / "spelling-lexicon.tsv").unlink()
    ended = cli("attack", copy, "--attack", "unicode", "--text", "I am glad")
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert "the normaliser 'spelling' of the model needs it" in ended.err


def test_the_fingerprint_depends_on_the_defence(tiny_model, hardened, copy):
    plain = model_sha256(tiny_model)
    assert load_classifier(hardened).sha256 == model_sha256(hardened) == model_sha256(copy) != plain
    edited(copy, lambda step: step["files"]["lexicon"].update(sha256="0" * 64))
    assert model_sha256(copy) not in (plain, model_sha256(hardened))
    content = json.loads((copy / "robust_emo.json").read_text())
    (copy / "robust_emo.json").write_text(json.dumps(content | {"defence": content["defence"][::-1]}))
    reversed_sha256 = model_sha256(copy)
    (copy / "robust_emo.json").write_text(json.dumps(content | {"defence": []}))
    assert reversed_sha256 != model_sha256(copy) == plain
    for manifest in ("[]", "{", "\x00"):
        (copy / "robust_emo.json").write_text(manifest)
        assert model_sha256(copy) == plain
    (copy / "robust_emo.json").unlink()
    assert model_sha256(copy) == plain


def test_manifests_of_before_are_read(copy, tiny_model):
    content = json.loads((tiny_model / "robust_emo.json").read_text())
    old = {key: value for key, value in content.items() if key not in ("defence", "parent")}
    (copy / "robust_emo.json").write_text(json.dumps(old | {"schema_version": "1.0"}))
    classifier = load_classifier(copy)
    assert classifier.defence is None
    assert classifier.sha256 == model_sha256(tiny_model)


# --- applied by all that loads it ------------------------------------------------------------------------------------


def test_logits_are_those_of_the_defended_text(victim, defended):
    np.testing.assert_array_equal(defended.logits(list(DEFENDED)), victim.logits(list(DEFENDED.values())))
    perturbed = next(iter(DEFENDED))
    assert (defended.logits([perturbed]) != victim.logits([perturbed])).any()


def test_token_ids_are_those_of_the_defended_text(victim, defended):
    for found, plain in zip(defended.encode(list(DEFENDED)), victim.encode(list(DEFENDED.values())), strict=True):
        np.testing.assert_array_equal(found, plain)


def test_gradients_point_at_the_original_text(victim, defended):
    target = [[0.0, 0.0, 1.0, 0.0]]
    for written, read in list(DEFENDED.items())[:-1]:
        (found,), (plain,) = defended.gradients([written], target), victim.gradients([read], target)
        np.testing.assert_array_equal(found.values, plain.values)
        assert len(found.spans) == len(plain.spans)
        for (start, end), (first, last) in zip(plain.spans, found.spans, strict=True):
            assert 0 <= first <= last <= len(written)
            assert (first == last) == (start == end)
            assert defended.defence.text(written[first:last]).strip() in (read[start:end], read[start:end].strip()) or (
                read[start:end] in defended.defence.text(written[first:last])  # a piece of a mended word
            )


def test_a_perturbed_word_is_found_where_it_stands(defended):
    written = "I feel h\u0430p\u200bpy again"
    (found,) = defended.gradients([written], [[0.0, 0.0, 1.0, 0.0]])
    assert "h\u0430p\u200bpy" in {written[first:last] for first, last in found.spans}


def test_what_is_cut_is_counted_and_found_in_the_original(tiny_model, hardened):
    short = Victim(load_classifier(hardened), max_length=8)
    plain = Victim(load_classifier(tiny_model), max_length=8)
    hidden = "\u200b".join("I feel glad")
    assert short.truncated([hidden, "I feel glad " * 9]) == plain.truncated(["I feel glad"]) + 1
    assert short.readable(hidden) == hidden
    long = f"{hidden} again and again and again and again and again"
    seen = short.readable(long)
    assert long.startswith(seen)
    assert hidden in seen
    assert len(seen) < len(long)
    np.testing.assert_array_equal(short.logits([seen]), short.logits([long]))


def test_engines_ask_the_whole_of_it(defended, victim):
    np.testing.assert_array_equal(
        Engine(defended).scores(list(DEFENDED)), Engine(victim).scores(list(DEFENDED.values()))
    )


def audit(model, out, **settings):
    settings = {"sections": ("clean", "evasion"), "attacked_examples": 16, "cache": False, **settings}
    return run_audit(AuditRequest(str(model), out, attacks=("unicode",), **settings))


def test_attacks_meet_the_defence_and_the_audit_says_so(tiny_model, hardened, normalisers, tmp_path):
    described = [f"{each.spec.name} {each.spec.version}" for each in normalisers]
    undefended, first = audit(tiny_model, tmp_path / "plain"), audit(hardened, tmp_path / "first")
    assert any(outcome.status is Status.SUCCEEDED for outcome in undefended.outcomes)
    assert [outcome.perturbed for outcome in first.outcomes if outcome.status is Status.SUCCEEDED] == []
    assert any(outcome.status is Status.FAILED for outcome in first.outcomes)
    content = json.loads((tmp_path / "first" / "audit.json").read_text())
    assert content["run"]["defence"] == described
    assert content["run"]["model_sha256"] == model_sha256(hardened)
    assert json.loads((tmp_path / "plain" / "audit.json").read_text())["run"]["defence"] == []

    second = audit(hardened, tmp_path / "second")
    assert second.outcomes == first.outcomes
    assert [dataclasses.replace(section, seconds=0) for section in second.report.sections] == [
        dataclasses.replace(section, seconds=0) for section in first.report.sections
    ]

    shown = dict(provenance_view(first.report).groups)["Model"]
    assert [fact.text for fact in shown if fact.name == "Input defence"] == [", ".join(described)]
    assert ", ".join(described) in (tmp_path / "first" / "report.html").read_text(encoding="utf-8")
    plain = dict(provenance_view(undefended.report).groups)["Model"]
    assert "Input defence" not in {fact.name for fact in plain}


# --- in users' own code ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pipeline(hardened):
    return robust_emo.pipeline(hardened)


@pytest.mark.parametrize("name", ["tiny_model", "tiny_multi_model"])
def test_the_pipeline_answers_as_one_of_transformers(name, request):
    import transformers

    model, texts = request.getfixturevalue(name), ["I feel glad", "I feel sad and scared again"]
    ours, theirs = robust_emo.pipeline(model), transformers.pipeline("text-classification", model=str(model))

    def rounded(answer):
        if isinstance(answer, list):
            return [rounded(part) for part in answer]
        return answer["label"], round(answer["score"], 4)

    for inputs in (texts, texts[0], texts[:1]):
        for options in ({}, {"top_k": None}, {"top_k": 1}, {"top_k": 2}):
            assert rounded(ours(inputs, **options)) == rounded(theirs(inputs, **options))


def test_the_pipeline_answers_as_a_classifier_of_scikit_learn(pipeline, victim):
    texts = ["I feel h\u0430p\u200bpy again", "I am terifeid of it"]
    assert pipeline.classes_ == ("anger", "fear", "joy", "sadness")
    assert pipeline.predict(texts).tolist() == ["joy", "fear"]
    probabilities = pipeline.predict_proba(texts)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    wanted = victim.predictions(victim.logits(["I feel happy again", "I am terrified of it"]))
    np.testing.assert_array_equal(probabilities, [prediction.probabilities for prediction in wanted])
    assert pipeline.defended(texts) == ["I feel happy again", "I am terrified of it"]


def test_a_multi_label_pipeline(tiny_multi_model):
    pipeline = robust_emo.pipeline(tiny_multi_model)
    texts = ["I feel glad again I feel livid again", "I feel glad again I feel cheerful again"]
    flags = pipeline.predict(texts)
    assert flags.dtype == bool
    assert flags.shape == (2, 4)
    np.testing.assert_array_equal(flags, pipeline.predict_proba(texts) >= 0.5)
    assert pipeline.defended(texts) == texts


def test_no_texts(pipeline):
    assert pipeline([]) == []
    assert pipeline([], top_k=None) == []
    assert pipeline.predict([]).shape == (0,)
    assert pipeline.predict_proba([]).shape == (0, 4)
    assert pipeline.defended([]) == []


def test_columns_of_data_frames_are_texts(pipeline):
    column = np.asarray(["I feel glad", "I feel sad"])
    assert pipeline.predict(column).tolist() == ["joy", "sadness"]
    assert [best["label"] for best in pipeline(tuple(column))] == ["joy", "sadness"]


@pytest.mark.parametrize("ask", ["predict", "predict_proba", "defended"])
def test_one_text_is_not_a_list_of_texts(pipeline, ask):
    with pytest.raises(InputError, match="expected a list of texts, got one text"):
        getattr(pipeline, ask)("I am glad")
    with pytest.raises(InputError, match="expected texts, got NoneType at place 1"):
        getattr(pipeline, ask)(["I am glad", None])


@pytest.mark.parametrize("top_k", [0, -1])
def test_at_least_one_emotion_is_asked_for(pipeline, top_k):
    with pytest.raises(InputError, match="top_k must be at least 1"):
        pipeline("I am glad", top_k=top_k)


def test_a_directory_that_is_none():
    with pytest.raises(InputError, match="no such model directory"):
        robust_emo.pipeline("absent")
