"""What a classifier predicts of noise, and whether embeddings of its feature vectors keep the noise apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from generator.record import Results
from generator.report.findings.compare import Order, Scored, compare, measured
from generator.report.findings.given import done, number

NETWORK = "cnn_embeddings-trained"
TEST = "noisy_embeddings"  # test images, some replaced by noise
EMBEDDED = "noisy_maps"  # embeddings of their feature vectors

#: Below this share of noise among its ten nearest neighbours, most neighbours of noise are digits.
TOGETHER = 0.5
#: Above this share, less than one of the ten is a digit.
PURE = 0.9
#: Above this silhouette, noise is on average less than half as far from other noise as from the nearest class.
SEPARATE = 0.5
#: A validation loss this share above its lowest value has risen: less is within the wobble from epoch to epoch.
RISEN = 0.05
#: All but one in a hundred are nearly all.
NEARLY_ALL = 0.99
MOST = 0.5


class Standing(StrEnum):
    """Where noise lies in an embedding."""

    APART = "apart"  # together, and far from the digits
    PARTLY = "partly"  # in between
    AMONG = "among"  # most neighbours of noise are digits


class Fitting(StrEnum):
    """How the validation loss goes on from its lowest value."""

    OVERFITS = "overfits"  # it rises, while the training loss falls on
    FLAT = "flat"  # it hardly rises
    FALLING = "falling"  # its lowest value is the last one


class Gathering(StrEnum):
    """Whether noise is predicted as one class."""

    ALL = "all"  # nearly all of it
    MOST = "most"
    SCATTERED = "scattered"


class Lesson(StrEnum):
    """Of which network's feature vectors t-SNE sets noise apart."""

    BOTH = "both"
    TRAINED = "trained"
    UNTRAINED = "untrained"
    NEITHER = "neither"


class Depths(StrEnum):
    """Whether noise lies in space as it does in the plane."""

    SAME = "same"
    OTHER = "other"


class Third(StrEnum):
    """What a third principal component does for the share of noise among the neighbours of noise."""

    NEEDLESS = "needless"  # noise stands apart in the plane
    RAISES = "raises"
    UNDECIDED = "undecided"
    LOWERS = "lowers"


class Hook(StrEnum):
    """Whether the two ways to take feature vectors from a network agree."""

    IDENTICAL = "identical"
    ROUNDED = "rounded"  # they differ by little


class Drawn(StrEnum):
    """How many images were drawn to become noise."""

    ALL = "all"  # as many as in the article
    FEWER = "fewer"  # so that a small set keeps its digits


class Repeated(StrEnum):
    """In how many runs of t-SNE noise stands apart."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NEVER = "never"


@dataclass(frozen=True)
class Training:
    """The classifier, trained once."""

    accuracy: Scored
    parameters: int
    validation: int  # images
    epochs: int
    best: int  # epoch, from 1, of the lowest validation loss
    train_at_best: float
    validation_at_best: float
    train: float  # after the last epoch
    validation_loss: float
    fitting: Fitting


@dataclass(frozen=True)
class Predicted:
    """What the trained classifier predicts of noise."""

    draws: int
    images: int  # that became noise
    strewn: float  # share of noise among the neighbours of noise if it lay among the digits at random
    name: str  # class most often predicted
    share: float
    gathering: Gathering


@dataclass(frozen=True)
class Place:
    """Where noise lies in one embedding."""

    task: str
    purity: Scored  # share of noise among its ten nearest neighbours
    silhouette: Scored
    standing: Standing


@dataclass(frozen=True)
class Rule:
    """When noise is said to stand apart, or to lie among the digits."""

    together: float = TOGETHER
    pure: float = PURE
    separate: float = SEPARATE


@dataclass(frozen=True)
class Components:
    """Principal components of the feature vectors."""

    first: float  # share of the variance
    second: float
    both: float


@dataclass(frozen=True)
class Runs:
    """Runs of t-SNE, each from its own random initialisation."""

    runs: int
    least: Scored  # silhouette of the noise
    greatest: Scored
    repeated: Repeated
    disparity: Scored | None  # Procrustes, mean over all pairs of runs; low and high are the least and the greatest


@dataclass(frozen=True)
class Noise:
    training: Training
    article: Predicted | None  # noise drawn as in the article
    distinct: Predicted | None  # no image drawn twice
    drawn: Drawn | None
    hook: Hook | None
    difference: float  # greatest between the two ways
    rule: Rule
    tsne: Place | None  # of the trained network, article's noise
    untrained: Place | None  # t-SNE of the untrained one
    lesson: Lesson | None
    plane: Place | None  # PCA of the trained network
    space: Place | None
    depths: Depths | None
    third: Third | None
    components: Components | None
    runs: Runs | None


def noise(results: Results) -> Noise | None:
    """The classifier, what it predicts of noise, and where noise lies."""
    training = _training(results)
    if training is None:
        return None
    article, distinct = _predicted(results, "published"), _predicted(results, "distinct")
    difference = number(results, f"{TEST}-trained_published", "hooked_difference")
    tsne, untrained = _place(results, "tsne2_trained_published"), _place(results, "tsne2_random_published")
    plane, space = _place(results, "pca2_trained_published"), _place(results, "pca3_trained_published")
    depths = None
    if plane is not None and space is not None:
        depths = Depths.SAME if plane.standing is space.standing else Depths.OTHER
    return Noise(
        training=training,
        article=article,
        distinct=distinct,
        drawn=_drawn(results, distinct),
        hook=None if difference is None else Hook.ROUNDED if difference else Hook.IDENTICAL,
        difference=difference or 0.0,
        rule=Rule(),
        tsne=tsne,
        untrained=untrained,
        lesson=None if tsne is None or untrained is None else _lesson(tsne, untrained),
        plane=plane,
        space=space,
        depths=depths,
        third=None if plane is None or space is None else _third(results, plane, space),
        components=_components(results),
        runs=_runs(results),
    )


def _training(results: Results) -> Training | None:
    record, accuracy = done(results, NETWORK), measured(results, NETWORK, "accuracy")
    if record is None or accuracy is None:
        return None
    train, validation = (np.asarray(results.array(NETWORK, f"{part}_loss")).tolist() for part in ("train", "held_out"))
    best = int(record.facts["best_epoch"])
    fitting = Fitting.FLAT
    if best == len(validation):
        fitting = Fitting.FALLING
    elif validation[-1] > (1 + RISEN) * validation[best - 1] and train[-1] < train[best - 1]:
        fitting = Fitting.OVERFITS
    return Training(
        accuracy=accuracy.scored,
        parameters=int(record.facts["n_parameters"]),
        validation=int(record.facts["n_held_out"]),
        epochs=len(validation),
        best=best,
        train_at_best=train[best - 1],
        validation_at_best=validation[best - 1],
        train=train[-1],
        validation_loss=validation[-1],
        fitting=fitting,
    )


def _predicted(results: Results, drawn: str) -> Predicted | None:
    record = done(results, f"{TEST}-trained_{drawn}")
    if record is None:
        return None
    data, facts = results.catalogue.data, record.facts
    images, share = int(facts["n_noise"]), float(facts["noise_predicted_share"])
    gathering = Gathering.SCATTERED
    if share > NEARLY_ALL:
        gathering = Gathering.ALL
    elif share > MOST:
        gathering = Gathering.MOST
    return Predicted(
        draws=int(facts["n_draws"]),
        images=images,
        strewn=(images - 1) / (data.n_images - data.n_train - 1),
        name=str(facts["noise_predicted_as"]),
        share=share,
        gathering=gathering,
    )


def _drawn(results: Results, distinct: Predicted | None) -> Drawn | None:
    if distinct is None:
        return None
    wanted = int(results.records[f"{TEST}-trained_distinct"].task.params["draws"])
    return Drawn.FEWER if distinct.draws < wanted else Drawn.ALL


def _place(results: Results, variant: str) -> Place | None:
    task = f"{EMBEDDED}-{variant}"
    purity, silhouette = measured(results, task, "noise_purity"), measured(results, task, "noise_silhouette")
    if purity is None or silhouette is None:
        return None
    standing = Standing.PARTLY
    if purity.scored.value < TOGETHER:
        standing = Standing.AMONG
    elif purity.scored.value > PURE and silhouette.scored.value > SEPARATE:
        standing = Standing.APART
    return Place(task, purity.scored, silhouette.scored, standing)


def _lesson(trained: Place, untrained: Place) -> Lesson:
    match trained.standing is Standing.APART, untrained.standing is Standing.APART:
        case True, True:
            return Lesson.BOTH
        case True, False:
            return Lesson.TRAINED
        case False, True:
            return Lesson.UNTRAINED
        case _:
            return Lesson.NEITHER


def _third(results: Results, plane: Place, space: Place) -> Third:
    """By the same score as the page of reproduction; the noise images are the same in both."""
    first, second = measured(results, space.task, "noise_purity"), measured(results, plane.task, "noise_purity")
    assert first is not None
    assert second is not None
    if plane.standing is Standing.APART:
        return Third.NEEDLESS
    orders = {Order.FIRST: Third.RAISES, Order.UNDECIDED: Third.UNDECIDED, Order.SECOND: Third.LOWERS}
    return orders[compare(first, second).order]


def _components(results: Results) -> Components | None:
    task = f"{EMBEDDED}-pca2_trained_published"
    both = number(results, task, "explained_variance")
    if both is None:
        return None
    first, second = np.asarray(results.array(task, "explained_variance_ratio"))[:2].tolist()
    return Components(first, second, both)


def _runs(results: Results) -> Runs | None:
    catalogue = results.catalogue
    tasks = catalogue.tasks_of(EMBEDDED) if EMBEDDED in catalogue.slugs else ()
    seeds = [one.variant for one in tasks if catalogue.variant(one).series == "seed"]
    places = [place for seed in seeds if (place := _place(results, seed)) is not None]
    if len(places) < 2:
        return None
    silhouettes = sorted((one.silhouette for one in places), key=lambda one: one.value)
    disparity = measured(results, "stability-noisy_tsne", "procrustes")
    return Runs(
        runs=len(places),
        least=silhouettes[0],
        greatest=silhouettes[-1],
        repeated=_repeated(one.standing for one in places),
        disparity=None if disparity is None else disparity.scored,
    )


def _repeated(standings: Iterable[Standing]) -> Repeated:
    apart = [one is Standing.APART for one in standings]
    if all(apart):
        return Repeated.ALWAYS
    return Repeated.SOMETIMES if any(apart) else Repeated.NEVER
