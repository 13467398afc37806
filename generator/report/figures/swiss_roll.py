"""The Swiss roll and what each method makes of it, coloured by the position along the roll."""

import matplotlib
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.scatter import space
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import variant_title

SUBJECT = "method"

COLUMNS = 2
#: The part of a perceptually uniform scale that stands out from the page, by theme.
SHARES = {style.LIGHT: (0.0, 0.9), style.DARK: (0.2, 1.0)}
#: From where the roll is looked at, in degrees: almost along its axis.
AZIMUTH, ELEVATION = -80, 12
SIZE = 5  # of a dot, in square points


def draw(results: Results, slug: str, words: Words) -> Picture | None:
    records = [one for one in results.of(slug).values() if one.failure is None]
    if not records:
        return None
    titles = [variant_title(words, results.catalogue, one.task) for one in records]
    scores = [words.number(one.metric("unrolled").value, 2) for one in records]

    def render(theme: Theme) -> Figure:
        rows = -(-(len(records) + 1) // COLUMNS)
        shade = ListedColormap(matplotlib.colormaps["viridis"](np.linspace(*SHARES[theme], 256)))
        figure, axes = style.new_figure(2.5 * rows + 0.5, rows, COLUMNS, gap=0.06)
        panels = list(axes.flat)
        first = panels[0].get_subplotspec()
        panels[0].remove()
        position = np.asarray(results.array(records[0].task.id, "position"))  # (n,)
        roll = np.asarray(results.array(records[0].task.id, "roll"))  # (n, 3)
        whole = space(figure, theme, first, AZIMUTH, ELEVATION, small=True)
        whole.scatter(*roll.T, s=SIZE, c=position, cmap=shade, linewidths=0, depthshade=False)
        whole.set_title(words("the roll, in space"), fontsize=11, pad=0)
        for panel in panels[1:]:
            style.hide_frame(panel)
        for panel, record, title, score in zip(panels[1:], records, titles, scores, strict=False):
            coordinates = np.asarray(results.array(record.task.id, "coordinates"))  # (n, 2)
            position = np.asarray(results.array(record.task.id, "position"))
            panel.scatter(*coordinates.T, s=SIZE, c=position, cmap=shade, linewidths=0)
            panel.set_title(f"{title}  {score}", fontsize=11, pad=4)
            style.frame(panel, theme)
        scale = ScalarMappable(Normalize(float(position.min()), float(position.max())), shade)
        bar = figure.colorbar(scale, ax=[whole, *panels[1:]], orientation="horizontal", aspect=40, pad=0.02)
        bar.set_label(words("position along the roll (arc length)"))
        bar.outline.set_visible(False)
        return figure

    said = words("; ").join(f"{title} {score}" for title, score in zip(titles, scores, strict=True))
    alt = words("A Swiss roll and {k} maps of it, with how well each unrolls it: {scores}", k=len(records), scores=said)
    caption = words(
        "The roll and its maps; beside each name the rank correlation between distances along the sheet and on the map "
        "(1: all distances are in the same order)"
    )
    return Picture(alt, caption, render, dense=True)
