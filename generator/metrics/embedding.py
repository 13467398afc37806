"""How much of the images' own neighbourhoods, distances and classes a map keeps.

Distances between images are Euclidean over their 784 grey levels. What a score needs of the images alone is the
``reference``, which all maps of the same images share. Maps are (n, d) in any dtype; the images themselves are one.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import rankdata

from generator.metric import Metric
from generator.metrics import Scores, intervals
from generator.metrics.blocks import means, parts
from generator.metrics.extent import RECALLED, VOTERS, extents
from generator.neighbours import nearest

if TYPE_CHECKING:
    from generator.dataset import Dataset
    from generator.vocabulary import Embedding

BLOCK = 200  # rows of distances held at once: few enough for the processor's cache
FLAT = 10  # dimensions up to which a tree finds neighbours faster than matrix products do

SEED = 0


def reference(dataset: "Dataset") -> dict[str, np.ndarray]:
    """Which training images the scores look at, and what is so of the images themselves.

    One choice for every map and every seed: scores then differ by the maps alone. Arrays (positions among the training
    images, unless said otherwise): ``subsamples`` (5, m), disjoint; ``subsample_neighbours`` (5, m, 15), positions in
    the subsample; ``queries`` (m,) and ``neighbours`` (m, 100) of them among all images; ``held_out``; ``pairs`` (2, p)
    and ``pair_lengths`` (p,), their distances; ``triplets`` (3, t) and ``triplet_order`` (t,) bool.
    """
    points = dataset.train.images.reshape(len(dataset.train), -1)  # (n, 784) uint8
    n = len(points)
    order = np.random.default_rng(SEED).permutation(n)
    extent = extents(n)
    near, voted = extent["trustworthiness"], extent[f"neighbour_accuracy_{VOTERS}"]
    subsamples = order[: near.parts * near.n].reshape(near.parts, near.n)
    queries = order[: extent["silhouette"].n]
    # Pairs and triplets that share no image are independent draws, as their intervals suppose.
    pairs = order[: 2 * extent["distance_correlation"].n].reshape(2, -1)
    triplets = order[: 3 * extent["triplet_accuracy"].n].reshape(3, -1)
    return {
        "subsamples": subsamples,
        "subsample_neighbours": np.stack([nearest(points[chosen], near.k)[0] for chosen in subsamples]),
        "queries": queries,
        "neighbours": nearest(points, max(k for k in RECALLED if 2 * k < n), queries)[0],
        "held_out": np.sort(order[: voted.n]),
        "pairs": pairs,
        "pair_lengths": lengths(points, *pairs),
        "triplets": triplets,
        "triplet_order": nearer(points, triplets),
    }


def score(outcome: "Embedding", dataset: "Dataset", reference: Mapping[str, np.ndarray]) -> Scores:
    """All of this module's scores of a map of the training images."""
    points = dataset.train.images.reshape(len(dataset.train), -1)  # (n, 784) uint8
    placed, labels = outcome.coordinates, dataset.train.labels
    trusted, continued = np.array(
        [
            (nearness(points[some], neighbours(placed[some], before.shape[1])), nearness(placed[some], before))
            for some, before in zip(reference["subsamples"], reference["subsample_neighbours"], strict=True)
        ]
    ).T  # (5,) each
    queries, before = reference["queries"], reference["neighbours"]
    after = neighbours(placed, before.shape[1], queries)
    votes = label_votes(placed, labels, reference["held_out"], VOTERS)
    apart, placed_apart = reference["pair_lengths"], lengths(placed, *reference["pairs"])
    correlation = rank_correlation(apart, placed_apart)
    correlations = [rank_correlation(apart[part], placed_apart[part]) for part in parts(len(apart))]
    in_order = nearer(placed, reference["triplets"]) == reference["triplet_order"]
    grouped = silhouettes(placed[queries], labels[queries])

    def metric(
        name: str, value: float, interval: tuple[float, float], blocks: Iterable[float], least: float = 0.0
    ) -> Metric:
        low, high = max(least, interval[0]), min(1.0, interval[1])
        return Metric(name=name, value=value, better="higher", low=low, high=high, blocks=tuple(map(float, blocks)))

    def mean(name: str, values: np.ndarray, interval: tuple[float, float], least: float = 0.0) -> Metric:
        return metric(name, float(values.mean()), interval, means(values), least)

    def share(name: str, right: np.ndarray) -> Metric:
        return mean(name, right, intervals.wilson(int(right.sum()), len(right)))

    metrics = [
        metric("trustworthiness", float(trusted.mean()), intervals.few(trusted), trusted),
        metric("continuity", float(continued.mean()), intervals.few(continued), continued),
    ]
    for k in RECALLED:
        if k <= before.shape[1]:
            recalls = neighbour_recalls(before[:, :k], after[:, :k])
            metrics.append(mean(f"neighbour_recall_{k}", recalls, intervals.mean(recalls)))
    metrics += [
        share(f"neighbour_accuracy_{VOTERS}", votes),
        metric("distance_correlation", correlation, intervals.spearman(correlation, len(apart)), correlations, -1.0),
        share("triplet_accuracy", in_order),
        mean("silhouette", grouped, intervals.mean(grouped), -1.0),
    ]
    return Scores(tuple(metrics))


def neighbours(
    placed: np.ndarray, k: int, queries: np.ndarray | None = None, among: np.ndarray | None = None
) -> np.ndarray:
    """Positions of each query's ``k`` nearest others on the map, nearest first: (m, k).

    ``placed``: (n, d); ``queries``: (m,) positions; ``among``: positions of those to choose from, in rising order; all
    by default.
    """
    if placed.shape[1] > FLAT:
        return nearest(placed, k, queries, among)[0]
    queries = np.arange(len(placed)) if queries is None else queries
    among = np.arange(len(placed)) if among is None else among
    found = among[cKDTree(placed[among]).query(placed[queries], k=k + 1)[1]]  # (m, k + 1), perhaps the query among them
    # Where it is not, because it may not be or because more than k others lie at its very place, the last gives way.
    itself = found == queries[:, np.newaxis]
    itself[~itself.any(axis=1), -1] = True
    others: np.ndarray = found[~itself].reshape(len(queries), k)
    return others


def nearness(points: np.ndarray, claimed: np.ndarray) -> float:
    """How near to being each point's nearest those are that are claimed to be: in [0, 1], higher is better.

    ``points``: (n, d); ``claimed``: (n, k) positions, ``k < n / 2``. 1 if they are the nearest, about 0.5 for points at
    random: 1 - 2 / (n k (2n - 3k - 1)) times the sum of how far beyond ``k`` their ranks are; equally near points share
    the mean of their ranks. With the images' distances and the map's neighbours it is trustworthiness, with the map's
    distances and the images' neighbours continuity: Venna and Kaski, "Neighborhood preservation in nonlinear projection
    methods", ICANN 2001.
    """
    n, k = claimed.shape
    if 2 * k >= n:
        raise ValueError(f"{k} neighbours need more than {2 * k} points, not {n}")
    beyond = 0.0
    for rows, squared in _squared_distances(points):
        squared[np.arange(len(rows)), rows] = -1  # each point nearest to itself, whatever the rounding
        for distance in np.take_along_axis(squared, claimed[rows], axis=1).T:  # k times (rows,)
            nearer = np.count_nonzero(squared < distance[:, np.newaxis], axis=1)  # the point itself being one of them
            as_near = np.count_nonzero(squared <= distance[:, np.newaxis], axis=1)
            beyond += np.maximum((nearer + as_near - 1) / 2 - k, 0).sum()
    return float(1 - 2 / (n * k * (2 * n - 3 * k - 1)) * beyond)


def neighbour_recalls(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Share of each query's nearest images that are among its nearest on the map: (m,) float64 in [0, 1].

    ``before``, ``after``: (m, k) positions. Higher is better; k / (n - 1) by chance among n. The mean is Q_NX(k) of Lee
    and Verleysen, Neurocomputing 72 (2009).
    """
    shared: np.ndarray = (before[:, :, np.newaxis] == after[:, np.newaxis, :]).sum(axis=(1, 2))
    return shared / before.shape[1]


def label_votes(placed: np.ndarray, labels: np.ndarray, held_out: np.ndarray, k: int) -> np.ndarray:
    """Whether each held-out point's label is the commonest of its ``k`` nearest on the map that are not held out.

    ``placed``: (n, d); ``labels``: (n,); ``held_out``: (m,) positions; the lowest label wins a tie. (m,) bool, whose
    mean is the accuracy of a k-nearest-neighbour classifier (Cover and Hart, IEEE Trans. Inf. Theory 13, 1967) that
    sees nothing but the map and has not seen these labels: in [0, 1], higher is better. The map itself has seen all
    images, but no labels.
    """
    others = np.setdiff1d(np.arange(len(placed)), held_out)
    ballots = labels[neighbours(placed, k, held_out, others)]  # (m, k)
    counts = (ballots[:, :, np.newaxis] == np.arange(labels.max() + 1)).sum(axis=1)  # (m, classes)
    right: np.ndarray = counts.argmax(axis=1) == labels[held_out]
    return right


def class_purity(placed: np.ndarray, labels: np.ndarray, wanted: int, k: int) -> np.ndarray:
    """Share of one class among the ``k`` nearest others on the map of each of its points: (m,) float64 in [0, 1].

    ``placed``: (n, d); ``labels``: (n,), of which m are ``wanted``. Higher means that the class is more by itself; by
    chance it is the share of the class among all points.
    """
    shares: np.ndarray = (labels[neighbours(placed, k, np.flatnonzero(labels == wanted))] == wanted).mean(axis=1)
    return shares


def silhouettes(placed: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How much nearer each point is to its own class than to the nearest other: (n,) float64 in [-1, 1].

    ``placed``: (n, d); ``labels``: (n,), at least two different. (b - a) / max(a, b) with a the mean distance to the
    others of its class and b the least of the mean distances to another class; 0 for the only one of its class. Higher
    is better, about 0 or less where classes overlap. Rousseeuw, J. Comput. Appl. Math. 20 (1987).
    """
    classes, own = np.unique(labels, return_inverse=True)
    members = np.eye(len(classes))[own]  # (n, classes), one-hot
    sizes = members.sum(axis=0)
    within, between = np.empty(len(labels)), np.empty(len(labels))
    for rows, squared in _squared_distances(placed):
        squared[np.arange(len(rows)), rows] = 0
        sums = np.sqrt(squared) @ members  # (rows, classes)
        mine = np.arange(len(rows)), own[rows]
        within[rows] = sums[mine] / np.maximum(sizes[own[rows]] - 1, 1)
        means = sums / sizes
        means[mine] = np.inf
        between[rows] = means.min(axis=1)
    widest = np.maximum(within, between)
    alone = (sizes[own] == 1) | (widest == 0)
    return np.where(alone, 0.0, (between - within) / np.where(widest == 0, 1.0, widest))


def lengths(points: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Distances (p,) float64 between the points (n, d) at positions ``left`` and ``right`` (p,), block by block."""
    apart = (
        points[left[start : start + BLOCK]].astype(np.float64) - points[right[start : start + BLOCK]]
        for start in range(0, len(left), BLOCK)
    )
    return np.concatenate([np.linalg.norm(block, axis=1) for block in apart])


def rank_correlation(before: np.ndarray, after: np.ndarray) -> float:
    """Spearman's correlation of distances (p,) before and after: in [-1, 1], higher is better, 0 for a map at random.

    Spearman, American Journal of Psychology 15 (1904). 0 if one side is all the same.
    """
    ranks = rankdata(before), rankdata(after)
    if ranks[0].std() == 0 or ranks[1].std() == 0:
        return 0.0
    return float(np.corrcoef(*ranks)[0, 1])


def nearer(points: np.ndarray, triplets: np.ndarray) -> np.ndarray:
    """Whether the first of each triplet is nearer to the second than to the third: (t,) bool.

    ``points``: (n, d); ``triplets``: (3, t) positions. The share of random triplets of which the map says the same as
    the images is the random-triplet accuracy: in [0, 1], higher is better, 0.5 by chance. Wang, Huang, Rudin and
    Shaposhnik, JMLR 22 (2021).
    """
    first, second, third = triplets
    said: np.ndarray = lengths(points, first, second) < lengths(points, first, third)
    return said


def _squared_distances(points: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Positions (rows,) and their squared distances to all points (rows, n) float64, not below 0, block by block."""
    centred = points - points.mean(axis=0, dtype=np.float64)
    norms = np.einsum("ij,ij->i", centred, centred)
    for start in range(0, len(points), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(points)))
        squared = norms[rows, np.newaxis] + norms - 2 * centred[rows] @ centred.T
        yield rows, np.maximum(squared, 0, out=squared)
