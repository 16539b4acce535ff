"""What a model is for is stated when it is audited, kept in audit.json and repeated by its command."""

import shlex

import pytest
from command_line import quick, refused

from robust_emo.audit_file import read_audit
from robust_emo.types import Modality, Scope


def test_a_stated_scope_stands_in_the_audit_and_in_its_command(cli, tiny_model, tmp_path):
    stated = ("--intended-use", "Routes  complaints\nto people; 'decides' nothing.", "--modality", "text")
    cli(*quick(tiny_model, tmp_path), "--sections", "clean", "-q", *stated)
    run = read_audit(tmp_path).run
    assert run.scope == Scope("Routes complaints to people; 'decides' nothing.", Modality.TEXT, None)
    words = shlex.split(run.command)
    assert words[words.index("--intended-use") + 1] == run.scope.intended_use
    assert words[words.index("--modality") + 1] == "text"
    assert "--jurisdiction" not in words
    assert "Routes complaints to people" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["audit", "privacy"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--intended-use", " "), "expected 1 to 1,000 characters, got 0"),
        (("--jurisdiction", "x" * 1_001), "got 1,001"),
        (("--modality", "video"), "video"),
    ],
)
def test_a_statement_that_states_nothing_is_refused(cli, tmp_path, command, options, message):
    refused(cli(command, tmp_path / "model", *options), message)
