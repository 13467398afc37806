"""Multinomial logistic regression with scikit-learn."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from generator.dataset import Dataset
from generator.phase import phase
from generator.series import Setting, candidates, sizes
from generator.vocabulary import Classification, Experiment, Outcome, Variant, param


@dataclass(frozen=True)
class Params:
    max_iter: int = param(100, unit="1", label="maximum iterations", symbol="max_iter", at_least=1)
    c: float = param(1.0, unit="1", label="inverse regularisation strength", symbol="C", above=0)


#: Held back more and less, in as many steps as it takes; `candidates` says how one of them is chosen.
CANDIDATES: tuple[Setting, ...] = (
    {},
    {"max_iter": 1_000, "c": 0.3},
    {"max_iter": 1_000, "c": 0.1},
    {"max_iter": 1_000, "c": 0.03},
    {"max_iter": 1_000, "c": 0.01},
)
TUNED = CANDIDATES[2]

experiment = Experiment(
    title="Logistic regression",
    summary="Solves softmax regression with scikit-learn's quasi-Newton method, all images at once",
    section="classifiers",
    task="classification",
    variants=(
        Variant("published", "Article's settings", split="quarter"),
        Variant("tuned", "Tuned", TUNED, split="quarter"),
        *sizes(TUNED),
        *candidates(CANDIDATES),
    ),
    order=2,
    deterministic=True,
    figures=("confusion", "mistakes", "per_class", "reliability"),
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Classification:
    """Fit by L-BFGS, which may stop at ``max_iter`` short of the optimum. No chance in it: ``seed`` changes nothing."""
    pixels, test_pixels = dataset.train.flat(), dataset.test.flat()
    model = LogisticRegression(C=params.c, solver="lbfgs", max_iter=params.max_iter)
    with warnings.catch_warnings():
        # Reaching the limit is published and reported below; any other failure to converge still warns.
        warnings.filterwarnings("ignore", r"(?s).*REACHED LIMIT", ConvergenceWarning)
        model.fit(pixels, dataset.train.labels)
    n_iterations = int(model.n_iter_.max())
    # A class that no training image has gets no column from scikit-learn: put the columns where they belong.
    probabilities = np.zeros((len(dataset.test), dataset.n_classes), np.float32)
    with phase("prediction"):
        probabilities[:, model.classes_] = model.predict_proba(test_pixels)
    return Classification(
        predictions=probabilities.argmax(axis=1).astype(np.uint8),
        probabilities=probabilities,
        n_parameters=model.coef_.size + model.intercept_.size,
        facts={"converged": n_iterations < params.max_iter, "n_iterations": n_iterations},
    )
