"""Adversaries by name, with the numbers that shape them.

Every `norm` is the radius of the ball in which the token vectors of one text may move: the Frobenius norm of all its
moves together, in units of the mean length of its own token vectors. So 1 moves one token by a typical token's length,
or four tokens by half of it. Being relative, it means the same for every base, and a model cannot escape by growing its
embeddings (which Miyato et al. 2017 prevent by normalising them).
"""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field, fields
from math import inf
from types import MappingProxyType
from typing import Any

from robust_emo.errors import InputError
from robust_emo.unknown_name import unknown_name

_RANGES: Mapping[str, tuple[Callable[[float], bool], str]] = MappingProxyType(
    {
        "norm": (lambda value: 0 <= value < inf, "finite and at least 0"),
        "steps": (lambda value: isinstance(value, int) and value >= 1, "a whole number of at least 1"),
        "step_size": (lambda value: 0 < value < inf, "finite and above 0"),
        "share": (lambda value: 0 < value <= 1, "in (0, 1]"),
        "weight": (lambda value: 0 <= value < inf, "finite and at least 0"),
    }
)


@dataclass(frozen=True, slots=True)
class _Ball:
    """What all adversaries have; every class below raises InputError on a value out of its range."""

    name: str = field(init=False)
    _: KW_ONLY
    norm: float = 0.25
    """Radius of the ball, at least 0. A quarter is strong, and a random move of that length changes next to nothing."""

    def __post_init__(self) -> None:
        for setting, (holds, wanted) in _RANGES.items():
            value = getattr(self, setting, None)
            if value is not None and not (isinstance(value, int | float) and holds(value)):
                raise InputError(f"{self.name}: {setting} must be {wanted}, got {value}")


@dataclass(frozen=True, slots=True)
class Fgm(_Ball):
    """Fast gradient method (Miyato et al. 2017): one step from the text to the border of the ball."""

    name: str = field(init=False, default="fgm")
    _: KW_ONLY
    share: float = 0.5
    """Of the moved text in the loss, in (0, 1]; the text as it is has the rest."""


@dataclass(frozen=True, slots=True)
class Pgd(_Ball):
    """Projected gradient ascent (Madry et al. 2018), each text in a ball of its own."""

    name: str = field(init=False, default="pgd")
    _: KW_ONLY
    steps: int = 3
    """Of the ascent."""
    step_size: float = 0.6
    """Length of each step over `norm`."""
    share: float = 0.5
    """Of the moved text in the loss, in (0, 1]; the text as it is has the rest."""


@dataclass(frozen=True, slots=True)
class FreeLb(_Ball):
    """Free large-batch adversarial training (Zhu et al. 2020): learns from every step of the ascent."""

    name: str = field(init=False, default="freelb")
    _: KW_ONLY
    steps: int = 3
    """Places of the ascent at which the loss is lowered, the random start among them."""
    step_size: float = 0.6
    """Length of each step over `norm`."""


@dataclass(frozen=True, slots=True)
class Smart(_Ball):
    """Smoothness-inducing regulariser of SMART (Jiang et al. 2020); without its proximal point method.

    The ascent raises the symmetric divergence between the answers to the text and to the moved text.
    """

    name: str = field(init=False, default="smart")
    _: KW_ONLY
    steps: int = 1
    """Of the ascent, from a random start."""
    step_size: float = 1.0
    """Length of each step over `norm`."""
    weight: float = 1.0
    """Of the divergence, beside the loss of the text as it is."""


@dataclass(frozen=True, slots=True)
class Vat(_Ball):
    """Virtual adversarial training (Miyato et al. 2018): the answer to the moved text follows that to the text."""

    name: str = field(init=False, default="vat")
    _: KW_ONLY
    steps: int = 1
    """Power iterations towards the direction in which the answer changes most."""
    weight: float = 1.0
    """Of the divergence, beside the loss of the text as it is."""


Adversary = Fgm | Pgd | FreeLb | Smart | Vat

ADVERSARIES: Mapping[str, type[Adversary]] = MappingProxyType(
    {"fgm": Fgm, "pgd": Pgd, "freelb": FreeLb, "smart": Smart, "vat": Vat}
)
"""By the name that a user gives."""


def make_adversary(name: str, settings: Mapping[str, Any], *, spelt: Callable[[str], str] = str) -> Adversary:
    """The adversary called `name`; what `settings` leave out is as above.

    Args:
        spelt: how the user writes a setting, for error messages.

    Raises:
        InputError: no such adversary, a setting that it does not have, or a value out of its range.
    """
    if name not in ADVERSARIES:
        raise InputError(unknown_name("adversary", name, ADVERSARIES))
    taken = [each.name for each in fields(ADVERSARIES[name]) if each.init]
    for setting in settings:
        if setting not in taken:
            known = ", ".join(spelt(each) for each in taken)
            raise InputError(f"{spelt(setting)} means nothing to {name}, which takes {known}")
    return ADVERSARIES[name](**settings)
