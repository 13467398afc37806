"""A support vector machine with a Gaussian kernel."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.dataset import Dataset
from generator.phase import phase
from generator.series import Setting, candidates, sizes
from generator.vocabulary import Classification, Experiment, Outcome, Variant, param

try:
    # scikit-learn's own class on Intel's solver, which there is for x86-64 only: several times as fast.
    from sklearnex.svm import SVC
except ImportError:
    from sklearn.svm import SVC


@dataclass(frozen=True)
class Params:
    gamma: float = param(1 / 784, unit="1", label="kernel coefficient", symbol="γ", above=0)
    c: float = param(2.0, unit="1", label="inverse regularisation strength", symbol="C", above=0)


#: Around values from the literature; `candidates` says how one of them is chosen.
CANDIDATES: tuple[Setting, ...] = (
    {},
    {"gamma": 0.02, "c": 5.0},
    {"gamma": 0.03, "c": 5.0},
    {"gamma": 0.05, "c": 5.0},
    {"gamma": 0.05, "c": 2.0},
)
TUNED = CANDIDATES[2]

experiment = Experiment(
    title="Support vector machine",
    summary="Separates two digits at a time by the widest possible margin, with a Gaussian kernel",
    section="classifiers",
    task="classification",
    variants=(
        Variant("published", "Article's settings", split="quarter"),
        Variant("tuned", "Tuned", TUNED, split="quarter"),
        *sizes(TUNED),
        *candidates(CANDIDATES),
    ),
    order=3,
    deterministic=True,
    figures=("confusion", "mistakes", "per_class"),
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Classification:
    """One machine for every pair of classes; the class with most votes wins. No chance in it.

    ``gamma`` is that of exp(-gamma |a - b|²), pixels from 0 to 1; scikit-learn's "auto" is 1 / 784. The scores are the
    votes plus a margin smaller than one vote, which settles ties (scikit-learn's ``break_ties``).
    """
    pixels, test_pixels = dataset.train.flat(), dataset.test.flat()
    model = SVC(kernel="rbf", gamma=params.gamma, C=params.c, decision_function_shape="ovr", cache_size=500)
    model.fit(pixels, dataset.train.labels)
    # A class that no training image has gets no column from scikit-learn: put the columns where they belong.
    scores = np.full((len(dataset.test), dataset.n_classes), -1, np.float32)  # below any vote
    with phase("prediction"):
        scores[:, model.classes_] = model.decision_function(test_pixels)
    n_support = len(model.support_)
    return Classification(
        predictions=scores.argmax(axis=1).astype(np.uint8),
        # Each support vector is kept whole, with a weight in the machine of each pair that its class is in.
        n_parameters=int(n_support * (pixels.shape[1] + len(model.classes_) - 1) + model.intercept_.size),
        arrays={"scores": scores},
        facts={"n_support_vectors": n_support},
    )
