"""What a privacy ledger calls its sampling, its neighbours and its measurements, in the language of the page."""

from .language import later, say

_NAMES = (
    later("full batch"),
    later("poisson"),
    later("zero-out"),
    later("gradients"),
    later("gradients of each weight"),
    later("clipping"),
    later("loss times 1000"),
    later("sensitivity"),
    later("update"),
    later("outside the sum"),
    later("frozen weights and buffers"),
    later("shared weights"),
    later("noise"),
    later("noise of steps"),
    later("noise of trainings"),
    later("noise of each weight"),
    later("empty sample"),
    later("sample: no unit twice"),
    later("sample: all units"),
    later("sample: rate"),
    later("sample: sizes"),
    later("sample: units"),
    later("sample: steps"),
    later("sample: empty"),
    later("sample: secret"),
)


def ledger_name(name: str) -> str:
    """`name` said in words of the page; one that no training of ours writes stands as it is."""
    return say(name) if name in _NAMES else name
