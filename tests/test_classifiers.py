"""Classifiers beside one another: predictions for the same images, runs and sizes, as pages are told."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from generator.layout import Layout
from generator.record import Results
from generator.report import context
from generator.report.classifiers import Answers, answers, fit_s, n_train, repeats, sizes
from generator.report.findings.found import find
from generator.report.i18n import SOURCE, Words, unbroken
from generator.report.labels import probability_text
from generator.report.rows import rows
from tests.records import fake_results

#: Of four classifiers on six images of the classes 0 to 2.
TRUE = np.array([0, 1, 2, 0, 1, 2], np.uint8)
BY_HAND = Answers(
    tasks=("a", "b", "c", "d"),
    index=np.array([3, 5, 8, 1, 0, 2]),
    true=TRUE,
    predicted=np.array(
        [
            [0, 1, 2, 0, 1, 0],  # the last is wrong
            [0, 1, 2, 0, 2, 0],
            [0, 1, 1, 0, 2, 1],
            [1, 1, 1, 1, 1, 0],
        ],
        np.uint8,
    ),
)


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    made = Layout(tmp_path_factory.mktemp("project"))
    fake_results(made.records, n=400)
    return made


@pytest.fixture(scope="module")
def results(layout: Layout) -> Results:
    return Results(layout.records)


@pytest.fixture(scope="module")
def book(results: Results) -> context.Book:
    return context.Book(results, Words(SOURCE), {}, (), (), find(results))


def test_answers_by_hand() -> None:
    assert BY_HAND.failures.tolist() == [1, 0, 2, 1, 2, 4]
    assert BY_HAND.both.tolist() == [[1, 1, 1, 1], [1, 2, 2, 1], [1, 2, 3, 2], [1, 1, 2, 4]]
    assert BY_HAND.votes(5) == [(0, 3), (1, 1)]


def test_only_results_on_the_same_images_are_compared(layout: Layout, tmp_path: Path) -> None:
    results = Results(layout.records)
    found = rows(results, "classifiers")
    said = answers(results, found)
    assert said is not None
    assert said.tasks == tuple(row.task for row in found if not row.control)
    np.testing.assert_array_equal(said.true, results.labels()[said.index])
    stranger = results.records[said.tasks[0]]
    moved = {**stranger.arrays, "index": msgspec.structs.replace(stranger.arrays["index"], digest="another")}
    results.records[said.tasks[0]] = msgspec.structs.replace(stranger, arrays=moved)
    others = answers(results, found)
    assert others is not None
    assert others.tasks == said.tasks[1:]
    assert answers(results, found[:1]) is None


def test_repeats_differ_by_the_seed_alone(results: Results) -> None:
    tasks = {task.id: task for task in results.catalogue.tasks}
    found = [one.task.id for one in repeats(results, tasks["cnn-tuned"])]
    assert found == ["cnn-tuned", *(f"cnn-tuned_seed_{i}" for i in range(1, 5))]
    found = [one.task.id for one in repeats(results, tasks["softmax_regression-sound"])]
    assert found == ["softmax_regression-sound", *(f"softmax_regression-seed_{i}" for i in range(1, 5))]
    assert [one.task.id for one in repeats(results, tasks["svc-published"])] == ["svc-published"]


def test_sizes_end_with_all_images_and_hold_no_number_twice(results: Results) -> None:
    found = [(one.task.variant, n_train(results, one)) for one in sizes(results, "mlp")]
    assert found == [("size_700", 7), ("size_2100", 21), ("size_7000", 70), ("size_21000", 210), ("tuned", 300)]
    assert sizes(results, "majority_class") == []


def test_prediction_is_no_part_of_the_time_to_learn(results: Results, book: context.Book) -> None:
    variant = book.methods["svc"].main
    measures = results.records["svc-published"].measures
    assert measures is not None
    assert measures.predict_wall_s is not None
    assert variant.cost.training.wall_s == fit_s(measures) == measures.wall_s - measures.predict_wall_s
    assert variant.per_image == unbroken("8.00 ms")
    whole = msgspec.structs.replace(measures, predict_wall_s=None)
    assert fit_s(whole) == measures.wall_s


def test_precision_and_recall_are_those_of_the_confusion_matrix(book: context.Book, results: Results) -> None:
    counts = np.asarray(results.array("majority_class-default", "confusion"))
    scores = book.methods["majority_class"].main.per_class
    assert [one.n for one in scores] == counts.sum(axis=1).tolist()
    assert (scores[1].recall, scores[1].precision_value) == (unbroken("100.0 %"), counts[1, 1] / 100)
    assert (scores[0].recall, scores[0].precision) == (unbroken("0.0 %"), "–")


def test_probabilities_as_tests_state_them() -> None:
    words = Words(SOURCE)
    assert [probability_text(words, p) for p in (1.0, 0.214, 0.0342, 0.00099)] == [
        "1.00",
        "0.21",
        "0.034",
        "below 0.001",
    ]
