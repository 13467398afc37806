"""t-SNE with openTSNE, on one core."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from openTSNE import TSNE, initialization
from openTSNE.affinity import PerplexityBasedNN
from openTSNE.nearest_neighbors import PrecomputedNeighbors
from sklearn.decomposition import PCA

from generator.layouts import neighbours

REACH = 3  # perplexities; neighbours further than so many have practically no affinity
SPACE_THETA = 0.8  # how coarsely the tree looks in three dimensions, where it has twice the branches; 0 is exact


class Start(StrEnum):
    """Where the points are before the first step."""

    PCA = "pca"  # their first principal components, shaken by a hundredth
    RANDOM = "random"  # a Gaussian cloud
    SPECTRAL = "spectral"  # the slowest modes of diffusion over the affinities


@dataclass(frozen=True)
class Map:
    """Points laid out, and how well."""

    coordinates: np.ndarray  # (n, d) float32
    kl_divergence: float  # of the map's affinities from the points', in nats; lower is better
    perplexity: float  # what was asked for, or the most that so few points can carry


def lay_out(
    points: np.ndarray,
    *,
    seed: int,
    found: Mapping[str, np.ndarray] | None = None,
    n_components: int = 2,
    perplexity: float = 30.0,
    early_exaggeration: float = 12.0,
    early_steps: int = 250,
    steps: int = 750,
    init: Start = Start.PCA,
) -> Map:
    """Lay out ``points`` (n, D) float32 in two or three dimensions, from exact neighbours (``found``, if any).

    van der Maaten and Hinton, JMLR 9 (2008). PCA as the start: Kobak and Berens, Nature Communications 10 (2019); the
    learning rate n / exaggeration: Belkina et al., ibid. Gradients by FFT for many points (Linderman et al., Nature
    Methods 16, 2019), by a tree for few and in space (van der Maaten, JMLR 15, 2014).

    The kernel is Student's with one degree of freedom less than the map has dimensions (van der Maaten, AISTATS 2009).
    openTSNE's kernel is (1 + r²/a)^-a (Kobak et al., ECML PKDD 2019), and its ``dof`` is that a: half the dimensions.
    """
    n = len(points)
    perplexity = min(perplexity, (n - 1) / REACH)
    indices, distances = neighbours(points, min(n - 1, int(REACH * perplexity)), found)
    affinities = PerplexityBasedNN(knn_index=PrecomputedNeighbors(indices, distances), perplexity=perplexity, n_jobs=1)
    fitted = TSNE(
        n_components=n_components,
        dof=n_components / 2,
        early_exaggeration=early_exaggeration,
        early_exaggeration_iter=early_steps,
        n_iter=steps,
        learning_rate="auto",
        negative_gradient_method="auto" if n_components == 2 else "bh",
        theta=0.5 if n_components == 2 else SPACE_THETA,
        n_jobs=1,
    ).fit(affinities=affinities, initialization=_start(init, points, affinities, n_components, seed))
    return Map(np.asarray(fitted, np.float32), float(fitted.kl_divergence), perplexity)


def _start(init: Start, points: np.ndarray, affinities: PerplexityBasedNN, d: int, seed: int) -> np.ndarray:
    """(n, d) float64 with a deviation of 0.0001 along the first axis, as t-SNE wants it."""
    if init is Start.RANDOM:
        return initialization.random(len(points), d, random_state=seed)
    if init is Start.SPECTRAL:
        return initialization.spectral(affinities.P, d, random_state=seed)
    placed = PCA(d, svd_solver="covariance_eigh").fit_transform(points).astype(np.float64)
    return initialization.jitter(initialization.rescale(placed), random_state=seed)
