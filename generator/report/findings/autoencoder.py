"""What comes through an autoencoder's bottleneck, and where its codes lie. Each network was trained once."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

import numpy as np

from generator.record import Results
from generator.report.findings.compare import Order, Scored, compare, measured
from generator.report.findings.given import done, number

SLUG = "autoencoder"
READ = "generated_digits"  # what the CNN predicts of the reconstructions

#: A loss that moves by less than this share is said to stay as it is: the curves wobble as much from epoch to epoch.
NOTABLE = 0.05
#: Halves that are too short say nothing of a curve's course.
FEWEST_EPOCHS = 5
#: Where doubling the latent dimension leaves more than this share of the error, more dimensions hardly pay. Nothing in
#: the data draws the line at a tenth: the page states it.
MOST_LEFT = 0.9
#: The share of the prior outside the ball that ``outside_prior_95`` counts in.
PRIOR_OUTSIDE = 0.05
#: Codes are wider than the prior if more than twice that share lies outside, narrower if less than half of it does. For
#: normally distributed codes in the plane that is a standard deviation 14 % above the prior's, or 10 % below it.
WIDE, NARROW = 2 * PRIOR_OUTSIDE, PRIOR_OUTSIDE / 2


class Course(StrEnum):
    """What the second half of the training does to the error on the test images."""

    FALLS = "falls"
    LEVEL = "level"  # it falls by less than ``NOTABLE``
    RISES = "rises"
    SHORT = "short"  # too few epochs to tell


class Gap(StrEnum):
    """How the error on the test images compares with that on the training images."""

    GREATER = "greater"  # by more than ``NOTABLE``
    ALIKE = "alike"  # greater, by less
    NONE = "none"  # not greater


class Levelling(StrEnum):
    """Whether more latent dimensions still pay."""

    LEVELS = "levels"  # from some dimension on, every doubling leaves more than ``MOST_LEFT`` of the error
    FALLS = "falls"


class Trained(StrEnum):
    """How long the networks of a series were trained."""

    AS_LONG = "as_long"  # as the others
    SHORTER = "shorter"


class Four(StrEnum):
    """How often a reconstructed 4, which article A2 hardly sees, is still classified as one."""

    HARDLY = "hardly"  # less often than by guessing among the classes
    LEAST = "least"  # more often than that, but no class less often
    OTHER = "other"  # another class less often


class Fit(StrEnum):
    """How the codes of a variational autoencoder lie to its prior."""

    MATCHES = "matches"
    WIDER = "wider"
    NARROWER = "narrower"


@dataclass(frozen=True)
class Reconstruction:
    """How well one network reconstructs the test images."""

    task: str
    latent: int
    epochs: int
    error: float  # mean squared error, pixel values from -1 to 1
    low: float  # 95 % interval over test images
    high: float


@dataclass(frozen=True)
class ClassShare:
    """A share of one class."""

    name: str
    share: float


@dataclass(frozen=True)
class Confused:
    """The most frequent misclassification."""

    true: str
    predicted: str
    count: int


@dataclass(frozen=True)
class Recognised:
    """What the CNN predicts of one network's reconstructions of the test images."""

    task: str
    latent: int
    accuracy: Scored  # share still classified as the original digit
    originals: float  # accuracy on the originals, most of which the CNN was trained on
    four_seven_nine: float  # of the reconstructions of these classes, the share classified as another of them
    three_five_eight: float
    three_five: float
    four: ClassShare
    least: ClassShare  # the class whose reconstructions are least often classified as it
    verdict: Four
    top: Confused | None


@dataclass(frozen=True)
class Curve:
    """The loss of the two-dimensional network."""

    epochs: int
    train: float  # as met during the last epoch, while the weights still changed
    test: float  # after it
    gap: Gap
    half: int  # epochs
    test_at_half: float
    second_half: Course


@dataclass(frozen=True)
class Doubling:
    """The error before and after the latent dimension is doubled."""

    smaller: int
    larger: int
    before: float
    after: float
    left: float  # share of the error


@dataclass(frozen=True)
class Sweep:
    """The error by latent dimension, one network each."""

    epochs: int
    trained: Trained
    fewest: Reconstruction  # dimensions
    most: Reconstruction
    levelling: Levelling
    bend: Doubling  # the first from which on none pays; if the last one still does, that
    most_left: float


@dataclass(frozen=True)
class Runs:
    """Networks that differ by their seed alone."""

    runs: int
    images: int  # training images
    epochs: int
    least: float  # reconstruction error
    greatest: float


@dataclass(frozen=True)
class Codes:
    """Where the means of the codes lie to the prior, a standard normal distribution."""

    fit: Fit
    outside: float  # share outside the ball that holds 95 % of the prior
    prior_outside: float
    prior_inside: float
    wide: float  # shares from which the verdict is another
    narrow: float
    divergence: float  # mean over the images of KL(q(z|x) || prior), in nats
    deviations: tuple[float, float] | None  # along each axis of a plane, where the prior has 1
    farthest: ClassShare | None  # the class of which most lies outside, and how much


@dataclass(frozen=True)
class Variational:
    reconstruction: Reconstruction
    trustworthiness: Scored | None
    neighbours: Scored | None  # 10-NN accuracy
    codes: Codes | None


@dataclass(frozen=True)
class Space:
    """The three-dimensional network beside the two-dimensional one, on the same images."""

    reconstruction: Reconstruction
    neighbours: Scored  # 10-NN accuracy
    order: Order  # of that, the three-dimensional first


@dataclass(frozen=True)
class Autoencoder:
    plane: Reconstruction
    trustworthiness: Scored
    correlation: Scored  # rank correlation of distances
    neighbours: Scored  # 10-NN accuracy
    tsne: Scored | None  # the same of t-SNE
    space: Space | None
    variational: Variational | None
    in_plane: Recognised | None
    in_space: Recognised | None
    in_variational: Recognised | None
    third: Order | None  # share still classified as the original: with three dimensions (first) or with two
    curve: Curve | None
    sweep: Sweep | None
    seeds: Runs | None
    overlap: Scored | None  # share of an image's 15 neighbours that two of these have in common


def autoencoder(results: Results) -> Autoencoder | None:
    """The two-dimensional network first, the others beside it."""
    plane = _reconstruction(results, f"{SLUG}-2d")
    trustworthiness = _scored(results, f"{SLUG}-2d", "trustworthiness")
    correlation = _scored(results, f"{SLUG}-2d", "distance_correlation")
    neighbours = _scored(results, f"{SLUG}-2d", "neighbour_accuracy_10")
    if plane is None or trustworthiness is None or correlation is None or neighbours is None:
        return None
    return Autoencoder(
        plane=plane,
        trustworthiness=trustworthiness,
        correlation=correlation,
        neighbours=neighbours,
        tsne=_scored(results, "tsne-2d", "neighbour_accuracy_10"),
        space=_space(results),
        variational=_variational(results),
        in_plane=_recognised(results, "2d"),
        in_space=_recognised(results, "3d"),
        in_variational=_recognised(results, "vae"),
        third=_order(results, f"{READ}-3d", f"{READ}-2d", "accuracy"),
        curve=_curve(results),
        sweep=_sweep(results, plane.epochs),
        seeds=_seeds(results),
        overlap=_scored(results, f"stability-{SLUG}", "neighbour_overlap_15"),
    )


def _scored(results: Results, task: str, metric: str) -> Scored | None:
    found = measured(results, task, metric)
    return None if found is None else found.scored


def _order(results: Results, one: str, other: str, metric: str) -> Order | None:
    """Which of two networks is better; what is asked may be what another dimension adds."""
    first, second = measured(results, one, metric), measured(results, other, metric)
    return None if first is None or second is None else compare(first, second).order


def _reconstruction(results: Results, task: str) -> Reconstruction | None:
    record, error = done(results, task), number(results, task, "reconstruction_error")
    if record is None or error is None:
        return None
    low, high = (number(results, task, f"reconstruction_error_{end}") for end in ("low", "high"))
    return Reconstruction(
        task=task,
        latent=int(record.task.params["latent"]),
        epochs=int(record.task.params["epochs"]),
        error=error,
        low=error if low is None else low,
        high=error if high is None else high,
    )


def _space(results: Results) -> Space | None:
    reconstruction = _reconstruction(results, f"{SLUG}-3d")
    neighbours = _scored(results, f"{SLUG}-3d", "neighbour_accuracy_10")
    order = _order(results, f"{SLUG}-3d", f"{SLUG}-2d", "neighbour_accuracy_10")
    if reconstruction is None or neighbours is None or order is None:
        return None
    return Space(reconstruction, neighbours, order)


def _recognised(results: Results, variant: str) -> Recognised | None:
    task = f"{READ}-{variant}"
    record, network = done(results, task), results.records.get(f"{SLUG}-{variant}")
    accuracy, originals = _scored(results, task, "accuracy"), number(results, task, "originals_accuracy")
    if record is None or network is None or accuracy is None or originals is None:
        return None
    counts = np.asarray(results.array(task, "confusion"))  # (c, c), rows = original
    names = results.catalogue.data.class_names
    own = [float(row[place]) / max(1, int(row.sum())) for place, row in enumerate(counts)]
    shares = [ClassShare(name, share) for name, share in zip(names, own, strict=True)]
    four, least = shares[4], min(shares, key=lambda one: one.share)

    def among(*classes: int) -> float:
        rows = counts[list(classes)]
        crossed = rows[:, list(classes)].sum() - sum(counts[one, one] for one in classes)
        return float(crossed) / max(1, int(rows.sum()))

    wrong = counts - np.diag(np.diag(counts))
    true, predicted = np.unravel_index(wrong.argmax(), wrong.shape)
    verdict = Four.OTHER
    if four.share < 1 / len(names):
        verdict = Four.HARDLY
    elif four.share <= least.share:
        verdict = Four.LEAST
    return Recognised(
        task=task,
        latent=int(network.task.params["latent"]),
        accuracy=accuracy,
        originals=originals,
        four_seven_nine=among(4, 7, 9),
        three_five_eight=among(3, 5, 8),
        three_five=among(3, 5),
        four=four,
        least=least,
        verdict=verdict,
        top=Confused(names[true], names[predicted], int(wrong.max())) if wrong.any() else None,
    )


def _curve(results: Results) -> Curve | None:
    task = f"{SLUG}-2d"
    record = done(results, task)
    if record is None or not {"train_loss", "held_out_loss"} <= record.arrays.keys():
        return None
    train, test = (np.asarray(results.array(task, name)).tolist() for name in ("train_loss", "held_out_loss"))
    half = max(1, len(test) // 2)
    course = Course.FALLS
    if len(test) < FEWEST_EPOCHS:
        course = Course.SHORT
    elif test[-1] >= test[half - 1]:
        course = Course.RISES
    elif test[-1] > (1 - NOTABLE) * test[half - 1]:
        course = Course.LEVEL
    gap = Gap.ALIKE if test[-1] > train[-1] else Gap.NONE
    return Curve(
        epochs=len(test),
        train=train[-1],
        test=test[-1],
        gap=Gap.GREATER if test[-1] > (1 + NOTABLE) * train[-1] else gap,
        half=half,
        test_at_half=test[half - 1],
        second_half=course,
    )


def _series(results: Results, name: str) -> tuple[Reconstruction, ...]:
    """What there is of a series, the fewest latent dimensions first."""
    catalogue = results.catalogue
    tasks = catalogue.tasks_of(SLUG) if SLUG in catalogue.slugs else ()
    members = [_reconstruction(results, one.id) for one in tasks if catalogue.variant(one).series == name]
    return tuple(sorted((one for one in members if one is not None), key=lambda one: one.latent))


def _sweep(results: Results, longest: int) -> Sweep | None:
    members = _series(results, "latent")
    known = {one.latent: one for one in members}
    doublings = [
        Doubling(n, 2 * n, one.error, known[2 * n].error, known[2 * n].error / one.error)
        for n, one in known.items()
        if 2 * n in known
    ]
    if not doublings:
        return None
    vain = [*takewhile(lambda one: one.left > MOST_LEFT, reversed(doublings))]
    return Sweep(
        epochs=members[0].epochs,
        trained=Trained.SHORTER if members[0].epochs < longest else Trained.AS_LONG,
        fewest=members[0],
        most=members[-1],
        levelling=Levelling.LEVELS if vain else Levelling.FALLS,
        bend=vain[-1] if vain else doublings[-1],
        most_left=MOST_LEFT,
    )


def _seeds(results: Results) -> Runs | None:
    members = _series(results, "seed")
    if len(members) < 2:
        return None
    errors = [one.error for one in members]
    images = results.records[members[0].task].arrays["index"].shape[0]
    return Runs(len(members), images, members[0].epochs, min(errors), max(errors))


def _variational(results: Results) -> Variational | None:
    task = f"{SLUG}-vae"
    reconstruction = _reconstruction(results, task)
    if reconstruction is None:
        return None
    return Variational(
        reconstruction=reconstruction,
        trustworthiness=_scored(results, task, "trustworthiness"),
        neighbours=_scored(results, task, "neighbour_accuracy_10"),
        codes=_codes(results, task),
    )


def _codes(results: Results, task: str) -> Codes | None:
    outside = number(results, task, "outside_prior_95")
    divergence = number(results, task, "divergence_from_prior")
    if outside is None or divergence is None:
        return None
    first, second = (number(results, task, f"code_deviation_{axis}") for axis in (1, 2))
    fit = Fit.MATCHES
    if outside > WIDE:
        fit = Fit.WIDER
    elif outside < NARROW:
        fit = Fit.NARROWER
    return Codes(
        fit=fit,
        outside=outside,
        prior_outside=PRIOR_OUTSIDE,
        prior_inside=1 - PRIOR_OUTSIDE,
        wide=WIDE,
        narrow=NARROW,
        divergence=divergence,
        deviations=None if first is None or second is None else (first, second),
        farthest=None if first is None else _farthest(results, task),
    )


def _farthest(results: Results, task: str) -> ClassShare:
    """The class of which the greatest share lies outside the disc that holds 95 % of the prior."""
    codes = np.asarray(results.array(task, "coordinates"))  # (n, 2)
    labels = np.asarray(results.labels())[np.asarray(results.array(task, "index"))]
    outside = (codes**2).sum(axis=1) > -2 * np.log(PRIOR_OUTSIDE)
    names = results.catalogue.data.class_names
    shares = [ClassShare(names[place], float(outside[labels == place].mean())) for place in np.unique(labels).tolist()]
    return max(shares, key=lambda one: one.share)
