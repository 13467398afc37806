"""What the pages of the embeddings and of the data conclude from invented results, and that they say it."""

import re
from collections.abc import Callable, Mapping

import msgspec
import pytest

from generator.layout import Layout
from generator.record import Record, Results
from generator.report import published
from generator.report.context import Book, Here
from generator.report.findings.against import METRICS, against
from generator.report.findings.compare import Order
from generator.report.findings.data import Division, Source
from generator.report.findings.data import data as divided
from generator.report.findings.found import find
from generator.report.findings.laplacian_eigenmaps import Graph, laplacian_eigenmaps
from generator.report.findings.pca import pca
from generator.report.findings.random_projection import random_projection
from generator.report.findings.raw_pixels import raw_pixels
from generator.report.findings.tsne_umap import Pace, tsne, umap
from generator.report.i18n import LANGUAGES, load
from generator.report.render import environment, page
from tests.sites import make_sources

SPREAD = 0.01  # half the width of an invented interval
Change = Callable[[Record], Record]


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return make_sources(tmp_path_factory.mktemp("project"))


@pytest.fixture
def results(layout: Layout) -> Results:
    return Results(layout.records)


def changed(results: Results, changes: Mapping[str, Change]) -> Results:
    """The same results but for some records; findings remember results, so they are made anew."""
    made = Results(results.folder)
    for task, change in changes.items():
        made.records[task] = change(made.records[task])
    return made


def without(results: Results, *tasks: str) -> Results:
    made = Results(results.folder)
    for task in tasks:
        del made.records[task]
    return made


def scores(**values: float) -> Change:
    """Other values of some metrics, with narrow intervals."""

    def change(record: Record) -> Record:
        metrics = tuple(
            msgspec.structs.replace(
                one, value=values[one.name], low=values[one.name] - SPREAD, high=values[one.name] + SPREAD
            )
            if one.name in values
            else one
            for one in record.metrics
        )
        return msgspec.structs.replace(record, metrics=metrics)

    return change


def facts(**values: float) -> Change:
    return lambda record: msgspec.structs.replace(record, facts=record.facts | values)


def took(wall_s: float, cpu_s: float | None = None) -> Change:
    def change(record: Record) -> Record:
        assert record.measures is not None
        spent = msgspec.structs.replace(record.measures, wall_s=wall_s, cpu_s=wall_s if cpu_s is None else cpu_s)
        return msgspec.structs.replace(record, measures=spent)

    return change


def read(layout: Layout, results: Results, path: str, code: str = "en") -> str:
    """A page as its reader sees it: without tags, on one line."""
    book = Book(results, load(layout, code), {}, published.load(), (), find(results))
    figures = frozenset(one.stem for one in (layout.root / "generator" / "report" / "figures").glob("*.py"))
    text = page(environment(layout), layout, book, Here(book, book.page(path), figures))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text))


def test_every_score_is_decided_once_for_all_pages(results: Results) -> None:
    """t-SNE's page and UMAP's say the same of each other."""
    mine, theirs = against(results, "tsne-2d", "umap-2d"), against(results, "umap-2d", "tsne-2d")
    assert mine is not None
    assert theirs is not None
    assert [one.own.metric for one in mine.pairs] == list(METRICS)
    opposite = {Order.FIRST: Order.SECOND, Order.SECOND: Order.FIRST, Order.UNDECIDED: Order.UNDECIDED}
    assert [opposite[one.order] for one in mine.pairs] == [one.order for one in theirs.pairs]
    assert {*mine.better, *mine.undecided, *mine.worse} == {*mine.pairs}


def test_what_is_not_scored_alike_is_not_compared(results: Results) -> None:
    assert against(results, "pca-2d", "pca-3d") is None  # another number of dimensions
    assert against(results, "tsne-2d", "tsne-seed_0") is None  # a sample of the images
    assert against(results, "tsne-2d", "raw_pixels-pixels") is not None  # a reference
    assert against(without(results, "pca-2d"), "tsne-2d", "pca-2d") is None


@pytest.mark.parametrize(
    ("own", "other", "order", "sentence"),
    [
        (0.5, 0.3, Order.FIRST, "UMAP's clusters are denser relative to their distance."),
        (0.4, 0.39, Order.UNDECIDED, "The difference is not significant."),
        (0.3, 0.5, Order.SECOND, "UMAP's clusters are less dense relative to their distance. We find the opposite."),
    ],
)
def test_clusters_are_denser_not_further_apart(
    layout: Layout, results: Results, own: float, other: float, order: Order, sentence: str
) -> None:
    """The silhouette compares how dense clusters are with how far apart: it does not measure gaps."""
    given = changed(results, {"umap-2d": scores(silhouette=own), "tsne-2d": scores(silhouette=other)})
    found, twin = umap(given), tsne(given)
    assert found is not None
    assert twin is not None
    assert found.denser is not None
    assert twin.denser is not None
    assert found.denser.order is order
    text = read(layout, given, "maps/umap")
    assert sentence in text
    assert "further apart indeed" not in text


def test_silhouette_is_explained_as_it_is(layout: Layout, results: Results) -> None:
    text = read(layout, results, "maps/tsne")
    assert "if clusters were tiny against the distance between them, and it is 0 on the border between two" in text
    assert "nothing but empty space" not in text


@pytest.mark.parametrize(
    ("shuffled", "order", "sentence"),
    [
        (0.1, Order.FIRST, "We find the same."),
        (0.89, Order.UNDECIDED, "we cannot confirm the claim"),
        (0.99, Order.SECOND, "We find the opposite."),
    ],
)
def test_the_digits_are_separated_if_points_at_random_are_less_so(
    layout: Layout, results: Results, shuffled: float, order: Order, sentence: str
) -> None:
    values = {"neighbour_accuracy_10": shuffled, "neighbour_recall_15": shuffled}
    own = {"neighbour_accuracy_10": 0.9, "neighbour_recall_15": 0.9}
    given = changed(results, {"tsne-2d": scores(**own), "random_projection-shuffled": scores(**values)})
    found = tsne(given)
    assert found is not None
    assert found.separated is not None
    assert found.together is not None
    assert found.separated.order is found.together.order is order
    assert found.elsewhere == pytest.approx(0.1)
    assert sentence in read(layout, given, "maps/tsne")


def test_times_are_told_with_the_search_and_without(layout: Layout, results: Results) -> None:
    given = changed(results, {"neighbours-exact": took(150), "umap-2d": took(200), "tsne-2d": took(800)})
    found = umap(given)
    assert found is not None
    assert found.times is not None
    assert found.times.parts is not None
    assert (found.times.parts.search.wall_s, found.times.parts.layout.wall_s) == (150, 50)
    assert found.total is not None
    assert found.layout is not None
    assert (found.total.pace, found.total.times) == (Pace.SHORTER, 4)
    assert (found.layout.pace, found.layout.times) == (Pace.SHORTER, 13)
    text = read(layout, given, "maps/umap")
    assert "In all, t-SNE takes 4.0 times as long." in text
    assert "For the layout alone, t-SNE takes 13.0 times as long." in text


@pytest.mark.parametrize(
    ("own", "other", "pace"), [(100, 200, Pace.SHORTER), (200, 100, Pace.LONGER), (100, 105, Pace.ALIKE)]
)
def test_which_time_is_shorter(results: Results, own: float, other: float, pace: Pace) -> None:
    found = umap(changed(results, {"umap-2d": took(own), "tsne-2d": took(other)}))
    assert found is not None
    assert found.total is not None
    assert found.total.pace is pace


def test_a_time_of_a_busy_machine_is_marked_and_compared_by_cpu_time(layout: Layout, results: Results) -> None:
    given = changed(
        results, {"neighbours-exact": took(50), "umap-2d": took(900, cpu_s=100), "tsne-2d": took(300, cpu_s=300)}
    )
    found = umap(given)
    assert found is not None
    assert found.times is not None
    assert found.times.parts is not None
    assert found.times.whole.busy
    assert found.times.parts.layout.rank_s == 50
    assert found.total is not None
    assert found.layout is not None
    assert (found.total.pace, found.total.times) == (Pace.SHORTER, 3)
    assert (found.layout.pace, found.layout.times) == (Pace.SHORTER, 5)
    assert "15 min 0 s†" in read(layout, given, "maps/umap").replace("\u00a0", " ")


def test_times_without_the_search_are_not_parted(results: Results) -> None:
    for given in (without(results, "neighbours-exact"), changed(results, {"neighbours-exact": took(1e6)})):
        found = tsne(given)
        assert found is not None
        assert found.times is not None
        assert found.times.parts is None
        assert found.total is not None
        assert found.layout is None


def test_pca_in_three_dimensions_is_not_set_against_two(layout: Layout, results: Results) -> None:
    found = pca(results)
    assert found is not None
    assert [(one.task, one.axes) for one in found.wider] == [("pca-3d", 3)]
    assert found.wider[0].explained > found.explained
    assert "More axes raise the score naturally" in read(layout, results, "maps/pca")


@pytest.mark.parametrize(
    ("parts", "graph", "sentence"),
    [
        (1, Graph.CONNECTED, "The graph is connected"),
        (3, Graph.APART, "The graph falls into 3 parts without edges between them"),
    ],
)
def test_a_graph_in_parts_is_told(layout: Layout, results: Results, parts: int, graph: Graph, sentence: str) -> None:
    given = changed(results, {"laplacian_eigenmaps-2d": facts(graph_parts=parts)})
    found = laplacian_eigenmaps(given)
    assert found is not None
    assert (found.graph, found.parts) == (graph, parts)
    assert sentence in read(layout, given, "maps/laplacian_eigenmaps")


def test_random_projection_is_set_against_its_points_shuffled(results: Results) -> None:
    given = changed(
        results,
        {"random_projection-2d": scores(continuity=0.8), "random_projection-shuffled": scores(continuity=0.5)},
    )
    found = random_projection(given)
    assert found is not None
    assert found.shuffled is not None
    assert [one.own.metric for one in found.shuffled.better] == ["continuity"]


@pytest.mark.parametrize(
    ("pixels", "order", "sentence"),
    [
        (0.99, Order.FIRST, "That is significantly less: something about the classes is lost."),
        (0.95, Order.UNDECIDED, "The difference from the pixels is not significant"),
        (0.50, Order.SECOND, "for this purpose it is better than what it was made from"),
    ],
)
def test_an_embedding_may_surpass_the_pixels_in_what_asks_for_the_classes(
    layout: Layout, results: Results, pixels: float, order: Order, sentence: str
) -> None:
    given = changed(
        results,
        {
            "raw_pixels-pixels": scores(neighbour_accuracy_10=pixels),
            "tsne-2d": scores(neighbour_accuracy_10=0.95),
            "umap-2d": scores(neighbour_accuracy_10=0.945),
        },
    )
    found = raw_pixels(given)
    assert found is not None
    assert found.best_accuracy is not None
    assert found.best_accuracy.pair.order is order
    assert found.best_accuracy.tasks == ("tsne-2d", "umap-2d")  # which do not differ significantly
    text = read(layout, given, "maps/raw_pixels")
    assert sentence in text
    assert found.best_accuracy.rivals == ("umap-2d",)
    assert "is 95.0 % (t-SNE; no significant difference from UMAP)" in text.replace("\u00a0", " ")


@pytest.mark.parametrize(("accuracy", "order"), [(0.9, Order.FIRST), (0.8, Order.UNDECIDED), (0.7, Order.SECOND)])
def test_what_the_components_leave_out_is_not_called_noise(
    layout: Layout, results: Results, accuracy: float, order: Order
) -> None:
    given = changed(
        results,
        {
            "raw_pixels-pixels": scores(neighbour_accuracy_10=0.8),
            "raw_pixels-pca_50": scores(neighbour_accuracy_10=accuracy),
        },
    )
    found = raw_pixels(given)
    assert found is not None
    assert found.components is not None
    assert found.components.accuracy.order is order
    text = read(layout, given, "maps/raw_pixels")
    assert ("That it is noise is plausible, but not shown." in text) is (order is Order.FIRST)
    assert "what was dropped was noise" not in text


def test_the_pixels_limit_only_scores_of_their_distances() -> None:
    """Neither the summary nor its translation promises what the scores of the classes refute."""
    from generator import registry

    summary = registry.declare("raw_pixels").summary
    assert "distances between pixel values" in summary
    assert "上限" not in load(Layout(), "ja")(summary)


def test_how_the_images_are_divided(results: Results) -> None:
    found = divided(results)
    assert found.source is Source.DIGITS
    assert found.compared == Division(150, 50)
    assert found.article == Division(160, 40)
    assert found.tuning == Division(120, 30)  # of the 150
    nothing = divided(without(results, *results.records))
    assert (nothing.compared, nothing.article, nothing.tuning) == (None, None, None)


@pytest.mark.parametrize("source", Source)
def test_no_accuracy_is_to_be_set_against_a_leaderboard(layout: Layout, source: Source) -> None:
    results = Results(layout.records)
    results.catalogue = msgspec.structs.replace(
        results.catalogue, data=msgspec.structs.replace(results.catalogue.data, name=source.value)
    )
    texts = {one.code: read(layout, results, "data", one.code) for one in LANGUAGES}
    assert "must not be set against them" in texts["en"]
    assert "その値と比べてはならない" in texts["ja"]
    assert ("no writer is in both" in texts["en"]) is (source is Source.MNIST)


def test_an_interval_of_no_width_is_not_shown(layout: Layout, results: Results) -> None:
    """All values being the same, a mean over few of them is not as certain as that."""

    def level(record: Record) -> Record:
        metrics = tuple(msgspec.structs.replace(one, value=1.0, low=1.0, high=1.0) for one in record.metrics)
        return msgspec.structs.replace(record, metrics=metrics)

    plane = "noisy_maps-pca2_trained_published"
    text = read(layout, changed(results, {plane: level}), "maps/cnn_embeddings").replace("\u00a0", " ")
    assert "100.0 % of its neighbours are noise" in text
    assert "100.0–100.0" not in text
