"""The mistakes a classifier was surest of: each image with its true and its predicted class.

How sure it was is the probability it gave to its answer, or, without probabilities, how far the winner's score lay
above the runner-up's.
"""

import numpy as np
from matplotlib.figure import Figure

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "experiment"
WORDLESS = True

MOST, COLUMNS = 20, 5


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    task = record.task.id
    predicted = np.asarray(results.array(task, "predictions"))  # (n,)
    given = "probabilities" in record.arrays
    if given:
        answers = predicted[:, None].astype(int)
        confidence = np.take_along_axis(results.array(task, "probabilities"), answers, axis=1)[:, 0]
    elif "scores" in record.arrays:
        confidence = margins(np.asarray(results.array(task, "scores")))
    else:
        return None
    index = results.array(task, "index")
    true = results.labels()[index]
    wrong = np.flatnonzero(predicted != true)
    if len(wrong) == 0:
        return None
    shown = wrong[np.argsort(-confidence[wrong], kind="stable")][:MOST]
    class_names = results.catalogue.data.class_names

    def render(_theme: Theme) -> Figure:
        rows = -(-len(shown) // COLUMNS)
        figure, axes = style.new_figure(1.4 * rows, rows, COLUMNS, gap=0.06)
        for panel in axes.flat:
            style.hide_frame(panel)
        for panel, one in zip(axes.flat, shown, strict=False):
            panel.imshow(results.images()[index[one]], cmap="gray", vmin=0, vmax=255, interpolation="nearest")
            panel.set_title(f"{class_names[true[one]]} → {class_names[predicted[one]]}", fontsize=12, pad=3)
            sure = f"{100 * confidence[one]:.1f} %" if given else f"+{confidence[one]:.2f}"
            panel.set_xlabel(sure, fontsize=10, labelpad=2)
        return figure

    first = shown[0]
    values = {
        "shown": len(shown),
        "wrong": words.number(len(wrong)),
        "method": words(results.catalogue.experiment(record.task.experiment).title),
        "true": class_names[true[first]],
        "predicted": class_names[predicted[first]],
    }
    if given:
        alt = words(
            "The {shown} most confident of {wrong} misclassifications of {method}; the first is {true} "
            "predicted as {predicted} with {share} confidence",
            share=words.percent(float(confidence[first])),
            **values,
        )
        caption = words("The most confident misclassifications: true → predicted class, and below the confidence")
    else:
        alt = words(
            "The {shown} of {wrong} misclassifications of {method} with the largest margin; the first is "
            "{true} predicted as {predicted}, whose score is {margin} above the next",
            margin=words.number(float(confidence[first]), 2),
            **values,
        )
        caption = words(
            "The misclassifications with the largest margin: true → predicted class, and below how far its "
            "score lies above the next one's"
        )
    return Picture(alt, caption, render)


def margins(scores: np.ndarray) -> np.ndarray:
    """How far the greatest of each row (n, c) lies above the second greatest: (n,)."""
    second, first = np.sort(scores, axis=1)[:, -2:].T
    return np.asarray(first - second)
