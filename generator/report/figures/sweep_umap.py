"""The same images by UMAP with several numbers of neighbours and least distances."""

from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures import style
from generator.report.figures.multiples import Small, members, sheet, small
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "maps"

EXPERIMENT, SERIES = "umap", "grid"


def draw(results: Results, words: Words) -> Picture | None:
    found = {
        (int(one.task.params["n_neighbors"]), float(one.task.params["min_dist"])): one
        for one in members(results, EXPERIMENT, SERIES)
    }
    if not found:
        return None
    counts, distances = (sorted(set(values)) for values in zip(*found, strict=True))
    recall = {place: one.metric("neighbour_recall_15").value for place, one in found.items()}

    def render(theme: Theme) -> Figure:
        maps: list[Small | None] = []
        for k in counts:
            for distance in distances:
                one = found.get((k, distance))
                if one is None:
                    maps.append(None)
                    continue
                title = words.percent(recall[k, distance])
                if k == counts[0]:
                    title = words("min_dist {value}", value=f"{distance:g}") + "\n" + title
                side = words("{k} neighbours", k=k) if distance == distances[0] else ""
                maps.append(small(results, one, title, side))
        class_names = results.catalogue.data.class_names
        # As high as wide, and a line for the score.
        row_height = 0.25 + (style.WIDTH - 0.4) / len(distances)
        return sheet(maps, len(distances), row_height, class_names, theme, names=8, titles=10)

    n = words.number(next(iter(found.values())).arrays["coordinates"].shape[0])
    best, worst = max(recall, key=recall.__getitem__), min(recall, key=recall.__getitem__)
    alt = words(
        "UMAP maps of {n} images with {rows} numbers of neighbours by {columns} values of min_dist; recall of the 15 "
        "nearest neighbours from {least} ({worst_k} neighbours, min_dist {worst_d}) to {most} ({best_k} neighbours, "
        "min_dist {best_d})",
        n=n,
        rows=len(counts),
        columns=len(distances),
        least=words.percent(recall[worst]),
        most=words.percent(recall[best]),
        worst_k=worst[0],
        worst_d=f"{worst[1]:g}",
        best_k=best[0],
        best_d=f"{best[1]:g}",
    )
    caption = words(
        "The same {n} images: more neighbours downwards, more room between points to the right; above each map its "
        "recall of the 15 nearest neighbours",
        n=n,
    )
    return Picture(alt, caption, render, dense=True)
