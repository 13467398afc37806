"""How much the classifiers' mistakes are the same: of one's, how many another makes as well."""

import numpy as np
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.figure import Figure

from generator.record import Results
from generator.report.classifiers import answers
from generator.report.figures import style
from generator.report.figures.confusion import ENDS, INKS
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label
from generator.report.rows import rows

SUBJECT = "classifiers"


def draw(results: Results, words: Words) -> Picture | None:
    said = answers(results, rows(results, "classifiers"))
    if said is None:
        return None
    tasks = {task.id: task for task in results.catalogue.tasks}
    methods = [task_label(words, results.catalogue, tasks[task]) for task in said.tasks]
    k = len(methods)
    mistakes = np.diag(said.both)
    shares = said.both / np.maximum(1, mistakes)[:, None]  # (k, k): of the row's mistakes, those of the column's

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(1.1 + 0.33 * k)
        panel = axes[0, 0]
        scale = ListedColormap(style.towards(theme, ENDS[theme], np.linspace(0.04, 1, 256)[:, None]))
        off = ~np.eye(k, dtype=bool)
        panel.imshow(np.ma.masked_array(shares, ~off), cmap=scale, vmin=0, vmax=1, aspect="auto")
        for (row, column), share in np.ndenumerate(shares):
            if row == column:
                text, ink = words.number(int(mistakes[row])), theme.ink
            else:
                ground = scale(float(share))
                text = f"{100 * share:.0f}"
                ink = max(INKS, key=lambda colour: style.contrast(to_rgb(colour), ground))
            panel.text(column, row, text, ha="center", va="center", color=ink, fontsize=8.5 if k <= 10 else 8)
        numbered = [f"{place}  {style.wrapped(method, 15)}" for place, method in enumerate(methods, 1)]
        panel.set_yticks(range(k), numbered, fontsize=8.5, linespacing=0.9)
        panel.set_xticks(range(k), [str(place) for place in range(1, k + 1)], fontsize=9.5)
        panel.xaxis.tick_top()
        panel.tick_params(length=0)
        # Wider than the panel.
        figure.supxlabel(words("of a row's mistakes, those that the column makes too (%)"), fontsize=10)
        for spine in panel.spines.values():
            spine.set(visible=True, color=theme.rule)
        return figure

    pairs = [(shares[i, j], i, j) for i in range(k) for j in range(k) if i != j and mistakes[i]]
    values: dict[str, str | int] = {"k": k, "n": words.number(len(said.index))}
    alt = words("Overlap of the mistakes of {k} classifiers on {n} test images", **values)
    if pairs:
        least, most = min(pairs), max(pairs)
        alt = words(
            "Overlap of the mistakes of {k} classifiers on {n} test images: most of all, {most} of those of {one} are "
            "also made by {other}; least of all, {least} of those of {this} by {that}",
            most=words.percent(float(most[0])),
            one=methods[most[1]],
            other=methods[most[2]],
            least=words.percent(float(least[0])),
            this=methods[least[1]],
            that=methods[least[2]],
            **values,
        )
    caption = words(
        "Of each row's mistakes, the percentage that each column's classifier makes as well; on the diagonal, how many "
        "mistakes there are"
    )
    return Picture(alt, caption, render)
