"""What is said of few and of many training images."""

from pathlib import Path

import pytest

from generator.record import Results
from generator.report.findings.compare import Lead, Order
from generator.report.findings.contest import contest
from generator.report.findings.sample_size import Epochs, Sizes, sample_size
from tests.answers import answer, fake_classifiers, only
from tests.records import declarations
from tests.sites import make_sources, render_page

SVC = ("svc-size_2100", "svc-size_7000", "svc-tuned")
LINEAR = ("logistic_regression-size_2100", "logistic_regression-size_7000", "logistic_regression-tuned")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fake_classifiers(tmp_path)
    return tmp_path


def of(folder: Path, *tasks: str) -> Sizes:
    found = sample_size(only(Results(folder), tasks))
    assert found is not None
    return found


def test_every_curve_ends_with_all_training_images(folder: Path) -> None:
    found = sample_size(Results(folder))
    assert found is not None
    assert found.numbers == (7, 21, 70, 210, 300)
    with_sizes = [one for one in declarations() if any(variant.series == "size" for variant in one.variants)]
    assert len(found.curves) == len(with_sizes)
    assert all(None not in curve.scores for curve in found.curves)
    assert found.most.n == 300
    assert len(found.most.ranking.scores) == len(found.curves)


@pytest.mark.parametrize(
    ("before", "after", "order"),
    [(range(40), range(10), Order.FIRST), (range(40), range(38), Order.UNDECIDED), (range(5), range(40), Order.SECOND)],
)
def test_the_last_step_is_tested_on_the_same_images(folder: Path, before: range, after: range, order: Order) -> None:
    for task, wrong in zip(SVC, (range(60), before, after), strict=True):
        answer(folder, task, wrong)
    (gain,) = of(folder, *SVC).gains
    assert gain.order is order
    assert (gain.task, gain.few, gain.many, gain.times) == ("svc-tuned", 70, 300, 300 / 70)
    assert (gain.before, gain.after) == pytest.approx((len(before) / 100, len(after) / 100))
    assert gain.reduction == pytest.approx(1 - len(after) / len(before))


def test_overlapping_intervals_do_not_hide_a_paired_difference(folder: Path) -> None:
    """Ten images are gained and none is lost: significant, although Wilson's intervals overlap."""
    for task, wrong in zip(SVC, (range(60), range(30), range(20)), strict=True):
        answer(folder, task, wrong)
    found = of(folder, *SVC)
    before, after = found.curves[0].scores[1:]
    assert before is not None
    assert after is not None
    assert before.high is not None
    assert after.low is not None
    assert before.high > after.low
    assert found.gains[0].order is Order.FIRST


def test_the_best_at_each_end_is_whoever_is_not_worse(folder: Path) -> None:
    for task, wrong in zip((*SVC, *LINEAR), (range(50), range(30), (), range(20), range(20), range(1)), strict=True):
        answer(folder, task, wrong)
    found = of(folder, *SVC, *LINEAR)
    assert found.fewest is not None
    assert (found.fewest.n, found.fewest.ranking.lead) == (21, Lead.ALONE)
    assert found.fewest.ranking.first.task == LINEAR[0]
    assert (found.most.ranking.lead, found.most.ranking.rivals) == (Lead.TIED, (LINEAR[2],))
    assert [curve.task for curve in found.curves] == [SVC[2], LINEAR[2]]


def test_with_all_images_two_differ_as_they_do_among_all_classifiers(folder: Path) -> None:
    whole, found = contest(Results(folder)), sample_size(Results(folder))
    assert whole is not None
    assert found is not None
    most = found.most.ranking
    assert [pair.adjusted for pair in most.pairs] == [
        pair.adjusted for pair in whole.ranking.pairs if {pair.first, pair.second} <= {one.task for one in most.scores}
    ]
    assert len(most.scores) < len(whole.ranking.scores)


def test_epochs_are_given_where_they_differ(folder: Path) -> None:
    assert {gain.epochs for gain in of(folder, *SVC).gains} == {None}
    networks = {gain.task: gain.epochs for gain in of(folder, "cnn-size_700", "cnn-size_2100", "cnn-tuned").gains}
    tasks = {task.id: task.params["epochs"] for task in Results(folder).catalogue.tasks if task.experiment == "cnn"}
    assert networks == {"cnn-tuned": Epochs(int(tasks["cnn-size_2100"]), int(tasks["cnn-tuned"]))}


def test_single_runs_are_named_and_deterministic_ones_are_not(folder: Path) -> None:
    found = sample_size(Results(folder))
    assert found is not None
    assert "cnn-tuned" in found.single
    assert not {"svc-tuned", "k_nearest-default", "logistic_regression-tuned"} & set(found.single)


def test_a_missing_size_leaves_a_gap(folder: Path) -> None:
    found = of(folder, *SVC, LINEAR[0], LINEAR[2])
    curves = {curve.task: curve for curve in found.curves}
    assert curves[LINEAR[2]].scores[1] is None
    assert [(gain.task, gain.few) for gain in found.gains if gain.task == LINEAR[2]] == [(LINEAR[2], 21)]
    alone = of(folder, SVC[2])
    assert (alone.fewest, alone.gains) == (None, ())
    assert sample_size(only(Results(folder), ["majority_class-default"])) is None


def test_both_languages_say_by_how_much_errors_fall(tmp_path: Path) -> None:
    layout = make_sources(tmp_path)
    for task, wrong in zip(SVC, (range(40), range(40), range(10)), strict=True):
        answer(layout.records, task, wrong)
    assert "significantly lower by 75" in render_page(layout, "en", "classifiers/sample_size")
    assert "有意に低い（75%減）" in render_page(layout, "ja", "classifiers/sample_size")
