"""Exact neighbours against cases worked by hand and against scikit-learn."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from generator.neighbours import nearest


def points(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


@pytest.fixture
def several_blocks(monkeypatch):
    monkeypatch.setattr("generator.neighbours.BLOCK_ELEMENTS", 20_000)


def test_by_hand():
    indices, distances = nearest(np.array([[0.0], [1.0], [3.0], [7.0]]), 2)
    assert indices.tolist() == [[1, 2], [0, 2], [1, 0], [2, 1]]
    assert distances.tolist() == [[1, 3], [1, 2], [2, 3], [4, 6]]
    assert (indices.dtype, distances.dtype) == (np.int32, np.float32)


@pytest.mark.parametrize(("n", "d", "k"), [(40, 2, 39), (500, 784, 15), (500, 50, 90), (1_999, 3, 1)])
def test_against_scikit_learn(n, d, k, several_blocks):
    data = points(n, d) + 100  # far from the origin, where rounding bites
    expected_distances, expected = NearestNeighbors(n_neighbors=k).fit(data).kneighbors()
    indices, distances = nearest(data, k)
    assert (indices == expected).mean() > 0.999
    assert np.allclose(distances, expected_distances, rtol=1e-4)


def test_grey_levels_are_points_like_any_other(several_blocks):
    grey = np.random.default_rng(0).integers(0, 256, (300, 60)).astype(np.uint8)
    grey[:, 5] = 7  # a pixel that never changes
    expected_distances, expected = NearestNeighbors(n_neighbors=9).fit(grey.astype(float)).kneighbors()
    indices, distances = nearest(grey, 9)
    assert (indices == expected).mean() > 0.99
    assert np.allclose(distances, expected_distances, rtol=1e-5)


def test_queries_are_rows_of_the_whole():
    data, queries = points(100, 5), np.array([7, 3, 99])
    assert np.array_equal(nearest(data, 4, queries)[0], nearest(data, 4)[0][queries])


def test_only_those_among_whom_to_choose_are_found(several_blocks):
    data, queries, among = points(400, 5), np.array([7, 4, 399]), np.arange(1, 400, 3)  # 4 is one of them, 7 too
    expected = [
        [other for other in np.linalg.norm(data - data[one], axis=1).argsort() if other in among and other != one][:6]
        for one in queries
    ]
    assert nearest(data, 6, queries, among)[0].tolist() == expected


def test_a_twin_is_a_neighbour_and_oneself_is_not():
    indices, distances = nearest(np.array([[1.0, 2.0]] * 3 + [[9.0, 9.0]]), 2)
    assert indices[:3].tolist() == [[1, 2], [0, 2], [0, 1]]
    assert not distances[:3].any()


def test_of_equally_near_points_the_first_comes_first(several_blocks):
    corners = np.array([[x, y] for x in range(20) for y in range(20)], np.float32)  # many ties
    apart = np.abs(corners[:, np.newaxis] - corners) ** 2
    squared = apart.sum(axis=2)
    np.fill_diagonal(squared, np.inf)
    assert np.array_equal(nearest(corners, 11)[0], squared.argsort(axis=1, kind="stable")[:, :11])


def test_points_that_are_all_the_same():
    assert nearest(np.ones((5, 3)), 2)[0].tolist() == [[1, 2], [0, 2], [0, 1], [0, 1], [0, 1]]
