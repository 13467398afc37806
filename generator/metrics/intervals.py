"""95 % intervals: how far a score on these images may be from the score on all such images."""

import numpy as np
from scipy.special import stdtrit

#: Two-sided 95 % quantile of the normal distribution.
Z = 1.959963984540054


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Interval of a share of ``n`` independent trials, within [0, 1].

    Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927). Unlike value ± two
    standard errors it stays inside [0, 1] and holds near its ends, where good classifiers are.
    """
    share = successes / n
    denominator = 1 + Z**2 / n
    centre = (share + Z**2 / (2 * n)) / denominator
    half_width = Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2)) / denominator
    # At the ends the formula gives exactly 0 and 1, but for rounding.
    low = 0.0 if successes == 0 else float(centre - half_width)
    high = 1.0 if successes == n else float(centre + half_width)
    return low, high


def mean(values: np.ndarray) -> tuple[float, float]:
    """Interval of the mean of independent ``values`` (n,), n > 1: it and two standard errors either way."""
    centre = float(values.mean())
    half_width = Z * float(values.std(ddof=1)) / len(values) ** 0.5
    return centre - half_width, centre + half_width


def few(values: np.ndarray) -> tuple[float, float]:
    """Interval of the mean of a few independent, roughly normal ``values`` (n,), n > 1, by Student's t."""
    centre = float(values.mean())
    half_width = float(stdtrit(len(values) - 1, 0.975) * values.std(ddof=1)) / len(values) ** 0.5
    return centre - half_width, centre + half_width


def spearman(rho: float, n: int) -> tuple[float, float]:
    """Interval of a rank correlation over ``n`` independent pairs, n > 3, within [-1, 1].

    Fisher's z with variance (1 + rho²/2) / (n - 3): Bonett and Wright, Psychometrika 65 (2000).
    """
    centre = np.arctanh(np.clip(rho, -1 + 1e-15, 1 - 1e-15))
    half_width = Z * np.sqrt((1 + rho**2 / 2) / (n - 3))
    return float(np.tanh(centre - half_width)), float(np.tanh(centre + half_width))
