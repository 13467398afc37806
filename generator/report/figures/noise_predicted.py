"""Which classes noise is taken for."""

import numpy as np
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.confusion import ENDS, INKS
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import variant_title

SUBJECT = "method"


def draw(results: Results, slug: str, words: Words) -> Picture | None:
    records = [one for one in results.of(slug).values() if one.failure is None]
    if not records:
        return None
    class_names = results.catalogue.data.class_names
    titles = [variant_title(words, results.catalogue, one.task) for one in records]
    shares = np.array([_shares(results, one.task.id, len(class_names)) for one in records])  # (variants, c)

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(0.9 + 0.5 * len(records))
        panel = axes[0, 0]
        scale = ListedColormap(style.towards(theme, ENDS[theme], np.linspace(0, 1, 256)[:, None]))
        panel.imshow(shares, cmap=scale, vmin=0, vmax=1, aspect="auto")
        for (row, column), share in np.ndenumerate(shares):
            if share:
                ink = max(INKS, key=lambda colour: style.contrast(to_rgb(colour), scale(share)))
                text = "<1" if share < 0.005 else f"{100 * share:.0f}"
                panel.text(column, row, text, ha="center", va="center", color=ink, fontsize=10)
        panel.set_xticks(range(len(class_names)), class_names)
        panel.set_yticks(range(len(records)), [style.wrapped(title, 13) for title in titles], fontsize=10)
        panel.set_xlabel(words("predicted class (% of the noise)"))
        panel.tick_params(length=0)
        for spine in panel.spines.values():
            spine.set(visible=True, color=theme.rule)
        return figure

    said = words("; ").join(
        words(
            "{variant}: {share} as {digit}",
            variant=title,
            digit=class_names[int(row.argmax())],
            share=words.percent(float(row.max())),
        )
        for title, row in zip(titles, shares, strict=True)
    )
    alt = words("What noise is mostly predicted as; {variants}", variants=said)
    caption = words("Which class each network takes the images of noise for, in percent of them")
    return Picture(alt, caption, render)


def _shares(results: Results, task: str, n_classes: int) -> np.ndarray:
    """Share of the noise that is predicted as each class: (n_classes,)."""
    noise = np.asarray(results.array(task, "labels")) == n_classes
    counts = np.bincount(np.asarray(results.array(task, "predicted"))[noise], minlength=n_classes)
    return counts / max(1, int(counts.sum()))
