"""Digits and noise on four kinds of maps: of a trained and of an untrained network, by PCA and by t-SNE."""

from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.noisy_2d import name, scatter
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "method"

WEIGHTS = ("trained", "random")  # by columns
ROWS = tuple((method, noise) for noise in ("published", "distinct") for method in ("pca2", "tsne2"))


def draw(results: Results, slug: str, words: Words) -> Picture | None:
    records = {name: one for name, one in results.of(slug).items() if one.failure is None}
    grid = [[records.get(f"{method}_{weights}_{noise}") for weights in WEIGHTS] for method, noise in ROWS]
    shown = [one for row in grid for one in row if one is not None]
    if not shown:
        return None
    of_weights = {"trained": words("trained"), "random": words("random weights")}
    of_methods = {"pca2": words("PCA"), "tsne2": words("t-SNE")}
    of_noise = {"published": words("article's noise"), "distinct": words("distinct noise")}

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(2.55 * len(ROWS), len(ROWS), len(WEIGHTS), gap=0.05)
        for panel in axes.flat:
            style.hide_frame(panel)
        for (method, noise), row, panels in zip(ROWS, grid, axes, strict=True):
            panels[0].set_ylabel(words("{method}: {variant}", method=of_methods[method], variant=of_noise[noise]))
            for weights, record, panel in zip(WEIGHTS, row, panels, strict=True):
                if record is not None:
                    scatter(panel, results, record, theme, share=0.4)
                    silhouette = words.number(record.metric("noise_silhouette").value, 2)
                    panel.set_title(f"{of_weights[weights]}  {silhouette}", fontsize=11, pad=4)
                    style.frame(panel, theme)
        style.settle(figure)
        for row, panels in zip(grid, axes, strict=True):
            for record, panel in zip(row, panels, strict=True):
                if record is not None:
                    name(panel, results, record, theme, size=11)
        return figure

    said = words("; ").join(
        f"{of_methods[method]}, {of_noise[noise]}, {of_weights[weights]} "
        f"{words.number(record.metric('noise_silhouette').value, 2)}"
        for (method, noise), row in zip(ROWS, grid, strict=True)
        for weights, record in zip(WEIGHTS, row, strict=True)
        if record is not None
    )
    alt = words(
        "Digits and noise in {k} embeddings, with the silhouette of the noise: {scores}", k=len(shown), scores=said
    )
    caption = words(
        "Digits (colours: predicted class where trained, else true class) and noise (crosses); above each map the "
        "silhouette of the noise, at most 1 and higher where it lies apart"
    )
    return Picture(alt, caption, render, dense=True)
