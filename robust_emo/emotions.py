"""Where emotions lie in the plane of valence and arousal, and how far apart two readings of a text are.

Valence runs from unpleasant (-1) to pleasant (1), arousal from drowsy (-1) to excited (1), `neutral` in the middle.
"""

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

DIAMETER = 2.0
"""Distance that counts as 1: across the unit circle on which Russell 1980 places emotions. No two known ones are
farther apart, and adding an emotion changes no severity."""


class PositionSource(StrEnum):
    """Where a position comes from."""

    RUSSELL_MEHRABIAN_1977 = "russell-mehrabian-1977"
    """Mean ratings of pleasure and arousal of the English term (Russell and Mehrabian 1977, "Evidence for a
    three-factor theory of emotions", Journal of Research in Personality 11)."""
    APPROXIMATE = "approximate"
    """Placed by this project beside rated neighbours, after the circumplex of Russell 1980 ("A circumplex model of
    affect", Journal of Personality and Social Psychology 39): right about the quadrant, no measurement."""
    ORIGIN = "origin"
    """No emotion, by definition."""


@dataclass(frozen=True, slots=True)
class Position:
    """One emotion in the plane."""

    valence: float
    """In [-1, 1]."""
    arousal: float
    """In [-1, 1]."""
    source: PositionSource
    term: str | None = None
    """The rated English term that stands for the label; None where none does."""

    def distance(self, other: "Position") -> float:
        """Euclidean."""
        return math.hypot(self.valence - other.valence, self.arousal - other.arousal)


NEUTRAL = Position(0.0, 0.0, PositionSource.ORIGIN)

# term: valence, arousal, labels that mean it
_RATED: dict[str, tuple[float, float, str]] = {
    "joyful": (0.76, 0.48, "joy joyful 喜悦 欢乐 快乐 乐"),
    "happy": (0.81, 0.51, "happy happiness 高兴 开心 幸福"),
    "loved": (0.87, 0.54, "love loved 爱"),
    "affectionate": (0.64, 0.35, "caring affection affectionate 关心"),
    "excited": (0.62, 0.75, "excitement excited 兴奋 激动"),
    "inspired": (0.71, 0.63, "enthusiasm enthusiastic 热情"),
    "enjoyment": (0.77, 0.44, "fun enjoyment"),
    "hopeful": (0.51, 0.23, "optimism hope hopeful 乐观 希望"),
    "proud": (0.77, 0.38, "pride proud 自豪 骄傲"),
    "powerful": (0.54, 0.45, "powerful"),
    "grateful": (0.64, 0.16, "gratitude grateful 感激"),
    "thankful": (0.61, 0.10, "thankful 感谢"),
    "impressed": (0.41, 0.30, "admiration 钦佩"),
    "relaxed": (0.68, -0.46, "relaxed calm peaceful serenity 平静 放松"),
    "curious": (0.22, 0.62, "curiosity curious 好奇"),
    "surprised": (0.40, 0.67, "surprise surprised 惊讶 惊奇 吃惊 惊"),
    "astonished": (0.16, 0.88, "astonished amazement 震惊"),
    "angry": (-0.51, 0.59, "anger angry mad 愤怒 生气 怒"),
    "mildly annoyed": (-0.28, 0.17, "annoyance annoyed 烦躁"),
    "hate": (-0.56, 0.59, "hate hatred 憎恨 仇恨"),
    "contempt": (-0.23, 0.31, "contempt 蔑视"),
    "frustrated": (-0.64, 0.52, "frustration frustrated"),
    "disgusted": (-0.60, 0.35, "disgust disgusted 厌恶 恶心 恶"),
    "displeased": (-0.55, 0.16, "disapproval 不满"),
    "fearful": (-0.64, 0.60, "fear fearful scared afraid 恐惧 害怕 惧"),
    "troubled": (-0.63, 0.16, "worry worried 担心 担忧"),
    "tense": (
        -0.33,
        0.58,
        "nervousness nervous anxiety anxious 紧张 焦虑",
    ),  # raters took "anxious" for eager: 0.01, 0.59
    "confused": (-0.53, 0.27, "confusion confused 困惑"),
    "embarrassed": (-0.46, 0.54, "embarrassment embarrassed 尴尬"),
    "shamed": (-0.57, 0.01, "shame ashamed 羞愧"),
    "guilty": (-0.57, 0.28, "guilt guilty remorse 内疚 悔恨"),
    "discouraged": (-0.61, -0.15, "disappointment disappointed pessimism 失望 沮丧 悲观"),
    "sad": (-0.63, -0.27, "sadness sad 悲伤 难过 伤心 悲哀 哀"),
    "despairing": (-0.72, -0.16, "grief despair 绝望"),
    "depressed": (-0.72, -0.29, "depress depressed depression 抑郁"),
    "lonely": (-0.66, -0.43, "lonely loneliness 孤独"),
    "bored": (-0.65, -0.62, "boredom bored 无聊"),
}

# valence, arousal: labels
_APPROXIMATE: dict[tuple[float, float], str] = {
    (0.70, 0.40): "amusement amused",
    (0.50, 0.10): "approval",
    (0.50, 0.50): "desire",
    (0.60, -0.20): "relief relieved",
    (0.50, -0.10): "trust 信任",
    (0.20, 0.50): "anticipation 期待",
    (0.20, 0.40): "realization",
    (-0.40, -0.40): "empty",
    (0.60, 0.20): "like 喜好 喜欢 好",
    # a pole and nothing more: all that is known is the sign of the valence
    (0.50, 0.00): "positive positive-other 积极 正面",
    (-0.50, 0.00): "negative negative-other 消极 负面",
}

_NEUTRAL = "neutral none no-emotion 中性 无情绪"


def _positions() -> dict[str, Position]:
    known = dict.fromkeys(_NEUTRAL.split(), NEUTRAL)
    for (valence, arousal), names in _APPROXIMATE.items():
        known |= dict.fromkeys(names.split(), Position(valence, arousal, PositionSource.APPROXIMATE))
    for term, (valence, arousal, names) in _RATED.items():
        position = Position(valence, arousal, PositionSource.RUSSELL_MEHRABIAN_1977, term)
        known |= dict.fromkeys(names.split(), position)
    return known


_KNOWN = _positions()


def position(label: str) -> Position | None:
    """Where a label lies, in English or Chinese, whatever its case; None for an unknown one."""
    return _KNOWN.get(unicodedata.normalize("NFKC", label).strip().casefold().replace("_", "-").replace(" ", "-"))


def known_labels() -> tuple[str, ...]:
    """All labels that have a position, sorted."""
    return tuple(sorted(_KNOWN))


def flip_severity(gold: Iterable[str], predicted: Iterable[str]) -> float | None:
    """How much another reading of a text matters, from 0 (the same) to 1 (the opposite end of the plane).

    For one label each it is their distance over :data:`DIAMETER`. Of sets, each label is matched with one of the other
    set such that the sum is least, the smaller set filled up with `neutral`, and the mean over the matched pairs is
    taken. An empty set is `neutral`. The positions are not averaged first, since joy and sadness together would pass
    for neutral. It is symmetric, and 0 for equal sets.

    Args:
        gold: labels, duplicates counted once.
        predicted: labels, duplicates counted once.

    Returns:
        In [0, 1]; None (not measured) when any label is unknown.
    """
    first = [position(label) for label in dict.fromkeys(gold)]
    second = [position(label) for label in dict.fromkeys(predicted)]
    pairs = max(len(first), len(second))
    if pairs == 0:
        return 0.0
    padded = [*first, *[NEUTRAL] * (pairs - len(first))], [*second, *[NEUTRAL] * (pairs - len(second))]
    rows, columns = [[place for place in places if place is not None] for places in padded]
    if len(rows) < pairs or len(columns) < pairs:
        return None
    return _least_mean_distance(rows, columns) / DIAMETER


def _least_mean_distance(rows: list[Position], columns: list[Position]) -> float:
    if len(rows) == 1:
        return rows[0].distance(columns[0])
    from scipy.optimize import linear_sum_assignment

    costs = [[row.distance(column) for column in columns] for row in rows]
    chosen, matched = linear_sum_assignment(costs)
    total: float = sum(costs[row][column] for row, column in zip(chosen, matched, strict=True))
    return total / len(rows)
