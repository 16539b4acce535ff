"""The programs that a pipeline finds on its path: the real `robust-emo`, and a `python` that installs nothing."""

import sys
from pathlib import Path

_ROBUST_EMO = '''#!{python}
"""The real command. An audit is small, and one of the same model, data and policy is kept for the next recipe."""
import hashlib, os, shutil, subprocess, sys
from pathlib import Path

REAL = [{python!r}, "-m", "robust_emo.cli.main"]
SMALL = ["--attacks=contractions", "--examples=100", "--sections=clean,evasion", "--no-cache", "--device=cpu"]
FILES = {{"html": "report.html", "junit": "audit.junit.xml", "sarif": "audit.sarif", "markdown": "audit.md",
          "annotations": "audit.annotations.txt"}}

given = sys.argv[1:]
options = dict(word[2:].split("=", 1) for word in given if word.startswith("--") and "=" in word)
policy = Path(options.get("policy", ""))
if given[0] != "audit" or given[-2:-1] != ["--"] or not Path(given[-1]).is_dir() or not policy.is_file():
    sys.exit(subprocess.call([*REAL, *given]))
parts = [policy, Path(options["data"]), *sorted(Path(given[-1]).glob("*.json")), *Path(given[-1]).glob("*.safetensors")]
kept = Path({kept!r}) / hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()
if not kept.exists():
    rest = [word for word in given[1:] if not word.startswith(("--format=", "--out="))]
    ended = subprocess.run([*REAL, "audit", *SMALL, f"--format={{','.join(FILES)}}", f"--out={{kept}}", *rest],
                           capture_output=True, text=True)
    sys.stderr.write(ended.stderr)
    kept.with_suffix(".out").write_text(ended.stdout)
    kept.with_suffix(".code").write_text(str(ended.returncode))
if (kept / "audit.json").exists():
    asked = options.get("format", "html").split(",")
    left_out = shutil.ignore_patterns(*(file for name, file in FILES.items() if name not in asked))
    shutil.copytree(kept, options["out"], ignore=left_out, dirs_exist_ok=True)
print(kept.with_suffix(".out").read_text(), end="")
sys.exit(int(kept.with_suffix(".code").read_text()))
'''
_PYTHON = """#!/bin/sh
if [ "$1 $2 $3" = "-m pip install" ]; then shift 3; printf '%s\\n' "$*" >> '{installed}'; exit 0; fi
exec '{python}' "$@"
"""


def make_programs(folder: Path) -> Path:
    """The folder, for the path. What pip was asked to install is in `installed` beside them."""
    for name, text in (("robust-emo", _ROBUST_EMO), ("python", _PYTHON)):
        file = folder / name
        file.write_text(text.format(python=sys.executable, kept=str(folder), installed=folder / "installed"))
        file.chmod(0o755)
    return folder
