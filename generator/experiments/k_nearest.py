"""The nearest training images vote: nothing is learned, everything is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.dataset import Dataset
from generator.neighbours import nearest
from generator.phase import phase
from generator.series import candidates, sizes
from generator.vocabulary import Classification, Experiment, Outcome, Variant, param


@dataclass(frozen=True)
class Params:
    k: int = param(3, unit="1", label="number of neighbours", symbol="k", at_least=1)


experiment = Experiment(
    title="Nearest neighbours",
    summary="Predicts the most frequent label of the most similar training images",
    section="classifiers",
    task="classification",
    variants=(
        Variant("default", "k = 3", split="quarter"),
        *sizes(),
        *candidates([{"k": k} for k in (1, 3, 5, 9)]),
    ),
    order=7,
    deterministic=True,
    figures=("confusion", "mistakes", "per_class", "reliability"),
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Classification:
    """By the Euclidean distance of the pixels, exactly; of classes with as many votes the lower one wins. No chance.

    Cover and Hart, IEEE Transactions on Information Theory 13 (1967).
    """
    n_train, n_test = len(dataset.train), len(dataset.test)
    pixels = np.concatenate([dataset.train.images, dataset.test.images]).reshape(n_train + n_test, -1)  # (n, 784)
    with phase("prediction"):
        found, _ = nearest(
            pixels, min(params.k, n_train - 1), np.arange(n_train, n_train + n_test), among=np.arange(n_train)
        )
        votes = dataset.train.labels[found]  # (n_test, k)
        shares = (votes[:, :, None] == np.arange(dataset.n_classes)).mean(axis=1, dtype=np.float32)
    return Classification(
        predictions=shares.argmax(axis=1).astype(np.uint8),
        probabilities=shares,
        n_parameters=dataset.train.images.size,  # every training image is kept whole
    )
