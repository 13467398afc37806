"""Accuracy against the time it took: what another second buys."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from matplotlib.transforms import Bbox

from generator.record import Results
from generator.report import tables
from generator.report.figures import style
from generator.report.figures.classifiers_accuracy import accuracy_axis, error, n_test
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label

SUBJECT = "classifiers"

NEAR = 9  # points between a label and its point
#: Where a label may stand beside its point, best first: offset in points, and the edges that face the point.
PLACES = (
    ((NEAR, 0), "left", "center"),
    ((-NEAR, 0), "right", "center"),
    *(
        ((0, side * dy), ha, "bottom" if side > 0 else "top")
        for dy in (NEAR, 23, 37, 51, 65)
        for side in (1, -1)
        for ha in ("center", "left", "right")
    ),
)


def draw(results: Results, words: Words) -> Picture | None:
    rows = [row for row in tables.rows(results, "classifiers") if row.status == "done"]
    shown = [
        (row, metric, row.measures)
        for row in rows
        if (metric := row.metric("accuracy")) is not None and row.measures is not None
    ]
    if not shown:
        return None
    tasks = {task.id: task for task in results.catalogue.tasks}
    methods = [task_label(words, results.catalogue, tasks[row.task]) for row, _, _ in shown]

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(4.6)
        panel = axes[0, 0]
        points = []
        for row, metric, measures in shown:
            colour = theme.quiet if row.control else style.ACCENT
            # A clock that reads 0 has no place on a logarithmic axis.
            point = (max(measures.wall_s, 1e-3), error(metric.value, n_test(results, row)))
            points.append(point)
            panel.plot(*point, "o", color=colour, markersize=9, markerfacecolor=theme.paper if row.control else colour)
        accuracy_axis(panel, min(wrong for _, wrong in points), words, axis="y")
        panel.set_xscale("log")
        times = [time for time, _ in points]
        panel.set_xlim(min(times) / 3, max(times) * 3)
        panel.xaxis.set_major_locator(LogLocator(base=10, numticks=6))
        panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
        panel.xaxis.set_minor_formatter(NullFormatter())
        panel.set_xlabel(words("wall time (s); threads per task: {threads}", threads=results.catalogue.threads))
        panel.set_ylabel(words("accuracy (%)"))
        panel.grid()
        style.settle(figure)
        place_labels(panel, points, methods, theme)
        return figure

    alt = words(
        "Accuracy against wall time: {methods}",
        methods=words("; ").join(
            f"{method} {words.percent(metric.value, 2)}, {words.duration(measures.wall_s)}"
            for method, (_, metric, measures) in zip(methods, shown, strict=True)
        ),
    )
    caption = words("Accuracy against time; up and to the left is better, an open circle is a control")
    return Picture(alt, caption, render)


def place_labels(
    panel: Axes, points: Sequence[tuple[float, float]], labels: Sequence[str], theme: Theme, size: float = 11
) -> None:
    """Write each label beside its point where it stays in the panel and covers no other label or point."""
    frame = panel.get_window_extent()
    pixels = panel.transData.transform(np.array(points))
    point = panel.figure.dpi / 72  # in pixels
    radius = 6 * point
    taken = [Bbox.from_bounds(x - radius, y - radius, 2 * radius, 2 * radius) for x, y in pixels]
    for one, (place, label) in enumerate(zip(points, labels, strict=True)):
        text = panel.annotate(label, place, xytext=(0, 0), textcoords="offset points", fontsize=size)
        extent = text.get_window_extent()
        text.remove()
        others = [box for other, box in enumerate(taken) if other != one]

        def badness(box: Bbox, others: Sequence[Bbox] = others) -> tuple[int, float]:
            outside = max(0.0, frame.x0 - box.x0) + max(0.0, box.x1 - frame.x1)
            outside += max(0.0, frame.y0 - box.y0) + max(0.0, box.y1 - frame.y1)
            return sum(box.overlaps(other) for other in others) + (outside > 0), outside

        boxes = []
        for (dx, dy), ha, va in PLACES:
            x = pixels[one][0] + dx * point - {"left": 0.0, "center": 0.5, "right": 1.0}[ha] * extent.width
            y = pixels[one][1] + dy * point - {"bottom": 0.0, "center": 0.5, "top": 1.0}[va] * extent.height
            boxes.append(Bbox.from_bounds(x, y, extent.width, extent.height))
        best = min(range(len(PLACES)), key=lambda i: badness(boxes[i]))
        taken.append(boxes[best])
        offset, ha, va = PLACES[best]
        # A line leads to a label that others have pushed away.
        lead = {"arrowstyle": "-", "color": theme.quiet, "linewidth": 0.8} if abs(offset[1]) > NEAR else None
        text = panel.annotate(
            label, place, xytext=offset, textcoords="offset points", ha=ha, va=va, fontsize=size, arrowprops=lead
        )
        style.halo(text, theme)
