"""The same embeddings on one t-SNE map for each seed: what stays, and what the seed decides."""

from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.multiples import members
from generator.report.figures.noisy_2d import name, scatter
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "method"

COLUMNS = 2


def draw(results: Results, slug: str, words: Words) -> Picture | None:
    records = members(results, slug, "seed")
    if not records:
        return None
    purities = [words.percent(one.metric("noise_purity").value) for one in records]

    def render(theme: Theme) -> Figure:
        rows = -(-len(records) // COLUMNS)
        figure, axes = style.new_figure(2.6 * rows, rows, COLUMNS, gap=0.05)
        for panel in axes.flat:
            style.hide_frame(panel)
        for panel, record, purity in zip(axes.flat, records, purities, strict=False):
            scatter(panel, results, record, theme, share=0.4)
            seed = words("seed {seed}", seed=record.task.seed)
            panel.set_title(f"{seed}  {purity}", fontsize=11, pad=4)
            style.frame(panel, theme)
        style.settle(figure)
        for panel, record in zip(axes.flat, records, strict=False):
            name(panel, results, record, theme, size=11)
        return figure

    said = words("; ").join(purities)
    alt = words(
        "{k} t-SNE maps of digits and noise, with the noise among the nearest 10 of noise: {shares}",
        k=len(records),
        shares=said,
    )
    caption = words(
        "The same feature vectors under {k} seeds, each from its own random initialisation; beside the "
        "seed, the share of noise among the nearest 10 of noise",
        k=len(records),
    )
    return Picture(alt, caption, render, dense=True)
