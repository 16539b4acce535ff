"""What an input defence is made of: normalisers, each a plug-in of the group ``robust_emo.normalisers``."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

from robust_emo.defences.rewriting import Replacement
from robust_emo.plugins import PluginSpec
from robust_emo.types import KnownGaps


class Normaliser(Protocol):
    """Rewrites texts before a model reads them; the same text always in the same way.

    Made with keyword arguments. One whose value is a :class:`~pathlib.Path` is a file inside the model directory.
    """

    spec: PluginSpec

    def replacements(self, text: str) -> Sequence[Replacement]:
        """What to replace, in the order of the text and without overlaps; must cope with any text."""
        ...

    def arguments(self) -> Mapping[str, Any]:
        """Keyword arguments that make it again, JSON-able but for paths."""
        ...

    def notes(self) -> Sequence[str]:
        """What a reader must know: what it does not see, which tables it uses."""
        ...


@runtime_checkable
class DependentNormaliser(Normaliser, Protocol):
    """One whose results depend on tables of other packages or of Python, with whose versions they can change."""

    def depends_on(self) -> Mapping[str, str]:
        """Versions by package name, ``unicode`` for Python's own tables; a model is pinned to them."""
        ...


@runtime_checkable
class CandidNormaliser(Normaliser, Protocol):
    """One whose authors say what gets through it, and which attacks aim at that."""

    def known_gaps(self) -> KnownGaps:
        """As its arguments have made it; attacks are named, whether they are installed or not."""
        ...


@runtime_checkable
class LearningNormaliser(Normaliser, Protocol):
    """One that looks at the texts its model was trained on before it is used."""

    @classmethod
    def learn(
        cls,
        texts: Iterable[str],
        folder: Path,
        *,
        groups: Iterable[str | None] | None = None,
        **arguments: Any,  # noqa: ANN401 - as its __init__ takes
    ) -> Self:
        """Make one from training texts.

        What it learns travels with the model: nothing of it may give away who wrote a text.

        Args:
            texts: of the training data; none where they must not be looked at.
            folder: where it may write the files that its arguments name.
            groups: for each text whose it is, where the data say so.
            arguments: of the recipe.
        """
        ...
