"""What each map costs: time and memory."""

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.maps_quality import marking
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label
from generator.report.rows import rows

SUBJECT = "maps"

MIB = 2**20
#: A clock that reads 0 has no place on a logarithmic axis.
LEAST = 1e-3


def draw(results: Results, words: Words) -> Picture | None:
    done = [row for row in rows(results, "maps") if row.status == "done" and row.role != "ceiling"]
    costs = sorted(((row.measures, row) for row in done if row.measures is not None), key=lambda one: one[0].wall_s)
    if not costs:
        return None
    tasks = {task.id: task for task in results.catalogue.tasks}
    methods = [task_label(words, results.catalogue, tasks[row.task], control=False) for _, row in costs]

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(0.9 + 0.52 * len(costs), 1, 2)
        time, memory = axes[0]
        for place, ((measures, row), method) in enumerate(zip(costs, methods, strict=True)):
            look = marking(row, theme)
            seconds, mib = max(measures.wall_s, LEAST), measures.peak_bytes / MIB
            for panel, value, text in (
                (time, seconds, words.duration(measures.wall_s)),
                (memory, mib, words.size(measures.peak_bytes)),
            ):
                panel.plot(value, place, markersize=7, linestyle="none", **look)
                panel.annotate(
                    text, (value, place), xytext=(8, 0), textcoords="offset points", va="center", fontsize=9.5
                )
            # Above the dot, from the left edge: long names need the room.
            time.annotate(
                method,
                (0, place),
                xycoords=("axes fraction", "data"),
                xytext=(2, 14),
                textcoords="offset points",
                va="center",
                fontsize=10.5,
            )
        for panel, values in (
            (time, [max(measures.wall_s, LEAST) for measures, _ in costs]),
            (memory, [measures.peak_bytes / MIB for measures, _ in costs]),
        ):
            # Room to the right for the numbers, on a scale of factors.
            spread = max(values) / min(values)
            panel.set(xscale="log", xlim=(min(values) / 2.5, max(values) * max(4, spread**0.9)))
            panel.xaxis.set_major_locator(LogLocator(base=10, subs=(1, 3) if spread < 50 else (1,), numticks=4))
            panel.tick_params(axis="x", labelsize=9)
            panel.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
            panel.xaxis.set_minor_formatter(NullFormatter())
            panel.set_ylim(len(costs) - 0.5, -0.9)
            panel.set_yticks([])
            panel.spines["left"].set_visible(False)
            panel.grid(axis="x")
        time.set_xlabel(words("wall-clock time (s)"))
        memory.set_xlabel(words("peak memory (MiB)"))
        return figure

    said = words("; ").join(
        f"{method} {words.duration(measures.wall_s)}, {words.size(measures.peak_bytes)}"
        for method, (measures, _) in zip(methods, costs, strict=True)
    )
    alt = words("Wall-clock time and peak memory of {k} embeddings: {costs}", k=len(costs), costs=said)
    caption = words(
        "Wall-clock time and peak memory of every embedding, the neighbour search included where a "
        "method uses it; threads per task: {threads}; an open circle is a baseline",
        threads=results.catalogue.threads,
    )
    return Picture(alt, caption, render)
