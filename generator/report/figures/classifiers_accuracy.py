"""Accuracy of every classifier with its 95 % interval, on a scale that keeps the good ones apart."""

from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label
from generator.report.rows import Row, rows

SUBJECT = "classifiers"

#: Error in percent at which the accuracy axis may carry a tick.
TICKS = (100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
FINE_TICKS = tuple(round(digit * power, 2) for power in (10, 1, 0.1, 0.01) for digit in range(9, 0, -1))
LEAST_TICKS, MOST_TICKS = 3, 6


def draw(results: Results, words: Words) -> Picture | None:
    shown = [(row, row.metric("accuracy")) for row in rows(results, "classifiers") if row.status == "done"]
    scored = [(row, metric) for row, metric in shown if metric is not None]
    if not scored:
        return None
    tasks = {task.id: task for task in results.catalogue.tasks}
    methods = [task_label(words, results.catalogue, tasks[row.task]) for row, _ in scored]

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(1.2 + 0.62 * len(scored))
        panel = axes[0, 0]
        for place, ((row, metric), method) in enumerate(zip(scored, methods, strict=True)):
            colour = theme.quiet if row.control else style.ACCENT
            n = n_test(results, row)
            if metric.low is not None and metric.high is not None:
                interval = [error(metric.low, n), error(metric.high, n)]
                panel.plot(interval, [place, place], color=colour, linewidth=3)
            panel.plot(
                error(metric.value, n),
                place,
                "o",
                color=colour,
                markersize=8,
                markerfacecolor=theme.paper if row.control else colour,
            )
            # Above the dot, from the left edge: long names need the whole width on a phone.
            panel.annotate(
                f"{method}  {words.percent(metric.value, 2)}",
                (0, place),
                xycoords=("axes fraction", "data"),
                xytext=(2, 13),
                textcoords="offset points",
                va="center",
            )
        panel.set_ylim(len(scored) - 0.5, -0.8)
        panel.set_yticks([])
        panel.spines["left"].set_visible(False)
        least = min(error(metric.high or metric.value, n_test(results, row)) for row, metric in scored)
        accuracy_axis(panel, least, words)
        panel.set_xlabel(words("accuracy (%), logarithmic in the errors"))
        return figure

    alt = words(
        "Accuracy of {k} classifiers with 95 % intervals: {methods}",
        k=len(scored),
        methods=words("; ").join(
            f"{method} {words.percent(metric.value, 2)}" for method, (_, metric) in zip(methods, scored, strict=True)
        ),
    )
    caption = words("Accuracy with 95 % intervals; an open circle is the baseline")
    return Picture(alt, caption, render)


def n_test(results: Results, row: Row) -> int:
    """Number of test images a row's accuracy stands on."""
    return results.records[row.task].arrays["index"].shape[0]


def error(accuracy: float, n: int) -> float:
    """Wrong answers among ``n`` in percent; none count as half a one, which a logarithmic axis can show."""
    return max(100 * (1 - accuracy), 50 / n)


def accuracy_axis(
    panel: Axes, least: float, words: Words, axis: Literal["x", "y"] = "x", most: float = TICKS[0]
) -> None:
    """Make one axis logarithmic in the errors, the better to the right or the top, with accuracies at its ticks.

    ``least``, ``most``: the smallest and the largest error shown, in percent.
    """
    ends = (1.15 * most, 0.8 * least)
    ticks = [tick for tick in TICKS if ends[1] <= tick <= ends[0]]
    # A long axis has no room for every tick's number, and a short one needs more of them.
    for digit in "25":
        if len(ticks) > MOST_TICKS:
            ticks = [tick for tick in ticks if digit not in f"{tick:g}" or tick == TICKS[1]]
    if len(ticks) < LEAST_TICKS:
        ticks = [tick for tick in FINE_TICKS if ends[1] <= tick <= ends[0]][:: 2 if most > 4 * least else 1]
    panel.set(**{f"{axis}scale": "log", f"{axis}lim": ends})
    own = panel.xaxis if axis == "x" else panel.yaxis
    own.set_ticks(ticks, [words.number(100 - tick, _digits(tick)) for tick in ticks])
    own.set_ticks([], minor=True)
    panel.grid(axis=axis)


def _digits(tick: float) -> int:
    return len(f"{tick:.10g}".partition(".")[2])
