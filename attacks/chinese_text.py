"""Which characters of a text are Chinese and may be changed."""

import re

from .text_edits import protected_spans

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+")
_STRETCH = re.compile(rf"[{_HAN}\u3040-\u30ff\uac00-\ud7af]+")
_JAPANESE_OR_KOREAN = re.compile(r"[\u3040-\u306d\u306f-\u30ff\uac00-\ud7af]")  # の alone is a fashion in Chinese too
_CODE = re.compile(r"\[[^\[\]\s]{1,8}\]")


def chinese_runs(text: str) -> list[tuple[int, int]]:
    """Character spans of uninterrupted Chinese characters, in text order.

    Left out are hashtags, handles and addresses, codes for emoticons as Weibo writes them (``[哈哈]``), and every
    stretch of East Asian script with kana or Hangul in it: its Chinese characters are Japanese or Korean.
    """
    masked = text
    for start, end in [*protected_spans(text), *(match.span() for match in _CODE.finditer(text))]:
        masked = masked[:start] + " " * (end - start) + masked[end:]
    stretches = (match for match in _STRETCH.finditer(masked) if not _JAPANESE_OR_KOREAN.search(match.group()))
    return [run.span() for stretch in stretches for run in _RUN.finditer(masked, *stretch.span())]
