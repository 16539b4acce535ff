"""A reporter of a third party."""

from robust_emo.plugins import PluginSpec


class Lines:
    spec = PluginSpec(name="lines", version="1", summary="one line per outcome")
    filename = "lines.txt"

    def render(self, report, outcomes):
        return "\n".join(f"{outcome.plugin} {outcome.status}" for outcome in outcomes).encode()


class Clumsy:
    spec = PluginSpec(name="clumsy", version="1", summary="crashes")
    filename = "clumsy.txt"

    def render(self, report, outcomes):
        raise KeyError("ink")
