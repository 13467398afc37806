"""What is said of the classifiers beside one another, of their times, and of a busy machine."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.record import Results
from generator.report.findings.compare import Lead, Method, Order
from generator.report.findings.contest import Contest, contest
from generator.report.findings.timing import BUSY, cost
from generator.report.labels import BUSY_MARK
from tests.answers import answer, fake_classifiers, only, spend
from tests.sites import make_sources, render_page

TUNED = ("cnn-tuned", *(f"cnn-tuned_seed_{i}" for i in range(1, 5)))
PUBLISHED = ("cnn-published", *(f"cnn-seed_{i}" for i in range(1, 5)))
LINEAR = "logistic_regression-published"
FIXED = "svc-published"

Say = Callable[..., Contest]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fake_classifiers(tmp_path)
    return tmp_path


def of(folder: Path, *tasks: str) -> Contest:
    found = contest(only(Results(folder), tasks))
    assert found is not None
    return found


def test_tuned_is_better_if_it_is_over_seeds(folder: Path) -> None:
    for i, task in enumerate(TUNED):
        answer(folder, task, range(i % 2))
    for i, task in enumerate(PUBLISHED):
        answer(folder, task, range(20 + i % 2))
    found = of(folder, *TUNED, *PUBLISHED)
    assert found.ranking.lead is Lead.ALONE
    assert found.improved == ("cnn-tuned",)
    assert (found.unchanged, found.worsened) == ((), ())
    assert found.runner_up is not None
    assert (found.runner_up.task, found.runner_up.runs) == ("cnn-published", 5)
    assert found.ranking.first.value == pytest.approx(0.996)
    assert (found.ranking.first.least, found.ranking.first.greatest) == (0.99, 1.0)
    assert found.ranking.pairs[0].method is Method.RUNS


def test_a_lucky_first_run_decides_nothing(folder: Path) -> None:
    """The run under the profile's seed is far better, the others are not."""
    for task in (*TUNED, *PUBLISHED):
        answer(folder, task, range(20))
    answer(folder, "cnn-tuned", ())
    found = of(folder, *TUNED, *PUBLISHED)
    assert found.ranking.lead is Lead.TIED
    assert found.unchanged == ("cnn-tuned",)
    assert found.runner_up is None
    assert {line.letters for line in found.lines} == {"a"}


def test_tuned_may_be_worse(folder: Path) -> None:
    for task in TUNED:
        answer(folder, task, range(30))
    for task in PUBLISHED:
        answer(folder, task, range(2))
    assert of(folder, *TUNED, *PUBLISHED).worsened == ("cnn-tuned",)


def test_letters_are_shared_by_those_that_do_not_differ(folder: Path) -> None:
    found = contest(Results(folder))
    assert found is not None
    letters = {line.task: set(line.letters) for line in found.lines}
    for pair in found.ranking.pairs:
        assert (pair.order is Order.UNDECIDED) == bool(letters[pair.first] & letters[pair.second])
    assert [{one.task for one in group.scores} for group in found.groups] == [
        {task for task, mine in letters.items() if group.letter in mine} for group in found.groups
    ]
    assert letters["majority_class-default"] == set()


def test_runs_are_repeated_or_alike_or_single(folder: Path) -> None:
    found = of(folder, *TUNED, "cnn-published", FIXED)
    assert [one.task for one in found.repeated] == ["cnn-tuned"]
    assert found.fixed == (FIXED,)
    assert found.single == ("cnn-published",)


def test_a_baseline_is_no_contender(folder: Path) -> None:
    found = of(folder, FIXED, "majority_class-default")
    assert found.ranking.lead is Lead.ONLY
    assert found.baseline is not None
    assert found.baseline.task == "majority_class-default"
    assert [line.control for line in found.lines] == [False, True]
    assert "cnn-tuned" in found.missing
    assert (found.quickest, found.slowest) == (None, None)
    assert contest(only(Results(folder), ["majority_class-default"])) is None


def test_best_of_a_column_is_whoever_is_not_worse(folder: Path) -> None:
    answer(folder, FIXED, ())
    answer(folder, LINEAR, range(3))
    answer(folder, "k_nearest-default", range(60))
    found = of(folder, FIXED, LINEAR, "k_nearest-default")
    place = [column.metric for column in found.columns].index("accuracy")
    assert [line.cells[place].best for line in found.lines] == [True, True, False]


def test_a_front_holds_what_is_better_than_all_quicker(folder: Path) -> None:
    answer(folder, FIXED, ())
    answer(folder, LINEAR, range(1))  # not significantly worse
    answer(folder, "k_nearest-default", range(30))
    spend(folder, FIXED, 100, 100, predict_wall_s=1, predict_cpu_s=1)
    spend(folder, LINEAR, 50, 50, predict_wall_s=2, predict_cpu_s=2)
    spend(folder, "k_nearest-default", 10, 10, predict_wall_s=3, predict_cpu_s=3)
    found = of(folder, FIXED, LINEAR, "k_nearest-default")
    assert [one.task for one in found.training_front] == ["k_nearest-default", LINEAR]
    assert [one.task for one in found.prediction_front] == [FIXED]
    assert found.quickest is not None
    assert found.slowest is not None
    assert (found.quickest.task, found.slowest.task) == (FIXED, "k_nearest-default")


def test_a_time_of_a_busy_machine_is_ranked_by_cpu_time(folder: Path) -> None:
    answer(folder, FIXED, ())
    answer(folder, LINEAR, range(30))
    spend(folder, FIXED, 400, 20)
    spend(folder, LINEAR, 50, 50)
    found = of(folder, FIXED, LINEAR)
    assert [one.task for one in found.training_front] == [FIXED], "20 s of CPU time are less than 50 s"
    spent = found.training_front[0].training
    assert (spent.wall_s, spent.rank_s, spent.busy) == (399, 19, True)


@pytest.mark.parametrize(("wall_s", "busy"), [(10 * BUSY, False), (10 * BUSY + 0.1, True), (6, False)])
def test_a_machine_was_busy_if_the_clock_ran_on_without_the_processor(folder: Path, wall_s: float, busy: bool) -> None:
    spend(folder, FIXED, wall_s, 10)
    found = cost(Results(folder), FIXED)
    assert found is not None
    assert found.busy is busy
    assert found.whole.rank_s == (10 if busy else wall_s)
    assert found.per_image is not None
    assert found.per_image.wall_s == 1 / 100


def test_what_has_no_result_has_no_cost(folder: Path) -> None:
    assert cost(only(Results(folder), []), FIXED) is None


def test_a_busy_time_is_marked_and_explained_below_the_table(tmp_path: Path) -> None:
    layout = make_sources(tmp_path)
    for code in ("en", "ja"):
        assert BUSY_MARK not in render_page(layout, code, "classifiers/index")
    spend(layout.records, FIXED, 400, 20)
    for code in ("en", "ja"):
        page = render_page(layout, code, "classifiers/index")
        marked = re.findall(rf"<td[^>]*>[^<]*{BUSY_MARK}</td>", page)
        assert len(marked) == 2, code  # training and prediction; CPU time needs no mark
        _, _, below = page.partition("</table>")
        assert f'<p class="quiet">{BUSY_MARK}' in below.partition("## ")[0], code


def test_the_page_says_ranges_and_single_runs(tmp_path: Path) -> None:
    layout = make_sources(tmp_path, missing=[f"cnn-seed_{i}" for i in range(1, 5)])
    english, japanese = (render_page(layout, code, "classifiers/index") for code in ("en", "ja"))
    assert re.search(r"Tuned</a></th>.*5 runs: 9", english)
    assert "single run: <a" in english
    assert "5回の実行：" in japanese
    assert "1回しか実行していない" in japanese
    assert "Deterministic" in english
