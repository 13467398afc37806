"""Precision and recall of every class."""

import numpy as np
from matplotlib.figure import Figure

from generator.metrics import intervals
from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label

SUBJECT = "experiment"


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    counts = np.asarray(results.array(record.task.id, "confusion"))  # (c, c), rows = true class
    class_names = results.catalogue.data.class_names
    right = np.diag(counts)
    series = (
        (words("precision: correct among those predicted as the class"), right, counts.sum(axis=0), "s"),
        (words("recall: correct among those of the class"), right, counts.sum(axis=1), "o"),
    )

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(1.2 + 0.42 * len(class_names))
        panel = axes[0, 0]
        least = 100.0
        for one, (label, hits, n, mark) in enumerate(series):
            colour = style.CLASS_COLOURS[one]
            some = np.flatnonzero(n)
            places = some + 0.26 * (one - 0.5)
            for place, k in zip(places, some, strict=True):
                interval = [100 * end for end in intervals.wilson(int(hits[k]), int(n[k]))]
                panel.plot(interval, [place, place], color=colour, linewidth=2)
                least = min(least, interval[0])
            panel.plot(
                100 * hits[some] / n[some], places, mark, color=colour, markersize=6.5, label=label, clip_on=False
            )
        for line in np.arange(len(class_names) - 1) + 0.5:
            panel.axhline(line, color=theme.rule, linewidth=0.8)
        panel.set_yticks(range(len(class_names)), class_names)
        panel.set_ylim(len(class_names) - 0.5, -0.5)
        panel.set_xlim(max(0, least - 0.05 * (100 - least)), 100)
        panel.tick_params(axis="y", length=0)
        panel.set_ylabel(words("class"))
        panel.set_xlabel(words("share of the images (%)"))
        panel.grid(axis="x")
        figure.legend(loc="outside upper center", fontsize=10)
        return figure

    method = task_label(words, results.catalogue, record.task)
    values: dict[str, str] = {"method": method}
    for name, (_, hits, n, _) in zip(("precision", "recall"), series, strict=True):
        shares = np.where(n > 0, hits / np.maximum(n, 1), np.inf)
        values[f"{name}_of"] = class_names[int(shares.argmin())]
        values[name] = words.percent(float(shares.min()))
    alt = words(
        "Precision and recall of {method} by class; the lowest precision is {precision} ({precision_of}), the lowest "
        "recall {recall} ({recall_of})",
        **values,
    )
    caption = words("{method}: precision and recall of each class; a bar is a Wilson 95 % interval", method=method)
    return Picture(alt, caption, render)
