"""`robust-emo doctor`: what is installed, what is missing and how to add it."""

import dataclasses
import json

import click

from robust_emo.cli._text import say

_MARKS = {"found": ("ok", "green"), "optional": ("--", "yellow"), "missing": ("!!", "red")}


@click.command("doctor", epilog="Example:  robust-emo doctor")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(as_json: bool) -> int:
    """Show what is installed and which command adds the rest.

    Also devices, plug-ins, lexical resources and the query cache. Exit code 2 when something that the main job needs
    is missing.
    """
    from robust_emo.doctor import State, examine
    from robust_emo.errors import ExitCode

    findings = list(examine())
    if as_json:
        say(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=2))
    else:
        group = ""
        for finding in findings:
            if finding.group != group:
                group = finding.group
                click.secho(f"\n{group}", bold=True)
            mark, colour = _MARKS[finding.state]
            say(f"  {click.style(mark, fg=colour)} {finding.name:<18} {finding.detail}")
            if finding.command:
                say(f"     {'':<18} add it: {finding.command}")
    missing = any(finding.state is State.MISSING for finding in findings)
    return int(ExitCode.USAGE if missing else ExitCode.PASS)
