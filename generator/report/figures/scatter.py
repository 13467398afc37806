"""The map itself: one dot for each image, coloured by its class, each class's name at the median of its dots."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from generator.record import Record, Results
from generator.report.figures import style
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words
from generator.report.labels import task_label

SUBJECT = "experiment"

#: A panel is an Axes, or an Axes3D, whose methods take one coordinate more.
Panel = Any

#: From where a three-dimensional map is looked at, in degrees.
ELEVATION, AZIMUTH = 30, -60


def draw(results: Results, record: Record, words: Words) -> Picture | None:
    coordinates = np.asarray(results.array(record.task.id, "coordinates"))  # (n, d)
    labels = results.labels()[results.array(record.task.id, "index")]  # (n,)
    n, d = coordinates.shape
    if d not in (2, 3):
        return None
    class_names = results.catalogue.data.class_names

    def render(theme: Theme) -> Figure:
        figure, axes = style.new_figure(style.WIDTH)
        if d == 2:
            plane: Panel = axes[0, 0]
        else:
            axes[0, 0].remove()
            plane = space(figure, theme)
        dots(plane, coordinates, labels, size=dot_size(n))
        for i, axis in enumerate("xyz"[:d]):
            plane.set(**{f"{axis}label": words("dimension {i} (arbitrary unit)", i=i + 1)})
        style.settle(figure)
        name_classes(plane, coordinates, labels, class_names, theme)
        return figure

    declared = results.catalogue.experiment(record.task.experiment)
    title = task_label(words, results.catalogue, record.task) if d == 2 else words(declared.title)
    trust = words.number(record.metric("trustworthiness").value, 3)
    values = {"method": title, "n": words.number(n), "trust": trust}
    if d == 2:
        alt = words("{method} map of {n} images, coloured by class; trustworthiness {trust}", **values)
    else:
        alt = words(
            "{method} in three dimensions, seen from one side: {n} images, coloured by class; trustworthiness {trust}",
            **values,
        )
    caption = words("{method}: each dot is one of {n} images, each colour a class", method=title, n=words.number(n))
    return Picture(alt, caption, render, dense=True)


def dot_size(n: int) -> float:
    """Area of a dot in square points: n dots cover about the same share of the figure, within what can be seen."""
    return float(np.clip(12_000 / n, 0.6, 16))


def dots(panel: Panel, coordinates: np.ndarray, labels: np.ndarray, size: float) -> None:
    """Draw (n, d) points in the classes' colours, in mixed order so that no class lies on top of all others."""
    order = np.random.default_rng(0).permutation(len(labels))
    palette = np.array([style.colour_of(place) for place in range(int(labels.max()) + 1)])
    # A 3-D scatter would shade dots by depth, which changes the class colours.
    depth: dict[str, Any] = {"depthshade": False} if coordinates.shape[1] == 3 else {}
    panel.scatter(*coordinates[order].T, s=size, c=palette[labels[order]], linewidths=0, **depth)


def name_classes(
    panel: Panel,
    coordinates: np.ndarray,
    labels: np.ndarray,
    class_names: tuple[str, ...],
    theme: Theme,
    size: float = 16,
) -> None:
    """Write each class's name at the median of its points, moved only as far as it must be to be read.

    ``size``: of the letters, in points. The panel's limits must be final.
    """
    present = [place for place in range(len(class_names)) if (labels == place).any()]
    medians = np.array([np.median(coordinates[labels == place], axis=0) for place in present])  # (c, d)
    if medians.shape[1] == 3:
        seen = np.column_stack([medians, np.ones(len(medians))]) @ panel.get_proj().T  # homogeneous, as the eye sees it
        medians = seen[:, :2] / seen[:, 3:]
    to_points = panel.transData + panel.figure.dpi_scale_trans.inverted()
    inches = apart(to_points.transform(medians), gap=1.05 * size / 72)
    for place, where in zip(present, to_points.inverted().transform(inches), strict=True):
        # The Japanese font has no bold.
        bold = FontProperties(family=style.FONT, weight="bold", size=size)
        text = Text(where[0], where[1], class_names[place], ha="center", va="center", fontproperties=bold)
        text.set(transform=panel.transData, zorder=10)
        panel.add_artist(style.halo(text, theme))


def apart(places: np.ndarray, gap: float) -> np.ndarray:
    """Push places (c, 2) away from one another until none, as far as that goes, are nearer than ``gap``."""
    places = places.astype(np.float64)
    for _ in range(200):
        between = places[:, None] - places[None]  # (c, c, 2)
        distance = np.sqrt((between**2).sum(axis=2))
        np.fill_diagonal(distance, np.inf)
        lack = np.maximum(0, gap - distance)
        if not lack.any():
            break
        # Two at the very same place leave it to their order where to go.
        side = np.where(distance > 0, 0, np.sign(np.subtract.outer(range(len(places)), range(len(places)))))
        direction = between / np.maximum(distance, gap / 100)[..., None]
        direction[..., 0] += side
        places += (direction * lack[..., None] / 2).sum(axis=1) / 2
    return places


def space(
    figure: Figure,
    theme: Theme,
    place: Any = 111,
    azimuth: float = AZIMUTH,
    elevation: float = ELEVATION,
    *,
    small: bool = False,
) -> Panel:
    """Axes for three dimensions in a ``place`` of the figure, seen from so many degrees; ``small``: no ticks."""
    panel: Panel = figure.add_subplot(place, projection="3d", elev=elevation, azim=azimuth)
    for axis in (panel.xaxis, panel.yaxis, panel.zaxis):
        axis.label.set_size(10)
        axis.pane.set_visible(False)
        axis.line.set_color(theme.quiet)
        axis._axinfo["grid"]["color"] = theme.rule  # matplotlib 3.11 offers no public way
        if small:
            axis.set_ticklabels([])
    panel.tick_params(labelsize=9, pad=0)
    # A small one is cropped closer, since it has no labels to leave room for.
    panel.set_box_aspect(None, zoom=1.15 if small else 0.82)
    return panel
