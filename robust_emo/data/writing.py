"""Writing examples as CSV that `read_dataset` reads back to the same examples."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from robust_emo.atomic import write_atomically
from robust_emo.data.labels import label_cell
from robust_emo.types import Example, Task


def write_csv(path: Path, examples: Sequence[Example], task: Task) -> Path:
    """Write examples atomically, with the columns text, label, id and, where some example has one, group.

    UTF-8, every field quoted, so that line breaks of any kind survive. Read it back with the same task and
    `group_column="group"`.

    Returns:
        `path`.

    Raises:
        OSError: the folder does not exist or cannot be written; an older file stays as it was.
    """
    grouped = any(example.group is not None for example in examples)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["text", "label", "id"] + ["group"] * grouped)
    for example in examples:
        label = example.labels[0] if task is Task.SINGLE_LABEL else label_cell(example.labels)
        writer.writerow([example.text, label, example.id] + [example.group or ""] * grouped)
    write_atomically(path, buffer.getvalue().encode())
    return path
