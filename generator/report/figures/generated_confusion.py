"""What a classifier sees in the reconstructions of each digit."""

import numpy as np
from matplotlib.figure import Figure

from generator.record import Record, Results
from generator.report.figures.confusion import matrix
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import variant_title

SUBJECT = "experiment"


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    if "confusion" not in record.arrays:
        return None
    counts = np.asarray(results.array(record.task.id, "confusion"))  # (c, c), rows = true class
    class_names = results.catalogue.data.class_names

    def render(theme: Theme) -> Figure:
        return matrix(counts, class_names, words("true class"), words("predicted class of the reconstruction"), theme)

    wrong = counts - np.diag(np.diag(counts))
    true, seen = np.unravel_index(int(wrong.argmax()), wrong.shape)
    values = {
        "variant": variant_title(words, results.catalogue, record.task),
        "true": class_names[int(true)],
        "seen": class_names[int(seen)],
        "count": words.number(int(wrong.max())),
        "right": words.number(int(np.trace(counts))),
        "n": words.number(int(counts.sum())),
    }
    alt = words(
        "{variant}: {right} of {n} reconstructions are classified as the digit they were made from; the "
        "most frequent error is {true} predicted as {seen} (count: {count})",
        **values,
    )
    caption = words(
        "{variant}: reconstructed test images counted by true class and by the class that the classifier predicts",
        **values,
    )
    return Picture(alt, caption, render)
