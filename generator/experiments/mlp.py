"""A multilayer perceptron with scikit-learn."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from generator.dataset import Dataset
from generator.phase import phase
from generator.series import Setting, candidates, seeds, sizes
from generator.vocabulary import Classification, Experiment, Outcome, Variant, param


@dataclass(frozen=True)
class Params:
    hidden: int = param(128, unit="1", label="hidden units", at_least=1)
    epochs: int = param(20, unit="1", at_least=1)
    batch_size: int = param(200, unit="images", at_least=1)
    alpha: float = param(0.0001, unit="1", label="L2 penalty", symbol="α", at_least=0)
    early_stopping: bool = param(False, unit="1")


#: Around values from the literature; `candidates` says how one of them is chosen.
CANDIDATES: tuple[Setting, ...] = (
    {},
    {"hidden": 256, "epochs": 30, "early_stopping": True},
    {"hidden": 512, "epochs": 30, "early_stopping": True},
    {"hidden": 512, "epochs": 30, "early_stopping": True, "alpha": 0.001},
)
TUNED = CANDIDATES[3]

experiment = Experiment(
    title="MLP (scikit-learn)",
    summary="Puts one layer of learned features between pixels and digits, in scikit-learn",
    section="classifiers",
    task="classification",
    variants=(
        Variant("published", "Article's settings", split="quarter"),
        Variant("tuned", "Tuned", TUNED, split="quarter"),
        *seeds(),
        *seeds(TUNED, of="tuned"),
        *sizes(TUNED),
        *candidates(CANDIDATES),
    ),
    order=4,
    figures=("confusion", "mistakes", "learning_curve", "per_class", "reliability"),
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Classification:
    """Adam on the cross-entropy with scikit-learn's defaults, for so many epochs, or until the loss stands still.

    With early stopping a tenth of the training images is held out, ten epochs without a better accuracy on them end
    it, and the best weights are kept.
    """
    pixels, test_pixels = dataset.train.flat(), dataset.test.flat()
    n_learned = len(pixels) * 9 // 10 if params.early_stopping else len(pixels)
    model = MLPClassifier(
        (params.hidden,),
        alpha=params.alpha,
        # scikit-learn does as much by itself where there are fewer, and warns.
        batch_size=min(params.batch_size, n_learned),
        max_iter=params.epochs,
        early_stopping=params.early_stopping,
        random_state=seed,
    )
    with warnings.catch_warnings():
        # Reaching the limit is published and reported below.
        warnings.filterwarnings("ignore", ".*Maximum iterations", ConvergenceWarning)
        model.fit(pixels, dataset.train.labels)
    # A class that no training image has gets no column from scikit-learn: put the columns where they belong.
    probabilities = np.zeros((len(dataset.test), dataset.n_classes), np.float32)
    with phase("prediction"):
        probabilities[:, model.classes_] = model.predict_proba(test_pixels)
    curves = {"train_loss": np.array(model.loss_curve_, np.float32)}  # (epochs,)
    facts = {"converged": model.n_iter_ < params.epochs, "n_iterations": model.n_iter_, "epochs": model.n_iter_}
    if params.early_stopping:
        curves["held_out_accuracy"] = np.array(model.validation_scores_, np.float32)  # (epochs,)
        facts["best_epoch"] = int(curves["held_out_accuracy"].argmax()) + 1
    return Classification(
        predictions=probabilities.argmax(axis=1).astype(np.uint8),
        probabilities=probabilities,
        n_parameters=sum(array.size for array in (*model.coefs_, *model.intercepts_)),
        arrays=curves,
        facts={**facts, "loss": "nats"},
    )
