"""The same images, methods and settings under five seeds."""

from matplotlib.figure import Figure

from generator.record import Results
from generator.report.figures.multiples import Small, members, sheet, small
from generator.report.figures.style import Picture, Theme
from generator.report.i18n import Words

SUBJECT = "maps"

EXPERIMENTS, SERIES = ("tsne", "umap", "autoencoder"), "seed"
ROW_HEIGHT = 1.75


def draw(results: Results, words: Words) -> Picture | None:
    found = {slug: one for slug in EXPERIMENTS if (one := members(results, slug, SERIES))}
    if not found:
        return None
    methods = {slug: words(results.catalogue.experiment(slug).title) for slug in found}
    seeds = sorted({one.task.seed for records in found.values() for one in records})

    def render(theme: Theme) -> Figure:
        maps: list[Small | None] = []
        for seed in seeds:
            for slug, records in found.items():
                one = next((one for one in records if one.task.seed == seed), None)
                title = methods[slug] if seed == seeds[0] else ""
                side = words("seed {seed}", seed=seed) if slug == next(iter(found)) else ""
                maps.append(small(results, one, title, side) if one else None)
        class_names = results.catalogue.data.class_names
        return sheet(maps, len(found), ROW_HEIGHT, class_names, theme, names=9.5, titles=11)

    n = words.number(next(iter(found.values()))[0].arrays["coordinates"].shape[0])
    said = words("; ").join(
        words(
            "{method} from {least} to {most}",
            method=methods[slug],
            least=words.number(min(one.metric("trustworthiness").value for one in records), 3),
            most=words.number(max(one.metric("trustworthiness").value for one in records), 3),
        )
        for slug, records in found.items()
    )
    alt = words("Maps of {n} images under {k} seeds; trustworthiness: {methods}", n=n, k=len(seeds), methods=said)
    caption = words("The same {n} images and settings in every column: only the seed differs from row to row", n=n)
    return Picture(alt, caption, render, dense=True)
