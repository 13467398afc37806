"""All two-dimensional maps beside one another, in the same colours."""

import numpy as np
from matplotlib.figure import Figure

from generator.record import Record, Results
from generator.report import tables
from generator.report.figures import style
from generator.report.figures.scatter import dot_size, dots, name_classes
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label

SUBJECT = "maps"

COLUMNS = 2


def draw(results: Results, words: Words) -> Picture | None:
    records = [results.records[row.task] for row in tables.rows(results, "maps") if row.status == "done"]
    flat = [record for record in records if record.arrays["coordinates"].shape[1] == 2]
    if not flat:
        return None
    catalogue = results.catalogue
    methods = [task_label(words, catalogue, record.task) for record in flat]

    def render(theme: Theme) -> Figure:
        rows = -(-len(flat) // COLUMNS)
        figure, axes = style.new_figure(2.8 * rows, rows, COLUMNS, gap=0.06)
        for panel in axes.flat:
            style.hide_frame(panel)
        for panel, record, method in zip(axes.flat, flat, methods, strict=False):
            coordinates, labels = _points(results, record)
            dots(panel, coordinates, labels, size=dot_size(len(labels)) / 3)
            panel.set_title(method)
            for spine in panel.spines.values():
                spine.set(visible=True, color=theme.rule)
        style.settle(figure)
        for panel, record in zip(axes.flat, flat, strict=False):
            name_classes(panel, *_points(results, record), catalogue.data.class_names, theme, size=12)
        return figure

    alt = words(
        "Maps of the same images side by side, by trustworthiness: {methods}",
        methods=words("; ").join(
            f"{method} {words.number(record.metric('trustworthiness').value, 3)}"
            for method, record in zip(methods, flat, strict=True)
        ),
    )
    caption = words("The same images on {k} maps, in the same colours; axes have no unit", k=len(flat))
    return Picture(alt, caption, render, dense=True)


def _points(results: Results, record: Record) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates (n, 2) and labels (n,)."""
    index = results.array(record.task.id, "index")
    return np.asarray(results.array(record.task.id, "coordinates")), results.labels()[index]
