"""The profile of an audit and what was changed of it, in the language of the page."""

from .language import later, say

_SETTINGS = (
    later("attacks"),
    later("attack arguments"),
    later("sections"),
    later("section arguments"),
    later("examples"),
    later("seed"),
)
_CHANGED = ", changed: "


def setting_name(name: str) -> str:
    """`name` of a setting said in words of the page; one that no audit of ours writes stands as it is."""
    return say(name) if name in _SETTINGS else name


def told_profile(text: str) -> str | None:
    """``standard 2, changed: attacks, seed``; None for a text that is none such."""
    profile, between, changes = text.partition(_CHANGED)
    names = changes.split(", ")
    if not between or not profile.strip() or any(name not in _SETTINGS for name in names):
        return None
    return say("{profile}, changed: {settings}", profile=profile, settings=say(", ").join(map(say, names)))


def profile_name(text: str) -> str:
    """The same; words of people stay as they are."""
    return told_profile(text) or text
