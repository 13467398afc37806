"""Metrics against cases worked by hand and against scikit-learn and SciPy."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.manifold import trustworthiness
from sklearn.metrics import confusion_matrix, log_loss
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from generator.dataset import Dataset, Images
from generator.experiment import Classification, Embedding
from generator.metrics import classification, embedding, intervals
from generator.neighbours import nearest


def points(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """300 images of three classes, each a noisy patch in a place of its own."""
    rng = np.random.default_rng(0)
    labels = (np.arange(300) % 3).astype(np.uint8)
    images = rng.integers(0, 60, (300, 28, 28)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[8 * label : 8 * label + 8] += 120
    return Images("test", images, labels, ("a", "b", "c"), 200).split("official")


class TestNeighbours:
    def test_by_hand(self):
        indices, distances = nearest(np.array([[0.0], [1.0], [3.0], [7.0]]), 2)
        assert indices.tolist() == [[1, 2], [0, 2], [1, 0], [2, 1]]
        assert distances.tolist() == [[1, 3], [1, 2], [2, 3], [4, 6]]

    @pytest.mark.parametrize(("n", "d", "k"), [(40, 2, 39), (500, 784, 15), (500, 50, 90)])
    def test_against_scikit_learn(self, n, d, k, monkeypatch):
        monkeypatch.setattr("generator.neighbours.BLOCK_ELEMENTS", 20_000)  # several blocks
        data = points(n, d) + 100  # far from the origin, where rounding bites
        expected_distances, expected = NearestNeighbors(n_neighbors=k).fit(data).kneighbors()
        indices, distances = nearest(data, k)
        assert (indices == expected).mean() > 0.999
        assert np.allclose(distances, expected_distances, rtol=1e-4)

    def test_queries_are_rows_of_the_whole(self):
        data, queries = points(100, 5), np.array([7, 3, 99])
        assert np.array_equal(nearest(data, 4, queries)[0], nearest(data, 4)[0][queries])

    def test_a_twin_is_a_neighbour_and_oneself_is_not(self):
        indices, distances = nearest(np.array([[1.0, 2.0]] * 3 + [[9.0, 9.0]]), 2)
        assert [sorted(row) for row in indices[:3].tolist()] == [[1, 2], [0, 2], [0, 1]]
        assert not distances[:3].any()


class TestClassification:
    def test_confusion_has_true_classes_in_rows(self):
        counts = classification.confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), 3)
        assert counts.tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 0]]

    def test_confusion_against_scikit_learn(self):
        rng = np.random.default_rng(0)
        labels, predictions = rng.integers(0, 10, (2, 500)).astype(np.uint8)
        expected = confusion_matrix(labels, predictions, labels=range(10))
        assert np.array_equal(classification.confusion(labels, predictions, 10), expected)

    def test_log_loss_by_hand(self):
        losses = classification.log_losses(np.array([0, 1]), np.array([[0.5, 0.5], [0.75, 0.25]], np.float32))
        assert np.allclose(losses, [np.log(2), np.log(4)])

    def test_a_zero_costs_much_but_not_everything(self):
        (loss,) = classification.log_losses(np.array([0]), np.array([[0.0, 1.0]], np.float32))
        assert 15 < loss < 17

    def test_score_against_scikit_learn(self, dataset):
        rng = np.random.default_rng(1)
        probabilities = rng.dirichlet([1, 1, 1], len(dataset.test)).astype(np.float32)
        predictions = probabilities.argmax(axis=1).astype(np.uint8)
        scores = classification.score(Classification(predictions, 0, probabilities), dataset)
        accuracy, loss = scores.metrics
        assert accuracy.value == (predictions == dataset.test.labels).mean()
        assert accuracy.low < accuracy.value < accuracy.high
        assert loss.value == pytest.approx(log_loss(dataset.test.labels, probabilities), rel=1e-5)
        assert loss.low < loss.value < loss.high
        assert scores.arrays["confusion"].sum() == len(dataset.test)

    def test_without_probabilities_there_is_no_log_loss(self, dataset):
        scores = classification.score(Classification(dataset.test.labels, 0), dataset)
        assert [(metric.name, metric.value, metric.high) for metric in scores.metrics] == [("accuracy", 1.0, 1.0)]


class TestIntervals:
    def test_wilson_by_hand(self):
        # Published example: 81 of 263 (Newcombe, Statistics in Medicine 17, 1998, table I).
        assert intervals.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)

    @pytest.mark.parametrize("successes", [0, 1, 99, 100])
    def test_wilson_stays_inside(self, successes):
        low, high = intervals.wilson(successes, 100)
        assert 0 <= low <= successes / 100 <= high <= 1
        assert low < high

    def test_mean_covers_as_often_as_it_says(self):
        draws = np.random.default_rng(0).normal(3, 2, (2_000, 100))
        covered = [low < 3 < high for low, high in map(intervals.mean, draws)]
        assert np.mean(covered) == pytest.approx(0.95, abs=0.02)

    def test_spearman_covers_as_often_as_it_says(self):
        rng = np.random.default_rng(0)
        rho = 6 / np.pi * np.arcsin(0.6 / 2)  # of normal pairs with correlation 0.6
        covered = 0
        for _ in range(500):
            pairs = rng.multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], 200)
            low, high = intervals.spearman(spearmanr(pairs).statistic, 200)
            covered += low < rho < high
        assert covered / 500 == pytest.approx(0.95, abs=0.03)

    def test_spearman_of_perfect_order_stays_inside(self):
        low, high = intervals.spearman(1.0, 50)
        assert 0.9 < low <= high <= 1


class TestEmbedding:
    def test_trustworthiness_by_hand(self):
        # Four points on a line, of which the map swaps the first and the last.
        before = np.array([[0.0], [1.0], [3.0], [7.0]])
        after = np.array([[7.0], [1.0], [3.0], [0.0]])
        # Map neighbours: 0→2 (rank 2), 1→3 (rank 3), 2→1 (rank 1), 3→1 (rank 2): excess ranks 1 + 2 + 0 + 1 = 4.
        # Lost neighbours: 0→1 (map rank 2), 1→0 (map rank 3), 2→1 (map rank 1), 3→2 (map rank 2): 1 + 2 + 0 + 1 = 4.
        scale = 2 / (4 * 1 * (2 * 4 - 3 * 1 - 1))
        assert embedding.trustworthiness_continuity(before, after, 1) == pytest.approx((1 - 4 * scale,) * 2)

    def test_trustworthiness_against_scikit_learn(self):
        before, after = points(200, 30), points(200, 2, seed=1)
        after[:, 0] += before[:, 0]
        kept, continued = embedding.trustworthiness_continuity(before, after, 15)
        assert kept == pytest.approx(trustworthiness(before, after, n_neighbors=15), abs=1e-9)
        # Continuity is trustworthiness with the spaces exchanged.
        assert continued == pytest.approx(trustworthiness(after, before, n_neighbors=15), abs=1e-9)

    def test_too_many_neighbours_are_a_bug(self):
        with pytest.raises(ValueError, match="more than 20 points"):
            embedding.trustworthiness_continuity(points(20, 3), points(20, 2), 10)

    def test_recall_by_hand(self):
        before = np.array([[0.0], [1.0], [3.0], [7.0]])
        after = np.array([[7.0], [1.0], [3.0], [0.0]])
        # Two nearest before: {1, 2}, {0, 2}, {1, 0}, {2, 1}; on the map: {2, 1}, {3, 2}, {1, 3}, {1, 2}.
        recalls = embedding.neighbour_recalls(before, after, np.arange(4), 2)
        assert recalls.tolist() == [1, 0.5, 0.5, 1]

    def test_votes_against_scikit_learn(self):
        placed = points(300, 2)
        labels = np.random.default_rng(1).integers(0, 4, 300).astype(np.uint8)
        classifier = KNeighborsClassifier(10).fit(placed, labels)
        neighbours = classifier.kneighbors(return_distance=False)  # without the point itself
        commonest = np.array([np.bincount(labels[row], minlength=4).argmax() for row in neighbours])
        votes = embedding.label_votes(placed, labels, np.arange(300), 10)
        assert np.array_equal(votes, commonest == labels)

    def test_map_neighbours_leave_the_query_out_even_among_twins(self):
        placed = np.zeros((50, 2), np.float32)
        found = embedding.neighbours_on_map(placed, np.arange(50), 5)
        assert found.shape == (50, 5)
        assert not (found == np.arange(50)[:, np.newaxis]).any()

    def test_distance_correlation_against_scipy(self):
        before, after = points(100, 20), points(100, 2, seed=1)
        after[:, 0] += before[:, 0]
        pairs = np.random.default_rng(2).permutation(100).reshape(2, 50)
        lengths = [np.linalg.norm(space[pairs[0]] - space[pairs[1]], axis=1) for space in (before, after)]
        expected = spearmanr(*lengths).statistic
        assert embedding.distance_correlation(before, after, pairs) == pytest.approx(expected)

    def test_a_map_that_is_one_point_correlates_with_nothing(self):
        pairs = np.arange(20).reshape(2, 10)
        assert embedding.distance_correlation(points(20, 5), np.zeros((20, 2), np.float32), pairs) == 0

    def test_the_images_themselves_score_full_marks(self, dataset):
        scores = {one.name: one for one in embedding.score(Embedding(dataset.train.flat()), dataset).metrics}
        assert set(scores) == {
            "trustworthiness",
            "continuity",
            "neighbour_recall_15",
            "neighbour_accuracy_10",
            "distance_correlation",
        }
        assert all(metric.value == pytest.approx(1, abs=1e-3) for metric in scores.values())

    def test_a_map_at_random_scores_low(self, dataset):
        scores = {one.name: one for one in embedding.score(Embedding(points(200, 2)), dataset).metrics}
        assert scores["trustworthiness"].value == pytest.approx(0.5, abs=0.1)
        assert scores["continuity"].value == pytest.approx(0.5, abs=0.1)
        assert scores["neighbour_recall_15"].value == pytest.approx(15 / 199, abs=0.03)
        assert scores["distance_correlation"].value == pytest.approx(0, abs=0.2)
        for metric in scores.values():
            assert metric.better == "higher"
            if metric.low is not None and metric.high is not None:
                assert metric.low < metric.value < metric.high


def test_metrics_do_without_scikit_learn():
    code = (
        "import sys, generator.metrics.embedding, generator.metrics.classification\nsys.exit('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
