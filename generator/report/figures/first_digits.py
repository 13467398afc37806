"""The first training images, each with its index and its label."""

import numpy as np
from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "data"
WORDLESS = True

SHOWN, COLUMNS = 24, 6


def draw(results: Results, words: Words) -> Picture | None:
    data = results.catalogue.data
    shown = min(SHOWN, data.n_train)
    images, labels = results.images()[:shown], results.labels()[:shown]
    names = [data.class_names[label] for label in labels]

    def render(_theme: Theme) -> Figure:
        rows = -(-shown // COLUMNS)
        figure, axes = style.new_figure(1.05 * rows, rows, COLUMNS)
        for panel in axes.flat:
            style.hide_frame(panel)
        for i, (panel, image, name) in enumerate(zip(axes.flat, np.asarray(images), names, strict=False)):
            panel.imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
            panel.set_title(str(i), loc="left", fontsize=10, pad=3)
            panel.set_title(name, loc="right", fontsize=12, pad=3)
        return figure

    alt = words("The first {n} training images; their labels are {labels}", n=shown, labels=" ".join(names))
    caption = words("The first {n} training images, with index (left) and label (right)", n=shown)
    return Picture(alt, caption, render)
