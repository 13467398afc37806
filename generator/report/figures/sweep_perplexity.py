"""The same images by t-SNE at several perplexities."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.multiples import members, sheet, small
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "maps"

EXPERIMENT, SERIES = "tsne", "perplexity"
COLUMNS, ROW_HEIGHT = 2, 2.75


def draw(results: Results, words: Words) -> Picture | None:
    records = members(results, EXPERIMENT, SERIES)
    if not records:
        return None
    values = [float(one.task.params["perplexity"]) for one in records]
    recall = [one.metric("neighbour_recall_15").value for one in records]
    whole = [one.metric("distance_correlation").value for one in records]
    names = [words("perplexity {value}", value=f"{value:g}") for value in values]

    def curves(panel: Axes) -> None:
        near, far = words("recall of 15 neighbours"), words("rank correlation of distances")
        panel.plot(values, recall, "o-", color=style.CLASS_COLOURS[0], markersize=5, label=near)
        panel.plot(values, whole, "s--", color=style.CLASS_COLOURS[1], markersize=5, label=far)
        panel.set_xscale("log")
        panel.set_xticks(values, [f"{value:g}" for value in values], fontsize=9)
        panel.xaxis.set_minor_locator(NullLocator())
        panel.xaxis.set_minor_formatter(NullFormatter())
        # Room for the legend above the highest score there can be.
        panel.set_ylim(min(0, *whole), 1.3)
        panel.set_yticks([0, 0.25, 0.5, 0.75, 1])
        panel.tick_params(axis="y", labelsize=9)
        panel.set_xlabel(words("perplexity"), fontsize=10)
        panel.grid(axis="y")
        panel.legend(loc="upper left", fontsize=9, borderaxespad=0, labelspacing=0.2)

    def render(theme: Theme) -> Figure:
        maps = [
            small(results, one, f"{name}: {words.percent(near)}")
            for one, name, near in zip(records, names, recall, strict=True)
        ]
        class_names = results.catalogue.data.class_names
        return sheet(maps, COLUMNS, ROW_HEIGHT, class_names, theme, last=curves)

    said = words("; ").join(
        words(
            "{setting}: recall {recall}, rank correlation of distances {whole}",
            setting=name,
            recall=words.percent(near),
            whole=words.number(far, 2),
        )
        for name, near, far in zip(names, recall, whole, strict=True)
    )
    n = words.number(records[0].arrays["coordinates"].shape[0])
    alt = words(
        "t-SNE maps of {n} images at {k} perplexities; {settings}",
        n=n,
        k=len(records),
        settings=said,
    )
    caption = words(
        "The same {n} images at several perplexities; above each map its recall of the 15 nearest neighbours",
        n=n,
    )
    return Picture(alt, caption, render, dense=True)
