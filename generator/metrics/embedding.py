"""How much of the images' own neighbourhoods and distances a map keeps.

Distances between images are Euclidean over their 784 grey levels.
"""

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import rankdata

from generator.metrics import Scores, intervals
from generator.neighbours import nearest
from generator.record import Metric

if TYPE_CHECKING:
    from generator.dataset import Dataset
    from generator.experiment import Embedding

NEIGHBOURS = 15  # neighbourhood of trustworthiness, continuity and recall
VOTERS = 10  # neighbours that vote on a label
SAMPLE = 2_000  # images among which ranks are taken, and whose neighbours are recalled
QUERIES = 10_000  # images whose labels are voted on
PAIRS = 20_000  # pairs whose distances are correlated

SAMPLE_SEED = 0


def score(outcome: "Embedding", dataset: "Dataset") -> Scores:
    """All of this module's scores of a map of the training images."""
    # One sample of images for every map and every seed: scores then differ by the maps alone.
    rng = np.random.default_rng(SAMPLE_SEED)
    points = dataset.train.flat()  # (n, 784)
    placed = outcome.coordinates  # (n, d)
    n = len(points)
    sample = rng.permutation(n)[:SAMPLE]
    trustworthiness, continuity = trustworthiness_continuity(points[sample], placed[sample], NEIGHBOURS)
    recalls = neighbour_recalls(points, placed, sample, NEIGHBOURS)
    votes = label_votes(placed, dataset.train.labels, rng.permutation(n)[:QUERIES], VOTERS)
    # Pairs that share no image are independent draws, as their interval supposes.
    pairs = rng.permutation(n)[: 2 * min(PAIRS, n // 2)].reshape(2, -1)
    correlation = distance_correlation(points, placed, pairs)

    def metric(name: str, value: float, interval: tuple[float, float] | None = None) -> Metric:
        low, high = interval or (None, None)
        return Metric(name=name, value=value, better="higher", low=low, high=high)

    return Scores(
        (
            metric("trustworthiness", trustworthiness),
            metric("continuity", continuity),
            metric(f"neighbour_recall_{NEIGHBOURS}", float(recalls.mean()), intervals.mean(recalls)),
            metric(f"neighbour_accuracy_{VOTERS}", float(votes.mean()), intervals.wilson(int(votes.sum()), len(votes))),
            metric("distance_correlation", correlation, intervals.spearman(correlation, pairs.shape[1])),
        )
    )


def trustworthiness_continuity(points: np.ndarray, placed: np.ndarray, k: int) -> tuple[float, float]:
    """Whether neighbours on the map were neighbours before, and whether former neighbours still are.

    ``points``: (n, D); ``placed``: (n, d); ``k < n / 2``. Both in [0, 1], higher is better, about 0.5 by chance.
    1 - 2 / (n k (2n - 3k - 1)) times the sum, over the map's false neighbours (for continuity: over the lost ones), of
    how far beyond ``k`` their rank is in the other space. Venna and Kaski, "Neighborhood preservation in nonlinear
    projection methods", ICANN 2001. Takes n² memory: meant for a sample.
    """
    n = len(points)
    if 2 * k >= n:
        raise ValueError(f"{k} neighbours need more than {2 * k} points, not {n}")
    before, after = _ranks(points), _ranks(placed)
    scale = 2 / (n * k * (2 * n - 3 * k - 1))
    # A neighbour in both spaces has rank k or less in both, and adds nothing to either sum.
    false_neighbours = np.where(after <= k, np.maximum(before - k, 0), 0).sum()
    lost_neighbours = np.where(before <= k, np.maximum(after - k, 0), 0).sum()
    return float(1 - scale * false_neighbours), float(1 - scale * lost_neighbours)


def _ranks(points: np.ndarray) -> np.ndarray:
    """(n, n) int64: entry (i, j) tells that j is i's rank-th nearest neighbour; 0 on the diagonal."""
    n = len(points)
    centred = points - points.mean(axis=0, dtype=np.float64)
    norms = np.einsum("ij,ij->i", centred, centred)
    squared_distances = norms[:, np.newaxis] + norms - 2 * centred @ centred.T
    np.fill_diagonal(squared_distances, -np.inf)  # each point first in its own row, whatever the rounding
    ranks = np.empty((n, n), np.int64)
    np.put_along_axis(ranks, squared_distances.argsort(axis=1, kind="stable"), np.arange(n)[np.newaxis], axis=1)
    return ranks


def neighbour_recalls(points: np.ndarray, placed: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    """Share of each query's ``k`` nearest points that are among its ``k`` nearest on the map: (m,) float64 in [0, 1].

    ``points``: (n, D); ``placed``: (n, d); ``queries``: (m,) positions; neighbours are sought among all n. Higher is
    better; k / (n - 1) by chance. The mean is Q_NX(k) of Lee and Verleysen, Neurocomputing 72 (2009).
    """
    before, _ = nearest(points, k, queries)
    after = neighbours_on_map(placed, queries, k)
    shared: np.ndarray = (before[:, :, np.newaxis] == after[:, np.newaxis, :]).sum(axis=(1, 2))
    return shared / k


def label_votes(placed: np.ndarray, labels: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    """Whether each query's label is the commonest among its ``k`` nearest on the map: (m,) bool.

    ``placed``: (n, d); ``labels``: (n,); the lowest label wins a tie. The mean is the leave-one-out accuracy of a
    k-nearest-neighbour classifier (Cover and Hart, 1967) that sees nothing but the map; higher is better.
    """
    ballots = labels[neighbours_on_map(placed, queries, k)]  # (m, k)
    counts = (ballots[:, :, np.newaxis] == np.arange(labels.max() + 1)).sum(axis=1)  # (m, classes)
    right: np.ndarray = counts.argmax(axis=1) == labels[queries]
    return right


def neighbours_on_map(placed: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    """Positions of each query's ``k`` nearest others on the map: (m, k). A tree suits a map's few dimensions."""
    found: np.ndarray = cKDTree(placed).query(placed[queries], k=k + 1)[1]  # (m, k + 1), the query itself among them
    # A query that is missing has more than k others at its very place; then the last found gives way.
    itself = found == queries[:, np.newaxis]
    itself[~itself.any(axis=1), -1] = True
    others: np.ndarray = found[~itself].reshape(len(queries), k)
    return others


def distance_correlation(points: np.ndarray, placed: np.ndarray, pairs: np.ndarray) -> float:
    """Spearman's rank correlation of distances before and after: in [-1, 1], higher is better, 0 for a map at random.

    ``points``: (n, D); ``placed``: (n, d); ``pairs``: (2, m) positions. 0 if all distances on the map are equal.
    """
    left, right = pairs
    before = rankdata(np.linalg.norm(points[left] - points[right], axis=1))
    after = rankdata(np.linalg.norm(placed[left] - placed[right], axis=1))
    if before.std() == 0 or after.std() == 0:
        return 0.0
    return float(np.corrcoef(before, after)[0, 1])
