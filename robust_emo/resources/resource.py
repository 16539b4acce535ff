"""What a lexical resource is, and how a report names it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource that was looked for, found or not."""

    name: str
    """Short and stable, as `robust-emo resources fetch` takes it, e.g. ``wordnet``."""
    title: str
    """As people call it, e.g. ``WordNet``."""
    version: str
    """As the resource states it; empty where it states none or is not there."""
    path: Path | None
    """Folder, file or zip archive; None when it is not there."""
    source: str
    """Where it was found: ``environment variable X``, ``NLTK data``, ``Debian`` or ``Python package``; else empty."""
    needed_for: str
    command: str
    """Adds it."""
    problem: str = ""
    """Why what the user named cannot be used; empty when nothing is wrong with it."""

    @property
    def found(self) -> bool:
        """Whether it can be used."""
        return self.path is not None and not self.problem

    def missing(self) -> str:
        """One line that says what is missing and which command adds it; for a plug-in's `problems()`."""
        return self.problem or f"{self.title} is not there ({self.needed_for}): {self.command}"
