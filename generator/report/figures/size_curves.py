"""Accuracy of every classifier against the number of images it learned from."""

from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from generator.record import Record, Results
from generator.report.classifiers import n_train, sizes
from generator.report.figures import style
from generator.report.figures.classifiers_accuracy import accuracy_axis, error
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "classifiers"

MARKS = "osD^vPX<>*"
#: Factor from one method to the next, so that intervals at the same number stand side by side.
APART = 1.035


def draw(results: Results, words: Words) -> Picture | None:
    found = {
        one.slug: records
        for one in results.catalogue.experiments
        if one.section == "classifiers" and len(records := sizes(results, one.slug)) > 1
    }
    if not found:
        return None
    # The best on most images first.
    slugs = sorted(found, key=lambda slug: -found[slug][-1].metric("accuracy").value)
    titles = {slug: words(results.catalogue.experiment(slug).title) for slug in slugs}
    numbers = sorted({n_train(results, one) for records in found.values() for one in records})

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(5.4)
        panel = axes[0, 0]
        least = 100.0
        for place, slug in enumerate(slugs):
            shift = APART ** (place - (len(slugs) - 1) / 2)
            colour = style.colour_of(place)
            xs = [shift * n_train(results, one) for one in found[slug]]
            for x, one in zip(xs, found[slug], strict=True):
                low, high = _wrong(one)
                panel.plot([x, x], [low, high], color=colour, linewidth=1.2)
                least = min(least, high)
            ys = [error(one.metric("accuracy").value, _n_test(one)) for one in found[slug]]
            mark = MARKS[place % len(MARKS)]
            panel.plot(xs, ys, f"{mark}-", color=colour, markersize=5.5, linewidth=1.5, label=titles[slug])
        panel.set_xscale("log")
        panel.set_xticks(numbers, [words.number(n) for n in numbers], fontsize=10)
        panel.xaxis.set_minor_locator(NullLocator())
        panel.xaxis.set_minor_formatter(NullFormatter())
        most = max(_wrong(one)[0] for records in found.values() for one in records)
        accuracy_axis(panel, least, words, axis="y", most=most)
        panel.set_xlabel(words("number of training images, logarithmic"))
        panel.set_ylabel(words("accuracy (%), logarithmic in the errors"))
        figure.legend(loc="outside upper center", ncols=2, fontsize=10, columnspacing=1)
        return figure

    said = words("; ").join(
        words(
            "{method} from {first} with {few} to {last} with {many}",
            method=titles[slug],
            first=words.percent(found[slug][0].metric("accuracy").value),
            few=words.number(n_train(results, found[slug][0])),
            last=words.percent(found[slug][-1].metric("accuracy").value, 2),
            many=words.number(n_train(results, found[slug][-1])),
        )
        for slug in slugs
    )
    alt = words("Accuracy by number of training images; {methods}", methods=said)
    caption = words(
        "Accuracy on the same test images after learning from few and from many; a bar is a Wilson 95 % interval"
    )
    return Picture(alt, caption, render)


def _n_test(record: Record) -> int:
    return record.arrays["index"].shape[0]


def _wrong(record: Record) -> tuple[float, float]:
    """Errors in percent at the lower and at the upper end of the accuracy's interval."""
    metric = record.metric("accuracy")
    ends = (metric.value if end is None else end for end in (metric.low, metric.high))
    low, high = (error(end, _n_test(record)) for end in ends)
    return low, high
