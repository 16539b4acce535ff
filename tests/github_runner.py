"""GitHub Actions without GitHub: checkouts of a local repository, composite actions, shell steps in a real bash."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

BASH = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c")
"""What GitHub runs for `shell: bash`; for no shell at all it leaves pipefail out, which is laxer."""
_STATUS = re.compile(r"\b(always|cancelled|success|failure)\(\)")
_WORD = re.compile(r"'[^']*'|hashFiles\(|\w+\(\)|[a-z][\w-]*(?:\.[\w-]+)+|&&|\|\||!=|==|!|[()]|\s+|.")


@dataclass
class Runner:
    """One machine, for one job."""

    workspace: Path
    environment: Mapping[str, str]
    action: Path
    """Folder of this project's action, whatever owner and version a workflow names."""
    repository: Path | None = None
    """What `actions/checkout` clones."""
    github: Mapping[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    """Names of the steps that failed, those of a composite action before itself."""
    codes: list[int] = field(default_factory=list)
    """Exit codes of the shell steps."""
    used: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """Other actions that were reached, with what they were given."""
    log: str = ""
    summary: str = ""

    def job(self, workflow: Path, name: str) -> dict[str, str]:
        """Run a job; its contexts at the end, such as `steps.audit.outputs.verdict`."""
        temporary = self.workspace.parent / "temp"
        shutil.rmtree(temporary, ignore_errors=True)  # as GitHub does before each job
        temporary.mkdir()
        known = {f"github.{key}": value for key, value in self.github.items()} | {"runner.temp": str(temporary)}
        self._run(yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"][name]["steps"], known)
        return known

    def composite(self, given: Mapping[str, str]) -> dict[str, str]:
        """Run the action with these inputs; its outputs."""
        described = yaml.safe_load((self.action / "action.yml").read_text(encoding="utf-8"))
        assert set(given) <= set(described["inputs"])
        known = {
            f"inputs.{name}": given.get(name, what.get("default", "")) for name, what in described["inputs"].items()
        }
        self._run(described["runs"]["steps"], known)
        return {name: self._filled(what["value"], known) for name, what in described["outputs"].items()}

    def _run(self, steps, known) -> None:
        before = len(self.failed)
        for step in steps:
            condition = str(step.get("if", "true")).removeprefix("${{").removesuffix("}}").strip()
            if not _STATUS.search(condition):
                condition = f"success() && ({condition})"
            if self._value(condition, known, failed=len(self.failed) > before):
                self._step(step, known)

    def _step(self, step, known) -> None:
        before = len(self.failed)
        outputs = self._shell(step, known) if "run" in step else self._uses(step, known)
        known |= {f"steps.{step['id']}.outputs.{key}": value for key, value in outputs.items()} if "id" in step else {}
        if "uses" in step and len(self.failed) > before:
            self.failed.append(step["uses"])

    def _shell(self, step, known) -> dict[str, str]:
        files = {name: self.workspace.parent / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_ENV")}
        for file in files.values():
            file.write_text("")
        given = {name: self._filled(str(value), known) for name, value in step.get("env", {}).items()}
        told = {"GITHUB_ACTION_PATH": str(self.action), "GITHUB_WORKSPACE": str(self.workspace), "CI": "true"}
        environment = {**self.environment, **told, **{name: str(file) for name, file in files.items()}, **given}
        ended = subprocess.run(
            [*BASH, step["run"]], cwd=self.workspace, env=environment, capture_output=True, text=True, check=False
        )
        self.log += ended.stdout + ended.stderr
        self.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
        self.codes.append(ended.returncode)
        if ended.returncode:
            self.failed.append(step["name"])
        return dict(line.split("=", 1) for line in lines)

    def _uses(self, step, known) -> dict[str, str]:
        name, given = step["uses"], {}
        for key, value in step.get("with", {}).items():
            given[key] = self._filled(str(value).lower() if isinstance(value, bool) else str(value), known)
        if "/robust-emo@" in name:
            return self.composite(given)
        if name.startswith("actions/checkout@"):
            self._checkout(self.workspace / given["path"], given.get("ref") or self.github["head"])
        self.used[name] = given
        return {}

    def _checkout(self, path: Path, ref: str) -> None:
        for command in (
            ["clone", "--quiet", str(self.repository), str(path)],
            ["-C", str(path), "checkout", "-q", ref],
        ):
            subprocess.run(["git", *command], check=True, capture_output=True, env=self.environment)

    def _filled(self, text: str, known: Mapping[str, str]) -> str:
        return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(self._value(found[1].strip(), known)), text)

    def _value(self, expression: str, known: Mapping[str, str], *, failed: bool = False) -> object:
        """The operators of GitHub's expressions mean in Python what they mean there."""
        operators = {"&&": " and ", "||": " or ", "!": " not ", "hashFiles(": "hash_files("}

        def translated(word: str) -> str:
            return operators.get(word) or (f"known.get({word!r}, '')" if re.match(r"[a-z][\w-]*\.", word) else word)

        functions = {
            "always": lambda: True,
            "cancelled": lambda: False,
            "success": lambda: not failed,
            "hash_files": lambda path: "some hash" if (self.workspace / path).exists() else "",
            "true": True,
            "known": known,
        }
        return eval("".join(map(translated, _WORD.findall(expression))), {"__builtins__": {}}, functions)


def clean_environment(programs: Path) -> dict[str, str]:
    """Of a machine where these programs come first on the path, git has no settings of a user, and no CI is around."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "GITHUB_", "CI_", "PRE_COMMIT"))}
    author = {
        f"GIT_{role}_{what}": "someone@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return {**kept, **author, **quiet, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
