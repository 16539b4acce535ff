"""Text for the terminal."""

import os
import sys

import click


def printable(text: str) -> str:
    """Labels, texts and errors come from files: control and invisible characters must not steer the terminal."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def plural(number: int | None, one: str, many: str) -> str:
    """``1 word``, ``2 words``."""
    return f"{number} {one if number == 1 else many}"


def say(text: str = "", *, nl: bool = True) -> None:
    """Print on standard output. A reader that went away (`| head`) must not change the exit code."""
    try:
        click.echo(text, nl=nl)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
