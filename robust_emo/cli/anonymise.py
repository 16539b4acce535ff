"""`robust-emo anonymise`: masks or surrogates in place of personal data."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from robust_emo.cli._options import comma_separated
from robust_emo.cli._text import plural, printable, say

if TYPE_CHECKING:
    from robust_emo.personal.file_anonymiser import Anonymised, Method
    from robust_emo.personal.finding import Kind
    from robust_emo.personal.recognisers import Recogniser

_LIMITS = "Patterns find some and miss others: this is no guarantee of anonymity. Look at a sample yourself."
_FILE = click.Path(path_type=Path)


@click.command(
    "anonymise", epilog="Example:  robust-emo anonymise tweets.csv --out tweets_masked.csv", no_args_is_help=True
)
@click.argument("source", metavar="FILE", type=_FILE)
@click.option("--out", type=_FILE, metavar="FILE", help="The anonymised file; same format. Never the input.")
@click.option("--check", is_flag=True, help="Only count; write nothing.")
@click.option(
    "--method",
    type=click.Choice(["mask", "pseudonymise"]),
    default="mask",
    show_default=True,
    help="[NAME] for every name, or [NAME_1], [NAME_2]: one surrogate for one value in the whole file.",
)
@click.option(
    "--kinds",
    callback=comma_separated,
    metavar="A,B",
    help="Only these of: name, email, phone, handle, link, account, id, card, iban, ip.  [default: all]",
)
@click.option("--text-column", metavar="NAME", help="Column of the texts, where it is not found by name.")
@click.option(
    "--recogniser",
    type=click.Choice(["built-in", "presidio"]),
    default="built-in",
    show_default=True,
    help="presidio asks Microsoft Presidio too, for English names (extra robust-emo[presidio]).",
)
@click.option(
    "--spans",
    type=_FILE,
    metavar="FILE",
    help="Also write JSONL: where replaced stretches were and are, for annotations with offsets.",
)
@click.option(
    "--mapping",
    type=_FILE,
    metavar="FILE",
    help="Also write JSONL: what surrogates stand for, readable by you alone. It undoes everything.",
)
@click.option("--overwrite", is_flag=True, help="Replace files that exist.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def command(
    source: Path,
    out: Path | None,
    check: bool,
    kinds: tuple[str, ...] | None,
    recogniser: str,
    **options: Any,  # noqa: ANN401 - what click parsed
) -> None:
    """Replace personal data in the texts of a data file.

    FILE is CSV, TSV, JSONL (each also .gz) or Parquet. Found are names of persons, e-mail addresses, phone numbers,
    handles, links, accounts, ids, cards, IBANs and IP addresses, in English and Chinese. Labels, other columns, the
    order of rows and all text in between stay as they are. Values are never printed.
    """  # fmt: skip
    from robust_emo.personal.choice import recognisers_called

    quiet, as_json = options.pop("quiet"), options.pop("as_json")
    if check and (out or options["spans"] or options["mapping"]):
        raise click.UsageError("--check writes nothing: leave out --out, --spans and --mapping")
    if not check and out is None:
        raise click.UsageError("name the anonymised file with --out, or only count with --check")
    found = _anonymised(source, out, _kinds(kinds), recognisers_called(recogniser), options)
    if as_json:
        say(json.dumps(_document(source, out, found, options), indent=2))
    elif not quiet:
        for line in _lines(out, found):
            say(printable(line))


def _anonymised(
    source: Path,
    out: Path | None,
    kinds: "frozenset[Kind]",
    recognisers: "tuple[Recogniser, ...]",
    options: dict[str, Any],
) -> "Anonymised":
    from robust_emo.personal.file_anonymiser import Places, anonymise_file, check_file

    reading: dict[str, Any] = {"text_column": options["text_column"], "recognisers": recognisers, "kinds": kinds}
    if out is None:
        return check_file(source, **reading)
    method: Method = options["method"]
    places = Places(out, options["spans"], options["mapping"])
    return anonymise_file(source, places, method=method, overwrite=options["overwrite"], **reading)


def _kinds(names: tuple[str, ...] | None) -> "frozenset[Kind]":
    from robust_emo.errors import InputError
    from robust_emo.personal.finding import Kind
    from robust_emo.unknown_name import unknown_name

    known = [str(kind) for kind in Kind]
    for name in names or ():
        if name not in known:
            raise InputError(f"--kinds: {unknown_name('kind', name, known)}")
    return frozenset(map(Kind, names or known))


def _document(source: Path, out: Path | None, found: "Anonymised", options: dict[str, Any]) -> dict[str, Any]:
    data = found.data
    places = {name: str(place) if place else None for name, place in (("out", out), *_sidecars(options))}
    return {
        "file": str(source),
        "method": options["method"] if out else None,
        "texts": data.texts,
        "texts_with_findings": data.touched,
        "findings": dict(data.findings),
        "texts_with_findings_by_kind": dict(data.touched_by_kind),
        "columns_not_looked_at": list(found.other_columns),
        **places,
    }


def _sidecars(options: dict[str, Any]) -> tuple[tuple[str, Path | None], ...]:
    return tuple((name, options[name]) for name in ("spans", "mapping"))


def _lines(out: Path | None, found: "Anonymised") -> list[str]:
    data = found.data
    counts = dict(data.touched_by_kind)
    lines = [f"{plural(data.touched, 'text', 'texts')} of {data.texts} with personal data"]
    lines += [f"  {kind:8} {count:6}  in {plural(counts[kind], 'text', 'texts')}" for kind, count in data.findings]
    if found.other_columns:
        lines.append(f"Not looked at, and kept: {', '.join(found.other_columns)}")
    lines.append(_LIMITS)
    return lines if out is None else [*lines, f"Written: {out}"]
