"""From a source (file, directory or hub id) to rows: decides by name which reader it needs."""

import difflib
import re
from pathlib import Path

from robust_emo.data.delimited import read_delimited
from robust_emo.data.encoding import read_text
from robust_emo.data.jsonlines import read_jsonlines
from robust_emo.data.rows import Choose, Table
from robust_emo.errors import InputError

SUFFIXES = (".csv", ".tsv", ".jsonl", ".csv.gz", ".tsv.gz", ".jsonl.gz", ".parquet")

_HUB_ID = re.compile(r"\w[\w.-]*/\w[\w.-]*(:\w[\w.-]*)?")


def read_table(source: str | Path, choose: Choose) -> Table:
    """Read the chosen columns of a CSV, TSV, JSONL (each also .gz) or Parquet file, a `datasets` directory or hub id.

    Raises:
        InputError: no such source, not one of these formats, damaged, or the columns cannot be chosen.
    """
    try:
        if is_hub_id(source):
            from robust_emo.data.columnar import read_hub  # datasets and pyarrow are heavy

            return read_hub(str(source), choose)
        return _read_local(Path(source), choose)
    except InputError as error:
        raise InputError(f"{source}: {error}") from error


def is_hub_id(source: str | Path) -> bool:
    """Whether `source` names a data set of the Hugging Face hub: `owner/name` or `owner/name:split`.

    A local path of that name comes first. So does a data file name, or an existing folder `owner`: those are
    mistyped paths, and must not reach for the network.
    """
    name, path = str(source), Path(source)
    if path.exists() or path.parent.exists() or name.lower().endswith(SUFFIXES):
        return False
    return _HUB_ID.fullmatch(name) is not None


def _read_local(path: Path, choose: Choose) -> Table:
    if not path.exists():
        raise InputError(f"no such file or directory{_nearest(path)}")
    name = path.name.lower()
    if path.is_dir() or name.endswith(".parquet"):
        from robust_emo.data.columnar import read_parquet, read_saved

        return read_saved(path, choose) if path.is_dir() else read_parquet(path, choose)
    if not name.endswith(SUFFIXES):
        raise InputError(f"unknown format; expected a name that ends in one of {', '.join(SUFFIXES)}")
    text = read_text(path)
    if ".jsonl" in name[-len(".jsonl.gz") :]:
        return read_jsonlines(text, choose)
    return read_delimited(text, choose, tabs=".tsv" in name[-len(".tsv.gz") :])


def _nearest(path: Path) -> str:
    """A hint at a file of nearly the same name in the same folder."""
    try:
        names = [other.name for other in path.parent.iterdir()]
    except OSError:
        return ""
    near = difflib.get_close_matches(path.name, names, n=1, cutoff=0.6)
    return f"; did you mean {path.parent / near[0]}?" if near else ""
