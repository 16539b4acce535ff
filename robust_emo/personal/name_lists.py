"""The lists of names that are shipped, and of the words around them; the files say what each section is."""

from functools import cache
from importlib.resources import files

_CHARACTERS = frozenset({"surnames", "common surnames", "given", "before surnames", "no given"})


@cache
def english(section: str) -> frozenset[str]:
    """Words of a section of the English list, in small letters."""
    return frozenset(" ".join(_sections("english")[section]).split())


@cache
def chinese(section: str) -> frozenset[str]:
    """Characters or words of a section of the Chinese list."""
    lines = _sections("chinese")[section]
    return frozenset("".join(lines)) if section in _CHARACTERS else frozenset(" ".join(lines).split())


@cache
def _sections(language: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    text = (files("robust_emo.personal") / "names" / f"{language}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = section = []
        elif not line.startswith("#"):
            section.append(line)
    return found
