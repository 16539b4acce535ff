"""Options that several commands share, declared once."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from robust_emo.attack_choice import AttackArgument
    from robust_emo.data_file import DataFile
    from robust_emo.engine.goal_choice import GoalChoice
    from robust_emo.section_choice import SectionArgument

Command = TypeVar("Command", bound=Callable[..., Any])


def data_options(command: Command) -> Command:
    """--data and how to read it; arrive as `data` and `columns`-style keyword arguments, see :func:`data_file`."""
    for option in reversed(
        (
            click.option("--data", metavar="FILE", help="Labelled texts: CSV, TSV, JSONL, Parquet or hub id."),
            click.option("--text-column", metavar="NAME", help="Column of the texts, where it is not found by name."),
            click.option("--label-column", metavar="NAME", help="Column of the labels."),
            click.option("--id-column", metavar="NAME", help="Column of unique ids; '' for none."),
            click.option("--group-column", metavar="NAME", help="Column of authors or speakers."),
            click.option("--label-map", metavar="FILE", help="JSON or CSV: the data's labels to the model's."),
        )
    ):
        command = option(command)
    return command


def engine_options(command: Command) -> Command:
    """--device, --precision, --threads and --max-length."""
    for option in reversed(
        (
            click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda, cuda:1, mps."),
            click.option("--precision", type=click.Choice(["fp32", "bf16"]), default="fp32", show_default=True,
                         help="bf16 is several times faster on CPUs with AMX or AVX512-BF16 and on GPUs; rounds more."),
            click.option("--threads", type=click.IntRange(1), help="CPU threads.  [default: OMP_NUM_THREADS, or all]"),
            click.option("--max-length", type=click.IntRange(2), metavar="TOKENS",
                         help="Tokens kept of each text.  [default: what the model takes, at most 512]"),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def language_option(command: Command) -> Command:
    """--language, of the pages for people."""
    return click.option(
        "--language",
        type=click.Choice(["en", "zh"]),
        default="en",
        show_default=True,
        help="Of the pages for people, which can be switched in the page too; other files have none.",
    )(command)


def attack_options(command: Command) -> Command:
    """--goal and --attack-arg; arrive as `goal` and `attack_arguments`, parsed."""
    for option in reversed(
        (
            click.option("--goal", callback=_goal, default="untargeted", show_default=True, metavar="GOAL",
                         help="untargeted, targeted:LABEL, added[:LABEL], dropped[:LABEL], crossed:LABEL@PROBABILITY."),
            click.option("--attack-arg", "attack_arguments", callback=_arguments, multiple=True,
                         metavar="ATTACK.NAME=VALUE", help="A hyperparameter, such as pruthi.max_words=2; repeatable."),
        )
    ):  # fmt: skip
        command = option(command)
    return command


def _goal(_: click.Context, __: click.Parameter, value: str) -> "GoalChoice":
    from robust_emo.engine.goal_choice import GoalChoice

    return GoalChoice.parse(value)


def _arguments(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> "tuple[AttackArgument, ...]":
    if not values:
        return ()
    from robust_emo.attack_choice import AttackArgument

    return tuple(map(AttackArgument.parse, values))


def _section_arguments(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> "tuple[SectionArgument, ...]":
    if not values:
        return ()
    from robust_emo.section_choice import SectionArgument

    return tuple(map(SectionArgument.parse, values))


section_argument_option = click.option(
    "--section-arg",
    "section_arguments",
    callback=_section_arguments,
    multiple=True,
    metavar="SECTION.NAME=VALUE",
    help="A setting of a section, such as certificate.rate=0.8; repeatable.",
)
"""--section-arg; arrives as `section_arguments`, parsed."""


def data_file(
    path: str | None, columns: dict[str, str | None], *, named: Sequence[str] = ("--data",)
) -> "DataFile | None":
    """The data named on the command line; None when none was named.

    Args:
        path: as given.
        columns: how to read it.
        named: the options that would have named it.
    """
    from robust_emo.data.label_map import read_label_map
    from robust_emo.data_file import DataFile

    given = sorted(name for name, value in columns.items() if value is not None)
    if path is None:
        if given:
            missing = "which is missing" if len(named) == 1 else "and neither is given"
            raise click.UsageError(f"--{given[0].replace('_', '-')} says how to read {' and '.join(named)}, {missing}")
        return None
    label_map = columns.pop("label_map")
    mapping = read_label_map(label_map) if label_map else None
    return DataFile(path, **columns, label_map=mapping, label_map_file=label_map)


def data_files(
    options: dict[str, Any], *, named: tuple[str, str] = ("--data", "--train-data")
) -> "tuple[DataFile | None, DataFile | None]":
    """Takes `data`, `train_data` and how to read both out of `options`; returns the two.

    Args:
        options: what click parsed.
        named: what the command calls the two.
    """
    names = ("text_column", "label_column", "id_column", "group_column", "label_map")
    columns = {name: options.pop(name) for name in names}
    data, train = options.pop("data"), options.pop("train_data")
    if not data and not train:
        data_file(None, columns, named=named)  # nothing that the columns could be of
    return data_file(data, dict(columns)) if data else None, data_file(train, dict(columns)) if train else None


def resolve_device(device: str) -> str:
    """`auto` becomes the best device there is; an absent one is an error."""
    import torch

    from robust_emo.errors import InputError

    if device == "auto":
        if torch.cuda.is_available():
            return "cuda"
        return "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise InputError(f"device '{device}' is not usable here: {str(error).splitlines()[0]}") from error
    return device


def use_threads(threads: int | None) -> None:
    """Limit torch's CPU threads where the user said so."""
    if threads is not None:
        import torch

        torch.set_num_threads(threads)


def comma_separated(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, ...] | None:
    """Click callback: 'a, b' -> ('a', 'b'); None stays None."""
    if value is None:
        return None
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    if not names:
        raise click.BadParameter("expected names separated by commas")
    return names
