"""Accuracy against the time for training, and for the prediction of an image: what another second buys."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from matplotlib.transforms import Bbox

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.classifiers_accuracy import accuracy_axis, error
from generator.report.figures.style import Picture, Theme
from generator.report.findings.compare import Scored, bounds
from generator.report.findings.contest import TUNED, Contest, contest
from generator.report.findings.timing import Cost, Time
from generator.report.i18n import Words
from generator.report.labels import BUSY_MARK, task_label, time_text

SUBJECT = "classifiers"

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

UNITS = (1.0, 1e-3)  # of the two panels, in seconds
LEAST = 1e-3  # of a unit: 0 has no place on a logarithmic axis


@dataclass(frozen=True)
class Priced:
    """A classifier with its accuracy and one of its times, and whether it is on Pareto's front."""

    scored: Scored
    experiment: str
    tuned: bool
    time: Time
    ahead: bool


def draw(results: Results, words: Words) -> Picture | None:
    found = contest(results)
    if found is None:
        return None
    threads = results.catalogue.threads
    panels = [
        (
            words("training time (s); threads per task: {threads}", threads=threads),
            priced(results, found, found.training_front, lambda one: one.training),
        ),
        (
            words("prediction time per image (ms); threads per task: {threads}", threads=threads),
            priced(results, found, found.prediction_front, lambda one: one.per_image),
        ),
    ]
    panels = [(label, shown) for label, shown in panels if shown]
    if not panels:
        return None

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(5.0 * len(panels), len(panels), gap=0.08)
        places = []
        for panel, (label, shown), unit in zip(axes[:, 0], panels, UNITS, strict=False):
            places.append(bargain(panel, results, found.n_test, shown, unit, words, theme))
            panel.set_xlabel(label)
        style.settle(figure)
        for panel, (points, labels, others) in zip(axes[:, 0], places, strict=True):
            place_labels(panel, points, labels, theme, size=9.5, others=others)
        return figure

    tasks = {task.id: task for task in results.catalogue.tasks}
    methods = {one.task: task_label(words, results.catalogue, tasks[one.task]) for one in found.ranking.scores}
    alt = words(
        "Accuracy against training time and prediction time per image. Training: {training}; Pareto front: "
        "{training_front}. Prediction: {prediction}; Pareto front: {prediction_front}",
        training=_told(panels[0][1], methods, words),
        training_front=_named([one.task for one in found.training_front], methods, words),
        prediction=_told(panels[-1][1], methods, words) if found.prediction_front else "–",
        prediction_front=_named([one.task for one in found.prediction_front], methods, words) or "–",
    )
    caption = words(
        "Accuracy, with its 95 % interval, against training time and against prediction time per image; up and to the "
        "left is better. A diamond is the tuned setting, joined to the article's. The stepped line is the Pareto front"
    )
    if any(one.time.busy for _, shown in panels for one in shown):
        caption += words(". {mark} The machine was busy: CPU time instead of wall-clock time", mark=BUSY_MARK)
    return Picture(alt, caption, render)


def priced(
    results: Results, found: Contest, front: Sequence[Cost], time: Callable[[Cost], Time | None]
) -> list[Priced]:
    """The classifiers that have this time, most accurate first."""
    tasks = {task.id: task for task in results.catalogue.tasks}
    ahead = {one.task for one in front}
    times = {line.task: time(line.cost) for line in found.lines if line.cost is not None}
    return [
        Priced(scored, tasks[scored.task].experiment, tasks[scored.task].variant == TUNED, spent, scored.task in ahead)
        for scored in found.ranking.scores
        if (spent := times.get(scored.task)) is not None
    ]


def _told(shown: Sequence[Priced], methods: Mapping[str, str], words: Words) -> str:
    """For those who cannot see it: each classifier with accuracy and time."""
    return words("; ").join(
        f"{methods[one.scored.task]} {words.percent(one.scored.value, 2)}{words(', ')}{time_text(words, one.time)}"
        for one in shown
    )


def _named(tasks: Sequence[str], methods: Mapping[str, str], words: Words) -> str:
    return words("; ").join(methods[task] for task in tasks)


Point = tuple[float, float]


def bargain(
    panel: Axes, results: Results, n_test: int, shown: Sequence[Priced], unit: float, words: Words, theme: Theme
) -> tuple[list[Point], list[str], list[Point]]:
    """Accuracy over a time, in units of so many seconds, on a scale of factors.

    Returns the points that are named, their names, and the other points: each method is named once, where it is most
    accurate.
    """
    costs = [max(one.time.rank_s / unit, LEAST) for one in shown]
    points = [(cost, error(one.scored.value, n_test)) for cost, one in zip(costs, shown, strict=True)]
    ends: list[float] = []
    for point, one in zip(points, shown, strict=True):
        interval = [error(end, n_test) for end in bounds(one.scored)]
        panel.plot([point[0]] * 2, interval, color=style.ACCENT, linewidth=1.5)
        panel.plot(*point, "D" if one.tuned else "o", color=style.ACCENT, markersize=7)
        ends += interval
    steps = sorted(point for point, one in zip(points, shown, strict=True) if one.ahead)
    # On to the greatest cost there is: spending more never makes the choice poorer.
    panel.step(*_axes([*steps, (max(costs), steps[-1][1])]), "--", where="post", **FRONT)
    named: dict[str, int] = {}
    for place, one in enumerate(shown):
        first = named.setdefault(one.experiment, place)
        panel.plot(*_axes([points[first], points[place]]), color=theme.quiet, linewidth=1, zorder=1)
    accuracy_axis(panel, min(ends), words, axis="y", most=max(ends))
    panel.set_xscale("log")
    spread = max(costs) / min(costs)
    # Room for the labels, most of which stand to the right.
    panel.set_xlim(min(costs) / 3, max(costs) * max(3, spread**0.3))
    panel.xaxis.set_major_locator(LogLocator(base=10, subs=(1,) if spread > 50 else (1, 2, 5), numticks=6))
    panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    panel.xaxis.set_minor_formatter(NullFormatter())
    panel.set_ylabel(words("accuracy (%), logarithmic in the errors"))
    panel.grid(axis="x")
    titles = [
        words(results.catalogue.experiment(slug).title) + (BUSY_MARK if shown[place].time.busy else "")
        for slug, place in named.items()
    ]
    others = [point for place, point in enumerate(points) if place not in named.values()]
    return [points[place] for place in named.values()], titles, others


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
