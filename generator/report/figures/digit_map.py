"""The map as a mosaic: in each cell of a grid over the map, the image that lies nearest the cell's centre."""

import numpy as np
from matplotlib.colors import to_rgb

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label

SUBJECT = "experiment"
WORDLESS = True

#: Cells along each side, for maps of more than ``MANY`` images and for smaller ones.
FINE, COARSE, MANY = 50, 25, 20_000
#: Share of white mixed into a class's colour so that it shows on the dark ground.
TINT = 0.35
GROUND = (18, 20, 26)


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    coordinates = np.asarray(results.array(record.task.id, "coordinates"))  # (n, d)
    index = results.array(record.task.id, "index")  # (n,)
    n, d = coordinates.shape
    if d != 2:
        return None
    cells = FINE if n > MANY else COARSE
    chosen = nearest_per_cell(coordinates, cells)

    def render(_theme: Theme) -> np.ndarray:
        return mosaic(chosen, results.images()[index[chosen]], results.labels()[index[chosen]])

    values = {
        "method": task_label(words, results.catalogue, record.task),
        "n": words.number(n),
        "shown": words.number(int((chosen >= 0).sum())),
        "cells": cells,
    }
    alt = words(
        "{method} map as a mosaic of {cells} × {cells} cells: {shown} of {n} images are shown, the remaining cells are "
        "empty",
        **values,
    )
    caption = words("{method}: in each cell the image that lies nearest its centre", method=values["method"])
    return Picture(alt, caption, render)


def bounds(coordinates: np.ndarray) -> np.ndarray:
    """The least rectangle that holds all points (n, 2): its lower left and its upper right corner, (2, 2) float64."""
    return np.stack([coordinates.min(axis=0), coordinates.max(axis=0)]).astype(np.float64)


def nearest_per_cell(coordinates: np.ndarray, cells: int, rectangle: np.ndarray | None = None) -> np.ndarray:
    """For each cell of a grid over a rectangle of the map, which of its points lies nearest its centre.

    ``coordinates``: (n, 2). ``rectangle``: lower left and upper right corner, (2, 2), whose edges belong to it; by
    default the whole map. Returns (cells, cells) int64 positions in ``coordinates``, the top row first, -1 where no
    point falls. Distance is scaled by the cell's pitch in each axis; of equally near points the first is taken.
    """
    low, high = bounds(coordinates) if rectangle is None else rectangle
    inside = np.flatnonzero(((coordinates >= low) & (coordinates <= high)).all(axis=1))
    extent = np.where(high > low, high - low, 1)
    place = (coordinates[inside] - low) / extent * cells  # (m, 2), in cells from the lower left corner
    cell = np.minimum(place.astype(np.int64), cells - 1)  # the far edge belongs to the last cell
    distance = ((place - (cell + 0.5)) ** 2).sum(axis=1)
    column, row = cell[:, 0], cells - 1 - cell[:, 1]
    number = row * cells + column
    order = np.lexsort((distance, number))
    first = order[np.flatnonzero(np.diff(number[order], prepend=-1))]
    chosen = np.full(cells * cells, -1, dtype=np.int64)
    chosen[number[first]] = inside[first]
    return chosen.reshape(cells, cells)


def mosaic(chosen: np.ndarray, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Paint a grid (r, c) of images (r, c, 28, 28) uint8 in their classes' colours: (28 r, 28 c, 3) uint8.

    Cells where ``chosen`` is negative stay empty.
    """
    rows, columns, height, width = images.shape
    palette = 255 * np.array([to_rgb(style.colour_of(place)) for place in range(int(labels.max()) + 1)])
    bright = palette + (255 - palette) * TINT
    strength = (images / np.float32(255)) * (chosen >= 0)[:, :, None, None]  # (r, c, 28, 28)
    ground = np.array(GROUND, dtype=np.float32)
    painted = ground + strength[..., None] * (bright[labels].astype(np.float32)[:, :, None, None] - ground)
    sheet: np.ndarray = painted.round().astype(np.uint8).transpose(0, 2, 1, 3, 4)
    return sheet.reshape(rows * height, columns * width, 3)
