"""The map of the texts by UMAP: run where it is installed."""

import numpy as np
import pytest
from explained_models import tiny_engine
from sentences import emotion_rows, write_rows

pytest.importorskip("umap", reason="needs the extra robust-emo[umap]", exc_type=ImportError)

from robust_emo.audit import run_audit
from robust_emo.audits.explanation.embedding_map import embedding_map
from robust_emo.audits.explanation.umap_plane import umap_plane
from robust_emo.data_file import DataFile
from robust_emo.preflight import AuditRequest
from robust_emo.section_choice import SectionArgument
from robust_emo.types import Example, Prediction


def groups(each: int = 12, width: int = 16) -> np.ndarray:
    """Three heaps of vectors, far apart."""
    rng = np.random.default_rng(0)
    centres = 20 * np.eye(3, width)
    return np.concatenate([centre + rng.standard_normal((each, width)) for centre in centres]).astype(np.float32)


def test_neighbours_stay_together_and_a_seed_gives_one_map():
    vectors = groups()
    plane = umap_plane(vectors, seed=3)
    assert plane.shape == (36, 2)
    distances = np.linalg.norm(plane[:, None] - plane, axis=-1) + 1e9 * np.eye(36)
    assert np.mean(distances.argmin(axis=1) // 12 == np.arange(36) // 12) >= 0.9
    state = np.random.get_state()[1].tolist()
    np.testing.assert_array_equal(umap_plane(vectors, seed=3), plane)
    assert np.random.get_state()[1].tolist() == state
    assert not np.array_equal(umap_plane(vectors, seed=4), plane)


@pytest.mark.parametrize("count", [3, 4, 17])
def test_few_texts_and_equal_ones_have_a_map(count):
    assert np.isfinite(umap_plane(groups()[:count], seed=0)).all()
    assert np.isfinite(umap_plane(groups()[[0, *range(count), 0]], seed=0)).all()


def test_it_keeps_no_variance_and_vectors_that_are_alike_have_no_map():
    engine = tiny_engine("bert")
    words = ("happy", "sad", "angry", "tired", "fine", "good")
    examples = [Example(word, f"i am {word} today", ("joy",)) for word in words]
    predictions = [Prediction(("joy",), (1.0, 0.0))] * len(words)
    found = embedding_map(engine, examples, predictions, projection="umap")
    assert (found.projection, found.variance_shown, len(found.points)) == ("umap", None, 6)
    alike = [Example(word, "i am happy", ("joy",)) for word in words]
    assert embedding_map(engine, alike, predictions, projection="umap") is None


def test_the_section_says_how_the_map_was_made_and_what_it_does_not_say(tiny_model, tmp_path):
    data = DataFile(str(write_rows(tmp_path / "test.csv", emotion_rows(12, seed=21))))
    settings = ("texts=6", "closely=0", "sanity_texts=0", "shown=0", "method=leave-one-out", "map=umap")
    arguments = tuple(SectionArgument.parse(f"explanation.{setting}") for setting in settings)
    request = AuditRequest(
        str(tiny_model), tmp_path / "a", data=data, section_arguments=arguments, sections=("clean", "explanation"),
        attacked_examples=8, cache=False,
    )  # fmt: skip
    (section,) = [each for each in run_audit(request).report.sections if each.kind == "explanation"]
    assert section.error is None, section.error
    assert section.args["map"] == section.explanation.projection == "umap"
    assert section.explanation.variance_shown is None
    assert len(section.explanation.embedding_map) == 6
    assert any("how far groups lie apart" in note for note in section.notes)
