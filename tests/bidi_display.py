"""The order in which a text is displayed: the Unicode bidirectional algorithm (UAX 9), one paragraph, no brackets."""

import unicodedata
from itertools import groupby

_EMBEDDINGS = {"RLE": (1, ""), "LRE": (0, ""), "RLO": (1, "R"), "LRO": (0, "L")}
_ISOLATES = {"RLI": 1, "LRI": 0}
_REMOVED = {*_EMBEDDINGS, "PDF", "BN"}
_NEUTRAL = {"B", "S", "WS", "ON", "PDI", *_ISOLATES}


def displayed(text):
    """Visible characters from left to right; control and format characters are left out."""
    kinds = [unicodedata.bidirectional(c) or "BN" for c in text]
    base = _base(kinds)
    levels, types = _explicit(kinds, base)
    kept = [i for i, kind in enumerate(kinds) if kind not in _REMOVED]
    for sequence in _isolating_run_sequences(kept, kinds, levels):
        _resolve(sequence, kept, levels, types, base)
    order = kept
    for level in range(max((levels[i] for i in kept), default=0), 0, -1):
        runs = [(high, list(run)) for high, run in groupby(order, key=lambda i, level=level: levels[i] >= level)]
        order = [i for high, run in runs for i in (reversed(run) if high else run)]
    return "".join(text[i] for i in order if unicodedata.category(text[i]) not in ("Cf", "Cc", "Cn"))


def _base(kinds):
    """P2 and P3: the first strong letter outside isolates decides."""
    depth = 0
    for kind in kinds:
        depth += (kind in _ISOLATES) - (kind == "PDI" and depth > 0)
        if depth == 0 and kind in ("L", "R", "AL"):
            return int(kind != "L")
    return 0


def _explicit(kinds, base):
    """X1 to X8: the level of each character, and its type as overridden."""
    stack, levels, types = [(base, "", False)], [], []
    for kind in kinds:
        if kind == "PDI" and any(isolate for _, _, isolate in stack):
            while not stack.pop()[2]:
                pass
        elif kind == "PDF" and len(stack) > 1 and not stack[-1][2]:
            stack.pop()
        level, override, _ = stack[-1]
        levels.append(level)
        types.append(override if override and kind not in _REMOVED else kind)
        if kind in _EMBEDDINGS or kind in _ISOLATES:
            odd, inner = _EMBEDDINGS[kind] if kind in _EMBEDDINGS else (_ISOLATES[kind], "")
            stack.append((level + (1 if (level + 1) % 2 == odd else 2), inner, kind in _ISOLATES))
    return levels, types


def _isolating_run_sequences(kept, kinds, levels):
    """BD13: runs of one level, joined from the start of an isolate to its end."""
    runs = [list(run) for _, run in groupby(kept, key=levels.__getitem__)]
    sequences, waiting = [], []
    for run in runs:
        if kinds[run[0]] == "PDI" and waiting:
            sequence = waiting.pop()
            sequence.extend(run)
        else:
            sequence = run
            sequences.append(sequence)
        if kinds[run[-1]] in _ISOLATES:
            waiting.append(sequence)
    return sequences


def _resolve(sequence, kept, levels, types, base):
    """W1 to W7, N1, N2, I1 and I2 on one sequence."""
    level = levels[sequence[0]]
    first, last = kept.index(sequence[0]), kept.index(sequence[-1])
    before = levels[kept[first - 1]] if first else base
    after = base if last + 1 == len(kept) or types[sequence[-1]] in _ISOLATES else levels[kept[last + 1]]
    start, end = ("LR"[max(level, side) % 2] for side in (before, after))
    weak = _weak([types[i] for i in sequence], start)
    strong = ["R" if kind in ("EN", "AN") else kind for kind in weak]
    place = 0
    for neutral, group in groupby(weak, key=_NEUTRAL.__contains__):
        size = len(list(group))
        if neutral:
            left = strong[place - 1] if place else start
            right = strong[place + size] if place + size < len(strong) else end
            weak[place : place + size] = [left if left == right else "LR"[level % 2]] * size
        place += size
    for i, kind in zip(sequence, weak, strict=True):
        levels[i] = level + ({"L": 0, "R": 1}.get(kind, 2) if level % 2 == 0 else int(kind != "R"))


def _weak(kinds, start):
    kinds, previous, strong = list(kinds), start, start
    for place, kind in enumerate(kinds):  # W1 to W3
        if kind == "NSM":
            kind = "ON" if previous in _ISOLATES or previous == "PDI" else previous
        if kind in ("L", "R", "AL"):
            strong = kind
        if kind == "EN" and strong == "AL":
            kind = "AN"
        kinds[place] = previous = kind
    kinds = ["R" if kind == "AL" else kind for kind in kinds]
    for place in range(1, len(kinds) - 1):  # W4
        around = kinds[place - 1]
        if around == kinds[place + 1] and (around, kinds[place]) in (("EN", "ES"), ("EN", "CS"), ("AN", "CS")):
            kinds[place] = around
    place = 0
    for kind, group in [(kind, len(list(group))) for kind, group in groupby(kinds)]:  # W5 and W6
        if kind == "ET":
            number = "EN" in (
                kinds[place - 1] if place else "",
                kinds[place + group] if place + group < len(kinds) else "",
            )
            kinds[place : place + group] = ["EN" if number else "ON"] * group
        place += group
    strong = start
    for place, kind in enumerate(kinds):  # W6 and W7
        if kind in ("ES", "CS"):
            kinds[place] = "ON"
        strong = kind if kind in ("L", "R") else strong
        if kind == "EN" and strong == "L":
            kinds[place] = "L"
    return kinds
