"""Accuracy in cross-validation after each epoch: mean and spread over the folds, for each number of images."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "method"

ARRAYS = ("train_accuracy", "validation_accuracy")  # (folds, epochs) each


def draw(results: Results, slug: str, words: Words) -> Picture | None:
    # A choice of more images than there are is a choice of all: shown once.
    found = {
        int(one.facts["n_images"]): one
        for one in reversed(results.of(slug).values())
        if one.failure is None and set(ARRAYS) <= one.arrays.keys()
    }
    if not found:
        return None
    numbers = sorted(found, reverse=True)
    curves = {
        (n, name): 100 * np.asarray(results.array(found[n].task.id, name), np.float64)
        for n in numbers
        for name in ARRAYS
    }
    looks = (
        (words("images learned from"), style.CLASS_COLOURS[0], "-"),
        (words("images held out"), style.CLASS_COLOURS[1], "--"),
    )

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(0.7 + 2.1 * len(numbers), len(numbers), share_x=True)
        lines = {}
        lowest = min(float((values.mean(axis=0) - values.std(axis=0, ddof=1)).min()) for values in curves.values())
        for panel, n in zip(axes[:, 0], numbers, strict=True):
            for name, (label, colour, dashes) in zip(ARRAYS, looks, strict=True):
                values = curves[n, name]
                epochs = np.arange(1, values.shape[1] + 1)
                mean, spread = values.mean(axis=0), values.std(axis=0, ddof=1)
                panel.fill_between(epochs, mean - spread, mean + spread, color=colour, alpha=0.25, linewidth=0)
                (lines[label],) = panel.plot(epochs, mean, dashes, color=colour)
            panel.set_title(words("{n} images", n=words.number(n)), loc="left", fontsize=11.5, pad=4)
            panel.set_ylabel(words("accuracy (%)"))
            panel.set_ylim(lowest, 101)
            panel.grid(axis="y")
        panel.set_xlabel(words("epoch"))
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.legend(lines.values(), lines.keys(), loc="outside upper center", ncols=2)
        return figure

    def end(n: int, name: str) -> str:
        last = curves[n, name][:, -1]
        return f"{words.number(last.mean(), 1)} ± {words.percent(last.std(ddof=1) / 100, 2)}"

    said = words("; ").join(
        words(
            "{n} images: training {train}, held out {held_out}",
            n=words.number(n),
            train=end(n, ARRAYS[0]),
            held_out=end(n, ARRAYS[1]),
        )
        for n in numbers
    )
    folds, epochs = curves[numbers[0], ARRAYS[0]].shape
    alt = words(
        "Accuracy in cross-validation with {folds} folds after {epochs} epochs, mean ± standard deviation; {settings}",
        folds=folds,
        epochs=epochs,
        settings=said,
    )
    caption = words(
        "Accuracy after each epoch in cross-validation with {folds} folds: the mean, and a standard deviation either "
        "way",
        folds=folds,
    )
    return Picture(alt, caption, render)
