"""Neutral words around a text that say where it comes from; the text itself stays as it is.

An invariance test in the sense of Ribeiro, Wu, Guestrin & Singh 2020, "Beyond Accuracy: Behavioral Testing of NLP
Models with CheckList": who wrote a text, and where, is no part of its emotion.
"""

from collections.abc import Iterable, Sequence

from robust_emo.plugins import PluginSpec

from .best_of import VariantAttack
from .distractor import joint
from .language import language_of
from .word_list import line_list

_BEFORE = {
    "en": line_list("""
Quote:
Comment:
Message:
Entry 12:
She wrote:
He wrote:
They wrote:
Text message:
From my notes:
Reply number four:
Someone posted this:
My cousin wrote this:
My cousin wrote this yesterday:
My neighbour sent me this message:
This was written by a student:
This is what it says here:
This is the text of the message:
Here is a post from this morning:
I found this line in a notebook:
A person on the bus said this:
The next sentence was written on a Tuesday:
In the chat somebody wrote the following:
Below is the comment that was left on the page:
"""),
    "zh": line_list("""
引用：
留言：
她写道：
他写道：
有人写道：
表哥昨天写道：
下面是一条留言：
这是今天早上的一条消息：
我在本子上看到一句话：
群里有人这样说：
一位学生写了下面的话：
"""),
}
_AFTER = {
    "en": line_list("""
End quote.
End of message.
He wrote this.
She wrote that.
So it says.
That was the message.
That is what he wrote.
That is what it says here.
This was posted on Tuesday morning.
My cousin wrote this yesterday.
That is the whole comment as it was posted.
These were the words of a person on the bus.
"""),
    "zh": line_list("""
引用完。
她写的。
是他写的。
以上是留言。
这段话是他写的。
留言到此为止。
这是周二早上发的。
这是表哥昨天写的。
"""),
}


class NeutralContext(VariantAttack):
    """Puts a source before the text, behind it, or on both sides.

    Args:
        max_edits: sides that get context; 1 for one of them, 2 for both.
    """

    spec = PluginSpec(
        name="neutral-context",
        version="1",
        summary="says before or behind the text who wrote it or where it stood",
        paper="Ribeiro 2020",
        family="sentences",
        languages=("en", "zh"),
    )

    def __init__(self, *, max_edits: int = 2) -> None:
        super().__init__(max_edits=max_edits)

    def variants(self, text: str) -> Iterable[str]:
        """The text with each context on a side that has none yet."""
        language = language_of(text)
        if language is None:
            return
        before, after, gap = _BEFORE[language], _AFTER[language], " " if language == "en" else ""
        if not text.startswith(before):
            for context in before:
                yield context + gap + text
        if not text.endswith(after):
            link = joint(text)
            for context in after:
                yield text + link + context

    def notes(self) -> Sequence[str]:
        """Which texts are left alone."""
        return (
            "Texts in Latin letters get English context and Chinese ones Chinese context; texts in other scripts or "
            "without any letter are left unchanged and count as withstood.",
        )
