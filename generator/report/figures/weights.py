"""What a linear classifier has learned: one image of weights for each class."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "experiment"
WORDLESS = True

#: Ends of the scale by theme: brighter where the page is dark.
ENDS = {style.LIGHT: ("#c0301a", "#1f5fbf"), style.DARK: ("#ff7a5c", "#6db3ff")}


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    if "weights" not in record.arrays:
        return None
    weights = np.asarray(results.array(record.task.id, "weights"))  # (784, c)
    class_names = results.catalogue.data.class_names

    def render(theme: Theme) -> Figure:
        return signed_images(weights.T.reshape(-1, 28, 28), class_names, theme)

    title = words(results.catalogue.experiment(record.task.experiment).title)
    values = {"method": title, "classes": len(class_names), "low": words.number(float(weights.min()), 2)}
    values["high"] = words.number(float(weights.max()), 2)
    alt = words("{method}: weights of {classes} classes as images, from {low} to {high}", **values)
    caption = words("Weights by class: blue pixels speak for the class, red ones against it")
    return Picture(alt, caption, render)


def signed_images(images: np.ndarray, titles: tuple[str, ...], theme: Theme) -> Figure:
    """Images (k, 28, 28) of positive and negative numbers, five in a row, zero in the page's own colour.

    Each has its own scale, so that its shape shows whatever its size.
    """
    columns = 5
    rows = -(-len(images) // columns)
    figure, axes = style.new_figure(1.25 * rows, rows, columns)
    for panel in axes.flat:
        style.hide_frame(panel)
    for panel, image, title in zip(axes.flat, images, titles, strict=False):
        most = float(np.abs(image).max()) or 1.0
        panel.imshow(image, cmap=diverging(theme), vmin=-most, vmax=most, interpolation="nearest")
        panel.set_title(title, fontsize=11, pad=3)
        for spine in panel.spines.values():
            spine.set(visible=True, color=theme.rule)
    return figure


def diverging(theme: Theme) -> ListedColormap:
    """From red over the page's colour to blue."""
    red, blue = ENDS[theme]
    share = np.linspace(0, 1, 128)[:, None]
    return ListedColormap(np.concatenate([style.towards(theme, red, share[::-1]), style.towards(theme, blue, share)]))
