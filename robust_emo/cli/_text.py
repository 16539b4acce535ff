"""Text for the terminal."""


def printable(text: str) -> str:
    """Labels, texts and errors come from files: control and invisible characters must not steer the terminal."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
