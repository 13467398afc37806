"""Which digits an autoencoder can still draw: how many reconstructions a classifier reads as what they were."""

import numpy as np
from matplotlib.figure import Figure

from generator.metrics import intervals
from generator.record import Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import variant_title

SUBJECT = "method"

MARKS = "osD^v"


def draw(results: Results, slug: str, words: Words) -> Picture | None:
    records = [one for one in results.of(slug).values() if "confusion" in one.arrays]
    if not records:
        return None
    class_names = results.catalogue.data.class_names
    titles = [variant_title(words, results.catalogue, one.task) for one in records]
    confusions = [np.asarray(results.array(one.task.id, "confusion")) for one in records]  # (c, c) each
    shares = [np.diag(counts) / np.maximum(1, counts.sum(axis=1)) for counts in confusions]

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(0.9 + 0.44 * len(class_names))
        panel = axes[0, 0]
        for one, (title, counts, share) in enumerate(zip(titles, confusions, shares, strict=True)):
            places = np.arange(len(class_names)) + 0.22 * (one - (len(records) - 1) / 2)
            colour = style.CLASS_COLOURS[one]
            for place, right, n in zip(places, np.diag(counts), counts.sum(axis=1), strict=True):
                if n:
                    interval = [100 * end for end in intervals.wilson(int(right), int(n))]
                    panel.plot(interval, [place, place], color=colour, linewidth=2)
            panel.plot(
                100 * share, places, MARKS[one % len(MARKS)], color=colour, markersize=7, label=title, clip_on=False
            )
        for line in np.arange(len(class_names) - 1) + 0.5:
            panel.axhline(line, color=theme.rule, linewidth=0.8)
        panel.set_yticks(range(len(class_names)), class_names)
        panel.set_ylim(len(class_names) - 0.5, -0.5)
        panel.set_xlim(0, 100)
        panel.tick_params(axis="y", length=0)
        panel.set_ylabel(words("true class"))
        panel.set_xlabel(words("reconstructions classified correctly (%)"))
        panel.grid(axis="x")
        figure.legend(loc="outside upper center", ncols=2, columnspacing=1)
        return figure

    said = words("; ").join(
        words(
            "{variant}: least often {digit}, {share}",
            variant=title,
            digit=class_names[int(share.argmin())],
            share=words.percent(float(share.min())),
        )
        for title, share in zip(titles, shares, strict=True)
    )
    alt = words("Share of each digit's reconstructions that are classified as the digit; {variants}", variants=said)
    caption = words(
        "Reconstructed test images that are classified as the digit they were made from; a bar is a 95 % interval"
    )
    return Picture(alt, caption, render)
