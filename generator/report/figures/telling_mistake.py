"""One mistake of a linear classifier taken apart: the surest 4 taken for a 9, and which pixels speak for what."""

import numpy as np
from matplotlib.figure import Figure

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.figures.weights import diverging
from generator.report.i18n import Words

SUBJECT = "experiment"

#: The confusion that the article looks at; where it does not occur, the commonest one takes its place.
TRUE, TAKEN = "4", "9"


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    if not {"weights", "bias", "probabilities", "confusion"} <= record.arrays.keys():
        return None
    task, class_names = record.task.id, results.catalogue.data.class_names
    found = choose(np.asarray(results.array(task, "confusion")), class_names)
    if found is None:
        return None
    true, taken = found
    index, predicted = (np.asarray(results.array(task, name)) for name in ("index", "predictions"))
    probabilities = np.asarray(results.array(task, "probabilities"))  # (n, c)
    confused = np.flatnonzero((results.labels()[index] == true) & (predicted == taken))
    one = int(confused[probabilities[confused, taken].argmax()])
    image = np.asarray(results.images()[index[one]])  # (28, 28)
    weights, bias = (np.asarray(results.array(task, name), np.float64) for name in ("weights", "bias"))
    against = (weights[:, taken] - weights[:, true]).reshape(image.shape)
    evidence = against * image / 255  # what each pixel adds to the one score over the other
    offset = float(bias[taken] - bias[true])
    names = {"true": class_names[true], "taken": class_names[taken]}

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(4.1, 2, 3, ratios=(1.25, 1))
        titles = (
            words("{true}, predicted as {taken}", **names),
            words("weights: {taken} minus {true}", **names),
            words("image × weights"),
        )
        for panel, title in zip(axes[0], titles, strict=True):
            style.frame(panel, theme)
            panel.set_title(style.wrapped(title, 10.5), fontsize=10.5, pad=4)
        axes[0, 0].imshow(image, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        for panel, values in ((axes[0, 1], against), (axes[0, 2], evidence)):
            most = float(np.abs(values).max()) or 1.0
            panel.imshow(values, cmap=diverging(theme), vmin=-most, vmax=most, interpolation="nearest")
        # One row of bars in place of three panels.
        place = axes[1, 0].get_gridspec()[1, :]
        for panel in axes[1]:
            panel.remove()
        bars = figure.add_subplot(place)
        colours = [style.ACCENT if k in (true, taken) else theme.quiet for k in range(len(class_names))]
        bars.bar(range(len(class_names)), 100 * probabilities[one], color=colours)
        bars.set_xticks(range(len(class_names)), class_names)
        bars.set_ylim(0, 100)
        bars.set_xlabel(words("class"))
        bars.set_ylabel(words("probability (%)"))
        bars.grid(axis="y")
        return figure

    values = {
        **names,
        "n": words.number(len(confused)),
        "taken_share": words.percent(float(probabilities[one, taken])),
        "true_share": words.percent(float(probabilities[one, true])),
        "sum": words.number(float(evidence.sum()) + offset, 2),
    }
    alt = words(
        "{true} predicted as {taken}, the most confident of {n}: {taken} gets {taken_share}, {true} "
        "{true_share}; over all pixels and the bias the score of {taken} is {sum} above that of {true}",
        **values,
    )
    caption = words(
        "The most confident of the {n} test images of {true} that are predicted as {taken}. Blue pixels "
        "speak for {taken}, red ones for {true}; with the bias they add up to {sum}, the natural logarithm "
        "of the probability of {taken} divided by that of {true}",
        **values,
    )
    return Picture(alt, caption, render)


def choose(counts: np.ndarray, class_names: tuple[str, ...]) -> tuple[int, int] | None:
    """The confusion to look at, as true and predicted class; ``None`` where there is none at all.

    ``counts``: (c, c), rows = true class.
    """
    if TRUE in class_names and TAKEN in class_names:
        true, taken = class_names.index(TRUE), class_names.index(TAKEN)
        if counts[true, taken]:
            return true, taken
    wrong = counts - np.diag(np.diag(counts))
    if not wrong.any():
        return None
    return divmod(int(wrong.argmax()), len(class_names))
