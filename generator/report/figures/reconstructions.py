"""Test images above what each variant of an autoencoder makes of them."""

import numpy as np
from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import variant_title

SUBJECT = "method"

#: Images of each class that are shown.
EACH = 2


def draw(results: Results, slug: str, words: Words) -> Picture | None:
    records = [one for one in results.of(slug).values() if "reconstructions" in one.arrays]
    if not records:
        return None
    data = results.catalogue.data
    labels = results.labels()[data.n_train :]  # (n_test,)
    shown = first_of_each(labels, len(data.class_names), EACH)  # (EACH, c), -1 where there is none
    titles = [words("original"), *(variant_title(words, results.catalogue, one.task) for one in records)]

    def render(_theme: Theme) -> Figure:
        originals = results.images()[data.n_train :]
        sources = [originals, *(results.array(one.task.id, "reconstructions") for one in records)]
        figure, axes = style.new_figure(EACH * (0.25 + 0.43 * len(sources)), EACH, gap=0.08)
        for panel, places in zip(axes[:, 0], shown, strict=True):
            rows = [np.where((places >= 0)[:, None, None], source[places], 0) for source in sources]
            strips = np.concatenate(rows, axis=1)  # (c, 28 rows, 28)
            panel.imshow(np.concatenate(list(strips), axis=1), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
            panel.set_yticks(28 * np.arange(len(sources)) + 14, titles)
            panel.set_xticks(28 * np.arange(len(places)) + 14, data.class_names)
            panel.xaxis.tick_top()
            panel.tick_params(length=0, pad=2)
            for spine in panel.spines.values():
                spine.set_visible(False)
        return figure

    errors = words("; ").join(
        f"{title} {words.number(float(one.facts['reconstruction_error']), 3)}"
        for title, one in zip(titles[1:], records, strict=True)
    )
    alt = words(
        "{n} test images, {each} of each class, above their reconstructions; mean squared error over all test images: "
        "{errors}",
        n=int((shown >= 0).sum()),
        each=EACH,
        errors=errors,
    )
    caption = words(
        "The first {each} test images of each class, and what is left of them after the bottleneck; mean squared "
        "error: {errors}",
        each=EACH,
        errors=errors,
    )
    return Picture(alt, caption, render)


def first_of_each(labels: np.ndarray, n_classes: int, each: int) -> np.ndarray:
    """Positions of the first images of every class: (each, n_classes) int64, -1 where a class has fewer."""
    places = np.full((each, n_classes), -1)
    for label in range(n_classes):
        found = np.flatnonzero(labels == label)[:each]
        places[: len(found), label] = found
    return places
