"""The programs that a pipeline finds on its path: `robust-emo`, and a `python` that installs nothing.

What a recipe asks of `robust-emo` is done by the command's own code in the process of the tests, where torch is loaded.
"""

import io
import json
import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from robust_emo.cli.main import run

SMALL = ("--attacks=contractions", "--examples=60", "--sections=clean,evasion", "--device=cpu")
"""Added to every audit."""
_ROBUST_EMO = """#!{python} -IS
import json, os, socket, subprocess, sys

if os.environ.get("IN_ITS_OWN_PROCESS"):
    sys.exit(subprocess.call([{python!r}, "-m", "robust_emo.cli.main", *sys.argv[1:]]))
with socket.create_connection(("127.0.0.1", {port})) as link:
    link.sendall(json.dumps([os.getcwd(), sys.argv[1:]]).encode() + b"\\n")
    code, out, err = json.load(link.makefile())
sys.stdout.buffer.write(out.encode())
sys.stderr.buffer.write(err.encode())
sys.exit(code)
"""
_PYTHON = """#!/bin/sh
if [ "$1 $2 $3 $4" = "-P -m pip install" ]; then shift 4; printf '%s\\n' "$*" >> '{installed}'; exit 0; fi
echo "a recipe asked python for: $*" >&2
exit 97
"""


class _Asked(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        folder, arguments = json.loads(self.rfile.readline())
        self.wfile.write(json.dumps(_ended(folder, arguments)).encode())


def _ended(folder: str, arguments: list[str]) -> tuple[int, str, str]:
    small = SMALL if arguments[:1] == ["audit"] else ()
    out, err, before = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ["robust-emo", *arguments[:1], *small, *arguments[1:]]
    try:
        with chdir(folder), redirect_stdout(out), redirect_stderr(err):
            run()
    except SystemExit as stopped:
        return int(stopped.code or 0), out.getvalue(), err.getvalue()
    finally:
        sys.argv = before
    raise AssertionError("run() ends the process")


@contextmanager
def programs(folder: Path) -> Iterator[Path]:
    """The folder, for the path; pip's arguments are written to `installed` in it."""
    with socketserver.TCPServer(("127.0.0.1", 0), _Asked) as server:
        for name, text in (("robust-emo", _ROBUST_EMO), ("python", _PYTHON)):
            file = folder / name
            port, installed = server.server_address[1], folder / "installed"
            file.write_text(text.format(python=sys.executable, port=port, installed=installed))
            file.chmod(0o755)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield folder
        server.shutdown()
