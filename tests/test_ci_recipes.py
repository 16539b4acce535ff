"""Every recipe for a pipeline is run: its shell steps, on a real audit that passes, fails or decides nothing."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from ci_programs import programs
from github_runner import Runner, clean_environment
from safetensors.numpy import load_file, save_file
from sentences import emotion_rows, write_rows

from robust_emo.models.fingerprint import model_sha256
from robust_emo.policy import read_policy

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "docs" / "example_repository"
WORKFLOW = EXAMPLE / ".github" / "workflows" / "audit.yml"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
REQUIRE = '[[require]]\nsection = "clean"\nmetric = "accuracy"\n'
POLICIES = {
    "pass": (EXAMPLE / "policy.toml").read_text(encoding="utf-8"),
    "fail": f"{REQUIRE}max = 0.2\n",
    "inconclusive": f"{REQUIRE}min = 0.999\n",
}
CODES = {"pass": 0, "fail": 1, "inconclusive": 3}


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    with programs(tmp_path_factory.mktemp("programs")) as folder:
        yield clean_environment(folder)


@pytest.fixture(scope="module")
def installed(environment):
    """What pip was asked for since the test began."""
    file = Path(environment["PATH"].split(":")[0]) / "installed"
    return lambda: file.read_text().splitlines()


@pytest.fixture(scope="module")
def git(environment):
    def run(folder, *arguments, check=True):
        return subprocess.run(
            ["git", "-C", str(folder), *arguments], env=environment, check=check, capture_output=True, text=True
        )

    return run


@pytest.fixture(scope="module")
def make(environment):
    if shutil.which("make") is None:
        pytest.skip("make is not installed")

    def run(folder, *arguments, **variables):
        told = {**environment, **variables}
        return subprocess.run(["make", *arguments], cwd=folder, env=told, check=False, capture_output=True, text=True)

    return run


@pytest.fixture(scope="module")
def origin(tmp_path_factory, tiny_model, git, make):
    """The example repository with a model, its data and the audit of its release; a branch for each policy."""
    folder = tmp_path_factory.mktemp("origin") / "repository"
    shutil.copytree(EXAMPLE, folder)
    shutil.copytree(tiny_model, folder / "model", ignore=shutil.ignore_patterns("data", "robust_emo.json"))
    (folder / "data").mkdir()
    write_rows(folder / "data" / "test.csv", emotion_rows(240, seed=5))
    made = make(folder, "release-audit")
    assert made.returncode == 0, made.stdout + made.stderr
    git(folder, "init", "--quiet", "--initial-branch=main")
    for branch, policy in [("main", POLICIES["pass"]), *POLICIES.items()]:
        git(folder, "checkout", "-q", "-B", branch, *(["main"] if branch != "main" else []))
        (folder / "policy.toml").write_text(policy, encoding="utf-8")
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--allow-empty", "--message", f"Policy: {branch}")
    git(folder, "checkout", "-q", "main")
    return folder


@pytest.fixture
def clone(origin, git, tmp_path):
    """A working copy at main."""
    git(tmp_path, "clone", "--quiet", str(origin), str(tmp_path / "clone"))
    return tmp_path / "clone"


@pytest.fixture
def runner(environment, origin, tmp_path):
    (tmp_path / "workspace").mkdir()
    return Runner(tmp_path / "workspace", environment, ROOT, origin)


# --- the action ----------------------------------------------------------------------------------------------------


@pytest.fixture
def action(runner, origin, tmp_path):
    """Runs it with a policy that gives this verdict."""

    def start(verdict, **inputs):
        policy = tmp_path / "policy.toml"
        policy.write_text(POLICIES[verdict], encoding="utf-8")
        given = {"model": origin / "model", "data": origin / "data" / "test.csv", "policy": policy, **inputs}
        return runner.composite({name.replace("_", "-"): str(value) for name, value in given.items()})

    return start


@pytest.mark.parametrize("verdict", CODES)
def test_the_action_ends_as_the_audit_does(action, runner, verdict):
    outputs = action(verdict)
    assert outputs == {
        "exit-code": str(CODES[verdict]), "verdict": verdict, "audit-json": "robust-emo-audit/audit.json",
    }  # fmt: skip
    assert runner.codes[-1] == CODES[verdict]
    assert runner.failed == ([] if verdict == "pass" else ["Judge"])
    assert runner.summary.startswith(f"# {verdict.capitalize()}: audit of ")
    assert f"::notice title=Emotion audit%3A {verdict}::" in runner.log
    checks = ("::error" in runner.log, "::warning title=Inconclusive" in runner.log)
    assert checks == (verdict == "fail", verdict == "inconclusive")
    stopped = re.search(r"^::stop-commands::(\d+)$(.*?)^::\1::$", runner.log, re.MULTILINE | re.DOTALL)
    assert f"(exit code {CODES[verdict]})" in stopped[2]  # what the audit prints cannot steer the runner
    assert "::notice" not in stopped[2]
    kept = runner.used["actions/upload-artifact@v5"]
    files = {file.name for file in (runner.workspace / kept["path"]).iterdir()}
    assert {"audit.json", "report.html", "audit.junit.xml", "audit.sarif", "outcomes.jsonl"} <= files


def test_the_action_installs_itself_or_what_it_is_told(action, installed):
    action("pass", model="missing")
    assert installed()[-1] == f"--quiet --constraint {ROOT}/constraints.txt -- {ROOT}"
    action("pass", model="missing", package="robust-emo[chinese]==0.1.0")
    assert installed()[-1] == "--quiet -- robust-emo[chinese]==0.1.0"


def test_only_an_audit_that_decides_nothing_can_be_let_through(action, runner):
    outputs = action("inconclusive", allow_inconclusive="true")
    assert (runner.failed, outputs["exit-code"], outputs["verdict"]) == ([], "3", "inconclusive")
    assert "let through by allow-inconclusive" in runner.log
    action("fail", allow_inconclusive="true", out="failing")
    assert runner.codes[-1] == 1
    action("pass", allow_inconclusive="true", out="none", model="missing")
    assert runner.codes[-1] == 2


@pytest.mark.parametrize(
    "inputs",
    [
        {"model": "missing"},
        {"model": "--help"},
        {"model": "; touch stolen; $(touch stolen) `touch stolen` \" ' ${{ github.token }}"},
        {"options": "--help"},
        {"options": "--version\n$(touch stolen)"},
        {"out": "$(touch stolen)", "policy": "; touch stolen"},
    ],
)
def test_what_was_not_judged_does_not_pass(action, runner, inputs):
    outputs = action("pass", **inputs)
    assert (outputs["verdict"], outputs["exit-code"], outputs["audit-json"]) == ("error", "2", "")
    assert runner.failed == ["Judge"]
    assert "::error title=Emotion audit::Nothing was judged (exit code 2)" in runner.log
    assert runner.summary == "**Emotion audit: error** (exit code 2)\n"
    assert not list(runner.workspace.rglob("stolen"))


def test_an_older_audit_does_not_pass_for_the_new_one(action, runner, origin):
    shutil.copytree(origin / "release", runner.workspace / "robust-emo-audit")
    outputs = action("pass")
    assert outputs == {"exit-code": "", "verdict": "", "audit-json": ""}
    assert (runner.failed, runner.summary, runner.used.keys()) == (["Audit"], "", {"actions/setup-python@v6"})


def test_options_reach_the_audit_one_by_one(action, runner):
    action("pass", options="--precision=fp32\n--text-column=no such column", baseline="", seed="7")
    assert "no such column" in runner.log
    assert runner.codes[-1] == 2


@pytest.mark.parametrize("file", [ROOT / "action.yml", WORKFLOW])
def test_no_expression_stands_in_a_script(file):
    described = yaml.safe_load(file.read_text(encoding="utf-8"))
    steps = described["runs"]["steps"] if "runs" in described else described["jobs"]["audit"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]
    assert scripts
    assert not any("${{" in script for script in scripts)


# --- GitLab, Jenkins, make -----------------------------------------------------------------------------------------


def gitlab(branch):
    job = yaml.safe_load((EXAMPLE / ".gitlab-ci.yml").read_text(encoding="utf-8"))["emotion-audit"]
    script = "\n".join(("set -eo pipefail", *job["before_script"], *job["script"]))
    return ["bash", "-c", script], {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": branch}


def test_gitlab_takes_the_target_branch_of_a_fork_from_the_parent_project(clone, origin, environment, git):
    git(clone, "checkout", "-q", "-B", "fail", "origin/pass")
    git(clone, "remote", "set-url", "origin", str(clone))  # as in a pipeline that runs in the fork
    (_, _, script), told = gitlab("fail")
    script = script[: script.index("python")] + 'cat "$target/policy.toml"'
    requested = {"CI_MERGE_REQUEST_PROJECT_ID": "1", "CI_MERGE_REQUEST_PROJECT_URL": str(origin)}
    for project, judged in [("1", "pass"), ("2", "fail")]:  # origin is the parent only in the parent's own pipelines
        seen = {**environment, **told, **requested, "CI_PROJECT_ID": project}
        ended = subprocess.run(["bash", "-c", script], cwd=clone, env=seen, check=True, capture_output=True, text=True)
        assert ended.stdout == POLICIES[judged]


def jenkins(branch):
    (script,) = re.findall(
        r"^ *sh '''\n(.*?)'''", (EXAMPLE / "Jenkinsfile").read_text(encoding="utf-8"), re.DOTALL | re.M
    )
    return ["sh", "-xe", "-c", script], {"TARGET_BRANCH": branch}


@pytest.mark.parametrize("recipe", [gitlab, jenkins])
@pytest.mark.parametrize("verdict", CODES)
def test_a_job_ends_as_the_audit_does(recipe, verdict, clone, environment, installed):
    stale = clone / "robust-emo-audit" / "audit.sarif"
    stale.parent.mkdir()
    stale.touch()
    command, told = recipe(verdict)
    ended = subprocess.run(command, cwd=clone, env={**environment, **told}, check=False, capture_output=True, text=True)
    assert ended.returncode == CODES[verdict], ended.stdout + ended.stderr
    assert installed()[-1].endswith("requirements-audit.txt")
    judged = json.loads((stale.parent / "audit.json").read_bytes())
    assert judged["verdicts"][0]["status"] == verdict
    assert (stale.parent / "audit.junit.xml").exists()
    assert not stale.exists()
    # where it is inconclusive the rest is asked all the same
    assert ended.stdout.count("Exit code") == (0 if verdict == "fail" else 2)


@pytest.mark.parametrize("recipe", [gitlab, jenkins])
def test_a_job_does_not_pass_with_an_audit_of_another_model(recipe, clone, environment):
    move_weights(clone / "model")
    command, told = recipe("main")
    ended = subprocess.run(command, cwd=clone, env={**environment, **told}, check=False, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "the audit is not of model" in ended.stderr


def test_an_audit_edited_by_hand_does_not_pass_for_the_one_of_the_job(clone, environment, make):
    mix_answers_up(clone / "model")
    edit_audit(clone / "release", model_sha256=model_sha256(clone / "model"))
    assert make(clone, "gate").returncode == 0
    command, told = gitlab("main")
    ended = subprocess.run(command, cwd=clone, env={**environment, **told}, check=False, capture_output=True, text=True)
    assert ended.returncode == 1, ended.stdout + ended.stderr


def test_owners_see_that_a_release_was_written_by_hand(clone, environment):
    commands = re.findall(r"^\$ (.* regression\.toml .*)", (ROOT / "docs" / "ci.md").read_text("utf-8"), re.MULTILINE)
    shutil.copytree(clone / "release", clone / "robust-emo-audit")
    audit = json.loads((clone / "release" / "audit.json").read_bytes())
    edit_audit(clone / "release", cost={**audit["run"]["cost"], "started_at": "2026-01-01T00:00:00+00:00"})

    def codes():
        asked = [shlex.split(command) for command in commands]
        return [subprocess.run(words, cwd=clone, env=environment, check=False).returncode for words in asked]

    assert codes() == [0, 0]
    answers = [json.loads(line) for line in (clone / "release" / "answers.jsonl").read_bytes().splitlines()]
    for answer in answers[::3]:
        answer["predicted"] = ["fear" if answer["label"] != ["fear"] else "anger"]
    (clone / "release" / "answers.jsonl").write_text("".join(f"{json.dumps(answer)}\n" for answer in answers))
    assert codes() == [2, 2]  # the numbers of audit.json are not those of its answers


def test_what_gitlab_and_jenkins_keep_is_what_the_jobs_write():
    job = yaml.safe_load((EXAMPLE / ".gitlab-ci.yml").read_text(encoding="utf-8"))["emotion-audit"]
    assert job["artifacts"] == {
        "when": "always", "paths": ["robust-emo-audit"], "reports": {"junit": "robust-emo-audit/audit.junit.xml"},
    }  # fmt: skip
    assert "allow_failure" not in job
    jenkinsfile = (EXAMPLE / "Jenkinsfile").read_text(encoding="utf-8")
    post = jenkinsfile[jenkinsfile.index("post {") :]
    assert "always {" in post
    assert "'robust-emo-audit/audit.junit.xml'" in post


@pytest.mark.parametrize(
    ("verdict", "allowed", "error"),
    [("pass", "no", ""), ("fail", "yes", "Error 1"), ("inconclusive", "no", "Error 3"), ("inconclusive", "yes", "")],
)
def test_make_ends_as_the_audit_does(verdict, allowed, error, clone, make, git):
    git(clone, "checkout", "-q", verdict)
    ended = make(clone, "audit", f"ALLOW_INCONCLUSIVE={allowed}")
    assert ended.returncode == (2 if error else 0), ended.stdout + ended.stderr
    assert error in ended.stderr
    assert ("let through" in ended.stdout) == (verdict == "inconclusive" and not error)
    assert (clone / "robust-emo-audit" / "report.html").exists()


def test_make_lets_nothing_through_that_was_not_judged(clone, make):
    shutil.copytree(clone / "release", clone / "robust-emo-audit")
    for model in ("missing", "--help", "$(touch stolen); touch stolen"):
        ended = make(clone, "audit", "ALLOW_INCONCLUSIVE=yes", f"MODEL={model.replace('$', '$$')}")
        assert "Error 2" in ended.stderr
    assert not (clone / "stolen").exists()


def test_make_gate_judges_the_committed_audit(clone, make):
    assert make(clone, "gate", IN_ITS_OWN_PROCESS="yes").returncode == 0
    move_weights(clone / "model")
    ended = make(clone, "gate")
    assert "the audit is not of model" in ended.stderr
    assert "Error 2" in ended.stderr


def test_no_recipe_imports_what_lies_in_the_checkout(tmp_path):
    recipes = [ROOT / "action.yml", WORKFLOW, EXAMPLE / ".gitlab-ci.yml", EXAMPLE / "Jenkinsfile", EXAMPLE / "Makefile"]
    called = [
        line for recipe in recipes for line in re.findall(r"\bpython[\d.]* (-.*)", recipe.read_text(encoding="utf-8"))
    ]
    assert len(called) == 4
    (tmp_path / "pip.py").write_text("print('planted')\n")
    for options in {line[: line.index("pip") + len("pip")] for line in called} | {"-m pip"}:
        asked = [sys.executable, *shlex.split(options), "--version"]
        ended = subprocess.run(asked, cwd=tmp_path, check=False, capture_output=True, text=True)
        assert ("planted" in ended.stdout) == (options == "-m pip"), options
    for recipe in recipes[:1] + recipes[2:4]:  # those that may audit in the checkout itself
        assert re.search(r'\bPYTHONSAFEPATH(: "1"|=1)', recipe.read_text(encoding="utf-8")), recipe


# --- a pull request that swaps the model ---------------------------------------------------------------------------


def move_weights(model):
    """Another model that answers the same."""
    weights = load_file(model / "model.safetensors")
    name = min(weights)
    weights[name] = weights[name] * (1 + 1e-6)
    save_file(weights, model / "model.safetensors", metadata={"format": "pt"})


def edit_audit(folder, **run):
    """Other values of `run` in its audit.json, by hand."""
    audit = json.loads((folder / "audit.json").read_bytes())
    audit["run"] |= run
    (folder / "audit.json").write_text(json.dumps(audit))


def mix_answers_up(model):
    """A slip that happens: two rows of the head in another order than the labels."""
    weights = load_file(model / "model.safetensors")
    head = [name for name in weights if "classifier" in name]
    assert head
    for name in head:
        weights[name] = weights[name][[1, 0, *range(2, len(weights[name]))]]
    save_file(weights, model / "model.safetensors", metadata={"format": "pt"})


@pytest.fixture
def hook(clone):
    """Git calls what the hook's manifest and the example's configuration make together, as pre-commit would."""
    (described,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (repository,) = yaml.safe_load((clone / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    (configured,) = repository["hooks"]
    assert configured["id"] == described["id"]
    assert (described["always_run"], described["pass_filenames"]) == (True, False)
    hook = clone / ".git" / "hooks" / "pre-commit"
    hook.write_text(f"#!/bin/sh\nexec {described['entry']} {shlex.join(configured['args'])}\n")
    hook.chmod(0o755)


def commit(git, clone, *options):
    git(clone, "add", "--all")
    return git(clone, "commit", "--message", "A new model", *options, check=False)


@pytest.fixture
def pull_request(runner, clone, git):
    """Runs the workflow on the last commit of the clone, as GitHub would for a pull request to a branch."""

    def start(target="main"):
        git(clone, "push", "--quiet", "--force", "origin", "HEAD:refs/heads/proposed")
        runner.github = {"base_ref": f"origin/{target}", "head": "origin/proposed"}
        runner.job(WORKFLOW, "audit")
        return runner

    return start


@pytest.mark.usefixtures("hook")
def test_a_pull_request_that_leaves_the_model_alone_passes(clone, git, pull_request):
    (clone / "README.md").write_text("Changed.\n")
    assert commit(git, clone).returncode == 0
    ended = pull_request()
    assert ended.failed == [], ended.log
    assert ended.log.count("Exit code 0: pass") == 2
    assert ended.used["github/codeql-action/upload-sarif@v4"]["category"] == "emotion-audit"
    sarif = Path(ended.used["github/codeql-action/upload-sarif@v4"]["sarif_file"])
    assert sarif.parent == Path(ended.used["actions/upload-artifact@v5"]["path"])
    assert sarif.exists()


@pytest.mark.usefixtures("hook")
def test_a_model_that_nobody_audited_is_blocked(clone, git, pull_request):
    move_weights(clone / "model")
    refused = commit(git, clone)
    assert refused.returncode != 0
    assert "the audit is not of model: it was made of model" in refused.stderr
    assert commit(git, clone, "--no-verify").returncode == 0
    ended = pull_request()
    assert ended.failed == ["The committed audit is of this model"]


def test_no_file_of_an_older_audit_is_uploaded(clone, git, pull_request, runner):
    for older in (runner.workspace, runner.workspace.parent / "temp"):
        (older / "robust-emo-audit").mkdir(parents=True)
        (older / "robust-emo-audit" / "audit.sarif").touch()
    (clone / "model" / "config.json").unlink()
    commit(git, clone, "--no-verify")
    ended = pull_request()
    assert ended.failed == ["Judge", "OWNER/robust-emo@v1"]
    assert "github/codeql-action/upload-sarif@v4" not in ended.used


@pytest.mark.usefixtures("hook")
def test_a_worse_model_is_blocked_whatever_the_pull_request_asks_of_it(clone, git, make, pull_request):
    mix_answers_up(clone / "model")
    assert make(clone, "release-audit").returncode == 2
    refused = commit(git, clone)
    assert refused.returncode != 0
    assert "FAIL" in refused.stdout + refused.stderr
    for name in ("policy.toml", "regression.toml"):
        (clone / name).write_text(f"{REQUIRE}min = 0.01\n")
    (clone / "data" / "test.csv").write_text("text,label\nI am so happy,anger\n")
    assert commit(git, clone).returncode == 0  # the hook asks for what the commit asks for
    ended = pull_request()
    assert ended.failed == [
        "Judge", "OWNER/robust-emo@v1", "Not worse than the last release", "The committed audit is of this model",
    ]  # fmt: skip
    assert ended.codes[-3:] == [1, 1, 1]


# --- the example itself --------------------------------------------------------------------------------------------


def test_the_policies_of_the_example_can_be_read():
    assert not read_policy(EXAMPLE / "policy.toml").needs_baseline
    assert read_policy(EXAMPLE / "regression.toml").needs_baseline


def test_the_tree_of_the_example_is_what_is_there():
    (tree,) = re.findall(r"```text\n(.*?)```", (EXAMPLE / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    shown = {line.split()[0] for line in tree.splitlines()}
    there = {path.relative_to(EXAMPLE).as_posix() for path in EXAMPLE.rglob("*") if path.is_file()}
    assert shown - {"model/", "data/test.csv", "release/"} == there - {"README.md"}
    assert {"model/", "data/test.csv", "release/"} <= shown


def test_everything_that_judges_has_an_owner():
    owned = [line.split()[0] for line in (EXAMPLE / "CODEOWNERS").read_text().splitlines() if line[0] == "/"]
    recipes = [WORKFLOW, EXAMPLE / ".gitlab-ci.yml", EXAMPLE / "Jenkinsfile"]
    judging = {"CODEOWNERS", *(recipe.relative_to(EXAMPLE).as_posix() for recipe in recipes)}
    for recipe in recipes:
        read = set(re.findall(r"\btarget\"?/([\w./-]+)", recipe.read_text(encoding="utf-8")))
        assert {"data/test.csv", "policy.toml", "regression.toml", "release/audit.json"} <= read, recipe
        judging |= read
    makefile = (EXAMPLE / "Makefile").read_text(encoding="utf-8")
    judging |= set(re.findall(r"^(?:DATA|POLICY|RELEASE) \?= (.*)", makefile, re.MULTILINE))
    assert "requirements-audit.txt" in judging
    for path in judging:
        assert any(f"/{path}/".startswith(f"{pattern.rstrip('/')}/") for pattern in owned), path
    there = {path.relative_to(EXAMPLE).as_posix() for path in EXAMPLE.rglob("*")} | {"data", "release"}
    assert {pattern.strip("/") for pattern in owned} <= there


def test_every_input_of_the_action_is_described():
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    for name in (*ACTION["inputs"], *ACTION["outputs"]):
        assert f"`{name}`" in page, name


def test_the_example_names_the_version_that_is_here():
    with (ROOT / "pyproject.toml").open("rb") as file:
        version = tomllib.load(file)["project"]["version"]
    for name in (".pre-commit-config.yaml", "requirements-audit.txt"):
        assert f"v{version}" in (EXAMPLE / name).read_text(encoding="utf-8")
