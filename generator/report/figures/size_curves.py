"""Accuracy of every classifier against the number of images it learned from."""

from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.classifiers_accuracy import accuracy_axis, error
from generator.report.figures.style import Picture, Theme
from generator.report.findings.compare import Scored, bounds
from generator.report.findings.sample_size import Curve, sample_size
from generator.report.i18n import Words

SUBJECT = "classifiers"

MARKS = "osD^vPX<>*"
#: Factor from one method to the next, so that intervals at the same number stand side by side.
APART = 1.035


def draw(results: Results, words: Words) -> Picture | None:
    found = sample_size(results)
    if found is None:
        return None
    curves = {one.task: _points(found.numbers, one) for one in found.curves}
    curves = {task: points for task, points in curves.items() if len(points) > 1}
    if not curves:
        return None
    titles = {task: words(results.catalogue.experiment(_slug(results, task)).title) for task in curves}
    numbers = sorted({n for points in curves.values() for n, _ in points})

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(5.4)
        panel = axes[0, 0]
        ends: list[float] = []
        for place, (task, points) in enumerate(curves.items()):
            n_test = results.records[task].arrays["index"].shape[0]
            shift = APART ** (place - (len(curves) - 1) / 2)
            colour = style.colour_of(place)
            xs = [shift * n for n, _ in points]
            for x, (_, scored) in zip(xs, points, strict=True):
                interval = [error(end, n_test) for end in bounds(scored)]
                panel.plot([x, x], interval, color=colour, linewidth=1.2)
                ends += interval
            ys = [error(scored.value, n_test) for _, scored in points]
            mark = MARKS[place % len(MARKS)]
            panel.plot(xs, ys, f"{mark}-", color=colour, markersize=5.5, linewidth=1.5, label=titles[task])
        panel.set_xscale("log")
        panel.set_xticks(numbers, [words.number(n) for n in numbers], fontsize=10)
        panel.xaxis.set_minor_locator(NullLocator())
        panel.xaxis.set_minor_formatter(NullFormatter())
        accuracy_axis(panel, min(ends), words, axis="y", most=max(ends))
        panel.set_xlabel(words("number of training images, logarithmic"))
        panel.set_ylabel(words("accuracy (%), logarithmic in the errors"))
        figure.legend(loc="outside upper center", ncols=2, fontsize=10, columnspacing=1)
        return figure

    said = words("; ").join(
        words(
            "{method} from {first} with {few} to {last} with {many}",
            method=titles[task],
            first=words.percent(points[0][1].value),
            few=words.number(points[0][0]),
            last=words.percent(points[-1][1].value, 2),
            many=words.number(points[-1][0]),
        )
        for task, points in curves.items()
    )
    alt = words("Accuracy by number of training images; {methods}", methods=said)
    caption = words("Accuracy on the same test images after learning from few and from many; a bar is a 95 % interval")
    return Picture(alt, caption, render)


def _points(numbers: tuple[int, ...], curve: Curve) -> list[tuple[int, Scored]]:
    return [(n, scored) for n, scored in zip(numbers, curve.scores, strict=True) if scored is not None]


def _slug(results: Results, task: str) -> str:
    return results.records[task].task.experiment
