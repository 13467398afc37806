"""The one function that joblib caches. This file never changes: joblib forgets every result when it does."""

from collections.abc import Callable
from typing import Any


def evaluate(key: str, compute: Callable[[], Any]) -> Any:
    """Return ``compute()``. The key alone says whether that was done before."""
    return compute()
