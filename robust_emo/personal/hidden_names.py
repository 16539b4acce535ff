"""Numbers in the place of group names that look like personal data."""

_END = "(name hidden)"


def hidden_name(number: int) -> str:
    """What a group is called whose name is not written."""
    return f"group {number} {_END}"


def is_hidden(name: str | None) -> bool:
    """Whether `name` is such a number. It holds within one audit: in another one it may be another group's."""
    return name is not None and name.endswith(_END)
