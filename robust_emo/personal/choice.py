"""Recognisers by the names that people call them."""

from robust_emo.errors import InputError
from robust_emo.personal.recognisers import BUILT_IN, Recogniser
from robust_emo.unknown_name import unknown_name

RECOGNISERS = ("built-in", "presidio")


def recognisers_called(name: str) -> tuple[Recogniser, ...]:
    """Those to ask; ``presidio`` is asked beside the built-in ones.

    Raises:
        InputError: there is none of that name.
        PrerequisiteError: Presidio or its model is not installed.
    """
    check_recogniser(name)
    if name == "built-in":
        return BUILT_IN
    from robust_emo.personal.presidio import presidio  # heavy, and an optional extra

    return (*BUILT_IN, presidio())


def check_recogniser(name: str) -> None:
    """Refuse a name that is none.

    Raises:
        InputError: see above.
    """
    if name not in RECOGNISERS:
        raise InputError(unknown_name("recogniser", str(name), RECOGNISERS))
