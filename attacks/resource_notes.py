"""What the attacks on words say of their resources."""

from robust_emo.errors import PrerequisiteError
from robust_emo.models.minilm import minilm_directory
from robust_emo.resources.catalogue import described, find


def tagger_note(asked: bool) -> str:
    """Whether parts of speech were checked, and by what.

    Args:
        asked: whether the attack was told to check them.
    """
    tagger = find("pos-tagger")
    if not asked:
        return "Parts of speech are not checked."
    if tagger.found:
        return f"Parts of speech come from {described('pos-tagger')}."
    return f"Parts of speech are not checked: {tagger.missing()}."


def encoder_problems(attack: str) -> tuple[str, ...]:
    """Why the bundled sentence encoder cannot be used by an attack; empty when it can."""
    try:
        minilm_directory()
    except PrerequisiteError as missing:
        return (f"attack {attack}: {missing}",)
    return ()


def vector_problems(attack: str) -> tuple[str, ...]:
    """Why the word vectors that the user named cannot be used; empty when none are named or they can."""
    problem = find("counter-fitted").problem
    return (f"attack {attack}: {problem}",) if problem else ()
