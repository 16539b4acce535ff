"""`robust-emo`: finds its commands in this folder and turns errors into one line and an exit code."""

import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

import click

from robust_emo import __version__
from robust_emo.cli._text import printable
from robust_emo.errors import ExitCode, RobustEmoError
from robust_emo.unknown_name import unknown_name

_NOT_COMMANDS = {"__init__", "main"}


class CommandFolder(click.Group):
    """A click group whose commands are the modules of this folder; `x_y.py` holds the command `x-y`.

    A module is named after its command, with `_command` appended where the name is taken (`list`).
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, alphabetical."""
        stems = (path.stem for path in Path(__file__).parent.glob("*.py"))
        return sorted(stem.removesuffix("_command") for stem in stems if self._holds_command(stem))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one module that holds the command."""
        if cmd_name not in self.list_commands(ctx):
            raise click.UsageError(unknown_name("command", cmd_name, self.list_commands(ctx)), ctx)
        folder = Path(__file__).parent
        stem = cmd_name if (folder / f"{cmd_name}.py").exists() else f"{cmd_name}_command"
        command = import_module(f"robust_emo.cli.{stem}").command
        assert isinstance(command, click.Command)  # noqa: S101 - a programming error, not an input
        return command

    @staticmethod
    def _holds_command(stem: str) -> bool:
        return stem not in _NOT_COMMANDS and not stem.startswith("_")


@click.command(cls=CommandFolder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="robust-emo")
def main() -> None:
    """The audit that an emotion model must pass before it ships.

    \b
    Start here:   robust-emo demo
    Your data:    robust-emo train data.csv --out my_model
    Your model:   robust-emo audit my_model

    Exit codes: 0 pass, 1 a gate failed, 2 wrong usage or input, 3 inconclusive or incomplete, 130 interrupted.
    """


def run() -> None:
    """Entry point of the console script."""
    try:
        code = main(standalone_mode=False)
    except click.exceptions.Abort:
        _fail("interrupted", ExitCode.INTERRUPTED)
    except click.ClickException as error:
        _usage_error(error)
    except KeyboardInterrupt:
        _fail("interrupted", ExitCode.INTERRUPTED)
    except RobustEmoError as error:
        _fail(str(error), error.exit_code)
    except OSError as error:
        _fail(f"{error.filename or 'system'}: {error.strerror or error}", ExitCode.USAGE)
    except Exception as error:
        # 1 means that a gate failed, so a crash of our own must not end with Python's 1.
        if os.environ.get("ROBUST_EMO_TRACEBACK"):
            traceback.print_exc()
        message = (
            f"internal error, please report it: {type(error).__name__}: {error} (ROBUST_EMO_TRACEBACK=1 shows where)"
        )
        _fail(message, ExitCode.INCONCLUSIVE)
    sys.exit(code if isinstance(code, int) else ExitCode.PASS)


def _usage_error(error: click.ClickException) -> None:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        sys.exit(ExitCode.USAGE)
    where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "robust-emo"
    message = " ".join(error.format_message().split())  # click lists choices on lines of their own
    _fail(f"{message} (see '{where} --help')", ExitCode.USAGE)


def _fail(message: str, code: ExitCode) -> None:
    # Line by line: messages quote labels and paths, which must not steer the terminal.
    click.echo("\n".join(printable(line) for line in f"robust-emo: {message}".split("\n")), err=True)
    sys.exit(code)


if __name__ == "__main__":
    run()
