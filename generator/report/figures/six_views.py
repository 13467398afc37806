"""A map in three dimensions from six sides: what hides something from one of them may show it from another."""

import numpy as np
from matplotlib.figure import Figure

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.scatter import ELEVATION, dot_size, dots, name_classes, space
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "experiment"
WORDLESS = True

AZIMUTHS = (0, 60, 120, 180, 240, 300)  # degrees
COLUMNS = 2


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    coordinates = np.asarray(results.array(record.task.id, "coordinates"))  # (n, d)
    n, d = coordinates.shape
    if d != 3:
        return None
    labels = results.labels()[results.array(record.task.id, "index")]  # (n,)

    def render(theme: Theme) -> Figure:
        rows = len(AZIMUTHS) // COLUMNS
        figure, axes = style.new_figure(2.5 * rows, rows, COLUMNS, gap=0.02)
        panels = []
        for flat, azimuth in zip(axes.flat, AZIMUTHS, strict=True):
            place = flat.get_subplotspec()
            flat.remove()
            panel = space(figure, theme, place, azimuth, small=True)
            dots(panel, coordinates, labels, size=dot_size(n) / 3)
            for i, axis in enumerate("xyz"):
                panel.set(**{f"{axis}label": str(i + 1)})
                getattr(panel, f"{axis}axis").labelpad = -12
            panel.set_title(f"{azimuth}°", pad=0)
            panels.append(panel)
        style.settle(figure)
        for panel in panels:
            name_classes(panel, coordinates, labels, results.catalogue.data.class_names, theme, size=11)
        return figure

    values = {
        "method": words(results.catalogue.experiment(record.task.experiment).title),
        "n": words.number(n),
        "elevation": ELEVATION,
        "azimuths": ", ".join(f"{azimuth}°" for azimuth in AZIMUTHS),
    }
    alt = words("{method} in three dimensions: {n} images, coloured by class, from azimuths {azimuths}", **values)
    caption = words(
        "{method} from six sides: azimuth above each view, elevation {elevation}°; axes 1 to 3 have no unit", **values
    )
    return Picture(alt, caption, render, dense=True)
