"""What the overview pages conclude: best and ties within a number of dimensions, stability, settings, the home page."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest

from generator.dataset import Images
from generator.layout import Layout
from generator.metric import Metric
from generator.metrics import embedding
from generator.metrics.extent import extents
from generator.record import Results, encode
from generator.report.findings.compare import Lead, Order
from generator.report.findings.embeddings import Separated, Winner, embeddings
from generator.report.findings.home import NETWORK, Runs, home
from generator.report.findings.series import Shown, shorter
from generator.report.findings.settings import Agreed, Ahead, Claim, Effect, Listed, Suits, settings
from generator.report.findings.stability import Alike, Shape, Start, Steadiest, stability
from generator.report.i18n import NO_BREAK
from generator.report.rows import leading
from tests.records import fake_results
from tests.sites import make_sources, render

NEAR, FAR, KIND = "trustworthiness", "distance_correlation", "neighbour_accuracy_10"
NARROW = 0.001


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Results that no test changes on disk."""
    layout = Layout(tmp_path_factory.mktemp("overview"))
    fake_results(layout.records)
    return layout


def score(layout: Layout, scores: Mapping[str, Mapping[str, float]], half_width: float = NARROW) -> Results:
    """The results with these scores of some tasks, each give or take ``half_width``."""
    results = Results(layout.records)
    for task, values in scores.items():
        record = results.records[task]
        metrics = tuple(
            one
            if one.name not in values
            else msgspec.structs.replace(
                one, value=(it := values[one.name]), low=it - half_width, high=it + half_width, blocks=()
            )
            for one in record.metrics
        )
        results.records[task] = msgspec.structs.replace(record, metrics=metrics)
    return results


def blocks(results: Results, task: str, metric: str, values: list[float]) -> None:
    """Give a score its values on the parts of the images, and a wide interval."""
    record = results.records[task]
    new = Metric(metric, float(np.mean(values)), "higher", 0.0, 1.0, blocks=tuple(values))
    metrics = tuple(new if one.name == metric else one for one in record.metrics)
    results.records[task] = msgspec.structs.replace(record, metrics=metrics)


def test_the_best_in_the_plane_is_not_sought_in_space(layout: Layout) -> None:
    found = embeddings(score(layout, {"pca-3d": {FAR: 0.9}, "autoencoder-vae": {FAR: 0.7}}))
    assert found is not None
    assert [one.dimensions for one in found.compared] == [2, 3]
    plane, space = found.compared
    assert plane == found.plane
    assert plane.whole is not None
    assert plane.whole.methods.best == ("autoencoder-vae",)
    assert space.whole is not None
    assert space.whole.methods.best == ("pca-3d",)


def test_whoever_is_not_significantly_worse_is_named_with_the_best(layout: Layout) -> None:
    found = embeddings(score(layout, {"tsne-2d": {KIND: 0.97}, "umap-2d": {KIND: 0.969}}, 0.002))
    assert found is not None
    assert found.plane is not None
    assert found.plane.classes is not None
    assert found.plane.classes.methods.lead is Lead.TIED
    assert found.plane.classes.methods.best == ("tsne-2d", "umap-2d")


def test_baseline_and_reference_are_controls(layout: Layout) -> None:
    high = {"random_projection-shuffled": {NEAR: 0.7}, "random_projection-2d": {NEAR: 0.6}}
    found = embeddings(score(layout, {**high, "raw_pixels-pixels": {NEAR: 1.0}}))
    assert found is not None
    plane, space = found.compared
    assert plane.local is not None
    assert plane.local.baseline is not None
    assert plane.local.baseline.task == "random_projection-shuffled"
    assert plane.local.reference is not None
    assert plane.local.reference.value == 1.0
    assert space.local is not None
    assert space.local.baseline is None


def test_one_embedding_may_be_best_at_everything(layout: Layout) -> None:
    found = embeddings(score(layout, {"umap-2d": {NEAR: 0.999, FAR: 0.99, KIND: 0.999, "silhouette": 0.9}}))
    assert found is not None
    assert found.plane is not None
    assert (found.plane.winner, found.plane.winners) == (Winner.ONE, ("umap-2d",))
    for worse in (FAR, "silhouette"):
        scores = {NEAR: 0.999, FAR: 0.99, KIND: 0.999, "silhouette": 0.9, worse: -0.5}
        found = embeddings(score(layout, {"umap-2d": scores}))
        assert found is not None
        assert found.plane is not None
        assert (found.plane.winner, found.plane.winners) == (Winner.NONE, ())


@pytest.mark.parametrize(("silhouette", "separated"), [(0.9, Separated.ALIKE), (-0.5, Separated.EACH)])
def test_the_two_scores_of_the_classes_may_name_different_embeddings(
    layout: Layout, silhouette: float, separated: Separated
) -> None:
    found = embeddings(score(layout, {"tsne-2d": {KIND: 0.999, "silhouette": silhouette}, "umap-2d": {KIND: 0.5}}))
    assert found is not None
    assert found.plane is not None
    assert found.plane.separated is separated


@pytest.mark.parametrize(
    ("umap", "tsne", "order"), [(0.6, 0.4, Order.FIRST), (0.4, 0.6, Order.SECOND), (0.5, 0.5005, Order.UNDECIDED)]
)
def test_density_of_clusters(layout: Layout, umap: float, tsne: float, order: Order) -> None:
    found = embeddings(score(layout, {"umap-2d": {"silhouette": umap}, "tsne-2d": {"silhouette": tsne}}))
    assert found is not None
    assert found.density is not None
    assert (found.density.order, found.density.first.value, found.density.second.value) == (order, umap, tsne)


def test_time_is_split_into_search_and_the_rest(layout: Layout) -> None:
    results = Results(layout.records)
    found = embeddings(results)
    assert found is not None
    assert {one.task for one in found.costs} == {"laplacian_eigenmaps-2d", "umap-2d", "tsne-2d"}
    totals = [one.total.wall_s for one in found.costs]
    assert totals == sorted(totals)
    search = results.records["neighbours-exact"].measures
    assert search is not None
    for one in found.costs:
        assert one.search.wall_s == search.wall_s
        assert one.total.wall_s == pytest.approx(one.search.wall_s + one.layout.wall_s)


def test_a_time_of_a_busy_machine_is_marked_and_ranked_by_the_processors(layout: Layout) -> None:
    results = Results(layout.records)
    record = results.records["umap-2d"]
    assert record.measures is not None
    measures = msgspec.structs.replace(record.measures, wall_s=10_000.0)
    results.records["umap-2d"] = msgspec.structs.replace(record, measures=measures)
    found = embeddings(results)
    assert found is not None
    order = [one.task for one in found.costs]
    assert order.index("umap-2d") < order.index("tsne-2d")
    assert next(one for one in found.costs if one.task == "umap-2d").busy


def test_without_results_there_is_nothing_to_say(layout: Layout) -> None:
    results = Results(layout.records)
    results.records.clear()
    assert embeddings(results) is None
    assert settings(results) is None
    assert stability(results) is None
    found = home(results)
    assert (found.classified, found.network, found.reconstructed, found.noise) == (None, None, None, None)


def test_bold_is_what_nobody_beats_in_as_many_dimensions(layout: Layout) -> None:
    results = score(layout, {"tsne-2d": {NEAR: 0.97}, "umap-2d": {NEAR: 0.9699}, "autoencoder-3d": {NEAR: 0.6}})
    leaders = leading(results, "maps")
    assert all(NEAR in leaders[task] for task in ("tsne-2d", "umap-2d", "pca-3d"))
    assert NEAR not in leaders.get("autoencoder-3d", ())
    assert "raw_pixels-pixels" not in leaders


@pytest.mark.parametrize("n", [40, 150, 1438])
def test_stated_k_and_n_are_those_that_scores_are_taken_on(n: int) -> None:
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 255, (n + 10, 28, 28)).astype(np.uint8), (np.arange(n + 10) % 3).astype(np.uint8)
    dataset = Images("test", images, labels, ("a", "b", "c"), n).split("official")
    given, stated = embedding.reference(dataset), extents(n)
    near = stated["trustworthiness"]
    assert given["subsample_neighbours"].shape == (near.parts, near.n, near.k)
    assert stated["silhouette"].n == len(given["queries"])
    recalled = [one.k for name, one in stated.items() if name.startswith("neighbour_recall_")]
    assert max(recalled) == given["neighbours"].shape[1]
    assert stated["neighbour_accuracy_10"].n == len(given["held_out"])
    assert stated["distance_correlation"].n == len(given["pair_lengths"])
    assert stated["triplet_accuracy"].n == len(given["triplet_order"])


def test_at_the_articles_scale() -> None:
    stated = extents(60_000)
    assert (stated["trustworthiness"].parts, stated["trustworthiness"].n, stated["trustworthiness"].k) == (5, 2_000, 15)
    assert stated["neighbour_accuracy_10"].n == 10_000
    assert (stated["distance_correlation"].n, stated["triplet_accuracy"].n) == (20_000, 20_000)


def procrustes(layout: Layout, **values: float) -> Results:
    return score(layout, {f"stability-{name}": {"procrustes": value} for name, value in values.items()})


def test_stability_ranks_by_the_ranges_of_pairs(layout: Layout) -> None:
    found = stability(procrustes(layout, tsne=0.007, umap=0.2, autoencoder=0.4, noisy_tsne=0.6))
    assert found is not None
    assert [(one.task, one.verdict) for one in found.methods] == [
        ("stability-tsne", Shape.SAME),
        ("stability-umap", Shape.OTHER),
        ("stability-autoencoder", Shape.OTHER),
    ]
    assert found.shape.best == ("stability-tsne",)
    assert found.methods[0].shape_range == pytest.approx((0.006, 0.008))
    assert found.random is not None
    assert (found.random.verdict, found.start, found.runs) == (Shape.OTHER, Start.INFORMED, 5)
    assert found.moved == ("stability-umap", "stability-autoencoder")
    assert found.shape_rivals == ()
    assert found.shown is Shown.SAMPLE


def test_whose_range_meets_the_firsts_is_named_with_a_score_of_its_own(layout: Layout) -> None:
    scores = {"tsne": 0.3, "umap": 0.1, "autoencoder": 0.7}
    found = stability(score(layout, {f"stability-{name}": {"procrustes": one} for name, one in scores.items()}, 0.15))
    assert found is not None
    assert found.shape.first.task == "stability-umap"
    assert [(one.task, one.value) for one in found.shape_rivals] == [("stability-tsne", 0.3)]


@pytest.mark.parametrize(
    ("disparity", "half_width", "alike"),
    [(0.005, 0.001, Alike.ALL), (0.3, 0.295, Alike.SOME), (0.3, 0.1, Alike.NONE)],
)
def test_how_many_runs_have_the_same_shape(layout: Layout, disparity: float, half_width: float, alike: Alike) -> None:
    found = stability(score(layout, {"stability-noisy_tsne": {"procrustes": disparity}}, half_width))
    assert found is not None
    assert found.random is not None
    assert found.random.alike is alike


def test_a_series_may_be_shorter_than_the_embedding_of_all_images(layout: Layout) -> None:
    results = Results(layout.records)
    assert shorter(results, ("tsne", "umap", "nonsense")) == ("tsne-2d",)
    tasks = tuple(
        msgspec.structs.replace(one, params={**one.params, "steps": 750}) if one.experiment == "tsne" else one
        for one in results.catalogue.tasks
    )
    results.catalogue = msgspec.structs.replace(results.catalogue, tasks=tasks)
    assert shorter(results, ("tsne", "umap")) == ()


def test_shape_and_neighbours_may_disagree(layout: Layout) -> None:
    shared = {"tsne": 0.5, "umap": 0.9, "autoencoder": 0.6}
    disparity = {"tsne": 0.01, "umap": 0.2, "autoencoder": 0.4}
    scores = {
        f"stability-{name}": {"procrustes": disparity[name], "neighbour_overlap_15": shared[name]} for name in shared
    }
    found = stability(score(layout, scores))
    assert found is not None
    assert found.steadiest is Steadiest.DIFFERENT
    scores["stability-tsne"]["neighbour_overlap_15"] = 0.95
    found = stability(score(layout, scores))
    assert found is not None
    assert found.steadiest is Steadiest.ONE


RECALL = "neighbour_recall_15"
PERPLEXITIES = (5, 15, 30, 100, 500)


def sweep(layout: Layout, near: list[float], far: list[float], half_width: float = NARROW) -> Results:
    return score(
        layout,
        {f"tsne-perplexity_{name}": {RECALL: a, FAR: b} for name, a, b in zip(PERPLEXITIES, near, far, strict=True)},
        half_width,
    )


def test_perplexities_that_do_not_differ_are_both_best(layout: Layout) -> None:
    """The review's example: 30 with 40.8 % and 15 with 40.7 %, give or take 0.7."""
    found = settings(sweep(layout, [0.38, 0.407, 0.408, 0.35, 0.3], [0.3, 0.3, 0.3, 0.4, 0.5], 0.007))
    assert found is not None
    assert found.perplexity is not None
    assert found.perplexity.local.head.best == ("tsne-perplexity_30", "tsne-perplexity_15")
    assert found.perplexity.local.effect is Effect.SIGNIFICANT
    assert found.perplexity.suits is Suits.EACH
    assert found.shown is Shown.SAMPLE


@pytest.mark.parametrize(
    ("near", "far", "suits", "both"),
    [
        ([0.1, 0.2, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.2, 0.1], Suits.ONE, ("tsne-perplexity_30",)),
        ([0.1, 0.2, 0.3, 0.2, 0.1], [0.5, 0.2, 0.3, 0.2, 0.1], Suits.EACH, ()),
    ],
)
def test_a_setting_for_each_question(
    layout: Layout, near: list[float], far: list[float], suits: Suits, both: tuple[str, ...]
) -> None:
    found = settings(sweep(layout, near, far))
    assert found is not None
    assert found.perplexity is not None
    assert (found.perplexity.suits, found.perplexity.both) == (suits, both)


def test_where_nothing_is_significant_no_setting_stands_out(layout: Layout) -> None:
    found = settings(sweep(layout, [0.40, 0.41, 0.42, 0.41, 0.40], [0.30, 0.31, 0.32, 0.31, 0.30], 0.1))
    assert found is not None
    assert found.perplexity is not None
    assert found.perplexity.suits is Suits.NEITHER


def starts(layout: Layout, tsne: tuple[float, float, float], umap: tuple[float, float, float]) -> Results:
    """The rank correlation from random positions, PCA and the spectral embedding."""
    values = {
        f"{slug}-start_{init}": {FAR: value}
        for slug, given in (("tsne", tsne), ("umap", umap))
        for init, value in zip(("random", "pca", "spectral"), given, strict=True)
    }
    return score(layout, values)


@pytest.mark.parametrize(
    ("tsne", "umap", "claim", "ahead"),
    [
        ((0.2, 0.4, 0.5), (0.2, 0.4, 0.5), Claim.SUPPORTED, Ahead.UNDECIDED),
        ((0.40, 0.37, 0.36), (0.3, 0.2, 0.2), Claim.REFUTED, Ahead.TSNE),
        ((0.4, 0.4, 0.4), (0.5, 0.5, 0.5), Claim.UNDECIDED, Ahead.UMAP),
        ((0.4, 0.5, 0.4), (0.5, 0.4, 0.4), Claim.MIXED, Ahead.DEPENDS),
        ((0.4, 0.4001, 0.5), (0.3, 0.4, 0.4), Claim.SUPPORTED, Ahead.TSNE_PARTLY),
        ((0.3, 0.4, 0.4), (0.4, 0.4001, 0.5), Claim.SUPPORTED, Ahead.UMAP_PARTLY),
        ((0.4001, 0.35, 0.4), (0.4, 0.3501, 0.3), Claim.REFUTED, Ahead.TSNE_PARTLY),
    ],
)
def test_initialisations_against_random_ones(
    layout: Layout,
    tsne: tuple[float, float, float],
    umap: tuple[float, float, float],
    claim: Claim,
    ahead: Ahead,
) -> None:
    found = settings(starts(layout, tsne, umap))
    assert found is not None
    assert (found.claim, found.ahead) == (claim, ahead)
    assert found.tsne is not None
    assert [one.scored.task for one in found.tsne.informed] == ["tsne-start_pca", "tsne-start_spectral"]


def test_what_was_claimed_of_initialisations_is_asked_of_each_method(layout: Layout) -> None:
    found = settings(starts(layout, (0.4, 0.4, 0.4), (0.3, 0.4, 0.3)))
    assert found is not None
    assert found.tsne is not None
    assert found.umap is not None
    assert (found.tsne.claim, found.umap.claim) == (Claim.UNDECIDED, Claim.SUPPORTED)
    assert found.agreed is Agreed.EACH
    found = settings(starts(layout, (0.3, 0.4, 0.3), (0.3, 0.4, 0.3)))
    assert found is not None
    assert (found.agreed, found.claim) == (Agreed.BOTH, Claim.SUPPORTED)


def test_from_which_initialisations_a_method_is_ahead(layout: Layout) -> None:
    found = settings(starts(layout, (0.4, 0.4001, 0.5), (0.5, 0.4, 0.4)))
    assert found is not None
    assert (found.tsne_ahead, found.umap_ahead) == (("spectral",), ("random",))
    assert found.ahead is Ahead.DEPENDS


def test_a_setting_left_out_may_score_higher_than_one_named(layout: Layout) -> None:
    """A small difference is significant if all parts of the images agree on it, a greater one is not if they do not."""
    results = sweep(layout, [0.1] * 5, [0.1] * 5)
    parts = [0.35 + 0.005 * place for place in range(20)]
    for name, less in zip(PERPLEXITIES, (0.2, 0.1, 0.0, 0.001, 0.0), strict=True):
        blocks(results, f"tsne-perplexity_{name}", FAR, [one - less for one in parts])
    blocks(results, "tsne-perplexity_30", FAR, [one - 0.002 for one in reversed(parts)])
    found = settings(results)
    assert found is not None
    assert found.perplexity is not None
    assert found.perplexity.whole.head.best == ("tsne-perplexity_500", "tsne-perplexity_30")
    assert found.perplexity.listed is Listed.SKIPPED
    assert found.perplexity.local.listed is Listed.HIGHEST


def test_settings_are_compared_on_the_same_parts_of_the_images(layout: Layout) -> None:
    """The intervals overlap, yet on every part of the images the random initialisation is better by as much."""
    results, rng = Results(layout.records), np.random.default_rng(0)
    base = 0.38 + rng.normal(scale=0.02, size=20)
    for init, shift in (("random", 0.02), ("pca", 0.0), ("spectral", 0.021)):
        values = base + shift + rng.normal(scale=0.001, size=20)
        blocks(results, f"tsne-start_{init}", FAR, values.tolist())
    found = settings(results)
    assert found is not None
    assert found.tsne is not None
    assert found.tsne.informed[0].order is Order.SECOND


def test_the_greatest_perplexity_that_could_be_used_is_told(layout: Layout) -> None:
    results = Results(layout.records)
    record = results.records["tsne-perplexity_500"]
    results.records[record.task.id] = msgspec.structs.replace(record, facts={**record.facts, "perplexity_used": 33.0})
    found = settings(results)
    assert found is not None
    assert found.perplexity is not None
    assert found.perplexity.cap == 33.0


def test_home_names_the_rivals_over_all_seeds(layout: Layout) -> None:
    found = home(Results(layout.records)).classified
    assert found is not None
    assert found.runs is Runs.SEVERAL
    assert found.methods.first.runs == 5
    assert found.methods.first.task not in found.rivals
    assert found.baseline is not None
    assert found.baseline.task == "majority_class-default"


def answer_right(layout: Layout, task: str, share: float) -> None:
    """Let every run of a classifier be right for the first ``share`` of the test images."""
    results = Results(layout.records)
    setting = results.catalogue.setting(results.records[task].task)
    for one in results.catalogue.tasks_of(results.records[task].task.experiment):
        if results.catalogue.setting(one) == setting and one.sample == 0 and one.id in results.records:
            record = results.records[one.id]
            labels = np.asarray(results.labels())[np.asarray(results.array(one.id, "index"))]
            right = np.arange(len(labels)) < share * len(labels)
            np.save(layout.records / one.id / "predictions.npy", np.where(right, labels, (labels + 1) % 10))
            metrics = tuple(
                msgspec.structs.replace(it, value=float(right.mean())) if it.name == "accuracy" else it
                for it in record.metrics
            )
            path = layout.records / one.id / "record.json"
            path.write_bytes(encode(msgspec.structs.replace(record, metrics=metrics)))


def test_errors_of_the_network_and_of_a_linear_model(layout: Layout, tmp_path: Path) -> None:
    layout = Layout(shutil.copytree(layout.root, tmp_path, dirs_exist_ok=True))
    answer_right(layout, NETWORK, 0.9)
    answer_right(layout, "logistic_regression-published", 0.4)
    found = home(Results(layout.records)).network
    assert found is not None
    assert found.order is Order.FIRST
    assert found.ratio == pytest.approx(6.0)
    answer_right(layout, NETWORK, 1.0)
    found = home(Results(layout.records)).network
    assert found is not None
    assert found.ratio is None


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, str]]:
    return render(make_sources(tmp_path_factory.mktemp("pages")))


def test_the_first_page_credits_every_article(pages: Mapping[str, Mapping[str, str]]) -> None:
    for text in (pages["en"]["index"], pages["ja"]["index"]):
        assert [text.count(f"reproduction/#a{i}") for i in range(1, 6)] == [1] * 5


def test_what_rests_on_one_run_says_so(pages: Mapping[str, Mapping[str, str]]) -> None:
    assert pages["en"]["index"].count("(single run)") == 2
    assert pages["ja"]["index"].count("（1回の実行）") == 2


def test_columns_state_k_and_n(pages: Mapping[str, Mapping[str, str]]) -> None:
    near = extents(150)["trustworthiness"]
    for code in ("en", "ja"):
        stated = pages[code]["maps/index"].replace(NO_BREAK, " ")
        assert f'<span class="aside">k = {near.k}, n = {near.parts} × {near.n}</span>' in stated


def test_rows_stand_with_those_they_can_be_compared_with(pages: Mapping[str, Mapping[str, str]]) -> None:
    table = pages["en"]["maps/index"].partition("Bold: no method")[0].rpartition("<table")[2]
    titles = re.findall(r'<th scope="rowgroup" class="group">(.*?)</th>', table)
    assert titles == ["2-D", "3-D", "Original space"]
