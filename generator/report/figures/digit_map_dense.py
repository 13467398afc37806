"""A close look where the map is most crowded: the dots there, and above their places the images themselves."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.digit_map import bounds, mosaic, nearest_per_cell
from generator.report.figures.scatter import dot_size, dots
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label

SUBJECT = "experiment"
WORDLESS = True

CELLS = 15  # along each side
#: The window is a third of the map's width and height, and is moved in steps of a thirtieth of its own size.
THIRD, STEPS = 3, 30
#: Rows of pixels above each image for its index.
STRIP = 9
#: Colour of what is written on the mosaic's dark ground, which is the same on every theme.
PALE = "#e3e5ea"
#: Points of the small map that shows where the close look lies.
MOST_DOTS = 10_000


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    coordinates = np.asarray(results.array(record.task.id, "coordinates"))  # (n, d)
    if coordinates.shape[1] != 2:
        return None
    rectangle = densest_window(coordinates)
    n, n_inside, shown = counts(coordinates, rectangle, CELLS)

    def render(theme: Theme) -> Figure:
        return close_up(results, record, rectangle, CELLS, theme, named=True)

    values = {
        "method": task_label(words, results.catalogue, record.task),
        "share": words.percent(n_inside / n),
        "n": words.number(n_inside),
        "cells": CELLS,
        "shown": words.number(shown),
    }
    alt = words(
        "{method}: a ninth of the map holds {share} of the images ({n}); as dots, and as a mosaic of {cells} × {cells} "
        "cells that shows {shown} of them with index and class",
        **values,
    )
    caption = words(
        "{method}: the window, a third of the map wide and high, that holds the most images ({share}); below, in each "
        "cell the image nearest its centre, with its index above it and its class beside it",
        **values,
    )
    return Picture(alt, caption, render, dense=True)


def densest_window(coordinates: np.ndarray) -> np.ndarray:
    """Where the window of a third of the map's width and height holds the most of the points (n, 2).

    Returns its corners (2, 2). It moves in steps of 1/90 of the map; of equally full windows the leftmost, then the
    lowest is taken.
    """
    low, high = bounds(coordinates)
    n_steps = THIRD * STEPS
    high = np.where(high > low, high, low + 1)
    edges = np.linspace(low, high, n_steps + 1)  # (steps + 1, 2)
    x, y = coordinates.T.astype(np.float64)
    held, _, _ = np.histogram2d(x, y, bins=(edges[:, 0], edges[:, 1]))
    below = np.zeros((n_steps + 1, n_steps + 1))  # points to the left of and below each crossing
    below[1:, 1:] = held.cumsum(axis=0).cumsum(axis=1)
    inside = below[STEPS:, STEPS:] - below[:-STEPS, STEPS:] - below[STEPS:, :-STEPS] + below[:-STEPS, :-STEPS]
    i, j = np.unravel_index(int(inside.argmax()), inside.shape)
    return np.array([[edges[i, 0], edges[j, 1]], [edges[i + STEPS, 0], edges[j + STEPS, 1]]])


def counts(coordinates: np.ndarray, rectangle: np.ndarray, cells: int) -> tuple[int, int, int]:
    """How many points there are, how many lie in the rectangle, and how many of those its mosaic shows."""
    low, high = rectangle
    n_inside = int(((coordinates >= low) & (coordinates <= high)).all(axis=1).sum())
    return len(coordinates), n_inside, int((nearest_per_cell(coordinates, cells, rectangle) >= 0).sum())


def close_up(
    results: Results, record: Record, rectangle: np.ndarray, cells: int, theme: Theme, *, named: bool
) -> Figure:
    """The whole map with the rectangle marked, the dots in it, and below its mosaic; ``named``: index and class too."""
    coordinates = np.asarray(results.array(record.task.id, "coordinates"))  # (n, 2)
    index = np.asarray(results.array(record.task.id, "index"))  # (n,)
    labels = results.labels()[index]
    chosen = nearest_per_cell(coordinates, cells, rectangle)
    strip = STRIP if named else 0
    tall = 4.9 * (28 + strip) / 28
    figure, axes = style.new_figure(2.6 + tall, 2, 2, ratios=(2.4, tall))
    (whole, part), (left, right) = axes
    grid = left.get_gridspec()
    left.remove()
    right.remove()
    below = figure.add_subplot(grid[1, :])

    few = np.random.default_rng(0).permutation(len(labels))[:MOST_DOTS]
    dots(whole, coordinates[few], labels[few], size=dot_size(len(few)) / 4)
    low, high = rectangle
    whole.add_patch(Rectangle(tuple(low), *(high - low), fill=False, edgecolor=theme.ink, linewidth=1.6))
    style.frame(whole, theme)
    inside = ((coordinates >= low) & (coordinates <= high)).all(axis=1)
    if inside.any():
        dots(part, coordinates[inside], labels[inside], size=dot_size(int(inside.sum())) / 3)
    part.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]))
    part.tick_params(labelsize=9)
    part.locator_params(nbins=4)
    for panel in (whole, part):
        panel.set_box_aspect(1)

    images = results.images()[index[chosen]]  # (cells, cells, 28, 28)
    painted = mosaic(chosen, np.pad(images, ((0, 0), (0, 0), (strip, 0), (0, 0))), results.labels()[index[chosen]])
    below.imshow(painted, extent=(0, cells, cells, 0), aspect=(28 + strip) / 28, interpolation="hanning")
    style.hide_frame(below)
    if named:
        class_names = results.catalogue.data.class_names
        for (row, column), one in np.ndenumerate(chosen):
            if one >= 0:
                pale: dict[str, Any] = {"color": PALE, "fontsize": 6.6}
                below.text(column + 0.5, row + 0.02, str(index[one]), va="top", ha="center", **pale)
                below.text(column + 0.97, row + 0.97, class_names[labels[one]], va="bottom", ha="right", **pale)
    return figure
