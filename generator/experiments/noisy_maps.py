"""Maps of the embeddings of digits and noise: by PCA and by t-SNE, in the plane and in space."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA

from generator.dataset import Dataset
from generator.layouts import tsne
from generator.metric import Metric
from generator.metrics import intervals
from generator.metrics.blocks import means
from generator.metrics.embedding import class_purity, silhouettes
from generator.vocabulary import Experiment, Fact, Need, Outcome, Study, Variant, param

SEEDS = 5
COMPANY = 10  # neighbours on the map among which a noise point finds noise or not
IN_SPACE = {"early_steps": 100, "steps": 150}  # t-SNE's steps cost ten times as much in three dimensions
METHODS = (("pca", "PCA"), ("tsne", "t-SNE"))
PCA_USES = ("method", "n_components")
WEIGHTS = (("trained", "trained"), ("random", "random weights"))
NOISE = (("published", "article's noise"), ("distinct", "distinct noise"))


@dataclass(frozen=True)
class Params:
    method: str = param("tsne", unit="1", choices=tuple(name for name, _ in METHODS))
    n_components: int = param(2, unit="1", at_least=2, at_most=3)
    perplexity: float = param(30.0, unit="1", symbol="perplexity", at_least=1)
    early_steps: int = param(250, unit="1", at_least=0)
    steps: int = param(250, unit="1", at_least=1)
    init: str = param("pca", unit="1", label="initialisation", symbol="init", choices=tuple(tsne.Start))


def embedded(weights: str, noise: str) -> tuple[Need, ...]:
    """The embeddings to be laid out."""
    return (Need("embeddings", "noisy_embeddings", f"{weights}_{noise}"),)


experiment = Experiment(
    title="Embeddings of digits and noise",
    summary="Embeds the feature vectors of digits and noise and measures how far the noise is separated",
    section="maps",
    task="study",
    variants=(
        *(
            Variant(
                f"{method}{d}_{weights}_{noise}",
                f"{method_title}, {d}-D, {weights_title}, {noise_title}",
                {"method": method, "n_components": d, **(IN_SPACE if (method, d) == ("tsne", 3) else {})},
                compared=False,
                needs=embedded(weights, noise),
                uses=PCA_USES if method == "pca" else (),
            )
            for method, method_title in METHODS
            for d in (2, 3)
            for weights, weights_title in WEIGHTS
            for noise, noise_title in NOISE
        ),
        *(
            Variant(
                f"seed_{repeat}",
                params={"init": "random"},
                series="seed",
                repeat=repeat,
                needs=embedded("trained", "published"),
            )
            for repeat in range(SEEDS)
        ),
    ),
    order=2,
    figures=("noisy_2d", "noisy_3d", "explained_variance", "noisy_side_by_side", "noisy_seeds"),
    parent="cnn_embeddings",
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Study:
    """Lay the embeddings of the test images out, and tell how much the noise keeps to itself.

    ``noise_silhouette``: mean silhouette of the noise points against the digits, each digit a class of its own, in
    [-1, 1]. ``noise_purity``: share of noise among each noise point's nearest ten on the map, in [0, 1]. For both,
    higher is further apart.
    """
    given = inputs["embeddings"]
    embeddings, labels = given.arrays["embeddings"], given.arrays["labels"]  # (n, 100), (n,)
    arrays = {"labels": labels, "predicted": given.arrays["predicted"]}
    facts: dict[str, Fact] = {
        "method": params.method,
        "weights": given.facts["weights"],
        "noise": given.facts["noise"],
    }
    if params.method == "pca":
        pca = PCA(svd_solver="covariance_eigh").fit(embeddings)
        placed = pca.transform(embeddings)[:, : params.n_components].astype(np.float32)
        arrays["explained_variance_ratio"] = pca.explained_variance_ratio_.astype(np.float32)
        facts["explained_variance"] = float(pca.explained_variance_ratio_[: params.n_components].sum())
    else:
        laid_out = tsne.lay_out(
            embeddings,
            seed=seed,
            n_components=params.n_components,
            perplexity=params.perplexity,
            early_steps=params.early_steps,
            steps=params.steps,
            init=tsne.Start(params.init),
        )
        placed = laid_out.coordinates
        facts |= {"kl_divergence": laid_out.kl_divergence, "perplexity_used": laid_out.perplexity}
    is_noise = labels == dataset.n_classes
    apart = silhouettes(placed, labels)[is_noise]
    pure = class_purity(placed, labels, dataset.n_classes, COMPANY)
    return Study(
        arrays={"coordinates": np.ascontiguousarray(placed), **arrays},
        metrics=(_mean("noise_silhouette", apart, -1.0), _mean("noise_purity", pure, 0.0)),
        facts=facts,
    )


def _mean(name: str, values: np.ndarray, least: float) -> Metric:
    low, high = intervals.mean(values)
    return Metric(
        name=name,
        value=float(values.mean()),
        better="higher",
        low=max(low, least),
        high=min(high, 1.0),
        blocks=means(values),
    )
