"""The confusion matrix: which class is taken for which, and how often."""

import numpy as np
from matplotlib.colors import ListedColormap, LogNorm, to_rgb
from matplotlib.figure import Figure

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "experiment"

#: Colour of the largest count by theme, and the two that numbers may be written in.
ENDS = {style.LIGHT: "#0b4a8f", style.DARK: "#8cc8ff"}
INKS = ("#111318", "#ffffff")


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    counts = np.asarray(results.array(record.task.id, "confusion"))  # (c, c), rows = true class
    class_names = results.catalogue.data.class_names

    def render(theme: Theme) -> Figure:
        return matrix(counts, class_names, words("true class"), words("predicted class"), theme)

    right, n = int(np.trace(counts)), int(counts.sum())
    wrong = counts - np.diag(np.diag(counts))
    values = {
        "method": words(results.catalogue.experiment(record.task.experiment).title),
        "right": words.number(right),
        "n": words.number(n),
    }
    if wrong.any():
        true, predicted = np.unravel_index(int(wrong.argmax()), wrong.shape)
        alt = words(
            "Confusion matrix of {method}: {right} of {n} test images are classified correctly; the most "
            "frequent error is {true} predicted as {predicted} (count: {count})",
            true=class_names[int(true)],
            predicted=class_names[int(predicted)],
            count=words.number(int(wrong.max())),
            **values,
        )
    else:
        alt = words("Confusion matrix of {method}: {right} of {n} test images are classified correctly", **values)
    caption = words("{method}: test images counted by true and by predicted class", method=values["method"])
    return Picture(alt, caption, render)


def matrix(counts: np.ndarray, class_names: tuple[str, ...], rows: str, columns: str, theme: Theme) -> Figure:
    """Counts (c, c) as numbers on a logarithmic scale of colours; ``rows`` and ``columns`` name the axes."""
    figure, axes = style.new_figure(style.WIDTH)
    panel = axes[0, 0]
    norm = LogNorm(vmin=1, vmax=max(2, int(counts.max())))
    scale = ListedColormap(style.towards(theme, ENDS[theme], np.linspace(0.12, 1, 256)[:, None]))
    panel.imshow(np.ma.masked_equal(counts, 0), cmap=scale, norm=norm)
    for (row, column), count in np.ndenumerate(counts):
        if count:
            ground = scale(norm(count))
            ink = max(INKS, key=lambda colour: style.contrast(to_rgb(colour), ground))
            panel.text(column, row, str(count), ha="center", va="center", color=ink, fontsize=9.5)
    panel.set_xticks(range(len(class_names)), class_names)
    panel.set_yticks(range(len(class_names)), class_names)
    panel.set_xlabel(columns)
    panel.set_ylabel(rows)
    panel.tick_params(length=0)
    for spine in panel.spines.values():
        spine.set(visible=True, color=theme.rule)
    return figure
