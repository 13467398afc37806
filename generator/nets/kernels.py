"""Passes over memory for ``generator.nets.chain``, each compiled by Numba at its first use.

All arrays are C-contiguous float32, (channels, height, width, n) unless said otherwise: the innermost loop runs along
the images, as many at once as the processor's registers hold. What is called ``result`` is overwritten.
"""

import numpy as np
from numba import njit

compiled = njit(error_model="numpy", fastmath={"contract", "nsz"})


@compiled
def cut(images: np.ndarray, stride: int, padding: int, result: np.ndarray) -> None:
    """The windows of ``images`` in a frame of zeros, pixel by pixel: (c, edge, edge, rows, columns, n)."""
    channels, height, width, n = images.shape
    _, edge, _, rows, columns, _ = result.shape
    for c in range(channels):
        for i in range(edge):
            for j in range(edge):
                for row in range(rows):
                    y = row * stride + i - padding
                    for column in range(columns):
                        x = column * stride + j - padding
                        to = result[c, i, j, row, column]
                        if 0 <= y < height and 0 <= x < width:
                            source = images[c, y, x]
                            for k in range(n):
                                to[k] = source[k]
                        else:
                            for k in range(n):
                                to[k] = 0


@compiled
def lay(windows: np.ndarray, bias: np.ndarray, stride: int, padding: int, result: np.ndarray) -> None:
    """What ``cut`` would have cut out, each pixel where it comes from, added up, and to that ``bias`` (channels,)."""
    channels, height, width, n = result.shape
    _, edge, _, rows, columns, _ = windows.shape
    for c in range(channels):
        for y in range(height):
            for x in range(width):
                to = result[c, y, x]
                for k in range(n):
                    to[k] = bias[c]
                # Only every stride-th pixel of a window can come to lie here.
                for i in range((y + padding) % stride, edge, stride):
                    row = (y + padding - i) // stride
                    for j in range((x + padding) % stride, edge, stride):
                        column = (x + padding - j) // stride
                        if 0 <= row < rows and 0 <= column < columns:
                            source = windows[c, i, j, row, column]
                            for k in range(n):
                                to[k] += source[k]


@compiled
def activate(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    epsilon: float,
    edge: int,
    stride: int,
    momentum: float,
    running_mean: np.ndarray,
    running_variance: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    result: np.ndarray,
    place: np.ndarray,
) -> None:
    """ReLU, batch normalisation and maximum pooling, channel by channel, so that a channel stays in the cache.

    The running statistics (channels,) move by ``momentum``, a share from 0 to 1, towards those of the batch, which it
    is normalised by; without any, it is normalised by them as they are. ``mean`` and ``variance``, (channels,) float64,
    are overwritten with what it was normalised by, ``place``, uint8 and shaped like the result, with where in its
    window each maximum was first met, counted by rows. An edge of 1 is no pooling.
    """
    channels, height, width, n = x.shape
    normal = np.empty((height, width, n), np.float32)
    for c in range(channels):
        if momentum > 0:
            mean[c], variance[c] = moments(x[c])
            unbiased = variance[c] * x[c].size / (x[c].size - 1)
            running_mean[c] += momentum * (mean[c] - running_mean[c])
            running_variance[c] += momentum * (unbiased - running_variance[c])
        else:
            mean[c], variance[c] = running_mean[c], running_variance[c]
        to = result[c] if edge == 1 else normal
        middle, factor = np.float32(mean[c]), np.float32(weight[c] / np.sqrt(variance[c] + epsilon))
        for i in range(height):
            for j in range(width):
                given, normalised = x[c, i, j], to[i, j]
                for k in range(n):
                    normalised[k] = (max(given[k], np.float32(0)) - middle) * factor + bias[c]
        if edge > 1:
            pool(normal, edge, stride, result[c], place[c])


@compiled
def moments(x: np.ndarray) -> tuple[float, float]:
    """Mean and mean square deviation of what is positive, the rest being taken for 0; ``x``: (height, width, n)."""
    height, width, n = x.shape
    sums = np.zeros(n, np.float32)
    for i in range(height):
        for j in range(width):
            given = x[i, j]
            for k in range(n):
                sums[k] += max(given[k], np.float32(0))
    mean = total(sums) / x.size
    middle = np.float32(mean)
    sums[:] = 0
    for i in range(height):
        for j in range(width):
            given = x[i, j]
            for k in range(n):
                sums[k] += (max(given[k], np.float32(0)) - middle) ** 2
    return mean, total(sums) / x.size


@compiled
def activate_back(
    gradient: np.ndarray,
    place: np.ndarray,
    x: np.ndarray,
    weight: np.ndarray,
    epsilon: float,
    edge: int,
    stride: int,
    mean: np.ndarray,
    variance: np.ndarray,
    result: np.ndarray,
    of_weight: np.ndarray,
    of_bias: np.ndarray,
) -> None:
    """The gradients with respect to what ``activate`` was given, from that with respect to its result.

    Of normalisation, with x' the normalised x and g the gradient: weight / deviation * (g - mean(g) - x' mean(g x')).
    """
    channels, height, width, n = x.shape
    spread = np.empty((height, width, n), np.float32)
    sums, products = np.empty(n, np.float32), np.empty(n, np.float32)
    for c in range(channels):
        if edge > 1:
            unpool(gradient[c], place[c], edge, stride, spread)
        blame = gradient[c] if edge == 1 else spread
        middle, scale = np.float32(mean[c]), np.float32(1 / np.sqrt(variance[c] + epsilon))
        sums[:] = 0
        products[:] = 0
        for i in range(height):
            for j in range(width):
                given, blamed = x[c, i, j], blame[i, j]
                for k in range(n):
                    sums[k] += blamed[k]
                    products[k] += blamed[k] * ((max(given[k], np.float32(0)) - middle) * scale)
        of_bias[c], of_weight[c] = total(sums), total(products)
        usual, slope = np.float32(of_bias[c] / x[c].size), np.float32(of_weight[c] / x[c].size)
        factor = weight[c] * scale
        for i in range(height):
            for j in range(width):
                given, blamed, to = x[c, i, j], blame[i, j], result[c, i, j]
                for k in range(n):
                    own = factor * (blamed[k] - usual - (given[k] - middle) * scale * slope)
                    to[k] = own if given[k] > 0 else np.float32(0)


@compiled
def total(values: np.ndarray) -> float:
    """Their sum, in float64."""
    result = 0.0
    for value in values:
        result += value
    return result


@compiled
def pool(channel: np.ndarray, edge: int, stride: int, result: np.ndarray, place: np.ndarray) -> None:
    """The greatest of each window of a channel, (height, width, n), and where in the window it was first met."""
    rows, columns, n = result.shape
    for row in range(rows):
        for column in range(columns):
            greatest, met = result[row, column], place[row, column]
            for k in range(n):
                greatest[k] = -np.inf
            for i in range(edge):
                for j in range(edge):
                    given = channel[row * stride + i, column * stride + j]
                    at = np.uint8(i * edge + j)
                    for k in range(n):
                        met[k] = at if given[k] > greatest[k] else met[k]
                        greatest[k] = max(given[k], greatest[k])


@compiled
def unpool(gradient: np.ndarray, place: np.ndarray, edge: int, stride: int, result: np.ndarray) -> None:
    """Each window's gradient where its greatest was, added up."""
    rows, columns, n = gradient.shape
    result[:] = 0
    for row in range(rows):
        for column in range(columns):
            given, met = gradient[row, column], place[row, column]
            for i in range(edge):
                for j in range(edge):
                    to = result[row * stride + i, column * stride + j]
                    at = np.uint8(i * edge + j)
                    for k in range(n):
                        to[k] += given[k] if met[k] == at else np.float32(0)
