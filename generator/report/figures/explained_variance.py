"""How much of the embeddings' variance each principal component holds."""

import numpy as np
from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "method"

MOST = 10  # components
MARKS, DASHES = "osD^", ("-", "--")


def draw(results: Results, slug: str, words: Words) -> Picture | None:
    ratios = {
        one.task.variant: np.asarray(results.array(one.task.id, "explained_variance_ratio"))[:MOST]  # (k,)
        for one in results.of(slug).values()
        if "explained_variance_ratio" in one.arrays and one.task.params["n_components"] == 2
    }
    if not ratios:
        return None
    titles = [_title(words, name) for name in ratios]

    def render(_theme: Theme) -> Figure:
        figure, axes = style.new_figure(3.8)
        panel = axes[0, 0]
        for one, (title, ratio) in enumerate(zip(titles, ratios.values(), strict=True)):
            places = np.arange(1, len(ratio) + 1)
            panel.plot(
                places, 100 * ratio, f"{MARKS[one % 4]}{DASHES[one % 2]}", color=style.CLASS_COLOURS[one], label=title
            )
        panel.set_xticks(places)
        panel.set_ylim(bottom=0)
        panel.set_xlabel(words("principal component"))
        panel.set_ylabel(words("share of the variance (%)"))
        panel.grid(axis="y")
        figure.legend(loc="outside upper center", ncols=2, fontsize=9.5, columnspacing=1, handletextpad=0.5)
        return figure

    said = words("; ").join(
        words(
            "{variant}: {first} and {second}",
            variant=title,
            first=words.percent(float(ratio[0])),
            second=words.percent(float(ratio[1])),
        )
        for title, ratio in zip(titles, ratios.values(), strict=True)
    )
    alt = words("Share of the variance that the first two principal components hold; {variants}", variants=said)
    caption = words("Variance of the feature vectors by principal component, digits and noise together")
    return Picture(alt, caption, render)


def _title(words: Words, variant: str) -> str:
    """Of which embeddings a map is: ``pca2_trained_published``."""
    _, weights, noise = variant.split("_")
    parts = {
        "trained": words("trained"),
        "random": words("random weights"),
        "published": words("article's noise"),
        "distinct": words("distinct noise"),
    }
    return words(", ").join((parts[weights], parts[noise]))
