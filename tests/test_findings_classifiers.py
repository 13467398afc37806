"""What the pages of classifiers conclude, from invented results that force it."""

import re
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from generator.metric import Metric
from generator.metrics.classification import accuracy, calibration_error, confusion, log_losses
from generator.record import Record, Results, decode, encode
from generator.report.findings import tuning as of_tuning
from generator.report.findings.classifier import (
    Classifier,
    Ending,
    Fit,
    Mistake,
    Runs,
    Trust,
    classifiers,
    fit,
    mistakes,
    trust,
)
from generator.report.findings.compare import Method, Order, Scored
from generator.report.findings.softmax import Overfitting, Softmax, Stop, Turn, softmax, turn
from generator.report.findings.svc import Width, kernel
from generator.report.findings.tuning import Choice, Trials
from tests.records import fake_results, task_ids
from tests.sites import make_sources, render


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("invented")
    fake_results(folder)
    return folder


@pytest.fixture
def records(invented: Path, tmp_path: Path) -> Path:
    """Results of its own for each test to change."""
    return Path(shutil.copytree(invented, tmp_path / "records"))


def truth(records: Path, task: str) -> np.ndarray:
    """The labels of a task's test images."""
    results = Results(records)
    return np.asarray(results.labels())[np.asarray(results.array(task, "index"))].copy()


def change(records: Path, task: str, *metrics: Metric, **arrays: np.ndarray) -> None:
    """Let a task have left these metrics and arrays in place of its own."""
    path = records / task / "record.json"
    record = decode(path, Record)
    names = {one.name for one in metrics}
    kept = [one for one in record.metrics if one.name not in names]
    path.write_bytes(encode(msgspec.structs.replace(record, metrics=(*metrics, *kept))))
    for name, array in arrays.items():
        np.save(records / task / f"{name}.npy", array)


def misclassify(records: Path, task: str, places: slice) -> None:
    """Let a task be wrong on some of its test images, and right on all others."""
    true = truth(records, task)
    predicted = true.copy()
    predicted[places] = (predicted[places] + 1) % 10
    right = int((predicted == true).sum())
    change(
        records,
        task,
        accuracy(right, len(true)),
        predictions=predicted,
        confusion=confusion(true, predicted, 10),
    )


def found(records: Path, slug: str) -> Classifier:
    return classifiers(Results(records))[slug]


def of_softmax(records: Path) -> Softmax:
    one = softmax(Results(records))
    assert one is not None
    return one


def bins(*rows: tuple[float, float, float]) -> np.ndarray:
    """Images, mean confidence, share right."""
    return np.array([*rows, (0, 0, 0)])


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        # Like an MLP: on average 0.7 points more confident than accurate.
        ([(15_000, 0.999, 0.992), (2_500, 0.80, 0.793)], Trust.WELL_BUT_OVER),
        # Like three neighbours: too confident where all agree, not confident enough where two do.
        ([(16_500, 1.0, 0.988), (1_000, 0.667, 0.80)], Trust.MIXED),
        ([(15_000, 0.99, 0.97), (2_500, 0.7, 0.6)], Trust.OVER_CONFIDENT),
        ([(15_000, 0.95, 0.97), (2_500, 0.5, 0.6)], Trust.UNDER_CONFIDENT),
        # The same gaps on a hundredth of the images may be those of a perfectly calibrated classifier.
        ([(100, 0.95, 0.97), (25, 0.5, 0.6)], Trust.UNDECIDED),
    ],
)
def test_calibration_goes_by_its_error_and_its_sign(rows: list[tuple[float, float, float]], verdict: Trust) -> None:
    assert trust(bins(*rows)) is verdict


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        # Like a CNN: well calibrated, and what is left is confidence that is too high.
        ([(17_000, 0.999, 0.995), (500, 0.80, 0.76)], Trust.WELL_BUT_OVER),
        ([(17_000, 0.99, 0.996), (500, 0.76, 0.80)], Trust.WELL_BUT_UNDER),
        ([(15_000, 0.995, 0.990), (2_500, 0.70, 0.73)], Trust.WELL),
        # The first gaps on a hundredth of the images may be those of a perfectly calibrated classifier.
        ([(170, 0.999, 0.995), (5, 0.80, 0.76)], Trust.WELL),
        ([(100, 0.5, 0.5)], Trust.WELL),
    ],
)
def test_a_small_calibration_error_has_a_side_too(rows: list[tuple[float, float, float]], verdict: Trust) -> None:
    assert calibration_error(bins(*rows)) < 0.01
    assert trust(bins(*rows)) is verdict


def test_gaps_that_cancel_in_the_mean_are_not_good_calibration() -> None:
    rows = bins((16_500, 1.0, 0.988), (1_000, 0.667, 0.865))
    counts, confidence, right = rows.T
    assert abs(counts @ (confidence - right)) / counts.sum() < 0.001
    assert calibration_error(rows) > 0.02
    assert trust(rows) is Trust.MIXED


def test_calibration_is_that_of_the_run_shown(records: Path) -> None:
    change(records, "cnn-published", reliability=bins((40, 0.9, 0.8), (10, 0.5, 0.6)))
    calibration = found(records, "cnn").calibration
    assert calibration is not None
    assert (calibration.confidence, calibration.accuracy) == pytest.approx((0.82, 0.76))
    assert calibration.points == pytest.approx(10)
    assert calibration.limit == 1
    assert found(records, "svc").calibration is None


def test_runs_are_told_by_what_was_trained(records: Path) -> None:
    assert found(records, "cnn").main.runs is Runs.REPEATED
    assert found(records, "cnn").main.scored.runs == 5
    assert found(records, "svc").main.runs is Runs.DETERMINISTIC
    results = Results(records)
    results.catalogue = msgspec.structs.replace(
        results.catalogue,
        experiments=tuple(msgspec.structs.replace(one, deterministic=False) for one in results.catalogue.experiments),
    )
    assert classifiers(results)["svc"].main.runs is Runs.SINGLE


def test_what_ended_the_training(records: Path) -> None:
    assert found(records, "mlp").main.ending is Ending.LIMIT
    assert found(records, "cnn").main.ending is None
    path = records / "mlp-published" / "record.json"
    record = decode(path, Record)
    path.write_bytes(encode(msgspec.structs.replace(record, facts={**record.facts, "converged": True})))
    assert found(records, "mlp").main.ending is Ending.CONVERGED


def test_all_mistakes_as_frequent_as_the_second_are_named(records: Path) -> None:
    counts = np.diag(np.full(10, 20))
    counts[4, 9], counts[9, 4], counts[3, 5] = 7, 5, 5
    change(records, "cnn-published", confusion=counts)
    one = found(records, "cnn").mistakes
    assert one is not None
    assert one.wrong == 17
    assert one.frequent == (Mistake("4", "9", 7), Mistake("3", "5", 5), Mistake("9", "4", 5))


def test_of_many_equally_frequent_mistakes_none_stands_out(records: Path) -> None:
    counts = np.diag(np.full(10, 20))
    counts[0, 1:7] = 1
    change(records, "cnn-published", confusion=counts)
    one = mistakes(Results(records), "cnn-published")
    assert one is not None
    assert (one.wrong, one.frequent) == (6, ())
    change(records, "cnn-published", confusion=np.diag(np.full(10, 20)))
    assert mistakes(Results(records), "cnn-published") is None


def test_all_classes_that_share_the_lowest_recall_are_named(records: Path) -> None:
    counts = np.diag(np.full(10, 20))
    counts[8, 8], counts[8, 3], counts[5, 5], counts[5, 3] = 18, 2, 18, 2
    change(records, "cnn-published", confusion=counts)
    recalls = found(records, "cnn").recalls
    assert recalls is not None
    assert (recalls.hardest, recalls.lowest, recalls.highest) == (("5", "8"), 0.9, 1.0)
    change(records, "cnn-published", confusion=np.diag(np.full(10, 20)))
    assert found(records, "cnn").recalls is None


def test_the_majority_class_is_its_only_answer(records: Path) -> None:
    assert found(records, "majority_class").only_answer == "1"
    assert found(records, "cnn").only_answer is None


@pytest.mark.parametrize(
    ("wrong", "choice", "others"),
    [
        ((6, 2, 4, 4, 4), Choice.HIGHEST, Order.UNDECIDED),
        ((2, 3, 4, 4, 4), Choice.TIED, Order.UNDECIDED),
        ((0, 29, 0, 0, 0), Choice.LOWER, Order.SECOND),
        ((30, 0, 30, 30, 30), Choice.HIGHEST, Order.FIRST),
    ],
)
def test_the_settings_used_are_judged_among_the_candidates(
    records: Path, wrong: tuple[int, ...], choice: Choice, others: Order
) -> None:
    for number, n in enumerate(wrong, start=1):
        misclassify(records, f"cnn-candidate_{number}", slice(n))
    tuning = found(records, "cnn").tuning
    assert tuning is not None
    assert (tuning.chosen, tuning.choice) == ("cnn-candidate_2", choice)
    assert {one.scored.task: one.chosen for one in tuning.candidates} == {
        "cnn-candidate_1": others,
        "cnn-candidate_2": None,
        "cnn-candidate_3": others,
        "cnn-candidate_4": others,
        "cnn-candidate_5": others,
    }
    assert (tuning.n_train, tuning.n_validation) == (120, 30)


def test_a_candidate_of_earlier_trials_is_named(records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def trials() -> tuple[Trials, str | None]:
        tuning = found(records, "cnn").tuning
        assert tuning is not None
        return tuning.trials, tuning.tried

    assert trials() == (Trials.CHOSEN, "cnn-candidate_2")
    monkeypatch.setattr(of_tuning, "SEEN", ("cnn-candidate_3",))
    assert trials() == (Trials.OTHER, "cnn-candidate_3")
    monkeypatch.setattr(of_tuning, "SEEN", ())
    assert trials() == (Trials.NONE, None)


def test_the_setting_that_is_not_tuned_is_set_among_the_candidates_as_well(records: Path) -> None:
    one = found(records, "k_nearest")
    assert one.tuned is None
    assert one.tuning is not None
    assert one.tuning.chosen == "k_nearest-candidate_2"  # three neighbours
    assert found(records, "softmax_regression").tuning is None


def test_tuned_and_article_s_settings_are_compared_over_all_runs(records: Path) -> None:
    for task in ("cnn-published", *(f"cnn-seed_{i}" for i in range(1, 5))):
        misclassify(records, task, slice(20, 50))
    for task in ("cnn-tuned", *(f"cnn-tuned_seed_{i}" for i in range(1, 5))):
        misclassify(records, task, slice(0, 1))
    tuned = found(records, "cnn").tuned
    assert tuned is not None
    assert tuned.against is not None
    assert (tuned.against.first, tuned.against.order) == ("cnn-tuned", Order.FIRST)
    assert tuned.against.method is Method.RUNS
    assert tuned.trained.scored.value == pytest.approx(0.98)


def test_a_method_is_significantly_better_than_those_only_that_it_beats(records: Path) -> None:
    misclassify(records, "k_nearest-default", slice(0, 1))
    misclassify(records, "logistic_regression-published", slice(10, 50))
    one = found(records, "k_nearest")
    assert one.better_than == ("logistic_regression-published",)
    assert "k_nearest-default" not in (*one.better_than, *one.undecided, *one.worse_than)
    assert "k_nearest-default" in found(records, "logistic_regression").worse_than


def test_a_lower_log_loss_is_one_whose_interval_lies_below(records: Path) -> None:
    def loss(low: float, high: float) -> Metric:
        return Metric(name="log_loss", value=(low + high) / 2, better="lower", low=low, high=high, unit="nats")

    change(records, "k_nearest-default", loss(0.20, 0.23))
    change(records, "logistic_regression-published", loss(0.10, 0.12))
    change(records, "logistic_regression-tuned", loss(0.10, 0.12))
    one = found(records, "k_nearest").loss
    assert one is not None
    assert one.lower == ("logistic_regression-published",)  # the tuned one does not count


def test_a_probability_of_zero_counts_as_the_log_loss_has_it(records: Path) -> None:
    one = found(records, "k_nearest").loss
    assert one is not None
    assert one.uniform == pytest.approx(np.log(10))
    assert one.greatest == pytest.approx(log_losses(np.array([0]), np.array([[0.0, 1.0]]))[0])


def test_sizes_say_whose_settings_they_are(records: Path) -> None:
    tuned, only = found(records, "cnn").sizes, found(records, "k_nearest").sizes
    assert tuned is not None
    assert only is not None
    assert (tuned.setting, tuned.few.n_train, tuned.few.runs) == ("cnn-tuned", 7, Runs.SINGLE)
    assert only.setting is None


def test_only_what_lies_above_the_interval_is_overfitting(records: Path) -> None:
    scored = Scored("cnn-published", "accuracy", 0.97, 0.96, 0.98)
    assert fit(0.99, scored) is Fit.OVERFITS
    assert fit(0.98, scored) is Fit.ALIKE
    assert found(records, "dense_network").curve is not None
    assert found(records, "mlp").curve is None  # its held-out images are others


def test_a_kernel_as_wide_as_all_images_are_apart(records: Path) -> None:
    one = kernel(Results(records))
    assert one is not None
    assert (one.width, one.n_pairs) == (Width.WIDE, 45)
    assert one.tuned is not None
    assert one.tuned.reach == pytest.approx(5.77, abs=0.01)


@pytest.mark.parametrize(
    ("best", "last", "verdict"),
    [
        (slice(0), slice(20), Overfitting.SIGNIFICANT),
        (slice(0), slice(2), Overfitting.UNDECIDED),
        (slice(2), slice(2), Overfitting.NONE),
    ],
)
def test_the_best_epoch_is_tested_against_the_last_on_the_same_images(
    records: Path, best: slice, last: slice, verdict: Overfitting
) -> None:
    task = "softmax_regression-endless"
    true = truth(records, task)
    predicted = true.copy()
    predicted[best] = (predicted[best] + 1) % 10
    misclassify(records, task, last)
    change(records, task, best_predictions=predicted)
    endless = of_softmax(records).endless
    assert endless is not None
    assert endless.against is not None
    assert endless.against.method is Method.MCNEMAR
    assert endless.overfitting is verdict


def test_when_the_loss_turns() -> None:
    assert turn(1, 2, [0.5, 0.4, 0.42]) is Turn.CONFIDENT
    assert turn(1, 2, [0.5, 0.4, 0.401]) is Turn.EARLIER
    assert turn(2, 1, [0.5, 0.4, 0.3]) is Turn.LATER
    assert turn(1, 1, [0.5, 0.4, 0.5]) is Turn.TOGETHER


def test_what_ended_softmax_regression(records: Path) -> None:
    assert of_softmax(records).stop is Stop.PATIENCE  # epoch 18 of 30, and a patience of 10
    path = records / "softmax_regression-sound" / "record.json"
    record = decode(path, Record)
    path.write_bytes(encode(msgspec.structs.replace(record, facts={**record.facts, "best_epoch": 29})))
    assert of_softmax(records).stop is Stop.LIMIT


def test_more_images_are_compared_only_where_there_are_more(records: Path) -> None:
    folds = of_softmax(records).folds
    assert folds is not None
    assert folds.more is None
    assert folds.rows[0].points == pytest.approx(100 * folds.rows[0].deviation)
    assert len({row.n_images for row in folds.rows}) == len(folds.rows)
    assert folds.rows[0].task == "cross_validation-all"
    path = records / "cross_validation-n_7000" / "record.json"
    record = decode(path, Record)
    few = Metric(name="accuracy", value=0.5, better="higher", low=0.45, high=0.55)
    path.write_bytes(encode(msgspec.structs.replace(record, facts={**record.facts, "n_images": 100}, metrics=(few,))))
    folds = of_softmax(records).folds
    assert folds is not None
    assert folds.more is not None
    assert folds.more.order is Order.FIRST


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    folder = tmp_path_factory.mktemp("pages")
    return {code: dict(texts) for code, texts in render(make_sources(folder)).items()}


def test_pages_say_which_run_they_show(pages: dict[str, dict[str, str]]) -> None:
    for slug in ("cnn", "mlp", "dense_network", "softmax_regression"):
        assert "in the run shown, the first of 5" in pages["en"][f"classifiers/{slug}"]
        assert "図に示した実行（5回のうち最初のもの）" in pages["ja"][f"classifiers/{slug}"]
    assert "in the run shown, the first of" not in pages["en"]["classifiers/svc"]
    assert "回のうち最初のもの" not in pages["ja"]["classifiers/svc"]


@pytest.mark.parametrize("slug", ["cnn", "svc", "mlp", "dense_network", "logistic_regression", "k_nearest"])
def test_every_candidate_is_on_the_page(pages: dict[str, dict[str, str]], slug: str) -> None:
    n_candidates = sum(one.startswith(f"{slug}-") for one in task_ids(series="candidate"))
    for code, caption in (("en", "Candidates: "), ("ja", "候補：")):
        table = re.search(rf"<caption><span>{caption}.*?</table>", pages[code][f"classifiers/{slug}"], re.S)
        assert table is not None
        assert table[0].count("<tr") == 1 + n_candidates


def test_on_other_images_the_tuned_settings_are_those_of_mnist(pages: dict[str, dict[str, str]]) -> None:
    for path in ("classifiers/cnn", "classifiers/svc", "classifiers/index"):
        assert "those chosen on MNIST" in pages["en"][path]
        assert "MNISTで選んだもの" in pages["ja"][path]


def test_only_votes_are_told_by_their_margin(pages: dict[str, dict[str, str]]) -> None:
    for slug, votes in (("svc", True), ("cnn", False)):
        assert ("misclassifications with the largest margin" in pages["en"][f"classifiers/{slug}"]) == votes
        assert ("次点とのスコアの差が大きかった誤分類" in pages["ja"][f"classifiers/{slug}"]) == votes


def test_both_languages_give_both_reasons_why_the_article_s_softmax_is_not_compared(
    pages: dict[str, dict[str, str]],
) -> None:
    assert (
        "not\nthose of the other classifiers, and they were used to stop"
        in pages["en"]["classifiers/softmax_regression"]
    )
    assert (
        "テスト画像が異なること、そしてその画像を学習の終了に使っている"
        in pages["ja"]["classifiers/softmax_regression"]
    )


def test_nothing_says_that_anything_was_chosen_with_the_test_images(pages: dict[str, dict[str, str]]) -> None:
    for slug in ("cnn", "svc", "mlp", "dense_network", "logistic_regression", "k_nearest"):
        assert "The test images took no part in choosing among the candidates." in pages["en"][f"classifiers/{slug}"]
        assert "候補からの選択に、テスト画像は使っていない。" in pages["ja"][f"classifiers/{slug}"]
