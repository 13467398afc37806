"""All two-dimensional maps beside one another, in the same colours."""

from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures.multiples import sheet, small
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label
from generator.report.rows import rows

SUBJECT = "maps"

COLUMNS, ROW_HEIGHT = 2, 2.8


def draw(results: Results, words: Words) -> Picture | None:
    records = [results.records[row.task] for row in rows(results, "maps") if row.status == "done"]
    flat = [record for record in records if record.arrays["coordinates"].shape[1] == 2]
    if not flat:
        return None
    catalogue = results.catalogue
    methods = [task_label(words, catalogue, record.task) for record in flat]

    def render(theme: Theme) -> Figure:
        maps = [small(results, record, method) for record, method in zip(flat, methods, strict=True)]
        return sheet(maps, COLUMNS, ROW_HEIGHT, catalogue.data.class_names, theme, names=12, titles=10.5)

    alt = words(
        "Maps of the same images side by side, by trustworthiness: {methods}",
        methods=words("; ").join(
            f"{method} {words.number(record.metric('trustworthiness').value, 3)}"
            for method, record in zip(methods, flat, strict=True)
        ),
    )
    caption = words("The same images on {k} maps, in the same colours; axes have no unit", k=len(flat))
    return Picture(alt, caption, render, dense=True)
