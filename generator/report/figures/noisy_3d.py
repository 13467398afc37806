"""Embeddings of digits and noise in space, from two sides."""

from matplotlib.figure import Figure

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.noisy_2d import name, scatter, told
from generator.report.figures.scatter import space
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "experiment"
WORDLESS = True

AZIMUTHS = (-60, 30)  # degrees


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    if record.arrays["coordinates"].shape[1] != 3:
        return None

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(2.8, 1, len(AZIMUTHS), gap=0.02)
        panels = []
        for flat, azimuth in zip(axes.flat, AZIMUTHS, strict=True):
            place = flat.get_subplotspec()
            flat.remove()
            panel = space(figure, theme, place, azimuth, small=True)
            scatter(panel, results, record, theme, share=0.4)
            panel.set_title(f"{azimuth}°", pad=0)
            panels.append(panel)
        style.settle(figure)
        for panel in panels:
            name(panel, results, record, theme, size=11)
        return figure

    return Picture(*told(results, record, words), render, dense=True)
