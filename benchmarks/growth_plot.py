"""Two log-log panels as SVG, for attack_growth.py: no plotting library needed."""

import math
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 430, 320, 62, 30, 34, 46
COLOURS = ("#1b6ca8", "#c8553d", "#3c7a3c")


@dataclass
class Line:
    """One series."""

    name: str
    points: list  # (x, y), both above 0


@dataclass
class Axis:
    """A logarithmic axis from one power of ten to another, on pixels."""

    low: int
    high: int
    start: float
    end: float

    @classmethod
    def over(cls, values, start, end):
        logs = [math.log10(max(value, 1e-3)) for value in values]
        low = math.floor(min(logs))
        return cls(low, max(low + 1, math.ceil(max(logs))), start, end)

    def at(self, value):
        share = (math.log10(max(value, 10.0**self.low)) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self):
        return [10.0**power for power in range(self.low, self.high + 1)]


def draw(panels):
    """An SVG with one panel per title: lines of (examples, value)."""
    parts = [panel(title, lines, number * WIDTH) for number, (title, lines) in enumerate(panels.items())]
    size = f'width="{WIDTH * len(parts)}" height="{HEIGHT}" viewBox="0 0 {WIDTH * len(parts)} {HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12" fill="#222">'
    return "\n".join([head, f'<rect width="{WIDTH * len(parts)}" height="{HEIGHT}" fill="#fff"/>', *parts, "</svg>\n"])


def panel(title, lines, offset):
    across = Axis.over([x for line in lines for x, _ in line.points], LEFT, WIDTH - RIGHT)
    up = Axis.over([y for line in lines for _, y in line.points], HEIGHT - BOTTOM, TOP)
    parts = [f'<g transform="translate({offset},0)">', text(WIDTH / 2, 18, title, weight="bold")]
    for tick in across.ticks():
        x = across.at(tick)
        parts += [rule(x, TOP, x, HEIGHT - BOTTOM), text(x, HEIGHT - BOTTOM + 16, f"{tick:,.0f}")]
    for tick in up.ticks():
        y = up.at(tick)
        parts += [rule(LEFT, y, WIDTH - RIGHT, y), text(LEFT - 6, y + 4, f"{tick:,g}", anchor="end")]
    parts.append(text(WIDTH / 2, HEIGHT - 10, "examples"))
    for number, line in enumerate(lines):
        parts += curve(line, across, up, COLOURS[number % len(COLOURS)], number)
    return "\n".join([*parts, "</g>"])


def curve(line, across, up, colour, number):
    points = [(across.at(x), up.at(y)) for x, y in line.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    label = text(WIDTH - RIGHT - 8, HEIGHT - BOTTOM - 10 - 16 * number, line.name, anchor="end", colour=colour)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots, label]


def rule(x1, y1, x2, y2):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#ddd"/>'


def text(x, y, content, *, anchor="middle", weight="normal", colour="#222"):
    style = f'text-anchor="{anchor}" font-weight="{weight}" fill="{colour}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(content)}</text>'
