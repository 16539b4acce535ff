"""What an input defence is made of: normalisers, each a plug-in of the group ``robust_emo.normalisers``."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from robust_emo.defences.rewriting import Replacement
from robust_emo.plugins import PluginSpec


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
