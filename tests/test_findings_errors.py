"""What is said of the errors that classifiers have in common."""

from pathlib import Path

import pytest

from generator.record import Results
from generator.report import mislabelled
from generator.report.findings.errors import Errors, Expected, Together, errors
from generator.report.mislabelled import Disputed
from generator.report.statistics import at_least
from tests.answers import answer, fake_classifiers, only
from tests.sites import make_sources, render_page

THREE = ("svc-published", "svc-tuned", "logistic_regression-published")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fake_classifiers(tmp_path)
    return tmp_path


def of(folder: Path, *tasks: str) -> Errors:
    found = errors(only(Results(folder), tasks))
    assert found is not None
    return found


def test_every_image_counts_once_and_every_suspect_is_listed(folder: Path) -> None:
    for task, wrong in zip(THREE, (range(40), range(40), range(45)), strict=True):
        answer(folder, task, wrong)
    found = of(folder, *THREE)
    assert (found.n, found.k, found.n_methods, found.n_doubled) == (100, 3, 2, 1)
    assert found.by_count == (55, 5, 0, 40)
    assert (found.none_wrong, found.any_wrong, found.all_wrong) == (55, 45, 40)
    assert len(found.suspects) == 40
    assert found.n_agreed == 40
    assert found.example == found.suspects[0]
    assert found.closest is not None
    assert (found.closest.share, found.closest.common, found.closest.wrong) == (1, 40, 40)
    assert found.closest.tied


def test_of_pairs_that_share_as_great_a_part_the_one_with_most_errors_is_named(folder: Path) -> None:
    for task, wrong in zip(THREE, (range(3), range(20), range(10, 40)), strict=True):
        answer(folder, task, wrong)
    closest = of(folder, *THREE).closest
    assert closest is not None
    assert (closest.task, closest.other, closest.common, closest.wrong) == (THREE[0], THREE[1], 3, 3)
    assert not closest.tied


def test_suspects_on_which_most_agree_come_first(folder: Path) -> None:
    results = Results(folder)
    labels = results.labels()[results.array("svc-published", "index")]
    one, two = 0, 1
    for task in THREE:
        answer(folder, task, (one, two))
    instead = next(c for c in range(10) if c not in {labels[one], labels[two], (labels[one] + 1) % 10})
    answer(folder, THREE[0], (one,), instead)
    answer(folder, THREE[1], (one, two))
    answer(folder, THREE[2], (one, two))
    found = of(folder, *THREE)
    assert [suspect.votes for suspect in found.suspects] == [2]
    assert (found.n_agreed, found.example) == (0, None)


@pytest.mark.parametrize(
    ("wrong", "expectation", "together"),
    [
        ((range(20), range(20), range(20)), Expected.SOME, Together.MORE),
        ((range(20), range(20, 40), range(40, 60)), Expected.SOME, Together.UNDECIDED),
        ((range(2), range(2), range(2)), Expected.NONE, Together.MORE),
        ((range(2), range(2, 4), range(4, 6)), Expected.NONE, Together.NOTHING),
    ],
)
def test_errors_in_common_are_set_beside_what_independence_would_bring(
    folder: Path, wrong: tuple[range, ...], expectation: Expected, together: Together
) -> None:
    for task, places in zip(THREE, wrong, strict=True):
        answer(folder, task, places)
    found = of(folder, *THREE)
    assert (found.expectation, found.together) == (expectation, together)


def test_accuracy_is_that_of_the_run_whose_predictions_are_shown(folder: Path) -> None:
    runs = ("cnn-published", *(f"cnn-seed_{i}" for i in range(1, 5)))
    for i, task in enumerate(runs):
        answer(folder, task, range(10 + 10 * i))
    answer(folder, "svc-published", range(5))
    found = of(folder, *runs, "svc-published")
    shown = {one.task: one for one in found.mistakes}["cnn-published"]
    assert (shown.wrong, shown.scored.value, shown.scored.runs) == (10, 0.9, 1)
    assert shown.without_suspects == pytest.approx(90 / 95)
    assert [one.wrong for one in found.mistakes] == [5, 10]


def test_disputed_labels_are_found_and_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = Results(folder)
    index, info = results.array("svc-published", "index").tolist(), results.catalogue.data
    here = next(place for place, at in enumerate(index) if at >= info.n_train)
    elsewhere = next(at for at in range(info.n_train, info.n_images) if at not in index)
    listed = (
        Disputed(index[here] - info.n_train, "8", 2, "9", 0),
        Disputed(elsewhere - info.n_train, "8", 1, "9", 4),
    )
    for task in THREE:
        answer(folder, task, (here,))
    monkeypatch.setitem(mislabelled.DISPUTED, info.name, listed)
    found = of(folder, *THREE)
    (review,) = found.disputed
    assert (review.index, review.agreed, review.preferred, review.against) == (index[here], 2, 0, 3)
    assert found.ambiguous == (review,)
    assert found.n_listed == 2
    assert {one.without_disputed for one in found.mistakes} == {1.0}


def test_without_two_results_nothing_is_compared(folder: Path) -> None:
    assert errors(only(Results(folder), ["svc-published", "majority_class-default"])) is None


def test_at_least_by_hand() -> None:
    assert at_least(0, 10, 0.5) == 1.0
    assert at_least(10, 10, 0.5) == pytest.approx(2**-10)
    assert at_least(1, 2, 0.1) == pytest.approx(0.19)


def test_the_page_says_which_run_it_shows_and_calls_no_label_wrong(tmp_path: Path) -> None:
    layout = make_sources(tmp_path)
    for code in ("en", "ja"):
        page = render_page(layout, code, "classifiers/errors")
        assert ("one run is compared" if code == "en" else "1回の実行を比べる") in page
        for refused in ("known to be wrong", "is misread", "誤りが知られている"):
            assert refused not in page
