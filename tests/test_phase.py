"""Which part of the work is prediction."""

import time

import pytest

from generator.engine.clock import Clock
from generator.phase import phase


def test_the_time_inside_is_told_apart_and_several_visits_add_up():
    with Clock.running() as clock:
        time.sleep(0.05)
        for _ in range(2):
            with phase("prediction"):
                time.sleep(0.02)
    measures = clock.measures(threads=1)
    assert 0.04 <= measures.predict_wall_s < measures.wall_s - 0.05
    assert 0 <= measures.predict_cpu_s <= measures.cpu_s


def test_nothing_is_left_for_the_next():
    with Clock.running(), phase("prediction"):
        pass
    with Clock.running() as clock:
        pass
    measures = clock.measures(threads=1)
    assert measures.predict_wall_s is None
    assert measures.predict_cpu_s is None


def test_a_phase_that_fails_is_over():
    with Clock.running() as clock:
        with pytest.raises(ZeroDivisionError), phase("prediction"):
            raise ZeroDivisionError
        time.sleep(0.05)
    assert clock.phases["prediction"][0] < 0.05
