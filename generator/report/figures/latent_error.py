"""Reconstruction error against the size of the bottleneck: what another latent variable buys."""

from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.classifiers_cost import place_labels
from generator.report.figures.multiples import members
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import variant_title

SUBJECT = "method"


def draw(results: Results, slug: str, words: Words) -> Picture | None:
    series = members(results, slug, "latent")
    if not series:
        return None
    main = [one for one in results.of(slug).values() if "reconstructions" in one.arrays]
    sizes = [int(one.task.params["latent"]) for one in series]
    errors = [error(one) for one in series]
    epochs = int(series[0].task.params["epochs"])

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(3.8)
        panel = axes[0, 0]
        values = [value for value, _, _ in errors]
        panel.plot(sizes, values, "o-", color=style.ACCENT, label=words("{epochs} epochs", epochs=epochs))
        panel.vlines(sizes, [low for _, low, _ in errors], [high for _, _, high in errors], color=style.ACCENT)
        places = [(float(one.task.params["latent"]), error(one)[0]) for one in main]
        if main:
            label = words("{epochs} epochs", epochs=int(main[0].task.params["epochs"]))
            x, y = zip(*places, strict=True)
            panel.plot(x, y, "D", color=style.CLASS_COLOURS[1], label=label)
        panel.set_xscale("log", base=2)
        panel.set_xticks(sizes, [str(size) for size in sizes])
        panel.xaxis.set_minor_locator(NullLocator())
        panel.xaxis.set_minor_formatter(NullFormatter())
        panel.set_ylim(bottom=0)
        panel.set_xlabel(words("number of latent variables"))
        panel.set_ylabel(words("mean squared error"))
        panel.grid(axis="y")
        figure.legend(loc="outside upper center", ncols=2)
        style.settle(figure)
        titles = [variant_title(words, results.catalogue, one.task) for one in main]
        place_labels(panel, places, titles, theme, size=10)
        return figure

    said = words("; ").join(
        f"{size}: {words.number(value, 3)}" for size, (value, _, _) in zip(sizes, errors, strict=True)
    )
    alt = words(
        "Reconstruction error by number of latent variables after {epochs} epochs: {errors}", epochs=epochs, errors=said
    )
    caption = words(
        "Error of the reconstructed test images, pixel values from −1 to 1; a bar is a 95 % interval, a "
        "diamond a network whose embedding is shown"
    )
    return Picture(alt, caption, render)


def error(record: Record) -> tuple[float, float, float]:
    """Mean squared error of the reconstructed test images and its 95 % interval, grey levels from -1 to 1."""
    low, high = "reconstruction_error_low", "reconstruction_error_high"
    value = float(record.facts["reconstruction_error"])
    return value, float(record.facts.get(low, value)), float(record.facts.get(high, value))
