"""The article's errors beside ours: the same setting, and the tuned one. What was not tested on the same images as the
other classifiers is left out.
"""

from dataclasses import dataclass

from matplotlib.figure import Figure

from generator.record import Results
from generator.report import published
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.findings.compare import Measured, bounds, comparable, measured
from generator.report.findings.contest import PUBLISHED, TUNED
from generator.report.i18n import Words

SUBJECT = "classifiers"

WIDTH = 0.23


@dataclass(frozen=True)
class Bar:
    """A share of wrong answers in percent, and its interval."""

    value: float
    low: float
    high: float


def draw(results: Results, words: Words) -> Picture | None:
    names = (words("article"), words("ours, article's settings"), words("ours, tuned"))
    groups: dict[str, tuple[Bar | None, ...]] = {}
    settings = [f"{slug}-{name}" for slug in results.catalogue.slugs for name in (PUBLISHED, TUNED)]
    known = {one.task: one for one in comparable(measured(results, task, "accuracy") for task in settings)}
    claims = {one.task: float(one.value) for one in published.load() if one.quantity == "accuracy" and not one.below}
    for declaration in results.catalogue.experiments:
        slug = declaration.slug
        if declaration.section != "classifiers" or declaration.task != "classification":
            continue
        ours = tuple(_ours(known.get(f"{slug}-{name}")) for name in (PUBLISHED, TUNED))
        claim = claims.get(f"{slug}-{PUBLISHED}") if results.catalogue.data.name == published.ARTICLES_DATA else None
        theirs = None if claim is None else Bar(*[100 * (1 - claim)] * 3)
        if any(ours):
            groups[words(declaration.title)] = (theirs, *ours)
    if not groups:
        return None

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(1.3 + 0.95 * len(groups))
        panel = axes[0, 0]
        looks = (
            {"color": style.towards(theme, theme.quiet, 0.45), "hatch": "///", "edgecolor": theme.quiet},
            {"color": style.CLASS_COLOURS[0]},
            {"color": style.CLASS_COLOURS[1]},
        )
        most = max(bar.high for bars in groups.values() for bar in bars if bar is not None)
        for group, (method, bars) in enumerate(groups.items()):
            shown = [(place, bar) for place, bar in enumerate(bars) if bar is not None]
            for line, (place, bar) in enumerate(shown):
                y = group + 0.08 + WIDTH * (line - (len(shown) - 1) / 2)
                label = names[place] if names[place] not in panel.get_legend_handles_labels()[1] else None
                panel.barh(y, bar.value, 0.9 * WIDTH, label=label, linewidth=0, **looks[place])
                if bar.low < bar.high:
                    panel.plot([bar.low, bar.high], [y, y], color=theme.ink, linewidth=1.5)
                text = panel.annotate(
                    words.number(100 - bar.value, 1 if place == 0 else 2),
                    (bar.high, y),
                    xytext=(5, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=9.5,
                )
                style.halo(text, theme)
            panel.annotate(
                method,
                (0, group + 0.08 - WIDTH * len(shown) / 2),
                xytext=(2, 2),
                textcoords="offset points",
                va="bottom",
                fontsize=11,
            )
        panel.set_ylim(len(groups) - 0.4, -0.62)
        panel.set_xlim(0, 1.15 * most)
        panel.set_yticks([])
        panel.set_xlabel(words("misclassified test images (%)"))
        panel.grid(axis="x")
        figure.legend(loc="outside upper center", ncols=2, columnspacing=1)
        return figure

    said = words("; ").join(
        f"{method}: "
        + words(", ").join(
            f"{name} {words.percent(1 - bar.value / 100, 2)}" for name, bar in zip(names, bars, strict=True) if bar
        )
        for method, bars in groups.items()
    )
    alt = words("Accuracy of each method: {methods}", methods=said)
    caption = words(
        "Misclassified test images: the shorter the bar, the better; at its end the accuracy in percent. "
        "A line is a 95 % interval"
    )
    return Picture(alt, caption, render)


def _ours(found: Measured | None) -> Bar | None:
    if found is None:
        return None
    low, high = bounds(found.scored)
    return Bar(*(100 * (1 - one) for one in (found.scored.value, high, low)))
