"""Phone numbers: Chinese, North American, British and international forms, and digits behind a cue."""

import re
from collections.abc import Iterator

from robust_emo.personal.finding import Candidate, Certainty, Kind

_LEFT, _RIGHT = r"(?<![\dA-Za-z_.,$€£¥#+\-/])", r"(?![\dA-Za-z_]|[.,\-/:]\d|\s?[%°])"
_GAP = r"[\s\-]?"
_CHINA = r"(?:(?:\+|00)?86[\s\-]?)?"
_FORMS = (
    rf"{_CHINA}1[3-9]\d(?:{_GAP}\d{{4}}){{2}}",
    r"\(?0(?:10|2\d|[3-9]\d{2})(?:\)\s?|[\s\-])[2-9]\d{2,3}[\s\-]?\d{4}",
    r"\+[1-9](?:[\s().\-]{0,2}\d){7,14}",
    r"00[1-9]\d{0,2}[\s\-](?:[\s().\-]{0,2}\d){7,12}",
    r"(?:1[\s.\-])?(?:\([2-9]\d{2}\)\s?|[2-9]\d{2}[\s.\-])[2-9]\d{2}[\s.\-]\d{4}",
    r"07\d{3}\s?\d{3}\s?\d{3}",
    r"0[1-9](?:[\s.]\d{2}){4}",
    r"0(?:20|1\d{2,3}|2\d)\s\d{3,4}\s?\d{3,4}",
)
_PHONE = re.compile(rf"{_LEFT}(?:{'|'.join(_FORMS)}){_RIGHT}")
_TOLL_FREE = re.compile(r"\+?1?[\s.(\-]*8(?:00|88|77|66|55|44|33)\b")
_CUE = re.compile(
    r"(?:\b(?:call|text|phone|ring|tel|telephone|cell|mobile|whatsapp|my\snumber|number\sis|number:|fax|dial|sms|reach)\b|"
    r"电话|電話|手机|手機|联系|聯繫|致电|来电|热线|短信|号码|拨打|微信同号|加微)",
    re.IGNORECASE,
)
# A whole run: of a longer one no part is a number.
_ANY = re.compile(r"(?<![A-Za-z0-9_+#])(?<!\d[\s().\-/])(?<!\d[\s().\-/]{2})\+?\(?\d(?:[\s().\-/]{0,2}\d)++(?!\w)")
_OTHER_NUMBER = re.compile(
    r"(?:单号|單號|编号|编码|型号|邮编|票号|\border(?:\s(?:no|number))?|\bticket|\btracking)\W{0,2}[号为是]?\W?$",
    re.IGNORECASE,
)
_REACH = 24
"""Characters in front of a number in which a cue stands."""
_DATE = re.compile(
    r"(?:19|20)\d\d[\s.\-/]?(?:0?[1-9]|1[0-2])[\s.\-/]|(?:19|20)\d{2}\s?[\-–]\s?(?:19|20)\d{2}|(?:19|20)\d{6}$"
)


def phones(text: str) -> Iterator[Candidate]:
    """Numbers in a form of their own are likely; 9 to 15 digits are possible, and likely from 7 on behind a cue.

    Toll-free North American numbers belong to services, hot lines mostly, and are only possible.
    """
    for match in _PHONE.finditer(text):
        certainty = Certainty.POSSIBLE if _TOLL_FREE.match(match.group()) else Certainty.LIKELY
        yield Candidate(Kind.PHONE, match.start(), match.end(), certainty)
    for match in _ANY.finditer(text):
        digits = sum(map(str.isdigit, match.group()))
        if _DATE.match(match.group()) or _TOLL_FREE.match(match.group()):
            certainty = Certainty.POSSIBLE
        else:
            before = text[max(0, match.start() - _REACH) : match.start()]
            cued = _CUE.search(before) is not None and _OTHER_NUMBER.search(before) is None
            certainty = Certainty.LIKELY if cued else Certainty.POSSIBLE
        if (7 if certainty is Certainty.LIKELY else 9) <= digits <= 15:
            yield Candidate(Kind.PHONE, match.start(), match.end(), certainty)
