"""ε against macro-F1 of privately trained heads, as a table and as a drawing.

    python benchmarks/private_curve.py DATA/tweeteval_emotion DATA/dair_emotion --runs 5 --out docs/private_curve.svg

The defaults of `train --method private`, published test splits; whiskers are one standard deviation of the draws of the
noise. The dashed line is the same training without noise, which promises nothing.
"""

import argparse
import math
from html import escape
from pathlib import Path

import numpy as np
from private_utility import read_features

from robust_emo.training.classification_report import classification_report
from robust_emo.training.private.contributions import Contributions
from robust_emo.training.private.descent import descend
from robust_emo.training.private.settings import PrivateSettings
from robust_emo.training.private.system_noise import SystemNoise

EPSILONS = (0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 16.0)
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 560, 340, 56, 24, 20, 60
COLOURS = ("#1b6ca8", "#c8553d")


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", default="minilm")
    parser.add_argument("--public-base")
    options = parser.parse_args()
    curves = {}
    for data in options.data:
        options.data = data
        curves[data.name] = curve(data.name, *read_features(options), options.runs)
    options.out.write_text(drawn(curves), encoding="utf-8")


def curve(name, encoded, features, runs):
    """((ε, mean, sd) of each, macro-F1 without noise)."""
    contributions = Contributions.of(features["train"], encoded["train"])
    points = []
    for target in EPSILONS:
        settings = PrivateSettings(epsilon=target)
        noise = settings.planned(contributions.count).steps.noise_multiplier
        schedule = settings.schedule(contributions.count)
        found = [macro_f1(contributions, schedule, noise, encoded, features) for _ in range(runs)]
        points.append((target, float(np.mean(found)), float(np.std(found, ddof=1))))
        print(f"{name} epsilon {target:g}: macro-F1 {points[-1][1]:.3f} (sd {points[-1][2]:.3f})", flush=True)
    without = macro_f1(contributions, schedule, 0.0, encoded, features)  # as long as with the least noise
    print(f"{name} without noise: macro-F1 {without:.3f}", flush=True)
    return points, without


def macro_f1(contributions, schedule, noise_multiplier, encoded, features):
    """On the test data."""
    weights = descend(contributions, schedule, noise_multiplier=noise_multiplier, noise=SystemNoise())
    logits = (features["test"] @ weights).astype(np.float32)
    return classification_report(logits, encoded["test"]).macro_f1


def drawn(curves):
    """An SVG: logarithmic ε across, macro-F1 up."""
    values = [value for points, without in curves.values() for value in (without, *(mean for _, mean, _ in points))]
    low, high = math.floor(min(values) * 10) / 10, math.ceil(max(values) * 10) / 10
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT

    def x(epsilon):
        span = math.log(EPSILONS[-1] / EPSILONS[0])
        return LEFT + (right - LEFT) * math.log(epsilon / EPSILONS[0]) / span

    def y(value):
        return bottom - (bottom - TOP) * (value - low) / (high - low)

    parts = [
        line(LEFT, y(tick / 10), right, y(tick / 10), "#ddd") for tick in range(round(low * 10), round(high * 10) + 1)
    ]
    parts += [
        text(LEFT - 6, y(tick / 10) + 4, f"{tick / 10:.1f}", "end")
        for tick in range(round(low * 10), round(high * 10) + 1)
    ]
    parts += [text(x(epsilon), bottom + 18, f"{epsilon:g}") for epsilon in EPSILONS]
    parts.append(
        text(
            (LEFT + right) / 2,
            HEIGHT - 22,
            "ε (smaller is more private); macro-F1 on the test data; dashed: without noise",
        )
    )
    for colour, (row, (name, (points, without))) in zip(COLOURS, enumerate(curves.items()), strict=False):
        parts.append(line(LEFT, y(without), right, y(without), colour, dashed=True))
        path = " ".join(f"{x(epsilon):.1f},{y(mean):.1f}" for epsilon, mean, _ in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [line(x(epsilon), y(mean - sd), x(epsilon), y(mean + sd), colour) for epsilon, mean, sd in points]
        parts += [f'<circle cx="{x(e):.1f}" cy="{y(mean):.1f}" r="3.5" fill="{colour}"/>' for e, mean, _ in points]
        parts.append(text(right - 6, bottom - 12 - 18 * row, name, "end", colour))
    size = f'width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *parts, "</svg>\n"])


def line(x1, y1, x2, y2, colour, *, dashed=False):
    """A straight one."""
    dash = ' stroke-dasharray="6 4"' if dashed else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{dash}/>'


def text(x, y, content, anchor="middle", colour="#222"):
    """Words at a place."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(content)}</text>'


if __name__ == "__main__":
    main()
