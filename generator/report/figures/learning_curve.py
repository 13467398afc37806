"""Loss and accuracy after each epoch, with the epoch whose weights were kept."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "experiment"

#: Columns of the ``history`` array.
LOSS, TRAIN_ACCURACY, VALIDATION_ACCURACY = range(3)


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    if "history" not in record.arrays:
        return None
    history = np.asarray(results.array(record.task.id, "history"))  # (epochs, 3)
    epochs = np.arange(1, len(history) + 1)
    best = record.facts.get("best_epoch")
    lines = {
        TRAIN_ACCURACY: (words("training images"), style.CLASS_COLOURS[0], "-"),
        VALIDATION_ACCURACY: (words("images held out"), style.CLASS_COLOURS[6], "--"),
    }
    known = {column: line for column, line in lines.items() if np.isfinite(history[:, column]).any()}

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(5.2, 2, share_x=True)
        loss, accuracy = axes[:, 0]
        # A single epoch would be an invisible line.
        marker = "o" if len(history) == 1 else None
        loss.plot(epochs, history[:, LOSS], color=style.CLASS_COLOURS[0], marker=marker)
        loss.set_ylabel(words("loss (nats)"))
        loss.set_ylim(bottom=0)
        for column, (label, colour, dashes) in known.items():
            accuracy.plot(epochs, 100 * history[:, column], dashes, color=colour, label=label, marker=marker)
        accuracy.set_ylabel(words("accuracy (%)"))
        accuracy.set_xlabel(words("epoch"))
        accuracy.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.legend(loc="outside upper center", ncols=2)
        for panel in (loss, accuracy):
            panel.grid(axis="y")
            if best is not None:
                panel.axvline(float(best), color=theme.quiet, linewidth=1.2, linestyle=":")
        if best is not None:
            loss.annotate(
                words("best epoch: {epoch}", epoch=best),
                (float(best), 1),
                xycoords=("data", "axes fraction"),
                xytext=(5 if float(best) < len(history) / 2 else -5, -4),
                textcoords="offset points",
                ha="left" if float(best) < len(history) / 2 else "right",
                va="top",
            )
        return figure

    title = words(results.catalogue.experiment(record.task.experiment).title)
    last = {
        "method": title,
        "epochs": len(history),
        "first_loss": words.number(float(history[0, LOSS]), 3),
        "last_loss": words.number(float(history[-1, LOSS]), 3),
    }
    alt = words("Learning curve of {method}: loss from {first_loss} to {last_loss} in {epochs} epochs", **last)
    caption = words("{method}: loss and accuracy after each epoch", method=title)
    return Picture(alt, caption, render)
