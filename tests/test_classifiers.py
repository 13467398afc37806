"""Classifiers beside one another: tests on the same images, shared mistakes, seeds and sizes, as pages are told."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from generator.layout import Layout
from generator.record import Record, Results, encode
from generator.report import context
from generator.report.classifiers import Answers, answers, fit_s, n_train, repeats, sizes
from generator.report.findings.found import find
from generator.report.i18n import SOURCE, Words, unbroken
from generator.report.labels import probability_text
from generator.report.mislabelled import KNOWN, Mislabelled
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
    pairs = {(one.first, one.second): (one.only_first, one.only_second) for one in BY_HAND.pairs}
    assert pairs == {(0, 1): (1, 0), (0, 2): (2, 0), (0, 3): (3, 0), (1, 2): (1, 0), (1, 3): (3, 1), (2, 3): (2, 1)}
    assert [one.p for one in BY_HAND.pairs] == pytest.approx([1, 0.5, 0.25, 1, 0.625, 1])
    assert BY_HAND.letters == dict.fromkeys("abcd", "a")
    assert BY_HAND.suspects.tolist() == [5]
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
    assert found == [("size_30", 30), ("size_80", 80), ("tuned", 300)]
    assert sizes(results, "majority_class") == []


def test_prediction_is_no_part_of_the_time_to_learn(results: Results, book: context.Book) -> None:
    variant = book.methods["svc"].main
    measures = results.records["svc-published"].measures
    assert measures is not None
    assert measures.predict_wall_s is not None
    assert variant.fit_s == fit_s(measures) == measures.wall_s - measures.predict_wall_s
    assert variant.per_image_s == measures.predict_wall_s / 100
    assert variant.per_image == unbroken("8.0 ms")
    whole = msgspec.structs.replace(measures, predict_wall_s=None)
    assert fit_s(whole) == measures.wall_s


def test_section_says_who_is_told_apart(book: context.Book, results: Results) -> None:
    section = book.sections["classifiers"]
    said = answers(results, rows(results, "classifiers"))
    assert said is not None
    assert section.ranking is not None
    assert {row.variant.id: row.group for row in section.rows if row.group} == section.ranking.letters
    assert [row.group for row in section.rows if row.method.control] == [""]
    assert len(section.tests) == len(section.contenders) * (len(section.contenders) - 1) / 2
    first, second = section.contenders[:2]
    test = section.between(second, first.variant)
    assert test is not None
    assert (test.first, test.second) == (first, second)
    assert section.between(first, first) is None
    for test in section.tests:
        mine, other = set(test.first.group), set(test.second.group)
        assert test.apart == (not mine & other)
    assert section.leaders == tuple(row for row in section.contenders if set(row.group) & set(first.group))
    assert section.ties[0].letter == "a"
    assert first in section.ties[0].rows
    maps = book.sections["maps"]
    assert (maps.tests, maps.ties, maps.errors) == ((), (), None)
    assert {row.group for row in maps.rows} == {""}


def test_errors_count_every_image_once_and_suspects_apart(book: context.Book, results: Results) -> None:
    section = book.sections["classifiers"]
    errors = section.errors
    assert errors is not None
    assert sum(errors.by_failures) == errors.n == 100
    assert errors.none_wrong + errors.any_wrong == errors.n
    assert len(errors.suspects) == errors.all_wrong > 0
    assert errors.expected_all_wrong < 1
    votes = [one.votes for one in errors.suspects]
    assert votes == sorted(votes, reverse=True)
    for one in errors.suspects:
        assert one.true == results.catalogue.data.class_names[results.labels()[one.place]]
        assert one.true not in one.answers
        assert one.answers.count(one.top) == one.votes
    for row in errors.rows:
        right = round(row.variant.metric("accuracy").value * errors.n)
        assert errors.value_without(row) == pytest.approx(right / (errors.n - errors.all_wrong))
        assert errors.share(row, row) == 1
    with pytest.raises(context.NoResult, match="is none of the compared"):
        errors.share(section.floors[0], errors.rows[0])


def test_labels_known_to_be_wrong_are_found_and_left_out(book: context.Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """One listed image is among the test images of this split, one is not."""
    errors = book.sections["classifiers"].errors
    assert errors is not None
    assert errors.known == ()
    n_train, tested = errors.data.n_train, set(errors.answers.index.tolist())
    own = range(errors.data.n_images - n_train)
    here = next(place for place in own if n_train + place in tested)
    elsewhere = next(place for place in own if n_train + place not in tested)
    listed = tuple(Mislabelled(place, "8", 1, "9", 4) for place in (here, elsewhere))
    monkeypatch.setitem(KNOWN, errors.data.name, listed)
    (known,) = errors.known
    assert (known.place, known.review, errors.n_known) == (n_train + here, listed[0], 2)
    for row, wrong in zip(errors.rows, known.wrong, strict=True):
        right = round(row.variant.metric("accuracy").value * errors.n)
        assert errors.value_without_known(row) == pytest.approx((right - (not wrong)) / (errors.n - 1))


def test_without_two_results_nothing_is_compared(tmp_path: Path) -> None:
    results = fake_results(tmp_path)
    results.records = {task: one for task, one in results.records.items() if task.startswith(("svc-p", "major"))}
    section = context.Book(results, Words(SOURCE), {}, (), (), find(results)).sections["classifiers"]
    assert (section.tests, section.ties, section.errors) == ((), (), None)
    assert [row.variant.id for row in section.leaders] == ["svc-published"]
    assert [row.variant.id for row in section.front("fit_s")] == ["svc-published"]


def test_seeds_by_hand(tmp_path: Path) -> None:
    results = fake_results(tmp_path)
    names = ("softmax_regression-sound", *(f"softmax_regression-seed_{i}" for i in range(1, 5)))
    for task, value in zip(names, (0.90, 0.91, 0.92, 0.93, 0.94), strict=True):
        _score(tmp_path, results.records[task], value)
    book = context.Book(found := Results(tmp_path), Words(SOURCE), {}, (), (), find(found))
    variant = book.methods["softmax_regression"].main
    seeds = variant.seeds("accuracy")
    assert variant.repeated
    assert seeds.values == (0.90, 0.91, 0.92, 0.93, 0.94)
    assert (seeds.n, seeds.least, seeds.greatest) == (5, 0.90, 0.94)
    assert seeds.mean == pytest.approx(0.92)
    assert seeds.deviation == pytest.approx(np.std(seeds.values, ddof=1)) == pytest.approx(0.0158, abs=1e-4)
    assert seeds.plus_minus == unbroken("92.00 ± 1.58 %")
    assert seeds.range_text == unbroken("90.00–94.00 %")
    alone = book.methods["svc"].main
    assert not alone.repeated
    assert alone.seeds("accuracy").deviation == 0


def _score(folder: Path, record: Record, accuracy: float) -> None:
    metrics = tuple(
        msgspec.structs.replace(one, value=accuracy) if one.name == "accuracy" else one for one in record.metrics
    )
    changed = msgspec.structs.replace(record, metrics=metrics)
    (folder / record.task.id / "record.json").write_bytes(encode(changed))


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
