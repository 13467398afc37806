"""t-SNE with openTSNE: neighbours of the images stay neighbours on the map."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from openTSNE import TSNE
from openTSNE.affinity import PerplexityBasedNN
from openTSNE.initialization import rescale
from openTSNE.nearest_neighbors import PrecomputedNeighbors
from sklearn.decomposition import PCA

from generator.dataset import Dataset
from generator.experiment import Embedding, Experiment, Outcome, Variant, param
from generator.neighbours import nearest


@dataclass(frozen=True)
class Params:
    perplexity: float = param(30.0, unit="neighbours")
    early_exaggeration: float = param(12.0, unit="1")
    early_steps: int = param(250, unit="steps")
    steps: int = param(500, unit="steps")
    pca_components: int = param(50, unit="components")


experiment = Experiment(
    title="t-SNE",
    summary="Keeps close neighbours close and lets everything else drift",
    section="maps",
    task="embedding",
    params=Params,
    variants={"2d": Variant("Two dimensions")},
    split="official",
    order=2,
    figures=("scatter", "digit_map"),
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Embedding:
    """Map the training images to the plane, with exact neighbours after PCA and PCA as the start.

    van der Maaten and Hinton, JMLR 9 (2008). PCA start and a learning rate of n / early exaggeration: Kobak and Berens,
    Nature Communications 10 (2019). Gradients by FFT for many points (Linderman et al., Nature Methods 16, 2019), by a
    tree for few (van der Maaten, JMLR 15, 2014).
    """
    pixels = dataset.train.flat()  # (n, 784)
    n = len(pixels)
    reduced = PCA(min(params.pca_components, n), svd_solver="covariance_eigh").fit_transform(pixels)  # (n, 50)
    # Beyond three perplexities the affinities are practically zero.
    indices, distances = nearest(reduced, min(n - 1, int(3 * params.perplexity)))
    affinities = PerplexityBasedNN(
        knn_index=PrecomputedNeighbors(indices, distances.astype(np.float64)), perplexity=params.perplexity, n_jobs=1
    )
    fitted = TSNE(
        n_components=2,
        learning_rate=max(n / params.early_exaggeration, 200.0),
        early_exaggeration=params.early_exaggeration,
        early_exaggeration_iter=params.early_steps,
        n_iter=params.steps,
        negative_gradient_method="auto",
        n_jobs=1,
        random_state=seed,
    ).fit(affinities=affinities, initialization=rescale(reduced[:, :2].astype(np.float64)))
    return Embedding(
        coordinates=np.asarray(fitted, np.float32),  # (n, 2)
        facts={"kl_divergence": float(fitted.kl_divergence)},
    )
