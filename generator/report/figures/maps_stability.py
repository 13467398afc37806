"""How much a map changes with the seed alone."""

from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import variant_title

SUBJECT = "maps"

STUDY = "stability"


def draw(results: Results, words: Words) -> Picture | None:
    records = [
        one
        for one in results.of(STUDY).values()
        if one.failure is None and results.catalogue.variant(one.task).compared
    ]
    if not records:
        return None
    methods = [variant_title(words, results.catalogue, one.task) for one in records]
    panels = {
        "procrustes": words("Procrustes disparity between two seeds (0: the same shape)"),
        "neighbour_overlap_15": words("15 nearest neighbours that two seeds share (%)"),
    }

    def render(_theme: Theme) -> Figure:
        figure, axes = style.new_figure(len(panels) * (0.9 + 0.42 * len(records)), len(panels), gap=0.08)
        for panel, (name, title) in zip(axes[:, 0], panels.items(), strict=True):
            scale = 100 if name == "neighbour_overlap_15" else 1
            for place, record in enumerate(records):
                metric = record.metric(name)
                if metric.low is not None and metric.high is not None:
                    panel.plot(
                        [scale * metric.low, scale * metric.high], [place, place], color=style.ACCENT, linewidth=3
                    )
                panel.plot(scale * metric.value, place, "o", color=style.ACCENT, markersize=8)
                panel.annotate(
                    words.number(scale * metric.value, 1 if scale > 1 else 3),
                    (scale * metric.value, place),
                    xytext=(0, 8),
                    textcoords="offset points",
                    ha="center",
                    fontsize=10,
                )
            panel.set_yticks(range(len(records)), methods)
            panel.set_ylim(len(records) - 0.5, -0.7)
            panel.set_xlim(0, scale)
            panel.set_xlabel(style.wrapped(title, 25), fontsize=11)
            panel.tick_params(axis="y", length=0)
            panel.grid(axis="x")
        return figure

    said = words("; ").join(
        f"{method} {words.number(record.metric('procrustes').value, 3)}, "
        f"{words.percent(record.metric('neighbour_overlap_15').value)}"
        for method, record in zip(methods, records, strict=True)
    )
    alt = words("Procrustes disparity between seeds, and nearest neighbours they share: {methods}", methods=said)
    caption = words(
        "Embeddings of the same images under five seeds, compared in pairs: mean, and from the least to "
        "the greatest pair"
    )
    return Picture(alt, caption, render)
