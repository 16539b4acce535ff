"""What the library tells whoever watches: it never draws or prints itself."""

from typing import Protocol


class Progress(Protocol):
    """Watches long work. The CLI draws bars; tests and notebooks may pass :class:`Silent`."""

    def begin(self, task: str, total: int) -> None:
        """A task of `total` steps starts; the one before it has ended."""
        ...

    def advance(self, steps: int = 1, note: str = "") -> None:
        """`steps` more are done; `note` is a short word on how it goes."""
        ...

    def end(self) -> None:
        """The task has ended."""
        ...

    def noted(self, message: str) -> None:
        """Something to know at once, such as what is going to take long; between tasks."""
        ...


class Silent:
    """Watches nothing."""

    def begin(self, task: str, total: int) -> None:
        """Ignored."""

    def advance(self, steps: int = 1, note: str = "") -> None:
        """Ignored."""

    def end(self) -> None:
        """Ignored."""

    def noted(self, message: str) -> None:
        """Ignored."""
