"""Multinomial logistic regression with scikit-learn."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from generator.dataset import Dataset
from generator.experiment import Classification, Experiment, Outcome, Variant, param


@dataclass(frozen=True)
class Params:
    max_iter: int = param(100, unit="steps")


experiment = Experiment(
    title="Logistic regression",
    summary="Solves softmax regression with scikit-learn's quasi-Newton method, all images at once",
    section="classifiers",
    task="classification",
    params=Params,
    variants={"default": Variant("As published")},
    split="quarter",
    order=2,
    figures=("confusion", "mistakes"),
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Classification:
    """Fit by L-BFGS, which may stop at ``max_iter`` short of the optimum. No chance in it: ``seed`` changes nothing."""
    model = LogisticRegression(solver="lbfgs", max_iter=params.max_iter)
    with warnings.catch_warnings():
        # Reaching the limit is published and reported below; any other failure to converge still warns.
        warnings.filterwarnings("ignore", r"(?s).*REACHED LIMIT", ConvergenceWarning)
        model.fit(dataset.train.flat(), dataset.train.labels)
    n_iterations = int(model.n_iter_.max())
    # A class that no training image has gets no column from scikit-learn: put the columns where they belong.
    probabilities = np.zeros((len(dataset.test), dataset.n_classes), np.float32)
    probabilities[:, model.classes_] = model.predict_proba(dataset.test.flat())
    return Classification(
        predictions=probabilities.argmax(axis=1).astype(np.uint8),
        probabilities=probabilities,
        n_parameters=model.coef_.size + model.intercept_.size,
        facts={"converged": n_iterations < params.max_iter, "n_iterations": n_iterations},
    )
