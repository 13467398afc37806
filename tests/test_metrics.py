"""Metrics against cases worked by hand and against scikit-learn and SciPy."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.manifold import trustworthiness
from sklearn.metrics import confusion_matrix, log_loss, silhouette_samples, silhouette_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from generator.dataset import Dataset, Images
from generator.metric import Metric
from generator.metrics import classification, embedding, intervals, stability
from generator.vocabulary import Classification, Embedding


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
        scores = classification.score(Classification(predictions, 0, probabilities), dataset, {})
        accuracy, loss, calibration = scores.metrics
        assert accuracy.value == (predictions == dataset.test.labels).mean()
        assert accuracy.low < accuracy.value < accuracy.high
        assert loss.value == pytest.approx(log_loss(dataset.test.labels, probabilities), rel=1e-5)
        assert loss.low < loss.value < loss.high
        assert scores.arrays["confusion"].sum() == len(dataset.test)
        assert scores.arrays["reliability"].shape == (15, 3)
        assert 0 < calibration.value < 1

    def test_reliability_and_calibration_by_hand(self):
        # Two images in the bin (9/15, 10/15], of which one is right; one in the last bin, right; one in the fifth, on
        # its upper edge, wrong.
        probabilities = np.array([[0.62, 0.38, 0], [0.34, 0.66, 0], [0, 0, 1], [1 / 3, 1 / 3, 1 / 3]], np.float64)
        bins = classification.reliability(np.array([0, 0, 2, 1]), probabilities)
        expected = np.zeros((15, 3))
        expected[9], expected[14], expected[4] = (2, 0.64, 0.5), (1, 1, 1), (1, 1 / 3, 0)
        assert np.allclose(bins, expected)
        assert classification.calibration_error(bins) == pytest.approx((2 * 0.14 + 0 + 1 / 3) / 4)

    def test_who_is_as_often_right_as_sure_is_calibrated(self):
        rng = np.random.default_rng(0)
        probabilities = rng.dirichlet([0.5] * 3, 50_000)
        labels = (rng.random((50_000, 1)) > probabilities.cumsum(axis=1)).sum(axis=1)
        bins = classification.reliability(labels, probabilities)
        assert bins[:, 0].sum() == 50_000
        assert classification.calibration_error(bins) < 0.01
        assert classification.calibration_error(classification.reliability(labels, probabilities**0.2)) > 0.05

    def test_without_probabilities_there_is_no_log_loss(self, dataset):
        scores = classification.score(Classification(dataset.test.labels, 0), dataset, {})
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

    def test_few_by_hand(self):
        # Student's t of 2 degrees of freedom: 4.303; mean 2, deviation 1.
        assert intervals.few(np.array([1.0, 2.0, 3.0])) == pytest.approx(
            (2 - 4.303 / 3**0.5, 2 + 4.303 / 3**0.5), abs=1e-3
        )

    def test_few_covers_as_often_as_it_says(self):
        draws = np.random.default_rng(0).normal(3, 2, (2_000, 5))
        assert np.mean([low < 3 < high for low, high in map(intervals.few, draws)]) == pytest.approx(0.95, abs=0.02)

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


#: Four points on a line, of which the map swaps the first and the last.
BEFORE = np.array([[0.0], [1.0], [3.0], [7.0]])
AFTER = np.array([[7.0], [1.0], [3.0], [0.0]])


class TestNearness:
    def test_by_hand(self):
        # Map neighbours: 0→2 (rank 2), 1→3 (rank 3), 2→1 (rank 1), 3→1 (rank 2): excess ranks 1 + 2 + 0 + 1 = 4.
        # Lost neighbours: 0→1 (map rank 2), 1→0 (map rank 3), 2→1 (map rank 1), 3→2 (map rank 2): 1 + 2 + 0 + 1 = 4.
        scale = 2 / (4 * 1 * (2 * 4 - 3 * 1 - 1))
        assert embedding.nearness(BEFORE, np.array([[2], [3], [1], [1]])) == pytest.approx(1 - 4 * scale)
        assert embedding.nearness(AFTER, np.array([[1], [0], [1], [2]])) == pytest.approx(1 - 4 * scale)

    def test_against_scikit_learns_trustworthiness(self, monkeypatch):
        monkeypatch.setattr(embedding, "BLOCK", 70)  # several blocks, the last one shorter
        before, after = points(200, 30), points(200, 2, seed=1)
        after[:, 0] += before[:, 0]
        kept = embedding.nearness(before, embedding.neighbours(after, 15))
        assert kept == pytest.approx(trustworthiness(before, after, n_neighbors=15), abs=1e-9)
        # Continuity is trustworthiness with the spaces exchanged.
        continued = embedding.nearness(after, embedding.neighbours(before, 15))
        assert continued == pytest.approx(trustworthiness(after, before, n_neighbors=15), abs=1e-9)

    def test_the_nearest_score_1_and_the_furthest_0(self):
        data = points(50, 2)
        order = np.linalg.norm(data[:, np.newaxis] - data, axis=2).argsort(axis=1)
        assert embedding.nearness(data, order[:, 1:6]) == 1
        assert embedding.nearness(data, order[:, -5:]) == pytest.approx(0)

    def test_a_twin_is_as_near_as_can_be(self):
        data = np.repeat(points(20, 3), 2, axis=0)
        assert embedding.nearness(data, np.arange(40).reshape(-1, 2)[:, ::-1].reshape(-1, 1)) == 1

    def test_a_map_that_is_one_point_knows_no_neighbours(self):
        claimed = embedding.neighbours(points(400, 5), 15)
        assert embedding.nearness(np.zeros((400, 2)), claimed) == pytest.approx(0.5, abs=0.05)

    def test_close_neighbours_far_from_the_middle_are_told_apart(self):
        data = np.array([[1e4], [1e4 + 1e-3], [1e4 - 2e-3], [-1e4], [-1e4 + 1e-3]])
        assert embedding.nearness(data, np.array([[1], [0], [0], [4], [3]])) == 1

    def test_too_many_neighbours_are_a_bug(self):
        with pytest.raises(ValueError, match="more than 20 points"):
            embedding.nearness(points(20, 3), np.zeros((20, 10), int))


class TestMapNeighbours:
    @pytest.mark.parametrize("d", [2, embedding.FLAT + 1])
    def test_against_scikit_learn(self, d):
        placed, queries, among = points(200, d), np.array([3, 100, 42]), np.arange(0, 200, 2)
        every = NearestNeighbors(n_neighbors=6).fit(placed).kneighbors(placed[queries], return_distance=False)
        assert np.array_equal(embedding.neighbours(placed, 5, queries), every[:, 1:])
        search = NearestNeighbors(n_neighbors=6).fit(placed[among])
        found = among[search.kneighbors(placed[queries], return_distance=False)]
        expected = [[one for one in row if one != query][:5] for query, row in zip(queries, found, strict=True)]
        assert embedding.neighbours(placed, 5, queries, among).tolist() == expected

    @pytest.mark.parametrize("d", [2, embedding.FLAT + 1])
    def test_a_point_is_not_its_own_neighbour_even_among_twins(self, d):
        found = embedding.neighbours(np.zeros((50, d), np.float32), 5)
        assert found.shape == (50, 5)
        assert not (found == np.arange(50)[:, np.newaxis]).any()


class TestEmbedding:
    def test_recall_by_hand(self):
        # Two nearest before: {1, 2}, {0, 2}, {1, 0}, {2, 1}; on the map: {2, 1}, {3, 2}, {1, 3}, {1, 2}.
        recalls = embedding.neighbour_recalls(embedding.neighbours(BEFORE, 2), embedding.neighbours(AFTER, 2))
        assert recalls.tolist() == [1, 0.5, 0.5, 1]

    def test_votes_by_hand(self):
        placed = np.array([[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]])
        labels = np.array([0, 0, 0, 1, 1, 0], np.uint8)
        # Of 1 the nearest three others that may vote are 0, 2 and 3, of 5 they are 4, 3 and 2.
        assert embedding.label_votes(placed, labels, np.array([1, 5]), 3).tolist() == [True, False]

    def test_votes_against_scikit_learn(self):
        placed, held_out, others = (
            points(300, 2),
            np.arange(0, 300, 6),
            np.setdiff1d(np.arange(300), np.arange(0, 300, 6)),
        )
        labels = np.random.default_rng(1).integers(0, 4, 300).astype(np.uint8)
        classifier = KNeighborsClassifier(10).fit(placed[others], labels[others])
        votes = embedding.label_votes(placed, labels, held_out, 10)
        assert np.array_equal(votes, classifier.predict(placed[held_out]) == labels[held_out])

    def test_purity_by_hand(self):
        placed, labels = np.array([[0.0], [1.0], [3.0], [7.0]]), np.array([1, 0, 1, 1])
        # Two nearest: of 0 {1, 2}, of 2 {1, 0}, of 3 {2, 1}.
        assert embedding.class_purity(placed, labels, 1, 2).tolist() == [0.5, 0.5, 0.5]

    def test_silhouettes_by_hand(self):
        placed, labels = np.array([[0.0], [1.0], [4.0], [9.0]]), np.array([0, 0, 1, 2])
        # Of 0: a = 1, b = min(4, 9); of 1: a = 1, b = min(3, 8); the others are the only ones of their class.
        assert embedding.silhouettes(placed, labels) == pytest.approx([3 / 4, 2 / 3, 0, 0])

    def test_silhouettes_against_scikit_learn(self, monkeypatch):
        monkeypatch.setattr(embedding, "BLOCK", 70)
        placed, labels = points(200, 3), np.random.default_rng(1).integers(2, 7, 200)
        placed[:, 0] += labels
        assert embedding.silhouettes(placed, labels) == pytest.approx(silhouette_samples(placed, labels), abs=1e-6)

    def test_silhouettes_of_a_map_that_is_one_point_are_0(self):
        assert not embedding.silhouettes(np.zeros((10, 2)), np.arange(10) % 2).any()

    def test_lengths_of_bytes_do_not_wrap_round(self, monkeypatch):
        monkeypatch.setattr(embedding, "BLOCK", 2)
        grey = np.array([[0, 3], [255, 3], [4, 0]], np.uint8)
        assert embedding.lengths(grey, np.array([0, 1, 0]), np.array([1, 0, 2])).tolist() == [255, 255, 5]

    def test_rank_correlation_against_scipy(self):
        before, after = points(50, 20).T[:2]
        assert embedding.rank_correlation(before, after + before) == pytest.approx(
            spearmanr(before, after + before).statistic
        )

    def test_distances_that_are_all_the_same_correlate_with_nothing(self):
        assert embedding.rank_correlation(np.arange(9.0), np.zeros(9)) == 0

    def test_triplets_by_hand(self):
        triplets = np.array([[0, 1], [1, 3], [2, 2]])
        # 0 is nearer to 1 than to 2; 1 is further from 3 than from 2. On the map, both are the other way round.
        assert embedding.nearer(BEFORE, triplets).tolist() == [True, False]
        assert embedding.nearer(AFTER, triplets).tolist() == [False, True]


NAMES = [
    "trustworthiness",
    "continuity",
    "neighbour_recall_15",
    "neighbour_recall_30",
    "neighbour_accuracy_10",
    "distance_correlation",
    "triplet_accuracy",
    "silhouette",
]


def scores(placed: np.ndarray, dataset: Dataset) -> dict[str, Metric]:
    made = embedding.score(Embedding(placed), dataset, embedding.reference(dataset))
    return {one.name: one for one in made.metrics}


class TestScore:
    def test_the_images_themselves_score_full_marks(self, dataset):
        made = scores(dataset.train.images.reshape(200, -1), dataset)
        assert list(made) == NAMES  # 100 neighbours of 200 are not a neighbourhood any more
        assert all(metric.value == pytest.approx(1, abs=1e-12) for metric in list(made.values())[:-1])
        labels, sample = dataset.train.labels, dataset.train.images.reshape(200, -1)
        assert made["silhouette"].value == pytest.approx(silhouette_score(sample.astype(float), labels))

    def test_a_map_at_random_scores_low(self, dataset):
        made = scores(points(200, 2), dataset)
        assert made["trustworthiness"].value == pytest.approx(0.5, abs=0.1)
        assert made["continuity"].value == pytest.approx(0.5, abs=0.1)
        assert made["neighbour_recall_15"].value == pytest.approx(15 / 199, abs=0.03)
        assert made["neighbour_recall_30"].value == pytest.approx(30 / 199, abs=0.03)
        assert made["distance_correlation"].value == pytest.approx(0, abs=0.2)
        assert made["triplet_accuracy"].value == pytest.approx(0.5, abs=0.15)
        assert made["silhouette"].value == pytest.approx(0, abs=0.05)
        for metric in made.values():
            assert metric.better == "higher"
            assert -1 <= metric.low < metric.value < metric.high <= 1

    def test_what_it_looks_at_shares_nothing_that_should_be_apart(self, dataset):
        given = embedding.reference(dataset)
        for name in ("subsamples", "queries", "held_out", "pairs", "triplets"):
            assert len(np.unique(given[name])) == given[name].size, name
        assert given["subsamples"].shape == (5, 40)

    def test_the_same_images_are_looked_at_each_time(self, dataset):
        first, second = embedding.reference(dataset), embedding.reference(dataset)
        assert all(np.array_equal(first[name], second[name]) for name in first)


class TestStability:
    def test_a_map_turned_mirrored_moved_and_scaled_is_the_same(self):
        placed = points(100, 2)
        other = 3 * placed[:, ::-1] @ np.array([[0.6, 0.8], [-0.8, 0.6]], np.float32) + 5
        assert stability.disparity(placed, other) == pytest.approx(0, abs=1e-6)
        assert stability.overlap(placed, other, 15) == pytest.approx(1, abs=1e-3)

    def test_disparity_by_hand(self):
        # On a line: both centred and scaled to length 1, then 1 - (their scalar product)².
        first, second = np.array([[0.0], [0.0], [3.0]]), np.array([[0.0], [3.0], [3.0]])
        assert stability.disparity(first, second) == pytest.approx(1 - 0.5**2)

    def test_overlap_by_hand(self):
        assert stability.overlap(BEFORE, AFTER, 2) == 0.75

    def test_maps_at_random_have_little_in_common(self):
        assert stability.disparity(points(500, 2), points(500, 2, seed=1)) > 0.95
        assert stability.overlap(points(500, 2), points(500, 2, seed=1), 15) == pytest.approx(15 / 499, abs=0.02)


def test_metrics_do_without_scikit_learn():
    code = (
        "import sys, generator.metrics.embedding, generator.metrics.classification\nsys.exit('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
