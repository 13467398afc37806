"""How much of an accuracy is the seed's: the same training, repeated with other random numbers."""

from statistics import fmean

from matplotlib.figure import Figure

from generator.record import Results
from generator.report.classifiers import repeats
from generator.report.figures import style
from generator.report.figures.classifiers_accuracy import accuracy_axis, error, n_test
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label
from generator.report.rows import rows

SUBJECT = "classifiers"


def draw(results: Results, words: Words) -> Picture | None:
    tasks = {task.id: task for task in results.catalogue.tasks}
    shown = [
        (row, sorted(one.metric("accuracy").value for one in found))
        for row in rows(results, "classifiers")
        if row.status == "done" and len(found := repeats(results, tasks[row.task])) > 1
    ]
    if not shown:
        return None
    shown.sort(key=lambda one: -fmean(one[1]))
    methods = [task_label(words, results.catalogue, tasks[row.task]) for row, _ in shown]

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(1.1 + 0.62 * len(shown))
        panel = axes[0, 0]
        for place, ((row, values), method) in enumerate(zip(shown, methods, strict=True)):
            n = n_test(results, row)
            errors = [error(value, n) for value in values]
            panel.plot([errors[0], errors[-1]], [place, place], color=style.ACCENT, linewidth=1.5)
            panel.plot(errors, [place] * len(errors), "o", color=style.ACCENT, markersize=7, alpha=0.55, mew=0)
            panel.plot(error(fmean(values), n), place, "|", color=theme.ink, markersize=16, markeredgewidth=2)
            panel.annotate(
                f"{method}  {words.percent(fmean(values), 2)}",
                (0, place),
                xycoords=("axes fraction", "data"),
                xytext=(2, 14),
                textcoords="offset points",
                va="center",
                fontsize=11,
            )
        panel.set_ylim(len(shown) - 0.5, -0.8)
        panel.set_yticks([])
        panel.spines["left"].set_visible(False)
        least = min(error(values[-1], n_test(results, row)) for row, values in shown)
        most = max(error(values[0], n_test(results, row)) for row, values in shown)
        accuracy_axis(panel, least, words, most=most)
        panel.set_xlabel(words("accuracy (%), logarithmic in the errors"))
        return figure

    said = words("; ").join(
        words(
            "{method} {mean}, from {least} to {most} over {k} seeds",
            method=method,
            mean=words.percent(fmean(values), 2),
            least=words.percent(values[0], 2),
            most=words.percent(values[-1], 2),
            k=len(values),
        )
        for method, (_, values) in zip(methods, shown, strict=True)
    )
    alt = words("Accuracy of repeated trainings: {methods}", methods=said)
    caption = words("A dot is one training, the upright line and the number are their mean; only the seed differs")
    return Picture(alt, caption, render)
