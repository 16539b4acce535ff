"""Which columns hold the text, the label, the id and the group: named by the user, or found by usual names."""

from collections.abc import Sequence
from dataclasses import dataclass

from robust_emo.data.quoting import listed, quoted
from robust_emo.errors import InputError

# The first set is so usual that it wins over the second; two names of the same set are an ambiguity.
_USUAL = {
    "text": (
        {"text"},
        {
            *("texts", "sentence", "sentences", "content", "tweet", "utterance", "review", "comment", "message"),
            *("post", "document", "body", "文本", "内容", "句子", "评论", "正文", "微博"),
        },
    ),
    "label": (
        {"label", "labels"},
        {
            *("emotion", "emotions", "sentiment", "sentiments", "class", "category", "target", "mood", "feeling"),
            *("标签", "情感", "情绪", "类别"),
        },
    ),
    "id": ({"id"}, {"uid", "uuid", "guid", "example_id", "text_id", "tweet_id", "编号"}),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns to read, as written in the source."""

    text: str
    label: str
    id: str | None = None
    group: str | None = None

    def positions(self, names: Sequence[str]) -> tuple[int, int, int | None, int | None]:
        """Where text, label, id and group stand in `names`, from 0; None for those that are not read."""
        return (
            names.index(self.text),
            names.index(self.label),
            None if self.id is None else names.index(self.id),
            None if self.group is None else names.index(self.group),
        )


@dataclass(frozen=True, slots=True)
class NamedColumns:
    """Column names given by the user; None where the usual names decide.

    `id=""` means: ignore any id column and number the rows. A group column is only ever used when named.
    """

    text: str | None = None
    label: str | None = None
    id: str | None = None
    group: str | None = None

    def choose(self, names: Sequence[str]) -> Columns:
        """Find the columns among the names that a source has; upper and lower case are the same.

        Raises:
            InputError: a named column does not exist, none or several fit, or one column would play two parts.
        """
        text = _find(names, "text", self.text)
        label = _find(names, "label", self.label)
        if text is None or label is None:
            missing = "text" if text is None else "label"
            raise InputError(
                f"no {missing} column among {listed(names) or 'no columns'}; name it with --{missing}-column"
            )
        identity = None if self.id == "" else _find(names, "id", self.id)
        columns = Columns(text, label, identity, None if self.group is None else _named(names, "group", self.group))
        if text == label:
            raise InputError(f"column {quoted(text)} cannot hold both the text and the label")
        return columns


def text_column(names: Sequence[str], named: str | None = None) -> str:
    """The text column alone, named or found by usual names.

    Raises:
        InputError: the named column does not exist, or none or several fit.
    """
    found = _find(names, "text", named)
    if found is None:
        raise InputError(f"no text column among {listed(names) or 'no columns'}; name it with --text-column")
    return found


def _find(names: Sequence[str], part: str, named: str | None) -> str | None:
    if named is not None:
        return _named(names, part, named)
    for usual in _USUAL[part]:
        fitting = [name for name in names if name.strip().casefold() in usual]
        if len(fitting) > 1:
            raise InputError(f"{listed(fitting)} could all be the {part} column; name one with --{part}-column")
        if fitting:
            return fitting[0]
    return None


def _named(names: Sequence[str], part: str, named: str) -> str:
    fitting = [name for name in names if name == named]
    fitting = fitting or [name for name in names if name.strip().casefold() == named.strip().casefold()]
    if not fitting:
        raise InputError(f"no column {quoted(named)} (--{part}-column); there are {listed(names)}")
    if len(fitting) > 1:
        raise InputError(f"{len(fitting)} columns are called {quoted(named)} (--{part}-column); rename one")
    return fitting[0]
