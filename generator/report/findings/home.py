"""What the first page tells of the whole report, beside what the other findings hold."""

from dataclasses import dataclass
from enum import StrEnum

from generator.record import Results
from generator.report.findings.compare import Head, Order, Ranking, Scored, highest, measured
from generator.report.findings.given import fact, number
from generator.report.rows import rank_of, rows
from generator.vocabulary import Fact

ACCURACY = "accuracy"
NETWORK, LINEAR = "cnn-published", "logistic_regression-published"
DIGITS, NOISE = "generated_digits-2d", "noisy_embeddings-trained_published"


class Runs(StrEnum):
    """How often a classifier was trained."""

    SEVERAL = "several"  # under other seeds: its accuracy is the mean
    SINGLE = "single"  # once, though another seed would give another
    DETERMINISTIC = "deterministic"  # once, which is enough


@dataclass(frozen=True)
class Classified:
    """The classifiers, by accuracy over all of their runs."""

    methods: Head
    runs: Runs  # of the first
    rivals: tuple[str, ...]  # all that do not differ significantly from the first
    following: str | None  # the best of the others
    baseline: Scored | None  # the same answer for every image


@dataclass(frozen=True)
class Network:
    """The convolutional network against a linear model, on the same test images."""

    order: Order
    network: Scored
    linear: Scored
    ratio: float | None  # errors of the linear model for one of the network; None where the network makes none


@dataclass(frozen=True)
class Noise:
    """What one training makes of noise."""

    share: float  # of the noise images that are predicted as one class
    predicted: str  # that class


@dataclass(frozen=True)
class Home:
    classified: Classified | None
    network: Network | None
    reconstructed: Scored | None  # accuracy on reconstructions; one training
    latent: Fact | None  # values of their latent code
    noise: Noise | None


def home(results: Results) -> Home:
    """A few results of every part of the report."""
    found = rows(results, "classifiers")
    ranking = rank_of(results, found, ACCURACY, None)
    baselines = [measured(results, row.task, ACCURACY) for row in found if row.role == "floor"]
    digits = measured(results, DIGITS, ACCURACY)
    latent = [one.params.get("latent") for one in results.catalogue.tasks if one.id == "autoencoder-2d"]
    return Home(
        classified=None if ranking is None else _classified(ranking, highest(baselines)),
        network=None if ranking is None else _network(ranking),
        reconstructed=None if digits is None else digits.scored,
        latent=latent[0] if latent else None,
        noise=_noise(results),
    )


def _classified(ranking: Ranking, baseline: Scored | None) -> Classified:
    others = [one.task for one in ranking.scores if one.task not in ranking.best]
    first = ranking.first
    runs = Runs.SINGLE if first.single else Runs.SEVERAL if first.runs > 1 else Runs.DETERMINISTIC
    return Classified(ranking.head, runs, ranking.rivals, others[0] if others else None, baseline)


def _network(ranking: Ranking) -> Network | None:
    pair = ranking.between(NETWORK, LINEAR)
    if pair is None:
        return None
    scores = {one.task: one for one in ranking.scores}
    network, linear = scores[NETWORK], scores[LINEAR]
    errors = 1 - network.value
    return Network(pair.order, network, linear, (1 - linear.value) / errors if errors else None)


def _noise(results: Results) -> Noise | None:
    share, predicted = number(results, NOISE, "noise_predicted_share"), fact(results, NOISE, "noise_predicted_as")
    return None if share is None or predicted is None else Noise(share, str(predicted))
