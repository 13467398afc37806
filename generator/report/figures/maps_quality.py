"""How well each map keeps what the images' own space says: one panel for each score, one row for each method."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.findings.compare import Lead
from generator.report.i18n import Words
from generator.report.labels import metric_label, task_label
from generator.report.rows import PURPOSES, Row, ranking, rows

SUBJECT = "maps"

COLUMNS = 3
PLANE = 2  # dimensions


def draw(results: Results, words: Words) -> Picture | None:
    shown = [row for row in rows(results, "maps") if row.status == "done"]
    present = {metric.name for row in shown for metric in row.metrics}
    scores = [name for names in PURPOSES.values() for name in names if name in present]
    if not scores:
        return None
    tasks = {task.id: task for task in results.catalogue.tasks}
    methods = [task_label(words, results.catalogue, tasks[row.task], control=False) for row in shown]

    def render(theme: Theme) -> Figure:
        rows = -(-len(scores) // COLUMNS)
        height = rows * (0.75 + 0.32 * len(shown))
        figure, axes = style.new_figure(height, rows, COLUMNS, share_x=True, share_y=True, gap=0.06)
        low = min(
            0.0, *(end for row in shown for one in row.metrics if one.name in scores for end in ends(row, one.name))
        )
        for place, panel in enumerate(axes.flat):
            if place >= len(scores):
                panel.set_visible(False)
                continue
            _panel(panel, shown, scores[place], theme)
            panel.set_title(style.wrapped(metric_label(words, scores[place]), 8.8), fontsize=10, loc="left", pad=4)
            panel.set_xlim(low - 0.05, 1.06)
            panel.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
            panel.tick_params(axis="x", labelsize=9, labelbottom=True)
            if place % COLUMNS == 0:
                names = [style.wrapped(method, 14.5) for method in methods]
                panel.set_yticks(range(len(shown)), names, fontsize=8.5, linespacing=0.9)
        figure.supxlabel(words("score (1 is best)"), fontsize=11)
        return figure

    alt = words("{k} scores of {methods} embeddings and references", k=len(scores), methods=len(shown))
    flat = ranking(results, "maps", "trustworthiness", PLANE)
    if flat is not None:
        names = words.list(task_label(words, results.catalogue, tasks[one], control=False) for one in flat.best)
        best = words.number(flat.first.value, 3)
        if flat.lead is Lead.TIED:
            said = words(
                "the highest trustworthiness in two dimensions is {best}; {names} do not differ significantly",
                best=best,
                names=names,
            )
        else:
            said = words("the highest trustworthiness in two dimensions is {best}, by {names}", best=best, names=names)
        alt = words("; ").join((alt, said))
    caption = words(
        "Scores of every embedding; an open circle is a baseline, an open square a reference, a bar a 95 % interval"
    )
    return Picture(alt, caption, render)


def ends(row: Row, name: str) -> tuple[float, float]:
    """A score's interval, or twice the score itself."""
    metric = row.metric(name)
    assert metric is not None
    if metric.low is None or metric.high is None:
        return metric.value, metric.value
    return metric.low, metric.high


def marking(row: Row, theme: Theme) -> dict[str, str]:
    """How a row's point looks: filled for a method, open for a control."""
    colour = style.ACCENT if row.role == "method" else theme.quiet
    face = colour if row.role == "method" else theme.paper
    return {"marker": "s" if row.role == "ceiling" else "o", "color": colour, "markerfacecolor": face}


def _panel(panel: Axes, shown: list[Row], score: str, theme: Theme) -> None:
    for place, row in enumerate(shown):
        metric = row.metric(score)
        if metric is not None:
            look = marking(row, theme)
            panel.plot(ends(row, score), [place, place], color=look["color"], linewidth=2.5)
            panel.plot(metric.value, place, markersize=5.5, linestyle="none", **look)  # type: ignore[arg-type]
    panel.set_ylim(len(shown) - 0.5, -0.5)
    panel.tick_params(axis="y", length=0)
    panel.spines["left"].set_visible(False)
    panel.grid(axis="both")
