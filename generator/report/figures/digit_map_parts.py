"""The map cut into nine parts: the dots of each above its mosaic."""

import numpy as np
from matplotlib.figure import Figure

from generator.record import Record, Results
from generator.report.figures.digit_map import bounds
from generator.report.figures.digit_map_dense import close_up, counts
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label

SUBJECT = "experiment"
WORDLESS = True
PARTS = 9

CELLS = 25  # along each side
SIDE = 3  # parts along each side


def draw(results: Results, record: Record, words: Words, part: int) -> Picture | None:
    coordinates = np.asarray(results.array(record.task.id, "coordinates"))  # (n, d)
    if coordinates.shape[1] != 2:
        return None
    rectangle = part_of(coordinates, part)
    n, n_inside, shown = counts(coordinates, rectangle, CELLS)

    def render(theme: Theme) -> Figure:
        return close_up(results, record, rectangle, CELLS, theme, named=False)

    values = {
        "method": task_label(words, results.catalogue, record.task),
        "part": part,
        "parts": PARTS,
        "n": words.number(n_inside),
        "share": words.percent(n_inside / n),
        "cells": CELLS,
        "shown": words.number(shown),
    }
    alt = words(
        "{method}, part {part} of {parts} of the map: {n} images ({share}) as dots, and as a mosaic of {cells} × "
        "{cells} cells that shows {shown} of them",
        **values,
    )
    caption = words("{method}, part {part} of {parts}: {n} images, {share} of all", **values)
    return Picture(alt, caption, render, dense=True)


def part_of(coordinates: np.ndarray, part: int) -> np.ndarray:
    """Corners (2, 2) of one of the nine parts of a map of points (n, 2), counted from 1 as one reads: by rows."""
    low, high = bounds(coordinates)
    edges = np.linspace(low, high, SIDE + 1)  # (4, 2)
    row, column = divmod(part - 1, SIDE)
    corners = np.array([[column, SIDE - 1 - row], [column + 1, SIDE - row]])
    return np.take_along_axis(edges, corners, axis=0)
