"""How well each map keeps what the images' own space says: one panel for each score, one row for each method."""

from matplotlib.figure import Figure

from generator.record import Results
from generator.report import tables
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import metric_label, task_label

SUBJECT = "maps"


def draw(results: Results, words: Words) -> Picture | None:
    shown = [row for row in tables.rows(results, "maps") if row.status == "done"]
    if not shown:
        return None
    scores = list(dict.fromkeys(metric.name for row in shown for metric in row.metrics))
    tasks = {task.id: task for task in results.catalogue.tasks}
    methods = [task_label(words, results.catalogue, tasks[row.task]) for row in shown]

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(len(scores) * (0.55 + 0.24 * len(shown)), len(scores), share_x=True)
        for panel, score in zip(axes[:, 0], scores, strict=True):
            for place, row in enumerate(shown):
                metric = row.metric(score)
                if metric is None:
                    continue
                colour = theme.quiet if row.control else style.ACCENT
                if metric.low is not None and metric.high is not None:
                    panel.plot([metric.low, metric.high], [place, place], color=colour, linewidth=2)
                panel.plot(
                    metric.value, place, "o", color=colour, markerfacecolor=theme.paper if row.control else colour
                )
                panel.annotate(
                    words.number(metric.value, 3),
                    (max(metric.value, metric.high or metric.value), place),
                    xytext=(7, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=10,
                )
            panel.set_yticks(range(len(shown)), methods)
            panel.set_ylim(len(shown) - 0.5, -0.5)
            panel.tick_params(axis="y", length=0, labelcolor=theme.quiet)
            panel.set_title(" ")  # keeps the room for the heading, which begins at the figure's edge
            heading = panel.annotate(
                metric_label(words, score),
                (0.01, 1),
                xycoords=("figure fraction", "axes fraction"),
                xytext=(0, 5),
                textcoords="offset points",
                annotation_clip=False,
            )
            heading.set_in_layout(False)
            panel.grid(axis="x")
        low, _ = panel.get_xlim()
        panel.set_xlim(min(0.0, low), 1.18)
        panel.set_xticks([0, 0.25, 0.5, 0.75, 1])
        panel.set_xlabel(words("score (1 is best)"))
        return figure

    best = shown[0].metric("trustworthiness")
    assert best is not None
    alt = words(
        "{k} scores of {methods} maps; the highest trustworthiness is {best} by {method}",
        k=len(scores),
        methods=len(shown),
        best=words.number(best.value, 3),
        method=methods[0],
    )
    caption = words("Scores of every map; an open circle is a control, a bar a 95 % interval")
    return Picture(alt, caption, render)
