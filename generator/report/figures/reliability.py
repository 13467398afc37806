"""Whether a classifier is right as often as it says it is."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from generator.metrics import intervals
from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label

SUBJECT = "experiment"


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    if "reliability" not in record.arrays:
        return None
    bins = np.asarray(results.array(record.task.id, "reliability"))  # (bins, 3): count, mean confidence, share right
    filled = np.flatnonzero(bins[:, 0])
    counts, confidence, right = bins[filled].T

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(5.4, 2, share_x=True, ratios=(3, 1))
        panel, below = axes[:, 0]
        panel.plot([0, 100], [0, 100], color=theme.quiet, linewidth=1.2, linestyle=":")
        for count, x, share in zip(counts, confidence, right, strict=True):
            interval = [100 * end for end in intervals.wilson(round(share * count), round(count))]
            panel.plot([100 * x, 100 * x], interval, color=style.ACCENT, linewidth=2)
        panel.plot(100 * confidence, 100 * right, "o-", color=style.ACCENT, linewidth=1, markersize=6)
        panel.set_ylim(-3, 103)
        panel.set_ylabel(words("accuracy (%)"))
        panel.grid()
        edges = np.linspace(0, 100, len(bins) + 1)
        below.bar(edges[filled], counts, width=100 / len(bins), align="edge", color=style.ACCENT, edgecolor=theme.paper)
        below.set_yscale("log")
        below.set_ylim(0.7, 2 * counts.max())
        below.yaxis.set_major_locator(LogLocator(base=10, numticks=4))
        below.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        below.yaxis.set_minor_formatter(NullFormatter())
        below.set_xlim(-3, 103)
        below.set_ylabel(words("images"))
        below.set_xlabel(words("confidence: probability of the prediction (%)"))
        below.grid(axis="y")
        return figure

    error = next((one.value for one in record.metrics if one.name == "calibration_error"), None)
    method = task_label(words, results.catalogue, record.task)
    most = int(counts.argmax())
    alt = words(
        "Reliability diagram of {method}: the largest bin holds {count} test images with a confidence of "
        "about {confidence}, of which {right} are classified correctly; the expected calibration error "
        "is {error}",
        method=method,
        count=words.number(counts[most]),
        confidence=words.percent(float(confidence[most])),
        right=words.percent(float(right[most])),
        error=words.number(error, 3) if error is not None else "–",
    )
    caption = words(
        "{method}: accuracy by confidence. On the dotted line the two agree, below it the method is "
        "over-confident; a bar is a 95 % interval. The lower panel has the number of test images of each "
        "point, on a logarithmic scale",
        method=method,
    )
    return Picture(alt, caption, render)
