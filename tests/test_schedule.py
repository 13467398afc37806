"""Which task is next: told by a scheduler that runs nothing."""

import random

import pytest

from generator.engine.schedule import Scheduler


def independent(*tasks: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(tasks, ())


def test_tasks_come_after_those_they_need() -> None:
    scheduler = Scheduler({"map": (), "noisy": ("map",), "study": ("map", "noisy")}, slots=3)
    assert scheduler.start() == ("map",)
    assert scheduler.start() == ()
    scheduler.done("map")
    assert scheduler.start() == ("noisy",)
    scheduler.done("noisy")
    assert scheduler.start() == ("study",)
    assert scheduler.is_active
    scheduler.done("study")
    assert not scheduler.is_active


def test_no_more_run_than_there_are_slots() -> None:
    scheduler = Scheduler(independent("a", "b", "c"), slots=2)
    assert scheduler.start() == ("a", "b")
    assert scheduler.waiting == ("c",)
    scheduler.done("b")
    assert scheduler.start() == ("c",)


def test_longest_comes_first_and_the_unknown_counts_as_long() -> None:
    expected = {"short": 1.0, "long": 60.0, "timed_never": None, "longer": 90.0}
    scheduler = Scheduler(independent(*expected), slots=4, expected_s=expected)
    assert scheduler.start() == ("timed_never", "longer", "long", "short")


def test_equals_keep_the_order_given() -> None:
    scheduler = Scheduler(independent("b", "c", "a"), slots=3)
    assert scheduler.start() == ("b", "c", "a")


def test_free_slot_goes_to_what_it_has_warmed_up_for_before_anything_longer() -> None:
    scheduler = Scheduler(
        independent("umap-1", "pca", "umap-2", "umap-3"),
        slots=1,
        expected_s={"umap-1": 90.0, "pca": 60.0, "umap-2": 2.0, "umap-3": 1.0},
        affinity={"umap-1": "umap", "umap-2": "umap", "umap-3": "umap"},
    )
    assert run(scheduler) == ["umap-1", "umap-2", "umap-3", "pca"]


def test_slot_that_is_warm_serves_one_task_at_a_time() -> None:
    scheduler = Scheduler(
        independent("umap-1", "other", "pca", "umap-2", "umap-3"),
        slots=2,
        expected_s={"umap-1": 90.0, "other": 80.0, "pca": 60.0, "umap-2": 2.0, "umap-3": 1.0},
        affinity={"umap-1": "umap", "umap-2": "umap", "umap-3": "umap"},
    )
    assert scheduler.start() == ("umap-1", "other")
    scheduler.done("umap-1")
    scheduler.done("other")
    assert scheduler.start() == ("umap-2", "pca")


def test_slot_that_served_another_is_warm_no_longer() -> None:
    scheduler = Scheduler(
        {"umap-1": (), "pca": (), "umap-2": ("pca",), "long": ("pca",)},
        slots=1,
        expected_s={"umap-1": 90.0, "pca": 60.0, "umap-2": 2.0, "long": 80.0},
        affinity={"umap-1": "umap", "umap-2": "umap"},
    )
    assert run(scheduler) == ["umap-1", "pca", "long", "umap-2"]


def test_what_needs_no_running_takes_no_slot_and_warms_none() -> None:
    scheduler = Scheduler(
        {"fresh": (), "umap": ("fresh",), "long": ()},
        slots=1,
        expected_s={"umap": 1.0, "long": 60.0},
        affinity={"fresh": "umap", "umap": "umap"},
    )
    assert scheduler.is_ready("fresh")
    assert not scheduler.is_ready("umap")
    scheduler.done("fresh")
    assert scheduler.is_ready("umap")
    assert run(scheduler) == ["long", "umap"]


def test_what_needs_a_failed_task_is_never_begun_and_says_which() -> None:
    scheduler = Scheduler({"a": (), "b": (), "c": ("b", "a"), "d": ("c",)}, slots=2)
    assert scheduler.start() == ("a", "b")
    scheduler.fail("a")
    assert scheduler.failed_need("c") == "a"
    assert scheduler.failed_need("d") is None, "what it needs has not failed yet"
    scheduler.fail("c")
    assert scheduler.failed_need("d") == "c"
    scheduler.fail("d")
    assert scheduler.is_active, "b still runs"
    scheduler.done("b")
    assert not scheduler.is_active


def test_when_no_more_may_begin_what_runs_may_finish() -> None:
    scheduler = Scheduler({"a": (), "b": (), "c": ("a",)}, slots=1)
    assert scheduler.start() == ("a",)
    scheduler.drop_waiting()
    assert scheduler.is_active
    scheduler.done("a")
    assert scheduler.start() == ()
    assert not scheduler.is_active


@pytest.mark.parametrize("seed", range(20))
def test_every_task_runs_once_after_its_needs_whatever_the_plan(seed: int) -> None:
    draw = random.Random(seed)
    tasks = [f"task_{i}" for i in range(30)]
    needs = {task: draw.sample(tasks[:i], min(i, draw.randrange(4))) for i, task in enumerate(tasks)}
    slots = draw.randrange(1, 5)
    scheduler = Scheduler(
        needs,
        slots=slots,
        expected_s={task: draw.choice([None, draw.random()]) for task in tasks},
        affinity={task: draw.choice(["", "umap", "tsne"]) for task in tasks},
    )
    running: set[str] = set()
    ended: list[str] = []
    while scheduler.is_active:
        begun = scheduler.start()
        assert all(set(needs[task]) <= set(ended) for task in begun)
        running.update(begun)
        assert 0 < len(running) <= slots
        task = draw.choice(sorted(running))
        running.remove(task)
        scheduler.done(task)
        ended.append(task)
    assert sorted(ended) == sorted(tasks)


def run(scheduler: Scheduler) -> list[str]:
    """The order in which tasks run where each is done before the next begins."""
    order: list[str] = []
    while scheduler.is_active:
        (task,) = scheduler.start()
        scheduler.done(task)
        order.append(task)
    return order
