"""Small maps in rows and columns, in the same colours: what the figures of many maps are made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.scatter import dot_size, dots, name_classes
from generator.report.figures.style import Theme


@dataclass(frozen=True)
class Small:
    """One small map."""

    title: str
    coordinates: np.ndarray  # (n, 2)
    labels: np.ndarray  # (n,)
    side: str = ""  # what stands at its left


def small(results: Results, record: Record, title: str, side: str = "") -> Small:
    """A record's map."""
    labels = results.labels()[results.array(record.task.id, "index")]
    return Small(title, np.asarray(results.array(record.task.id, "coordinates")), labels, side)


def members(results: Results, slug: str, series: str) -> list[Record]:
    """Those of a series that have a result, in declared order."""
    records = results.of(slug).values()
    return [one for one in records if one.failure is None and results.catalogue.variant(one.task).series == series]


def sheet(
    maps: Sequence[Small | None],
    columns: int,
    row_height: float,
    class_names: tuple[str, ...],
    theme: Theme,
    *,
    names: float = 11,
    titles: float = 11,
    last: Callable[[Axes], None] | None = None,
) -> Figure:
    """The maps in order, by rows; ``None`` leaves a gap. ``row_height``: inches.

    ``names`` and ``titles``: sizes of the classes' names and of the titles, in points. ``last`` draws something else in
    the place after the last map.
    """
    rows = -(-(len(maps) + (last is not None)) // columns)
    figure, axes = style.new_figure(row_height * rows, rows, columns, gap=0.05)
    panels = list(axes.flat)
    for panel in panels:
        style.hide_frame(panel)
    for panel, one in zip(panels, maps, strict=False):
        if one is not None:
            dots(panel, one.coordinates, one.labels, size=dot_size(len(one.labels)) / (1.5 * columns))
            panel.set_title(style.wrapped(one.title, 70 * style.WIDTH / columns / titles), fontsize=titles, pad=3)
            panel.set_ylabel(one.side, fontsize=titles)
            style.frame(panel, theme)
    if last is not None:
        # Axes of its own, since the frame of these is gone.
        spare = panels[len(maps)]
        place = spare.get_subplotspec()
        assert place is not None
        spare.remove()
        last(figure.add_subplot(place))
    style.settle(figure)
    for panel, one in zip(panels, maps, strict=False):
        if one is not None:
            name_classes(panel, one.coordinates, one.labels, class_names, theme, size=names)
    return figure
