"""What the report concludes of the autoencoders, from results that force it."""

import os
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from generator.layout import Layout
from generator.metric import Metric
from generator.record import Fact, Record, Results
from generator.report.findings.autoencoder import (
    Autoencoder,
    Course,
    Fit,
    Four,
    Gap,
    Levelling,
    Trained,
    autoencoder,
)
from generator.report.findings.compare import Order
from tests.sites import make_sources, render_page

CLASSES = 10


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """Templates, and results that no test changes on disk."""
    return make_sources(tmp_path_factory.mktemp("made"))


@pytest.fixture
def results(layout: Layout, tmp_path: Path) -> Results:
    """The same results, for one test to change."""
    return Results(shutil.copytree(layout.records, tmp_path / "records", copy_function=os.link))


def found(results: Results) -> Autoencoder:
    one = autoencoder(results)
    assert one is not None
    return one


def note(results: Results, task: str, **facts: Fact) -> None:
    record = results.records[task]
    results.records[task] = msgspec.structs.replace(record, facts={**record.facts, **facts})


def score(results: Results, task: str, metric: str, value: float, **of: object) -> None:
    record = results.records[task]
    others = tuple(one for one in record.metrics if one.name != metric)
    scored = Metric(name=metric, value=value, better="higher", low=value - 0.01, high=value + 0.01, **of)  # type: ignore[arg-type]
    results.records[task] = msgspec.structs.replace(record, metrics=(*others, scored))


def keep(results: Results, task: str, name: str, array: np.ndarray) -> None:
    path = results.folder / task / f"{name}.npy"
    path.unlink()  # a link to what other tests read
    np.save(path, array)


def without(results: Results, *tasks: str) -> Results:
    fewer: dict[str, Record] = {task: one for task, one in results.records.items() if task not in tasks}
    results.records = fewer
    return results


def confusion(**shares: float) -> np.ndarray:
    """100 images of each class, all recognised but for the classes that are named: those that are not are called 9, and
    of 9, 0.
    """
    counts = 100 * np.eye(CLASSES, dtype=np.int64)
    for name, share in shares.items():
        place = int(name.removeprefix("of_"))
        counts[place, place] = round(100 * share)
        counts[place, 9 if place < 9 else 0] += 100 - round(100 * share)
    return counts


def test_without_its_main_network_nothing_is_concluded(results: Results) -> None:
    assert autoencoder(without(results, "autoencoder-2d")) is None


def test_what_is_missing_beside_it_is_left_out(results: Results) -> None:
    study = [task for task in results.records if task.startswith(("generated_digits", "stability", "tsne"))]
    alone = found(without(results, "autoencoder-3d", "autoencoder-vae", *study))
    assert (alone.space, alone.variational, alone.in_plane, alone.third, alone.overlap, alone.tsne) == (None,) * 6


@pytest.mark.parametrize(
    ("outside", "fit"),
    [(0.05, Fit.MATCHES), (0.09, Fit.MATCHES), (0.37, Fit.WIDER), (0.03, Fit.MATCHES), (0.01, Fit.NARROWER)],
)
def test_the_codes_are_set_against_the_prior(results: Results, outside: float, fit: Fit) -> None:
    note(results, "autoencoder-vae", outside_prior_95=outside)
    variational = found(results).variational
    assert variational is not None
    assert variational.codes is not None
    assert variational.codes.fit is fit
    assert variational.codes.narrow < variational.codes.prior_outside < variational.codes.wide


def test_the_class_is_named_whose_codes_lie_farthest_out(results: Results) -> None:
    index = np.asarray(results.array("autoencoder-vae", "index"))
    labels = np.asarray(results.labels())[index]
    codes = np.zeros((len(labels), 2), np.float32)
    codes[labels == 4] = (0.0, 2.5)  # the disc that holds 95 % of the prior has a radius of 2.45
    codes[labels == 5] = (0.0, 2.4)
    keep(results, "autoencoder-vae", "coordinates", codes)
    variational = found(results).variational
    assert variational is not None
    assert variational.codes is not None
    assert variational.codes.farthest is not None
    assert (variational.codes.farthest.name, variational.codes.farthest.share) == ("4", 1.0)


def test_codes_that_were_not_set_against_the_prior_are_left_out(results: Results) -> None:
    record = results.records["autoencoder-vae"]
    kept = {name: fact for name, fact in record.facts.items() if name != "outside_prior_95"}
    results.records["autoencoder-vae"] = msgspec.structs.replace(record, facts=kept)
    variational = found(results).variational
    assert variational is not None
    assert variational.codes is None


def test_one_run_of_each_does_not_decide_which_network_reconstructs_better(layout: Layout) -> None:
    english, japanese = (render_page(layout, code, "maps/autoencoder") for code in ("en", "ja"))
    assert "One run of each does not decide which reconstructs better." in english
    assert "1回ずつの実行では、どちらの再構成がよいかは決められない。" in japanese
    assert "single runs" in english
    assert "単一の実行" in japanese
    for claim in ("closes the holes", "falls evenly", "gather around the origin", "隙間をなく"):
        assert claim not in english + japanese


@pytest.mark.parametrize(
    ("shares", "verdict", "least"),
    [
        ({"of_4": 0.0}, Four.HARDLY, "4"),
        ({"of_4": 0.05, "of_5": 0.01}, Four.HARDLY, "5"),
        ({"of_4": 0.4, "of_5": 0.6}, Four.LEAST, "4"),
        ({"of_4": 0.4, "of_5": 0.3}, Four.OTHER, "5"),
    ],
)
def test_how_often_a_reconstructed_4_is_recognised(
    results: Results, shares: dict[str, float], verdict: Four, least: str
) -> None:
    keep(results, "generated_digits-2d", "confusion", confusion(**shares))
    plane = found(results).in_plane
    assert plane is not None
    assert plane.verdict is verdict
    assert plane.four.share == shares["of_4"]
    assert plane.least.name == least


def test_classes_that_overlap_are_counted_among_themselves(results: Results) -> None:
    # 40 of 100 fours and 70 of 100 sevens are called 9; 40 nines are called 0, and count for no group.
    keep(results, "generated_digits-3d", "confusion", confusion(of_4=0.6, of_7=0.3, of_9=0.6, of_3=0.5))
    space = found(results).in_space
    assert space is not None
    assert space.four_seven_nine == pytest.approx((40 + 70) / 300)
    assert (space.three_five_eight, space.three_five) == (0.0, 0.0)
    assert space.top is not None
    assert (space.top.true, space.top.predicted, space.top.count) == ("7", "9", 70)


def test_where_all_are_recognised_nothing_is_confused(results: Results) -> None:
    keep(results, "generated_digits-2d", "confusion", confusion())
    plane = found(results).in_plane
    assert plane is not None
    assert plane.top is None


@pytest.mark.parametrize(
    ("accuracy", "order"), [(0.9, Order.FIRST), (0.7, Order.SECOND), (0.805, Order.UNDECIDED)], ids=str
)
def test_a_third_number_is_judged_on_the_same_test_images(results: Results, accuracy: float, order: Order) -> None:
    score(results, "generated_digits-2d", "accuracy", 0.8)
    score(results, "generated_digits-3d", "accuracy", accuracy)
    assert found(results).third is order


@pytest.mark.parametrize(
    ("gain", "order"),
    [((0.1, 0.11, 0.09, 0.1), Order.FIRST), ((-0.1, -0.11, -0.1, -0.12), Order.SECOND), ((0.1, -0.1, 0.2, -0.2), None)],
)
def test_neighbours_in_space_are_paired_with_those_in_the_plane(
    results: Results, gain: tuple[float, ...], order: Order | None
) -> None:
    plane = (0.8, 0.7, 0.9, 0.8)
    space = tuple(one + more for one, more in zip(plane, gain, strict=True))
    for task, blocks in (("autoencoder-2d", plane), ("autoencoder-3d", space)):
        score(results, task, "neighbour_accuracy_10", float(np.mean(blocks)), blocks=blocks)
    compared = found(results).space
    assert compared is not None
    assert compared.order is (order or Order.UNDECIDED)


@pytest.mark.parametrize(
    ("train", "test", "gap", "second_half"),
    [
        ([9, 8, 7, 6, 5, 4], [9, 8, 7, 6, 5, 4.1], Gap.ALIKE, Course.FALLS),
        ([9, 8, 7, 6, 5, 4], [9, 8, 7, 7, 7, 6.9], Gap.GREATER, Course.LEVEL),
        ([9, 8, 7, 6, 5, 4], [9, 8, 7, 7, 7, 7.1], Gap.GREATER, Course.RISES),
        ([9, 8, 7, 6], [9, 8, 7, 6], Gap.NONE, Course.SHORT),
        ([9], [8.5], Gap.NONE, Course.SHORT),
    ],
)
def test_the_course_of_the_training(
    results: Results, train: list[float], test: list[float], gap: Gap, second_half: Course
) -> None:
    keep(results, "autoencoder-2d", "train_loss", np.array(train, np.float32))
    keep(results, "autoencoder-2d", "held_out_loss", np.array(test, np.float32))
    curve = found(results).curve
    assert curve is not None
    assert (curve.gap, curve.second_half) == (gap, second_half)
    # "After so many epochs": the place in the curve is one less.
    assert curve.test_at_half == test[curve.half - 1]


@pytest.mark.parametrize(
    ("errors", "levelling", "bend"),
    [
        ({1: 0.8, 2: 0.4, 3: 0.3, 4: 0.2, 8: 0.1, 16: 0.05, 32: 0.02}, Levelling.FALLS, (16, 32)),
        ({1: 0.8, 2: 0.4, 3: 0.3, 4: 0.2, 8: 0.1, 16: 0.05, 32: 0.049}, Levelling.LEVELS, (16, 32)),
        ({1: 0.8, 2: 0.4, 3: 0.3, 4: 0.2, 8: 0.19, 16: 0.18, 32: 0.2}, Levelling.LEVELS, (4, 8)),
        # One doubling in vain is no end of the fall.
        ({1: 0.8, 2: 0.79, 3: 0.3, 4: 0.2, 8: 0.1, 16: 0.05, 32: 0.02}, Levelling.FALLS, (16, 32)),
    ],
)
def test_where_more_dimensions_hardly_pay(
    results: Results, errors: dict[int, float], levelling: Levelling, bend: tuple[int, int]
) -> None:
    for record in list(results.of("autoencoder").values()):
        if record.task.variant.startswith("latent_"):
            note(results, record.task.id, reconstruction_error=errors[int(record.task.params["latent"])])
    sweep = found(results).sweep
    assert sweep is not None
    assert (sweep.levelling, (sweep.bend.smaller, sweep.bend.larger)) == (levelling, bend)
    assert sweep.bend.left == pytest.approx(errors[bend[1]] / errors[bend[0]])
    assert (sweep.fewest.latent, sweep.most.latent) == (1, 32)


@pytest.mark.parametrize(("epochs", "trained"), [(100, Trained.SHORTER), (20, Trained.AS_LONG)])
def test_a_series_may_be_trained_as_long_as_the_others(results: Results, epochs: int, trained: Trained) -> None:
    plane = results.records["autoencoder-2d"]
    params = {**plane.task.params, "epochs": epochs}
    task = msgspec.structs.replace(plane.task, params=params)
    results.records["autoencoder-2d"] = msgspec.structs.replace(plane, task=task)
    sweep = found(results).sweep
    assert sweep is not None
    assert (sweep.epochs, sweep.trained) == (20, trained)


def test_seeds_show_how_far_single_runs_may_lie_apart(results: Results) -> None:
    for place, error in enumerate((0.07, 0.1, 0.06, 0.09, 0.08)):
        note(results, f"autoencoder-seed_{place}", reconstruction_error=error)
    seeds = found(results).seeds
    assert seeds is not None
    assert (seeds.runs, seeds.least, seeds.greatest) == (5, 0.06, 0.1)
