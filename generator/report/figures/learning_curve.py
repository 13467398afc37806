"""Loss and accuracy after each epoch, with the epoch whose weights were kept."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label

SUBJECT = "experiment"

#: Arrays by panel: those of the training images, then those of images held out.
PANELS = {"loss": ("train_loss", "held_out_loss"), "accuracy": ("train_accuracy", "held_out_accuracy")}


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    curves = {
        name: np.asarray(results.array(record.task.id, name))  # (epochs,)
        for names in PANELS.values()
        for name in names
        if name in record.arrays
    }
    panels = {panel: names for panel, names in PANELS.items() if curves.keys() & set(names)}
    if not panels:
        return None
    n_epochs = len(next(iter(curves.values())))
    epochs = np.arange(1, n_epochs + 1)
    best = record.facts.get("best_epoch")
    losses = {
        "nats": words("loss (nats)"),
        "mean squared error": words("loss (mean squared error)"),
        "negative ELBO": words("loss (negative ELBO)"),
    }
    titles = {
        "loss": losses.get(str(record.facts.get("loss", "nats")), words("loss")),
        "accuracy": words("accuracy (%)"),
    }
    lines = (
        (words("training images"), style.CLASS_COLOURS[0], "-"),
        (words("images held out"), style.CLASS_COLOURS[1], "--"),
    )

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(0.4 + 2.4 * len(panels), len(panels), share_x=True)
        # A single epoch would be an invisible line.
        marker = "o" if n_epochs == 1 else None
        known = {}
        for panel, (title, names) in zip(axes[:, 0], panels.items(), strict=True):
            for name, (label, colour, dashes) in zip(names, lines, strict=True):
                if name in curves:
                    scale = 100 if title == "accuracy" else 1
                    (known[label],) = panel.plot(epochs, scale * curves[name], dashes, color=colour, marker=marker)
            panel.set_ylabel(titles[title])
            panel.grid(axis="y")
            if best is not None:
                panel.axvline(float(best), color=theme.quiet, linewidth=1.2, linestyle=":")
        if "loss" in panels:
            values = np.concatenate([curves[name] for name in panels["loss"] if name in curves])
            if values.min() >= 0:
                axes[0, 0].set_ylim(bottom=0)
            # One epoch in which the loss runs away must not flatten all others: there the curve leaves the panel.
            usual = 3 * float(np.quantile(values, 0.9))
            if values.max() > 10 * usual > 0:
                axes[0, 0].set_ylim(top=usual)
        panel.set_xlabel(words("epoch"))
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.legend(known.values(), known.keys(), loc="outside upper center", ncols=2)
        if best is not None:
            early = float(best) < n_epochs / 2
            axes[0, 0].annotate(
                words("best epoch: {epoch}", epoch=best),
                (float(best), 1),
                xycoords=("data", "axes fraction"),
                xytext=(5 if early else -5, -4),
                textcoords="offset points",
                ha="left" if early else "right",
                va="top",
            )
        return figure

    said = []
    for name, curve in curves.items():
        ends = {"first": _text(words, name, curve[0]), "last": _text(words, name, curve[-1])}
        said.append(words("{curve} from {first} to {last}", curve=_title(words, name), **ends))
    method = task_label(words, results.catalogue, record.task)
    values = {"method": method, "epochs": n_epochs, "curves": words("; ").join(said)}
    alt = words("Learning curves of {method} over {epochs} epochs: {curves}", **values)
    if "accuracy" in panels:
        caption = words("{method}: loss and accuracy after each epoch", method=method)
    else:
        caption = words("{method}: loss after each epoch", method=method)
    return Picture(alt, caption, render)


def _title(words: Words, name: str) -> str:
    return {
        "train_loss": words("training loss"),
        "held_out_loss": words("loss on images held out"),
        "train_accuracy": words("training accuracy"),
        "held_out_accuracy": words("accuracy on images held out"),
    }[name]


def _text(words: Words, name: str, value: float) -> str:
    return words.percent(float(value), 2) if name.endswith("accuracy") else words.number(float(value), 3)
