"""The principal components as images: what each axis adds and takes away."""

import numpy as np
from matplotlib.figure import Figure

from generator.record import Record, Results
from generator.report.figures.style import Picture, Theme
from generator.report.figures.weights import signed_images
from generator.report.i18n import Words

SUBJECT = "experiment"
WORDLESS = True

MOST = 10


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    declaration = results.catalogue.experiment(record.task.experiment)
    if "components" not in record.arrays or record.task.variant != declaration.variants[0].name:
        return None  # the axes are the same in every variant
    components = np.asarray(results.array(record.task.id, "components")).reshape(-1, 28, 28)[:MOST]  # (k, 28, 28)
    ratio = results.array(record.task.id, "explained_variance_ratio")  # (>= k,)
    titles = tuple(f"{i + 1}: {100 * ratio[i]:.1f} %" for i in range(len(components)))

    def render(theme: Theme) -> Figure:
        return signed_images(components, titles, theme)

    values = {"k": len(components), "share": words.percent(float(ratio[: len(components)].sum()))}
    alt = words("The first {k} principal components as images; together they hold {share} of the variance", **values)
    caption = words("Principal components and their shares of the variance: blue adds, red takes away")
    return Picture(alt, caption, render)
