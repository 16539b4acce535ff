"""Sentences that code writes, read from its syntax tree: every text of several words, its values as gaps ``{}``."""

import ast
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

GAP = "{}"
_WORDS = re.compile(r"\b[A-Za-z]+,? [a-z]{2,}\b")
_WORD = re.compile(r"[A-Za-z]{2,}")
_PAPER = re.compile(r"\b(19|20)\d\d$")
_PLACEHOLDER = re.compile(r"\{\w*\}")
_NOT_TOLD = {"begin", "noted", "Random", "seed_of", "filterwarnings", "compile", "counted"}
"""Calls whose texts are names of work in progress, seeds and patterns."""
_NOT_TOLD_NAMED = {"summary", "paper"}


@dataclass(frozen=True, slots=True)
class Written:
    """One text of the code."""

    place: str
    template: str


def written(file: Path, *, functions: Container[str] | None = None, raises: bool = True) -> list[Written]:
    """All texts of several words in a module, but for docstrings, papers, names of work and errors of constructors.

    Args:
        file: the module.
        functions: only what stands in these; None: everything.
        raises: also the messages of errors.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [
        Written(f"{file.name}:{node.lineno}", template)
        for node in _texts(tree, inside=functions is None, functions=functions or (), raises=raises)
        if _is_told(template := _template(node))
    ]


def covers(line: str, template: str) -> bool:
    """Whether a line of a catalogue may come of a template of the code: it has all its texts, in their order."""
    at = 0
    for part in template.split(GAP):
        at = line.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def _is_told(template: str) -> bool:
    return bool(_WORDS.search(template.replace(GAP, "gap"))) and not _PAPER.search(template)


def _template(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return _PLACEHOLDER.sub(GAP, node.value)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else GAP for part in node.values)


def _texts(
    node: ast.AST, *, inside: bool, functions: Container[str], raises: bool
) -> Iterator[ast.Constant | ast.JoinedStr]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        inside = inside or node.name in functions
        raises = raises and node.name != "__init__"
    if isinstance(node, ast.Raise) and not raises:
        return
    if isinstance(node, ast.Call) and _called(node) in _NOT_TOLD:
        return
    if isinstance(node, ast.keyword) and node.arg in _NOT_TOLD_NAMED:
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if inside and (isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))):
        yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant):
            continue  # a part of it
        if isinstance(node, ast.FormattedValue) and child is node.format_spec:
            continue
        yield from _texts(child, inside=inside, functions=functions, raises=raises)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def unwritten(line: str, templates: Iterable[str]) -> float:
    """Which share of the words of a line of a catalogue no template of the code writes, be it a part of the line."""
    known = [False] * len(line)
    for template in templates:
        at = 0
        for part in template.split(GAP) if covers(line, template) else ():
            at = line.find(part, at)
            known[at : at + len(part)] = [True] * len(part)
            at += len(part)
    words = list(_WORD.finditer(line))
    return sum(not all(known[slice(*word.span())]) for word in words) / max(1, len(words))
