"""The test images that most classifiers misclassify: each with its label, and what is predicted for it."""

import numpy as np
from matplotlib.figure import Figure

from generator.record import Results
from generator.report.classifiers import answers
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.rows import rows

SUBJECT = "classifiers"
WORDLESS = True

MOST, COLUMNS = 20, 4
#: Answers told of each image.
ANSWERS = 3


def draw(results: Results, words: Words) -> Picture | None:
    said = answers(results, rows(results, "classifiers"))
    if said is None or not said.failures.any():
        return None
    class_names = results.catalogue.data.class_names
    k = len(said.tasks)

    def wrong_votes(place: int) -> list[tuple[int, int]]:
        return [(taken, count) for taken, count in said.votes(place) if taken != said.true[place]]

    # Those that most misclassify first; of equally many, those on which most agree.
    misclassified = np.flatnonzero(said.failures).tolist()
    shown = sorted(misclassified, key=lambda place: (-said.failures[place], -wrong_votes(place)[0][1]))[:MOST]

    def render(_theme: Theme) -> Figure:
        rows = -(-len(shown) // COLUMNS)
        figure, axes = style.new_figure(1.65 * rows, rows, COLUMNS, gap=0.06)
        for panel in axes.flat:
            style.hide_frame(panel)
        images = results.images()
        for panel, place in zip(axes.flat, shown, strict=False):
            panel.imshow(images[said.index[place]], cmap="gray", vmin=0, vmax=255, interpolation="nearest")
            panel.set_title(f"{class_names[said.true[place]]}   {said.failures[place]}/{k}", fontsize=11, pad=3)
            taken = [f"{class_names[one]}×{count}" for one, count in wrong_votes(place)[:ANSWERS]]
            panel.set_xlabel("  ".join(taken), fontsize=10, labelpad=2)
        return figure

    first = shown[0]
    alt = words(
        "The {shown} test images that most of {k} classifiers get wrong, of {n} that any gets wrong; the "
        "first is labelled {true}, {failures} get it wrong, {votes} of them predict {taken}",
        shown=len(shown),
        k=k,
        n=words.number(len(misclassified)),
        true=class_names[said.true[first]],
        failures=int(said.failures[first]),
        votes=wrong_votes(first)[0][1],
        taken=class_names[wrong_votes(first)[0][0]],
    )
    caption = words(
        "Above each image its label and how many of the {k} classifiers get it wrong; below, what they "
        "predict and how many do",
        k=k,
    )
    return Picture(alt, caption, render)
