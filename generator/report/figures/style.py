"""The look that all figures share, and how a picture becomes files."""

import io
import re
import unicodedata
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import matplotlib.colors
import matplotlib.patheffects
import numpy as np
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib_fontja import get_font_ttf_path
from PIL import Image

from generator.files import write_if_changed

#: Inches. A figure this wide keeps its letters readable on a phone.
WIDTH = 5.0
#: CSS pixels per inch at which pages show a figure.
SCALE = 100
#: Dots per inch of a raster figure: two for each CSS pixel.
DPI = 2 * SCALE
#: Class colours that colour-blind readers can tell apart (M. Petroff, arXiv:2107.02270).
CLASS_COLOURS = tuple(matplotlib.colors.to_hex(colour) for colour in matplotlib.color_sequences["petroff10"])
ACCENT = CLASS_COLOURS[0]


@dataclass(frozen=True)
class Theme:
    """Colours of the page a figure lies on; the figure itself is transparent."""

    name: str
    ink: str
    quiet: str  # secondary text and lines, still legible as text
    rule: str  # grid lines, which may be missed
    paper: str


LIGHT = Theme("light", ink="#20242c", quiet="#5c6370", rule="#d5d8de", paper="#ffffff")
DARK = Theme("dark", ink="#e3e5ea", quiet="#a8aeba", rule="#3b4050", paper="#1e2129")
THEMES = (LIGHT, DARK)

FONTS = {"ja": "IPAexGothic"}
FONT = "DejaVu Sans"


@dataclass(frozen=True)
class Picture:
    """What a figure module returns: how to draw it on a theme, and its words for those who cannot see it.

    ``render`` returns a matplotlib figure (saved once per theme), or an image array (h, w, 3 or 4) uint8 that looks
    the same on every theme (saved once). ``dense``: too many marks for SVG, so the figure is saved as pixels.
    """

    alt: str
    caption: str
    render: Callable[[Theme], Figure | np.ndarray]
    dense: bool = False


@dataclass(frozen=True)
class Saved:
    light: Path
    dark: Path
    width: int  # CSS pixels
    height: int


def save(picture: Picture, stem: Path, language: str) -> Saved:
    """Write ``<stem>.webp`` or ``<stem>-{light,dark}.{svg,webp}``; files whose bytes stay the same are left alone."""
    paths: list[Path] = []
    for theme in THEMES:
        with ExitStack() as stack:
            stack.enter_context(matplotlib.rc_context())
            stack.enter_context(warnings.catch_warnings())
            matplotlib.rcdefaults()  # whatever the user's own matplotlibrc says
            matplotlib.rcParams.update(settings(theme, language))
            # A box in place of a letter must not reach the site.
            warnings.filterwarnings("error", message="Glyph .* missing")
            drawing = picture.render(theme)
            if isinstance(drawing, np.ndarray):
                path = stem.with_name(f"{stem.name}.webp")
                write_if_changed(path, webp(Image.fromarray(drawing)))
                return Saved(path, path, width=drawing.shape[1], height=drawing.shape[0])
            path = stem.with_name(f"{stem.name}-{theme.name}.{'webp' if picture.dense else 'svg'}")
            write_if_changed(path, pixels(drawing) if picture.dense else svg(drawing))
            paths.append(path)
            width, height = (round(inches * SCALE) for inches in drawing.get_size_inches())
    light, dark = paths
    return Saved(light, dark, width, height)


def settings(theme: Theme, language: str) -> dict[Any, Any]:
    """matplotlib's rc settings for one theme and language."""
    family = FONTS.get(language, FONT)
    if language == "ja" and family not in font_manager.fontManager.get_font_names():
        font_manager.fontManager.addfont(get_font_ttf_path())
    return {
        "font.family": family,
        "font.size": 12,
        "axes.labelsize": 12,
        "axes.titlesize": 12,
        "xtick.labelsize": 11,
        "ytick.labelsize": 11,
        "legend.fontsize": 11,
        "legend.frameon": False,
        "text.color": theme.ink,
        "axes.labelcolor": theme.ink,
        "axes.edgecolor": theme.quiet,
        "xtick.color": theme.quiet,
        "ytick.color": theme.quiet,
        "xtick.labelcolor": theme.ink,
        "ytick.labelcolor": theme.ink,
        "grid.color": theme.rule,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": False,  # the Japanese font has no U+2212
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "savefig.facecolor": "none",
        "figure.dpi": DPI,
        "lines.linewidth": 2,
        "svg.fonttype": "path",
        "svg.hashsalt": "hikaku",
    }


def new_figure(
    height: float,
    rows: int = 1,
    columns: int = 1,
    *,
    share_x: bool = False,
    share_y: bool = False,
    gap: float = 0.04,
    ratios: Sequence[float] | None = None,
) -> tuple[Figure, np.ndarray]:
    """A figure ``WIDTH`` wide and ``height`` inches tall, and its axes (rows, columns), ``gap`` inches about each.

    ``ratios``: of the rows' heights.
    """
    figure = Figure(figsize=(WIDTH, height), layout=ConstrainedLayoutEngine(h_pad=gap))
    FigureCanvasAgg(figure)
    axes = figure.subplots(
        rows,
        columns,
        squeeze=False,
        sharex="col" if share_x else False,
        sharey="row" if share_y else False,
        height_ratios=ratios,
    )
    return figure, axes


def settle(figure: Figure) -> None:
    """Fix the layout, so that what is added now can be placed by it."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")


def svg(figure: Figure) -> bytes:
    stream = io.BytesIO()
    # Figure.savefig would draw everything twice.
    FigureCanvasSVG(figure).print_svg(stream, metadata={"Date": None, "Creator": None})
    return stream.getvalue()


def pixels(figure: Figure) -> bytes:
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return webp(Image.fromarray(np.asarray(canvas.buffer_rgba())))


def webp(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format="WEBP", quality=80, alpha_quality=50, method=2)
    return stream.getvalue()


def colour_of(place: int) -> str:
    """The colour of a class by its place among the class names."""
    return CLASS_COLOURS[place % len(CLASS_COLOURS)]


def towards(theme: Theme, colour: str, share: float | np.ndarray) -> np.ndarray:
    """RGB in [0, 1]: the page's colour with ``share`` of another mixed in; (3,), or (n, 3) for shares (n, 1)."""
    paper = np.array(matplotlib.colors.to_rgb(theme.paper))
    return np.asarray(paper + share * (np.array(matplotlib.colors.to_rgb(colour)) - paper))


def luminance(colour: Sequence[float]) -> float:
    """Relative luminance of an RGB colour in [0, 1] (WCAG 2.2)."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """Contrast ratio of two RGB colours in [0, 1], from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def halo(text: Text, theme: Theme, width: float = 3) -> Text:
    """Set a text off from what lies under it."""
    text.set_path_effects([matplotlib.patheffects.withStroke(linewidth=width, foreground=theme.paper, alpha=0.85)])
    return text


def wrapped(text: str, ems: float) -> str:
    """The text in lines of at most about ``ems`` letter heights: broken after a colon if there is one, else at spaces
    and between Japanese letters.
    """
    if "\n" in text:
        return "\n".join(wrapped(line, ems) for line in text.split("\n"))
    if _ems(text) > ems and (parts := re.fullmatch(r"(.+?(?:：|:(?= ))) *(.+)", text)):
        return "\n".join(wrapped(part, ems) for part in parts.groups())
    pieces = re.findall(r"[\u3000-\u9fff\uff00-\uffef][）、。]*|[^ \u3000-\u9fff\uff00-\uffef]+ *| +", text)
    lines = [""]
    for piece in pieces:
        if lines[-1] and _ems(lines[-1] + piece.rstrip()) > ems:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


def _ems(text: str) -> float:
    return sum(1.15 if unicodedata.east_asian_width(letter) in "WF" else 0.6 for letter in text)


def frame(axes: Axes, theme: Theme) -> None:
    """A thin line about axes that need no scale."""
    hide_frame(axes)
    for spine in axes.spines.values():
        spine.set(visible=True, color=theme.rule)


def hide_frame(axes: Axes) -> None:
    """Leave nothing of the axes but what is drawn in them."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
