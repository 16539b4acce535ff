"""The documentation says what the program does: its examples run, and nothing it names is missing or renamed."""

import re
import shlex
import subprocess
import sys
import tomllib
from collections import Counter
from importlib.metadata import entry_points
from pathlib import Path

import click
import pytest
from sentences import emotion_rows, write_rows

from robust_emo.audit import run_audit
from robust_emo.cli.main import main
from robust_emo.data.builtin import sample_path
from robust_emo.data.dataset import read_dataset
from robust_emo.defences.steps import load_defence, store
from robust_emo.errors import ExitCode
from robust_emo.hardening.recipe_file import read_recipe, recipe_names
from robust_emo.plugins import load
from robust_emo.policy import built_in_policies
from robust_emo.preflight import AuditRequest
from robust_emo.profile import profile_names, read_profile
from robust_emo.validity.checker import ValidityChecker

ROOT = Path(__file__).parents[1]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
}
WRITTEN = "\n".join(text for name, text in PAGES.items() if name != "docs/cli.md")


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGES[page], re.DOTALL | re.MULTILINE)


def built_in(kind):
    points = entry_points(group=f"robust_emo.{kind}")
    return sorted(point.name for point in points if point.dist is not None and point.dist.name == "robust-emo")


# --- nothing stale, nothing dead, nothing left out -----------------------------------------------------------------


def test_the_page_of_commands_is_fresh():
    rendered = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "render_cli.py")], capture_output=True, check=True
    ).stdout.decode()
    assert PAGES["docs/cli.md"] == rendered, "stale: python docs/render_cli.py > docs/cli.md"


def anchors(text):
    """Anchors of the headings, as GitHub makes them."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    titles = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    prose = re.sub(r"^```.*?^```", "", PAGES[page], flags=re.DOTALL | re.MULTILINE)
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        if re.match(r"[a-z]+:", target):
            continue
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            dead.append(target)
    assert dead == []


@pytest.mark.parametrize("page", PAGES)
def test_named_files_exist(page):
    for path in re.findall(r"`((?:robust_emo|attacks|reports|docs|tests|benchmarks)/[\w./-]*)`", PAGES[page]):
        assert (ROOT / path).exists(), f"{page}: {path}"


@pytest.mark.parametrize(
    ("what", "names"),
    [
        *(
            (kind, built_in(kind))
            for kind in ("attacks", "normalisers", "sections", "reporters", "explanation_reporters")
        ),
        ("recipes", recipe_names()),
        ("profiles", profile_names()),
        ("policies", built_in_policies()),
    ],
)
def test_everything_to_choose_from_is_described(what, names):
    assert names
    for name in names:
        assert f"`{name}`" in WRITTEN, f"{what}: {name}"


def test_every_command_is_described():
    for name in main.list_commands(None):
        assert f"robust-emo {name}" in WRITTEN, name


def test_what_the_audit_says_of_the_validity_check_is_what_its_page_says():
    row = r"written for this project.*\| ([\d.]+)% .*\(n=(\d+)\) \|$"
    rows = re.findall(row, PAGES["docs/validity.md"], re.MULTILINE)
    wrong = sum(round(int(n) * (1 - float(recall) / 100)) for recall, n in rows)
    note = ValidityChecker().notes()[0]
    assert f"On {sum(int(n) for _, n in rows)} pairs of known answer" in note
    assert f"{wrong} of the verdicts were wrong" in note


def test_the_table_of_profiles_is_true():
    for name in profile_names():
        profile = read_profile(name)
        cells = (profile.version, f"{profile.attacked_examples:,}", f"{profile.budget.max_queries:,}")
        row = " | ".join(cells)
        assert re.search(rf"\| `{name}`.*\| {re.escape(row)} \|", PAGES["docs/architecture.md"])


def test_every_exit_code_is_described():
    for page in ("README.md", "docs/architecture.md"):
        table = PAGES[page].rpartition("code | meaning")[2]
        assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == set(map(int, ExitCode))


# --- commands ------------------------------------------------------------------------------------------------------


def written_commands():
    """(page, words) of every `robust-emo ...` in a code block or in backticks."""
    for page, text in PAGES.items():
        if page == "docs/cli.md":
            continue
        code = re.findall(r"^```(?:console|sh|text)?\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        lines = [line for block in code for line in block.replace("\\\n", " ").splitlines()]
        lines += re.findall(r"`(robust-emo [^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))
        for line in lines:
            if found := re.search(r"(?:^|[\s/])robust-emo(?: .*)$", line):
                words = shlex.split(found.group().replace("...", ""), comments=True)
                yield page, words[words.index(next(word for word in words if word.endswith("robust-emo"))) + 1 :]


def test_written_commands_and_options_exist():
    commands = list(written_commands())
    assert {"README.md", "docs/training.md", "docs/policy.md", "docs/hardening.md"} <= {page for page, _ in commands}
    for page, (name, *words) in commands:
        if name == "--help":
            continue
        command = main.get_command(click.Context(main), name)  # an unknown one raises
        options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        for word in words:
            assert not word.startswith("-") or word in options | {"-h", "--help"}, f"{page}: {name} {word}"


def test_options_in_backticks_exist():
    commands = [main.get_command(click.Context(main), name) for name in main.list_commands(None)]
    parameters = [parameter for command in commands for parameter in command.params]
    options = {option for parameter in parameters for option in (*parameter.opts, *parameter.secondary_opts)}
    for word in re.findall(r"`(--[a-z-]+)", WRITTEN):
        assert word in options | {"--help"}, word


# --- examples ------------------------------------------------------------------------------------------------------


def test_what_examples_import_exists():
    for page in PAGES:
        for block in blocks(page, "python"):
            imports = re.findall(r"^from robust_emo(?:_reports|_attacks)?(?:\.\w+)+ import .+$", block, re.MULTILINE)
            exec(compile("\n".join(imports), page, "exec"), {})


def test_the_python_example_of_the_readme_runs(tmp_path, monkeypatch, capsys):
    (example,) = blocks("README.md", "python")
    monkeypatch.chdir(tmp_path)
    write_rows(tmp_path / "tweets.csv", emotion_rows(240))
    exec(compile(example.replace("minilm", "scratch:tiny"), "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "clean clean macro_f1 " in printed
    assert printed.splitlines()[-1] in ExitCode.__members__
    assert (tmp_path / "my_model-audit" / "report.html").exists()


@pytest.fixture(scope="module")
def example_plugins(tmp_path_factory):
    """The package of docs/plugins.md, laid out as an installation would."""
    site = tmp_path_factory.mktemp("example")
    (project,) = blocks("docs/plugins.md", "toml")
    points = tomllib.loads(project)["project"]["entry-points"]
    (site / "robust_emo_example").mkdir()
    (site / "robust_emo_example" / "__init__.py").touch()
    for block in blocks("docs/plugins.md", "python"):
        (site / block.split("\n")[0].removeprefix("# ")).write_text(block, encoding="utf-8")
    described = site / "robust_emo_example-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: robust-emo-example\nVersion: 1.0\n")
    lines = [line for group, names in points.items() for line in (f"[{group}]", *map(" = ".join, names.items()))]
    (described / "entry_points.txt").write_text("\n".join(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        yield [name for names in points.values() for name in names]


@pytest.fixture(scope="module")
def example_audit(example_plugins, tiny_model, tmp_path_factory):
    out = tmp_path_factory.mktemp("example-audit")
    attacks, sections = ("deepwordbug", "input-reduction", "stretch"), ("clean", "evasion", "emoji")
    request = AuditRequest(str(tiny_model), out, attacks=attacks, sections=sections, attacked_examples=24,
                           formats=("checks",), cache=False)  # fmt: skip
    return run_audit(request)


def test_the_example_plugins_work(example_audit, example_plugins):
    assert example_plugins == ["stretch", "emoji", "laughter", "checks"]
    report, folder = example_audit.report, example_audit.files[-1].parent
    assert [section.error for section in report.sections] == [None] * len(report.sections)
    stretched = [o for o in example_audit.outcomes if o.plugin == "stretch" and o.status == "succeeded"]
    assert stretched
    assert all(len(outcome.perturbed) > len(outcome.original) for outcome in stretched)
    with_emoji, without = report.sections[-1].metrics
    assert 0 < with_emoji.n < report.run.examples
    assert with_emoji.n + without.n == report.run.examples
    table = (folder / "checks.csv").read_text().splitlines()
    assert table[0] == "check,status,value,n"
    assert len(table) == len(report.verdicts) + 1


def test_the_example_normaliser_works(example_plugins, tmp_path):
    (step,) = store([load("normalisers", "laughter")], tmp_path)
    defence = load_defence([step], tmp_path)
    assert defence.text("Hahahahah, that was it, haha") == "haha, that was it, haha"
    assert defence.rewriting("x hahaha y").origin(2, 6) == (2, 8)


def test_the_recipe_of_the_page_on_hardening_is_one(tmp_path):
    recipe, rounds, worst_of_k, augment = blocks("docs/hardening.md", "toml")
    (tmp_path / "page.toml").write_text(recipe + rounds, encoding="utf-8")
    read = read_recipe(str(tmp_path / "page.toml"))
    (tmp_path / "other.toml").write_text(worst_of_k, encoding="utf-8")
    drawn_from = read_recipe(str(tmp_path / "other.toml")).training.worst_of_k
    assert drawn_from.arguments == {"tries": 6, "stages": 2}
    assert [(each.attack, each.arguments) for each in drawn_from.attack] == [
        ("deepwordbug", {"double_edits": 2}),
        ("synonyms", {}),
    ]
    (tmp_path / "augment.toml").write_text(augment, encoding="utf-8")
    assert read_recipe(str(tmp_path / "augment.toml")).training.outcomes
    assert [attack.attack for attack in read.training.attack] == ["deepwordbug", "synonyms"]
    assert [step.normaliser for step in read.defence] == [step.normaliser for step in read_recipe("fast").defence]
    assert read.measure.examples == 100


def test_the_python_example_on_hardening_runs(tiny_model, tmp_path, monkeypatch, capsys):
    (example,) = blocks("docs/hardening.md", "python")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_model").symlink_to(tiny_model)
    exec(compile(example, "docs/hardening.md", "exec"), {})
    assert "['I am so happy today']" in capsys.readouterr().out


def test_every_metric_is_defined(example_audit):
    names = {metric.name for section in example_audit.report.sections[:-1] for metric in section.metrics}
    assert len(names) > 10
    for name in names:
        assert re.search(rf"^\| `{name}`", PAGES["docs/metrics.md"], re.MULTILINE), name


def test_every_interval_method_is_explained(example_audit):
    for section in example_audit.report.sections:
        for metric in section.metrics:
            assert metric.method is None or f"| `{metric.method}` |" in PAGES["docs/metrics.md"]


@pytest.mark.parametrize(("column", "language"), [(0, "en"), (1, "zh")])
def test_the_sample_is_as_its_data_sheet_says(column, language):
    sheet = PAGES["docs/data.md"].split("## The built-in sample")[1]
    rows = dict(re.findall(r"^\| ([^|]+?) \| (.+) \|$", sheet, re.MULTILINE))
    stated = {title: [int(n) for n in re.findall(r"\d+", cells.split("|")[column])] for title, cells in rows.items()}
    examples = read_dataset(sample_path(language), group_column="author", strict=True).examples
    labels = Counter(example.labels[0] for example in examples)
    authors = Counter(example.group for example in examples)
    assert stated["texts"] == [len(examples)]
    assert stated["authors (`author`)"] == [len(authors), min(authors.values()), max(authors.values())]
    for title in ("anger / disgust / fear", "joy / sadness / surprise"):
        assert stated[title] == [labels[name] for name in title.split(" / ")]


def test_every_package_is_installed():
    with (ROOT / "pyproject.toml").open("rb") as file:
        listed = set(tomllib.load(file)["tool"]["setuptools"]["packages"])
    found = {
        str(path.parent.relative_to(ROOT)).replace("/", ".") for path in (ROOT / "robust_emo").rglob("__init__.py")
    }
    assert found == {name for name in listed if name.split(".")[0] == "robust_emo"}
