"""Which map to trust for what: how much it keeps of what is near, against how much of the whole."""

from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.classifiers_cost import place_labels
from generator.report.figures.maps_quality import ends, marking
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label
from generator.report.rows import Row, rows

SUBJECT = "maps"

LOCAL, GLOBAL = "neighbour_recall_15", "triplet_accuracy"


def draw(results: Results, words: Words) -> Picture | None:
    done = [row for row in rows(results, "maps") if row.status == "done"]
    shown = [row for row in done if row.metric(LOCAL) is not None and row.metric(GLOBAL) is not None]
    if not shown:
        return None
    tasks = {task.id: task for task in results.catalogue.tasks}
    methods = [task_label(words, results.catalogue, tasks[row.task], control=False) for row in shown]
    points = [(100 * _value(row, LOCAL), 100 * _value(row, GLOBAL)) for row in shown]

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(5.4)
        panel = axes[0, 0]
        for row, (x, y) in zip(shown, points, strict=True):
            look = marking(row, theme)
            panel.plot([100 * end for end in ends(row, LOCAL)], [y, y], color=look["color"], linewidth=1.2)
            panel.plot([x, x], [100 * end for end in ends(row, GLOBAL)], color=look["color"], linewidth=1.2)
            panel.plot(x, y, markersize=8, linestyle="none", **look)
        panel.axhline(50, color=theme.quiet, linewidth=1.2, linestyle=":")
        panel.set_xlim(-6, 108)
        panel.set_ylim(min(46, *(y - 4 for _, y in points)), 104)
        panel.set_xlabel(words("local: recall of the 15 nearest neighbours (%)"))
        panel.set_ylabel(words("global: triplet accuracy (%)"))
        panel.grid()
        style.settle(figure)
        place_labels(panel, points, methods, theme, size=9.5)
        return figure

    alt = words(
        "Recall of the 15 nearest neighbours, and triplet accuracy: {methods}",
        methods=words("; ").join(
            f"{method} {words.number(x, 1)} % / {words.number(y, 1)} %"
            for method, (x, y) in zip(methods, points, strict=True)
        ),
    )
    caption = words(
        "What each embedding keeps of the local structure (to the right is better) and of the global "
        "structure (up is better); the dotted line is chance level, open circles are baselines, open "
        "squares references, lines 95 % intervals"
    )
    return Picture(alt, caption, render)


def _value(row: Row, name: str) -> float:
    metric = row.metric(name)
    assert metric is not None
    return metric.value
