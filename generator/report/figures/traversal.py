"""What the decoder draws from a grid over its latent plane: what each latent variable does."""

import numpy as np
from matplotlib.figure import Figure

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label

SUBJECT = "experiment"


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    if "traversal" not in record.arrays:
        return None
    images = results.array(record.task.id, "traversal")  # (r, c, 28, 28)
    first, second = np.asarray(results.array(record.task.id, "traversal_at"))  # (c,), (r,), ascending; r = c
    rows, columns, height, width = images.shape

    def numbers(at: np.ndarray) -> list[str]:
        return [words.number(round(float(one), 1) + 0.0, 1) for one in at]  # no -0.0

    def render(_theme: Theme) -> Figure:
        figure, axes = style.new_figure(style.WIDTH)
        panel = axes[0, 0]
        painted = np.asarray(images).transpose(0, 2, 1, 3).reshape(rows * height, columns * width)
        panel.imshow(painted, cmap="gray", vmin=0, vmax=255)
        # The first row has the greatest second variable.
        ticks = np.linspace(0, len(first) - 1, 5).round().astype(int)
        panel.set_xticks((ticks + 0.5) * width, numbers(first[ticks]))
        panel.set_yticks((len(second) - ticks - 0.5) * height, numbers(second[ticks]))
        panel.set_xlabel(words("latent variable {i}", i=1))
        panel.set_ylabel(words("latent variable {i}", i=2))
        panel.tick_params(length=3)
        for spine in panel.spines.values():
            spine.set_visible(False)
        return figure

    method = task_label(words, results.catalogue, record.task)
    values = {"method": method, "rows": rows, "columns": columns}
    alt = words("{method}: images decoded from {columns} × {rows} points of the latent plane", **values)
    caption = words("{method}: what the decoder draws at {columns} × {rows} points of the latent plane", **values)
    return Picture(alt, caption, render, dense=True)
