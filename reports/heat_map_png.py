"""Heat maps as a bitmap, for where no vector picture is taken; drawn by matplotlib without its global state."""

import io
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from robust_emo.errors import InputError, PrerequisiteError
from robust_emo.plugins import PluginSpec
from robust_emo.types import Explanation

from . import heat_map_layout as layout
from .attribution_levels import INK, PAPER, QUIET
from .language import Language, say, speaking
from .visible import tag_of

if TYPE_CHECKING:  # a second and a half that only who wants a bitmap waits for
    from matplotlib.axes import Axes
    from matplotlib.font_manager import FontProperties

_DOTS = 144
"""Per inch: twice the pixels of the layout."""
_UNIT = 72
"""Pixels of the layout in an inch, so that a size in pixels is one in points."""
_NOTE = 22
"""Height of a line below all heat maps."""
_MOST_HEIGHT = 30_000
"""Twice as many pixels are nearly what the rasteriser takes."""


class HeatMapPng:
    """Explanations below one another in one bitmap.

    Args:
        fonts: families of installed fonts for characters that DejaVu Sans lacks, such as ``Noto Sans CJK SC``.
        language: of the words around the text: ``en`` or ``zh``, which takes such a font.
    """

    spec = PluginSpec(name="png", version="1", summary="heat maps as one bitmap")
    suffix = ".png"

    def __init__(self, *, fonts: Sequence[str] = (), language: Language = "en") -> None:
        self._fonts = tuple(fonts)
        self._language = language

    def render(self, explanations: Sequence[Explanation]) -> bytes:
        """PNG; the same explanations and the same matplotlib give the same bytes.

        Raises:
            PrerequisiteError: no such font is installed, or matplotlib is missing.
        """
        return heat_map_png(explanations, fonts=self._fonts, language=self._language)


def heat_map_png(explanations: Sequence[Explanation], *, fonts: Sequence[str] = (), language: Language = "en") -> bytes:
    """The picture. Characters that no font has are drawn as their code points, and named below.

    Args:
        explanations: drawn in their order.
        fonts: as for :class:`HeatMapPng`.
        language: as for :class:`HeatMapPng`.

    Raises:
        PrerequisiteError: no such font is installed, or matplotlib is missing.
        InputError: too many for one bitmap.
    """
    pen = _Pen(fonts)
    with speaking(language):
        maps = [layout.heat_map_layout(explanation, pen.width) for explanation in explanations]
        note = layout.wrapped(pen.note(), pen.width) if pen.note() else []
    height = max(1.0, sum(each.height for each in maps) + len(note) * _NOTE + (layout.MARGIN if note else 0))
    if height > _MOST_HEIGHT:
        raise InputError(
            f"a PNG of {len(maps)} heat maps would be {height:,.0f} pixels high, more than {_MOST_HEIGHT:,}; "
            "ask for fewer, or for svg or html"
        )
    return pen.picture(maps, note, height)


class _Pen:
    """Measures and draws with the first font that has all characters of a text."""

    def __init__(self, fonts: Sequence[str]) -> None:
        try:
            import matplotlib
            from matplotlib.backends.backend_agg import RendererAgg
        except ImportError as error:
            raise PrerequisiteError(f"a PNG needs matplotlib: pip install matplotlib ({error})") from error
        own = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        self._bold = str(own / "DejaVuSans-Bold.ttf")
        self._files = (str(own / "DejaVuSans.ttf"), *map(_font_file, fonts))
        self._missing: dict[str, None] = {}
        self._renderer = RendererAgg(1, 1, _UNIT)

    def width(self, text: str, size: float, bold: bool) -> float:
        """Of one line, in pixels of the layout."""
        drawn, properties = self._drawn(text, size, bold)
        return float(self._renderer.get_text_width_height_descent(drawn, properties, ismath=False)[0])

    def note(self) -> str:
        """Which characters were in no font; empty where all were in one."""
        if not self._missing:
            return ""
        named = list(self._missing)
        characters, more = ", ".join(named[:12]), len(named) - 12
        if more <= 0:
            return say("In no font here, drawn as code points: {characters}", characters=characters)
        return say(
            "In no font here, drawn as code points: {characters} and {more} more", characters=characters, more=more
        )

    def picture(self, maps: Sequence[layout.HeatMapLayout], note: Sequence[str], height: float) -> bytes:
        """Draw all of it."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(layout.WIDTH / _UNIT, height / _UNIT), dpi=_DOTS, facecolor=PAPER)
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        axes.set_xlim(0, layout.WIDTH)
        axes.set_ylim(height, 0)
        top = 0.0
        for each in maps:
            for line in each.lines:
                self._write(axes, line.text, line.x, top + line.y, line.size, line.bold, QUIET if line.quiet else INK)
            for box in each.boxes:
                self._shade(axes, replace(box, y=top + box.y))
            top += each.height
        for row, text in enumerate(note):
            self._write(axes, text, layout.MARGIN, top + layout.TEXT + row * _NOTE, layout.TEXT, False, QUIET)
        made = io.BytesIO()
        canvas.print_png(made, metadata={"Software": None})
        return made.getvalue()

    def _shade(self, axes: "Axes", box: layout.Box) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.patches import Rectangle

        size = layout.WORD if box.value or box.shade is None else layout.TEXT
        if box.shade is not None and box.shade.level:
            left, wide = box.x - 3, box.width + 6
            axes.add_patch(Rectangle((left, box.y - size), wide, size + 6, facecolor=box.shade.background, linewidth=0))
            line = Line2D([left, left + wide], [box.y + 8] * 2, color=box.shade.line, linewidth=box.shade.thickness)
            if box.shade.against:
                line.set_linestyle((0, (3, 2)))
            axes.add_line(line)
        self._write(axes, box.text, box.x, box.y, size, False, INK)

    def _write(self, axes: "Axes", text: str, x: float, y: float, size: float, bold: bool, colour: str) -> None:
        drawn, properties = self._drawn(text, size, bold)
        axes.text(x, y, drawn, fontproperties=properties, color=colour, va="baseline", parse_math=False, usetex=False)

    def _drawn(self, text: str, size: float, bold: bool) -> tuple[str, "FontProperties"]:
        """What is drawn in the place of `text`, and with which font."""
        from matplotlib.font_manager import FontProperties

        text = "".join(char for char in text if tag_of(char) is None)  # selectors and joiners, which draw nothing
        files = (self._bold, *self._files) if bold else self._files
        whole = next((file for file in files if all(_has(file, char) for char in text)), None)
        if whole is None:
            whole, parts = files[0], []
            for char in text:
                known = _has(whole, char)
                parts.append(char if known else f"[U+{ord(char):04X}]")
                if not known:
                    self._missing[f"U+{ord(char):04X}"] = None
            text = "".join(parts)
        return text, FontProperties(fname=whole, size=size)


def _font_file(family: str) -> str:
    from matplotlib.font_manager import findfont

    try:
        return str(findfont(family, fallback_to_default=False))
    except ValueError as error:
        raise PrerequisiteError(f"no font called '{family}' is installed; see `fc-list : family`") from error


def _has(file: str, char: str) -> bool:
    return ord(char) in _characters(file)


@cache
def _characters(file: str) -> frozenset[int]:
    from matplotlib.font_manager import get_font

    return frozenset(get_font(file).get_charmap())
