"""Accuracy against the time it took to learn: what another second buys."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from matplotlib.transforms import Bbox

from generator.metric import Metric
from generator.record import Measures, Results
from generator.report.classifiers import fit_s
from generator.report.figures import style
from generator.report.figures.classifiers_accuracy import accuracy_axis, error, n_test
from generator.report.figures.style import Picture, Theme
from generator.report.findings import compare
from generator.report.i18n import Words
from generator.report.labels import task_label
from generator.report.rows import Row, rows

SUBJECT = "classifiers"

#: The variant that a method is at its best in.
BEST = "tuned"

#: The line that joins those on the front.
FRONT: dict[str, Any] = {"color": style.CLASS_COLOURS[1], "linewidth": 1.5, "zorder": 1}

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

Shown = list[tuple[Row, Metric, Measures]]


def draw(results: Results, words: Words) -> Picture | None:
    shown = measured(results)
    if not shown:
        return None
    costs = [max(fit_s(measures), 1e-3) for _, _, measures in shown]  # 0 has no place on a logarithmic axis
    label = words("training time (s); threads per task: {threads}", threads=results.catalogue.threads)
    alt = words(
        "Accuracy against training time: {methods}; Pareto front: {front}",
        **told(results, shown, [words.duration(cost) for cost in costs], costs, words),
    )
    caption = words(
        "Accuracy, with its 95 % interval, against training time; up and to the left is better. A "
        "diamond is the tuned setting, joined to the article's. The stepped line is the Pareto front"
    )
    return Picture(alt, caption, lambda theme: bargain(results, shown, costs, label, words, theme))


def measured(results: Results) -> Shown:
    """The compared classifiers but controls, with accuracy and cost, best first."""
    return [
        (row, metric, row.measures)
        for row in rows(results, "classifiers")
        if row.status == "done"
        and not row.control
        and (metric := row.metric("accuracy")) is not None
        and row.measures is not None
    ]


def front(results: Results, shown: Shown, costs: Sequence[float]) -> list[int]:
    """Places of those on Pareto's front, the cheapest first."""
    things = [compare.measured(results, row.task, "accuracy") for row, _, _ in shown]
    places = {row.task: place for place, (row, _, _) in enumerate(shown)}
    return [places[task] for task in compare.front(costs, compare.comparable(things))]


def told(results: Results, shown: Shown, texts: Sequence[str], costs: Sequence[float], words: Words) -> dict[str, str]:
    """For those who cannot see it: each classifier with accuracy and cost, and which of them make the front."""
    tasks = {task.id: task for task in results.catalogue.tasks}
    methods = [task_label(words, results.catalogue, tasks[row.task]) for row, _, _ in shown]
    return {
        "methods": words("; ").join(
            f"{method} {words.percent(metric.value, 2)}, {text}"
            for method, (_, metric, _), text in zip(methods, shown, texts, strict=True)
        ),
        "front": words("; ").join(methods[place] for place in front(results, shown, costs)),
    }


def bargain(results: Results, shown: Shown, costs: Sequence[float], label: str, words: Words, theme: Theme) -> Figure:
    """Accuracy over a cost on a scale of factors; each method is named once, where it is at its best."""
    figure, axes = style.new_figure(5.2)
    panel = axes[0, 0]
    points: list[tuple[float, float]] = []
    ends: list[float] = []
    for (row, metric, _), cost in zip(shown, costs, strict=True):
        n = n_test(results, row)
        interval = [error(metric.value if end is None else end, n) for end in (metric.low, metric.high)]
        panel.plot([cost, cost], interval, color=style.ACCENT, linewidth=1.5)
        points.append((cost, error(metric.value, n)))
        panel.plot(*points[-1], "D" if row.variant == BEST else "o", color=style.ACCENT, markersize=7)
        ends += interval
    steps = [points[place] for place in front(results, shown, costs)]
    # On to the greatest cost there is: spending more never makes the choice poorer.
    panel.step(*_axes([*steps, (max(costs), steps[-1][1])]), "--", where="post", **FRONT)
    named: dict[str, int] = {}
    for place, (row, _, _) in enumerate(shown):
        first = named.setdefault(row.experiment, place)
        panel.plot(*_axes([points[first], points[place]]), color=theme.quiet, linewidth=1, zorder=1)
    accuracy_axis(panel, min(ends), words, axis="y", most=max(ends))
    panel.set_xscale("log")
    spread = max(costs) / min(costs)
    # Room for the labels, most of which stand to the right.
    panel.set_xlim(min(costs) / 3, max(costs) * max(3, spread**0.3))
    panel.xaxis.set_major_locator(LogLocator(base=10, subs=(1,) if spread > 50 else (1, 2, 5), numticks=6))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    panel.xaxis.set_minor_formatter(NullFormatter())
    panel.set_xlabel(label)
    panel.set_ylabel(words("accuracy (%), logarithmic in the errors"))
    panel.grid(axis="x")
    style.settle(figure)
    titles = [words(results.catalogue.experiment(slug).title) for slug in named]
    others = [point for place, point in enumerate(points) if place not in named.values()]
    place_labels(panel, [points[place] for place in named.values()], titles, theme, size=9.5, others=others)
    return figure


def _axes(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def place_labels(
    panel: Axes,
    points: Sequence[tuple[float, float]],
    labels: Sequence[str],
    theme: Theme,
    size: float = 11,
    others: Sequence[tuple[float, float]] = (),
) -> None:
    """Write each label beside its point where it stays in the panel and covers no other label or point; ``others`` are
    points without a label.
    """
    frame = panel.get_window_extent()
    pixels = panel.transData.transform(np.array([*points, *others]))
    point = panel.figure.dpi / 72  # in pixels
    radius = 6 * point
    taken = [Bbox.from_bounds(x - radius, y - radius, 2 * radius, 2 * radius) for x, y in pixels]
    for one, (place, label) in enumerate(zip(points, labels, strict=True)):
        text = panel.annotate(label, place, xytext=(0, 0), textcoords="offset points", fontsize=size)
        extent = text.get_window_extent()
        text.remove()
        avoided = [box for other, box in enumerate(taken) if other != one]

        def badness(box: Bbox, others: Sequence[Bbox] = avoided) -> tuple[int, float]:
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
