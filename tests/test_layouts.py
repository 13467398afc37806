"""t-SNE, UMAP and the Swiss roll: the same seed gives the same map, and few points are no reason to complain."""

import dataclasses
import logging

import numpy as np
import pytest

from generator.experiments import swiss_roll
from generator.experiments import tsne as tsne_experiment
from generator.experiments import umap as umap_experiment
from generator.layouts import neighbours, tsne, umap
from generator.metrics.embedding import silhouettes
from generator.neighbours import nearest
from generator.vocabulary import Variant

SHORT = {"early_steps": 30, "steps": 30}


@pytest.fixture(scope="module")
def points() -> np.ndarray:
    """Three well separated clouds, 150 points in 12 dimensions."""
    rng = np.random.default_rng(0)
    return (rng.normal(size=(150, 12)) + 20 * np.repeat(np.eye(12)[:3], 50, axis=0)).astype(np.float32)


def test_neighbours_already_found_are_taken_as_far_as_they_reach(points: np.ndarray):
    indices, distances = nearest(points, 10)
    found = {"indices": indices[:, ::-1], "distances": distances}  # told apart by their order
    assert np.array_equal(neighbours(points, 6, found)[0], indices[:, ::-1][:, :6])
    assert np.array_equal(neighbours(points, 11, found)[0], nearest(points, 11)[0])
    assert np.array_equal(neighbours(points, 6, None)[0], indices[:, :6])


@pytest.mark.parametrize("init", tsne.Start)
@pytest.mark.parametrize("d", [2, 3])
def test_tsne_repeats_under_one_seed_and_differs_under_another(points: np.ndarray, init: tsne.Start, d: int):
    first, again, other = (
        tsne.lay_out(points, seed=seed, n_components=d, perplexity=10, init=init, **SHORT).coordinates
        for seed in (0, 0, 1)
    )
    assert first.shape == (150, d)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("d", [2, 3])
def test_tsne_tells_clouds_apart_and_how_well(points: np.ndarray, d: int):
    """The divergence is that of Student's kernel with one degree of freedom less than the map has dimensions."""
    laid_out = tsne.lay_out(points, seed=0, n_components=d, perplexity=10, early_steps=100, steps=150)
    assert silhouettes(laid_out.coordinates, np.repeat(np.arange(3), 50)).min() > 0.3
    placed = laid_out.coordinates.astype(np.float64)
    squared = ((placed[:, np.newaxis] - placed) ** 2).sum(axis=2)
    # r² / (d / 2) for r² / (d - 1): another unit of length, the same family.
    kernel = (1 + squared / (d / 2)) ** (-d / 2)
    np.fill_diagonal(kernel, 0)
    q = kernel / kernel.sum()
    indices, distances = nearest(points, 30)
    affinities = tsne.PerplexityBasedNN(knn_index=tsne.PrecomputedNeighbors(indices, distances), perplexity=10).P
    p = affinities.toarray()
    some = p > 0
    assert laid_out.kl_divergence == pytest.approx((p[some] * np.log(p[some] / q[some])).sum(), abs=0.02)


def test_a_perplexity_beyond_the_points_is_cut_without_a_word(points: np.ndarray, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        laid_out = tsne.lay_out(points, seed=0, perplexity=500, **SHORT)
    assert laid_out.perplexity == pytest.approx(149 / 3)
    assert not caplog.records
    assert tsne.lay_out(points, seed=0, perplexity=20, **SHORT).perplexity == 20


@pytest.mark.parametrize("init", umap_experiment.STARTS)
def test_umap_repeats_under_one_seed_and_differs_under_another(points: np.ndarray, init: str):
    first, again, other = (umap.lay_out(points, seed=seed, epochs=20, init=init) for seed in (0, 0, 1))
    assert first.shape == (150, 2)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("module", [tsne_experiment, umap_experiment])
def test_series_differ_from_one_another_in_one_thing(module):
    """All stand on one sample, and find their own neighbours."""
    series: dict[str, list[Variant]] = {}
    for variant in module.experiment.variants:
        series.setdefault(variant.series, []).append(variant)
    assert len(series.pop("")) == 1
    for name, members in series.items():
        assert all(one.sample == 10_000 and not one.compared and one.needs == () for one in members)
        assert all((one.repeat > 0) <= (name == "seed") for one in members)
        settings = [module.Params(**one.params) for one in members]
        fields = [field.name for field in dataclasses.fields(module.Params)]
        varied = {field for field in fields if len({getattr(one, field) for one in settings}) > 1}
        assert (
            varied
            == {
                "perplexity": {"perplexity"},
                "grid": {"n_neighbors", "min_dist"},
                "start": {"init"},
                "seed": set(),
            }[name]
        )


def test_the_way_along_the_sheet_by_hand():
    """From the angle 0 to pi the spiral r = t is 6.1099 long: (3.1416 * 3.2969 + 1.8623) / 2."""
    assert swiss_roll.arc_length(np.array([0.0, np.pi])) == pytest.approx([0.0, 6.10992], abs=1e-5)
    here, there = swiss_roll.sheet(np.array([0.0, np.pi]), np.array([1.0, 9.0]))
    assert np.hypot(*(there - here)) == pytest.approx(np.hypot(6.10992, 8), abs=1e-5)


def test_the_way_along_the_sheet_is_the_sum_of_small_steps():
    turn = np.linspace(4.0, 14.0, 100_001)
    steps = np.hypot(np.diff(turn * np.cos(turn)), np.diff(turn * np.sin(turn)))
    assert np.ptp(swiss_roll.arc_length(turn)) == pytest.approx(steps.sum(), rel=1e-8)


def test_isomap_unrolls_what_pca_cannot():
    unrolled = {
        method: swiss_roll.run(None, swiss_roll.Params(method=method, points=1_000), 0, {}).metrics[0].value
        for method in ("pca", "isomap")
    }
    assert unrolled["isomap"] > 0.99
    assert unrolled["pca"] < 0.5


def test_an_unknown_method_is_not_passed_over():
    with pytest.raises(ValueError, match="'sne'"):
        swiss_roll.run(None, swiss_roll.Params(method="sne", points=50), 0, {})
