"""Tables of words written as plain text, the way they are best read and reviewed."""


def word_list(text: str) -> tuple[str, ...]:
    """What stands between blanks."""
    return tuple(text.split())


def line_list(text: str) -> tuple[str, ...]:
    """The lines that are not empty, without blanks around them."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
