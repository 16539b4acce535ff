"""Normalisers of a third party: one that names its gaps, one that does not, and two that get it wrong."""

from robust_emo.defences.rewriting import Replacement
from robust_emo.plugins import PluginSpec
from robust_emo.types import Gap, KnownGaps


class Silent:
    """Takes dots for one."""

    spec = PluginSpec(name="silent", version="1", summary="three dots are one")

    def replacements(self, text):
        start = text.find("...")
        return [] if start < 0 else [Replacement(start, start + 3, ".")]

    def arguments(self):
        return {}

    def notes(self):
        return ()


class Sighs(Silent):
    spec = PluginSpec(name="sighs", version="3", summary="the same, with its gaps")

    def known_gaps(self):
        gaps = [Gap("Four <b>dots</b> stay.", ["shout", "not-there", "unready"]), Gap("Commas stay.")]
        return KnownGaps(through=["letter-case"], gaps=gaps)


class Confused(Silent):
    spec = PluginSpec(name="confused", version="1", summary="answers something else")

    def known_gaps(self):
        return KnownGaps(through="letter-case", gaps=())


class Crashed(Silent):
    spec = PluginSpec(name="crashed", version="1", summary="cannot say")

    def known_gaps(self):
        raise RuntimeError("no idea")
