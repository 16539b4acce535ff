"""Renders docs/cli.md from the commands' own help: ``python docs/render_cli.py > docs/cli.md``."""

from collections.abc import Iterator

import click

from robust_emo.cli.main import main

WIDTH = 100  # fixed, so that every terminal makes the same file

INTRODUCTION = """\
# Commands

Made from the commands' own `--help` by `python docs/render_cli.py > docs/cli.md`; a test fails while it is stale.

Results go to standard output; progress, warnings of a training and errors go to standard error. An error that you can
cause or mend is one line that starts with `robust-emo: ` (an audit lists several problems at once). Exit codes are the
same everywhere: 0 pass, 1 a gate failed, 2 wrong usage, input or prerequisite, 3 inconclusive or incomplete, 130
interrupted.

`ROBUST_EMO_CACHE` names another folder for the query cache; `ROBUST_EMO_TRACEBACK=1` shows where an internal error
happened.
"""


def pages() -> Iterator[str]:
    """The help of `robust-emo`, then of each command, as Markdown sections."""
    root = click.Context(main, info_name="robust-emo", terminal_width=WIDTH, **main.context_settings)
    yield _section("robust-emo", root)
    for name in main.list_commands(root):
        command = main.get_command(root, name)
        if command is not None:
            yield _section(f"robust-emo {name}", click.Context(command, info_name=name, parent=root))


def _section(title: str, context: click.Context) -> str:
    # No blanks at the line ends, whatever click's wrapping leaves there.
    lines = (line.rstrip() for line in context.get_help().splitlines())
    return "## {}\n\n```text\n{}\n```\n".format(title, "\n".join(lines))


def document() -> str:
    """The whole of docs/cli.md."""
    return "\n".join([INTRODUCTION, *pages()])


if __name__ == "__main__":
    click.echo(document(), nl=False)
