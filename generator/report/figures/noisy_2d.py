"""Embeddings of digits and noise on a plane: does the noise keep to itself?"""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.scatter import Panel, dot_size, dots, name_classes
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import variant_title

SUBJECT = "experiment"
WORDLESS = True

#: The name of noise among the digits', as it is marked.
NOISE = "×"


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    if record.arrays["coordinates"].shape[1] != 2:
        return None

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(style.WIDTH)
        scatter(axes[0, 0], results, record, theme, share=1)
        style.frame(axes[0, 0], theme)
        style.settle(figure)
        name(axes[0, 0], results, record, theme, size=15)
        return figure

    return Picture(*told(results, record, words), render, dense=True)


def told(results: Results, record: Record, words: Words) -> tuple[str, str]:
    """Alternative text and caption of one map."""
    labels = results.array(record.task.id, "labels")
    values = {
        "variant": variant_title(words, results.catalogue, record.task),
        "n": words.number(len(labels)),
        "noise": words.number(int((labels == len(results.catalogue.data.class_names)).sum())),
        "silhouette": words.number(record.metric("noise_silhouette").value, 2),
        "purity": words.percent(record.metric("noise_purity").value),
    }
    alt = words(
        "{variant}: {n} test images, {noise} of them noise; silhouette of the noise {silhouette}, noise among the "
        "nearest 10 of noise {purity}",
        **values,
    )
    if record.facts["weights"] == "trained":
        caption = words("{variant}: colours are predicted classes, crosses are noise; axes have no unit", **values)
    else:
        caption = words("{variant}: colours are true classes, crosses are noise; axes have no unit", **values)
    return alt, caption


def marks(results: Results, record: Record) -> np.ndarray:
    """What each image is drawn as, (n,): the class that trained weights predict, or its own where the weights are
    random; one more than the last class for noise.
    """
    labels = np.asarray(results.array(record.task.id, "labels"))
    if record.facts["weights"] != "trained":
        return labels
    predicted = np.asarray(results.array(record.task.id, "predicted"))
    return np.where(labels == len(results.catalogue.data.class_names), labels, predicted)


def scatter(panel: Panel, results: Results, record: Record, theme: Theme, share: float) -> None:
    """Digits as dots in their classes' colours, noise as crosses; ``share`` of a figure that the panel takes up."""
    coordinates = np.asarray(results.array(record.task.id, "coordinates"))  # (n, d)
    drawn = marks(results, record)
    noise = drawn == len(results.catalogue.data.class_names)
    size = dot_size(len(drawn)) * share
    dots(panel, coordinates[~noise], drawn[~noise], size)
    depth: dict[str, Any] = {"depthshade": False} if coordinates.shape[1] == 3 else {}
    panel.scatter(*coordinates[noise].T, s=max(6, 4 * size), c=theme.ink, marker="x", linewidths=0.7, **depth)


def name(panel: Panel, results: Results, record: Record, theme: Theme, size: float) -> None:
    """Write the classes' names, and the cross of noise; the panel's limits must be final."""
    coordinates = np.asarray(results.array(record.task.id, "coordinates"))
    names = (*results.catalogue.data.class_names, NOISE)
    name_classes(panel, coordinates, marks(results, record), names, theme, size)
