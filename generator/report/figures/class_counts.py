"""How many images each class has, in the training and in the test part."""

import numpy as np
from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "data"


def draw(results: Results, words: Words) -> Picture | None:
    data = results.catalogue.data
    labels = results.labels()
    n_classes = len(data.class_names)
    train = np.bincount(labels[: data.n_train], minlength=n_classes)
    test = np.bincount(labels[data.n_train :], minlength=n_classes)
    both = train + test

    def render(_theme: Theme) -> Figure:
        figure, axes = style.new_figure(3.6)
        panel = axes[0, 0]
        places = np.arange(n_classes)
        panel.bar(places, train, color=style.CLASS_COLOURS[0], label=words("training images"))
        panel.bar(places, test, bottom=train, color=style.CLASS_COLOURS[0], alpha=0.45, label=words("test images"))
        panel.set_xticks(places, data.class_names)
        panel.tick_params(axis="x", length=0)
        panel.set_xlabel(words("class"))
        panel.set_ylabel(words("number of images"))
        panel.yaxis.set_major_formatter(lambda value, _: words.number(value))
        panel.grid(axis="y")
        figure.legend(loc="outside upper center", ncols=2)
        return figure

    alt = words(
        "Number of images of each class: from {least} (class {rarest}) to {most} (class {largest})",
        least=words.number(int(both.min())),
        rarest=data.class_names[int(both.argmin())],
        most=words.number(int(both.max())),
        largest=data.class_names[int(both.argmax())],
    )
    caption = words(
        "Images by class: {train} for training, {test} for the test",
        train=words.number(data.n_train),
        test=words.number(data.n_images - data.n_train),
    )
    return Picture(alt, caption, render)
