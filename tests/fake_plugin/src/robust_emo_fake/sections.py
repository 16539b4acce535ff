"""Audit sections of a third party."""

from robust_emo.plugins import PluginSpec
from robust_emo.types import Metric, Section


class Lengths:
    spec = PluginSpec(name="lengths", version="2", summary="mean text length")

    def problems(self):
        return ()

    def run(self, context):
        lengths = [len(example.text) for example in context.examples]
        metric = Metric("mean_length", sum(lengths) / len(lengths), None, None, len(lengths), 0.95, None)
        return [Section(kind="lengths", plugin="lengths", version="2", args={}, metrics=(metric,))]


class Crashing:
    spec = PluginSpec(name="crashing", version="1", summary="crashes")

    def problems(self):
        return ()

    def run(self, context):
        raise ZeroDivisionError("the section divided by zero")
