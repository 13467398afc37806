"""The same images and methods from different starts: how much of a map is owed to where its points began."""

from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures.multiples import Small, members, sheet, small
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "maps"

EXPERIMENTS, SERIES = ("tsne", "umap"), "start"
ROW_HEIGHT = 1.95


def draw(results: Results, words: Words) -> Picture | None:
    titles = {
        "random": words("random initialisation"),
        "pca": words("PCA initialisation"),
        "spectral": words("spectral initialisation"),
    }
    found = {
        (slug, str(one.task.params["init"])): one for slug in EXPERIMENTS for one in members(results, slug, SERIES)
    }
    if not found:
        return None
    slugs = list(dict.fromkeys(slug for slug, _ in found))
    methods = {slug: words(results.catalogue.experiment(slug).title) for slug in slugs}
    whole = {place: words.number(one.metric("distance_correlation").value, 2) for place, one in found.items()}

    def render(theme: Theme) -> Figure:
        maps: list[Small | None] = []
        for slug in slugs:
            for start, title in titles.items():
                one = found.get((slug, start))
                side = methods[slug] if start == next(iter(titles)) else ""
                maps.append(small(results, one, f"{title}\n{whole[slug, start]}", side) if one else None)
        class_names = results.catalogue.data.class_names
        return sheet(maps, len(titles), ROW_HEIGHT, class_names, theme, names=10, titles=10)

    n = words.number(next(iter(found.values())).arrays["coordinates"].shape[0])
    said = words("; ").join(f"{methods[slug]}, {titles[start]} {value}" for (slug, start), value in whole.items())
    alt = words(
        "Embeddings of {n} images from different initialisations, with the rank correlation of distances: {scores}",
        n=n,
        scores=said,
    )
    caption = words(
        "The same {n} images from different initialisations; above each embedding its rank correlation of distances",
        n=n,
    )
    return Picture(alt, caption, render, dense=True)
