"""Tests of differences: worked by hand, and against other implementations."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import binomtest

from generator.report.statistics import holm, letter, mcnemar, ties


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        (0, 0, 1.0),  # nothing speaks for either
        (3, 3, 1.0),
        (0, 1, 1.0),  # 2 of 2
        (0, 5, 2 / 32),
        (1, 7, 2 * (1 + 8) / 256),
        (8, 2, 2 * (1 + 10 + 45) / 1024),
    ],
)
def test_mcnemar_by_hand(first: int, second: int, p: float) -> None:
    assert mcnemar(first, second) == mcnemar(second, first) == pytest.approx(p, rel=1e-15)


@pytest.mark.parametrize(("first", "second"), [(12, 31), (200, 260), (60, 1400), (745, 750)])
def test_mcnemar_is_the_binomial_test(first: int, second: int) -> None:
    assert mcnemar(first, second) == pytest.approx(binomtest(first, first + second).pvalue, rel=1e-9)


def test_mcnemar_of_many_images_neither_overflows_nor_is_slow() -> None:
    assert mcnemar(0, 100_000) == 0.0
    assert mcnemar(5_000, 5_000) == 1.0


def test_mcnemar_counts_pairs_as_a_simulation_does() -> None:
    rng = np.random.default_rng(0)
    least = rng.binomial(30, 0.5, 200_000)
    share = (np.minimum(least, 30 - least) <= 9).mean()
    assert mcnemar(9, 21) == pytest.approx(share, abs=0.003)


def test_holm_by_hand() -> None:
    """Sorted: 0.01 × 4, 0.02 × 3, 0.025 × 2 is less than the one before, 0.6."""
    assert holm([0.02, 0.6, 0.01, 0.025]) == pytest.approx((0.06, 0.6, 0.04, 0.06))
    assert holm([0.4, 0.9, 0.5]) == (1.0, 1.0, 1.0)
    assert holm([]) == ()


def test_holm_keeps_the_order_and_only_raises() -> None:
    raw = np.random.default_rng(1).random(40) ** 3
    adjusted = np.array(holm(raw.tolist()))
    assert (adjusted >= raw).all()
    assert (np.diff(adjusted[np.argsort(raw)]) >= 0).all()


@pytest.mark.parametrize(
    ("n", "apart", "groups"),
    [
        (0, [], ()),
        (1, [], ((0,),)),
        (3, [], ((0, 1, 2),)),
        (3, [(0, 1), (0, 2), (1, 2)], ((0,), (1,), (2,))),
        (3, [(0, 2)], ((0, 1), (1, 2))),
        (4, [(0, 2), (0, 3), (1, 3)], ((0, 1), (1, 2), (2, 3))),
        # Not in a row: the second, for which many images speak both ways, is tied with none.
        (3, [(0, 1), (1, 2)], ((0, 2), (1,))),
    ],
)
def test_ties_by_hand(n: int, apart: list[tuple[int, int]], groups: tuple[tuple[int, ...], ...]) -> None:
    assert ties(n, apart) == groups


def test_two_share_a_group_exactly_if_they_are_not_apart() -> None:
    rng = np.random.default_rng(2)
    for n in range(2, 9):
        pairs = list(combinations(range(n), 2))
        for share in (0.2, 0.5, 0.8):
            apart = {pair for pair in pairs if rng.random() < share}
            groups = ties(n, apart)
            together = {pair for group in groups for pair in combinations(group, 2)}
            assert together == set(pairs) - apart
            assert set().union(*groups) == set(range(n))
            assert not any(set(one) < set(other) for one in groups for other in groups)


def test_letters() -> None:
    assert [letter(place) for place in (0, 1, 25, 26, 52)] == ["a", "b", "z", "a2", "a3"]
