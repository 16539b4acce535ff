"""Every sentence that an audit writes has its Chinese, so that a new one without it fails here."""

import re
import tomllib
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import robust_emo_attacks
from robust_emo_reports.language import LANGUAGES, speaking
from robust_emo_reports.retelling import retold_reason
from robust_emo_reports.told_catalogue import told_files
from told_sources import covers, unwritten, written

import robust_emo

pytestmark = pytest.mark.model_free

_ROOT = Path(robust_emo.__file__).parent
_ATTACKS = Path(robust_emo_attacks.__file__).parent
_OTHERS = [language for language in LANGUAGES if language != "en"]


@dataclass(frozen=True)
class Source:
    """Code that writes sentences into audit.json, which pages show."""

    files: str
    """Pattern of paths below the package."""
    root: Path = _ROOT
    functions: Container[str] | None = None
    """Only what stands in these."""
    raises: bool = True
    """Also messages of errors: of code that runs while an audit measures."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Files that write no such sentence, and why they have sentences."""
    exceptions: Container[str] = ()
    """Single templates that no page shows."""


_OPTIONS = "of options, which are refused before the audit starts"
_EXPLAIN = "of `robust-emo explain`, which writes no audit"
_WORD_LIST = "words that are looked for in texts"
SOURCES = (
    Source(
        "audits/**/*.py",
        left_out={
            "answers.py": "reads a file of a finished audit",
            "outcomes.py": "reads a file of a finished audit",
            "journal.py": "ends the whole audit",
            "attention_rollout.py": "does not explain, so that no section is made by it",
            "baselines.py": _OPTIONS,
            "classification_head.py": _EXPLAIN,
            "close_look.py": "names of work in progress",
            "harmless_edits.py": _WORD_LIST,
            "integrated_gradients.py": _OPTIONS,
            "methods.py": "what `robust-emo explain` lists",
            "negating.py": _WORD_LIST,
            "reading.py": _EXPLAIN,
            "removal.py": _OPTIONS,
            "target.py": _EXPLAIN,
            "umap_plane.py": _OPTIONS,
            "word_kinds.py": _WORD_LIST,
            "word_lists.py": _WORD_LIST,
        },
        exceptions=(
            # Said while reference models are trained.
            " ({} of {} are known from an earlier audit)",
            "the model's manifest does not say how long its training took",
            "about {} in all, by what the steps of the model's own training took",
            "; after {} minutes those that are finished will do",
            "membership: {} reference models to train{}: {}{}",
            "{} seconds",
            # Of options.
            "section {}: {}",
            "section membership: reference_minutes must be a number above 0, got {}",
            "section membership: reference_minutes says nothing without reference_models",
            # Cannot happen.
            "rates need members and non-members",
            "{} heat maps but {} examples",
            # A name of work in progress.
            "explanations: masked words",
        ),
    ),
    Source("gate/*.py", exceptions=("threshold on {} has neither min nor max",)),  # which no policy can have
    Source("comparison_notes.py"),
    Source("section_pairs.py"),
    Source("privacy_claim.py"),
    Source("adaptive.py", functions=("choose_attacks",)),
    Source(
        "preflight.py",
        functions=("_without_baseline", "_read_model_and_data", "_training_data", "_holdout"),
        raises=False,
    ),
    Source("audit.py", functions=("_check_finite",)),
    Source("canaries/sealed.py"),
    Source("data/rows.py"),
    Source("data/labels.py"),
    Source("data/dataset.py", functions=("_labelled", "_check_text", "_check_characters")),
    Source("data/delimited.py", functions=("_checked",)),
    Source("data/jsonlines.py", functions=("read_jsonlines",), raises=False),
    Source("data/columnar.py", functions=("_named",)),
    Source("models/base_encoder.py"),
    Source("models/minilm.py"),
    Source("models/token_windows.py"),
    Source("models/victim.py", functions=("logits_of_tokens",)),
    Source("engine/attacking.py"),
    Source("engine/learning.py"),
    Source("engine/scheduler.py"),
    Source("engine/smoothed_victim.py"),
    Source(
        "*.py",
        root=_ATTACKS,
        functions=(
            *("notes", "note", "tagger_note", "problems", "encoder_problems", "vector_problems"),
            *("perturb", "learn", "read_vectors", "ask"),
        ),
    ),
    Source(
        "textattack_bridge/*.py",
        root=_ATTACKS,
        left_out={
            "recipes.py": "names and summaries; test_report_retold_attacks.py sees to its notes",
            "family.py": _OPTIONS,
            "greenlets.py": "cannot happen",
        },
    ),
    Source(
        "resources/*.py",
        left_out={
            "fetch.py": "of `robust-emo resources fetch`, which writes no audit",
            "perceptron.py": "names of features",
            "wordnet.py": "names of files",
        },
    ),
    Source("defences/*.py", functions=("notes", "known_gaps")),
    Source("validity/checker.py", functions=("notes", "problems")),
    Source("models/masked_lm_source.py"),
)


@pytest.mark.parametrize("language", _OTHERS)
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.files)
def test_every_sentence_of_the_code_has_a_line(source, language):
    lines = [line for _, lines in told_files(language) for line in lines]
    files = [file for file in sorted(source.root.glob(source.files)) if file.name not in source.left_out]
    found = [text for file in files for text in written(file, functions=source.functions, raises=source.raises)]
    assert files
    assert found or len(files) > 1, "no sentence there: is the name of the function right?"
    missing = [
        text
        for text in found
        if text.template not in source.exceptions and not any(covers(line, text.template) for line in lines)
    ]
    assert missing == []


_ALSO_WRITE = ("verdict_text.py", "plugins.py", "unknown_name.py", "audits/disclosure/*.py", "resources/*.py")
"""Files below the package that lines come of, beside the sources."""
_WRITTEN_ELSEWHERE = {
    "Synonyms: {}.": "one word of ours",
    "masked_lm: {}": "one word of ours",
    "line {}: badly quoted: {}": "of two words, the second with a colon",
    "line {}: not JSON: {}": "of two words, the second in capitals",
    "row {}: badly quoted: {}": "of two words, the second with a colon",
    "row {}: not JSON: {}": "of two words, the second in capitals",
    "No module named {}": "Python says it",
    "Section '{}' has no metric '{}'; did you mean '{}'?": "a capital is made of its first letter",
    "This audit has no section '{}'; did you mean '{}'?": "a capital is made of its first letter",
}
_NAME_OF_ERROR = re.compile(r"[A-Z]\w+Error: \{\}")


@pytest.mark.parametrize("language", _OTHERS)
def test_every_line_is_written_by_some_code(language):
    """At least half of its words: where a line comes of several texts, one that is in no source may fill its gaps."""
    files = [
        *((file, source) for source in SOURCES for file in sorted(source.root.glob(source.files))),
        *((file, Source("")) for pattern in _ALSO_WRITE for file in sorted(_ROOT.glob(pattern))),
        (_ATTACKS / "textattack_bridge" / "recipes.py", Source("")),
    ]
    templates = {
        text.template
        for file, source in files
        if file.name not in source.left_out
        for text in written(file, functions=source.functions, raises=source.raises)
    }
    lines = [
        line
        for name, lines in told_files(language)
        if not name.startswith("phrases") and name != "policies.json"
        for line in lines
    ]
    unused = [line for line in lines if unwritten(line, templates) > 1 / 2 and not _NAME_OF_ERROR.fullmatch(line)]
    assert set(unused) == set(_WRITTEN_ELSEWHERE)
    assert unwritten("each of {} met an attack that aims at it", templates) > 1 / 2


@pytest.mark.parametrize("language", _OTHERS)
def test_the_file_of_policies_holds_their_reasons_alone(language):
    assert set(dict(told_files(language))["policies.json"]) == set(_reasons())


def test_a_sentence_without_a_line_is_found(tmp_path):
    file = tmp_path / "new.py"
    file.write_text(
        '"""A docstring of some words."""\n'
        'NOTE = f"{n} texts were never seen before {by!r:>3}"\n'
        'WORDS = "only {n} texts" + f", {n} of them"\n'
        "def run(): raise ValueError('nobody knows why')\n"
    )
    assert [text.template for text in written(file)] == [
        "{} texts were never seen before {}",
        "only {} texts",
        ", {} of them",
        "nobody knows why",
    ]
    assert [text.template for text in written(file, functions=("run",), raises=False)] == []
    assert covers("in all, 3 texts were never seen before {}", "{} texts were never seen before {}")
    assert not covers("{} texts were seen before", "{} texts were never seen before {}")


def test_reasons_of_the_policies_that_come_with_it_are_told():
    assert _reasons()
    with speaking("zh"):
        assert [reason for reason in _reasons() if retold_reason(reason) == reason] == []


def _reasons():
    policies = [tomllib.loads(file.read_text()) for file in (_ROOT / "policies").glob("*.toml")]
    return [check["reason"] for policy in policies for check in policy["require"] if "reason" in check]
