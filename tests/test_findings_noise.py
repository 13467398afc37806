"""What the report concludes of noise among digits, from results that force it."""

import os
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from generator.layout import Layout
from generator.metric import Metric
from generator.record import Fact, Results
from generator.report.findings.noise import (
    Depths,
    Drawn,
    Fitting,
    Gathering,
    Hook,
    Lesson,
    Noise,
    Repeated,
    Standing,
    Third,
    noise,
)
from tests.sites import make_sources, render_page

TSNE, UNTRAINED = "noisy_maps-tsne2_trained_published", "noisy_maps-tsne2_random_published"
PLANE, SPACE = "noisy_maps-pca2_trained_published", "noisy_maps-pca3_trained_published"
APART, PARTLY, AMONG = (0.99, 0.8), (0.8, 0.8), (0.3, 0.8)  # purity and silhouette


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Templates, and results that no test changes on disk."""
    return make_sources(tmp_path_factory.mktemp("made"))


@pytest.fixture
def results(layout: Layout, tmp_path: Path) -> Results:
    """The same results, for one test to change."""
    return Results(shutil.copytree(layout.records, tmp_path / "records", copy_function=os.link))


def found(results: Results) -> Noise:
    one = noise(results)
    assert one is not None
    return one


def note(results: Results, task: str, **facts: Fact) -> None:
    record = results.records[task]
    results.records[task] = msgspec.structs.replace(record, facts={**record.facts, **facts})


def put(results: Results, task: str, purity: float, silhouette: float, half_width: float = 0.01) -> None:
    """Noise that lies as these say in an embedding."""
    metrics = tuple(
        Metric(name=name, value=value, better="higher", low=value - half_width, high=value + half_width)
        for name, value in (("noise_purity", purity), ("noise_silhouette", silhouette))
    )
    results.records[task] = msgspec.structs.replace(results.records[task], metrics=metrics)


def test_without_its_network_nothing_is_concluded(results: Results) -> None:
    del results.records["cnn_embeddings-trained"]
    assert noise(results) is None


def test_without_embeddings_only_the_network_is_spoken_of(results: Results) -> None:
    results.records = {"cnn_embeddings-trained": results.records["cnn_embeddings-trained"]}
    alone = found(results)
    assert (alone.article, alone.hook, alone.lesson, alone.third, alone.runs, alone.components) == (None,) * 6


@pytest.mark.parametrize(
    ("train", "validation", "best", "fitting"),
    [
        ([9, 5, 4, 3], [9, 6, 7, 8], 2, Fitting.OVERFITS),
        ([9, 5, 4, 3], [9, 6, 6.1, 6.2], 2, Fitting.FLAT),
        ([9, 5, 6, 6], [9, 6, 7, 8], 2, Fitting.FLAT),  # both get worse: that is not overfitting
        ([9, 5, 4, 3], [9, 6, 5, 4], 4, Fitting.FALLING),
    ],
)
def test_how_the_training_goes_on(
    results: Results, train: list[float], validation: list[float], best: int, fitting: Fitting
) -> None:
    for name, losses in (("train_loss", train), ("held_out_loss", validation)):
        path = results.folder / "cnn_embeddings-trained" / f"{name}.npy"
        path.unlink()  # a link to what other tests read
        np.save(path, np.array(losses, np.float32))
    note(results, "cnn_embeddings-trained", best_epoch=best)
    training = found(results).training
    assert training.fitting is fitting
    assert (training.validation_at_best, training.train) == (validation[best - 1], train[-1])


@pytest.mark.parametrize(
    ("share", "gathering"), [(1.0, Gathering.ALL), (0.627, Gathering.MOST), (0.5, Gathering.SCATTERED)], ids=str
)
def test_whether_noise_is_predicted_as_one_class(results: Results, share: float, gathering: Gathering) -> None:
    note(results, "noisy_embeddings-trained_published", noise_predicted_share=share)
    article = found(results).article
    assert article is not None
    assert article.gathering is gathering


def test_draws_are_not_images(results: Results) -> None:
    note(results, "noisy_embeddings-trained_published", n_draws=1000, n_noise=26)
    article = found(results).article
    assert article is not None
    assert (article.draws, article.images) == (1000, 26)
    assert article.strewn == pytest.approx(25 / 49)  # of the 50 test images one is the neighbour's centre


@pytest.mark.parametrize(("draws", "drawn"), [(1000, Drawn.ALL), (5, Drawn.FEWER)])
def test_a_small_set_keeps_its_digits(results: Results, draws: int, drawn: Drawn) -> None:
    note(results, "noisy_embeddings-trained_distinct", n_draws=draws)
    assert found(results).drawn is drawn


@pytest.mark.parametrize(("difference", "hook"), [(0.0, Hook.IDENTICAL), (1e-6, Hook.ROUNDED)])
def test_two_ways_to_take_a_feature_vector(results: Results, difference: float, hook: Hook) -> None:
    note(results, "noisy_embeddings-trained_published", hooked_difference=difference)
    assert (found(results).hook, found(results).difference) == (hook, difference)


@pytest.mark.parametrize(
    ("purity", "silhouette", "standing"),
    [
        (0.99, 0.6, Standing.APART),
        (0.99, 0.4, Standing.PARTLY),
        (0.6, 0.6, Standing.PARTLY),
        (0.4, 0.6, Standing.AMONG),
    ],
)
def test_where_noise_lies(results: Results, purity: float, silhouette: float, standing: Standing) -> None:
    put(results, TSNE, purity, silhouette)
    place = found(results).tsne
    assert place is not None
    assert place.standing is standing


@pytest.mark.parametrize(
    ("trained", "untrained", "lesson"),
    [
        (APART, APART, Lesson.BOTH),
        (APART, PARTLY, Lesson.TRAINED),
        (AMONG, APART, Lesson.UNTRAINED),
        (PARTLY, AMONG, Lesson.NEITHER),
    ],
)
def test_what_the_untrained_network_teaches(
    results: Results, trained: tuple[float, float], untrained: tuple[float, float], lesson: Lesson
) -> None:
    put(results, TSNE, *trained)
    put(results, UNTRAINED, *untrained)
    assert found(results).lesson is lesson


@pytest.mark.parametrize(
    ("plane", "space", "third"),
    [
        ((0.244, 0.38), (0.52, 0.415), Third.RAISES),  # of the full run; that of the silhouette is not asked
        ((0.52, 0.38), (0.244, 0.415), Third.LOWERS),
        ((0.52, 0.38), (0.525, 0.415), Third.UNDECIDED),
        (APART, (0.99, 0.9), Third.NEEDLESS),
    ],
)
def test_the_third_component_is_judged_by_the_neighbours_of_noise(
    results: Results, plane: tuple[float, float], space: tuple[float, float], third: Third
) -> None:
    put(results, PLANE, *plane)
    put(results, SPACE, *space)
    assert found(results).third is third


@pytest.mark.parametrize(("space", "depths"), [(APART, Depths.SAME), (AMONG, Depths.OTHER)])
def test_noise_may_lie_in_space_as_in_the_plane(results: Results, space: tuple[float, float], depths: Depths) -> None:
    put(results, PLANE, *APART)
    put(results, SPACE, *space)
    assert found(results).depths is depths


@pytest.mark.parametrize(
    ("places", "repeated"),
    [
        ([APART] * 5, Repeated.ALWAYS),
        ([APART, AMONG, APART, APART, APART], Repeated.SOMETIMES),
        ([PARTLY] * 5, Repeated.NEVER),
    ],
)
def test_whether_every_run_sets_noise_apart(
    results: Results, places: list[tuple[float, float]], repeated: Repeated
) -> None:
    for seed, place in enumerate(places):
        put(results, f"noisy_maps-seed_{seed}", *place)
    runs = found(results).runs
    assert runs is not None
    assert (runs.runs, runs.repeated) == (5, repeated)


def test_runs_are_compared_by_their_shape(results: Results) -> None:
    runs = found(results).runs
    assert runs is not None
    assert runs.disparity is not None
    assert runs.disparity.task == "stability-noisy_tsne"
    assert runs.disparity.value == results.records["stability-noisy_tsne"].metric("procrustes").value


def test_runs_whose_shapes_were_not_compared(results: Results) -> None:
    del results.records["stability-noisy_tsne"]
    runs = found(results).runs
    assert runs is not None
    assert runs.disparity is None


def test_noise_is_not_said_to_be_grey(layout: Layout) -> None:
    """And scores of as much noise as in the article are not set against those of more."""
    english, japanese = (render_page(layout, code, "maps/cnn_embeddings") for code in ("en", "ja"))
    assert "all grey" not in english
    assert "every pixel random, high contrast without structure" in english
    assert "Their scores must not be compared." in english
    assert "指標の値を両者の間で比べることはできない。" in japanese
    assert "single run" in english
    assert "単一の実行" in japanese
