"""Layers that compute what PyTorch's own do, several times as fast on a CPU where channels and pixels are few.

Shapes are PyTorch's, (n, channels, height, width), and so are parameters and their names. Memory is not: the image
varies fastest, so that every product and sum of these small layers runs along a whole batch. ``arranged`` lays images
out so; what these layers and element-wise ones return stays so.
"""

from typing import Any

import torch
from torch import Tensor, nn

#: Edge, stride and padding of the square windows of a layer.
Geometry = tuple[int, int, int]


def arranged(images: Tensor) -> Tensor:
    """The same tensor, (n, c, h, w), laid out with the image varying fastest."""
    return batch_last(images).contiguous().permute(3, 0, 1, 2)


def batch_last(x: Tensor) -> Tensor:
    """(n, c, h, w) seen as (c, h, w, n)."""
    return x.permute(1, 2, 3, 0)


def padded(x: Tensor, by: int) -> Tensor:
    """(c, h, w, n) in a frame of zeros: (c, h + 2 by, w + 2 by, n)."""
    c, h, w, n = x.shape
    framed = x.new_zeros(c, h + 2 * by, w + 2 * by, n)
    framed[:, by:-by, by:-by] = x
    return framed


def windows(x: Tensor, geometry: Geometry) -> Tensor:
    """Every window of (c, h, w, n), pixel by pixel of the window: (c, edge, edge, rows, columns, n)."""
    edge, stride, padding = geometry
    x = padded(x, padding) if padding else x.contiguous()
    c, h, w, n = x.shape
    down, right = w * n, n
    return x.as_strided(
        (c, edge, edge, (h - edge) // stride + 1, (w - edge) // stride + 1, n),
        (h * w * n, down, right, stride * down, stride * right, 1),
    ).contiguous()


def overlaid(pixels: Tensor, geometry: Geometry, height: int, width: int) -> Tensor:
    """The windows laid back where they came from and added up: (c, h, w, n). The adjoint of ``windows``."""
    edge, stride, padding = geometry
    c, _, _, rows, columns, n = pixels.shape
    x = pixels.new_zeros(c, height + 2 * padding, width + 2 * padding, n)
    for i in range(edge):
        for j in range(edge):
            x[:, i : i + stride * rows : stride, j : j + stride * columns : stride].add_(pixels[:, i, j])
    return x[:, padding : padding + height, padding : padding + width].contiguous()


class Windows(torch.autograd.Function):
    """``windows``, with its adjoint for a gradient."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, geometry: Geometry) -> Tensor:
        ctx.geometry, ctx.size = geometry, x.shape[1:3]
        return windows(x, geometry)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return overlaid(gradient, ctx.geometry, *ctx.size), None


class Overlaid(torch.autograd.Function):
    """``overlaid``, with its adjoint for a gradient."""

    @staticmethod
    def forward(ctx: Any, pixels: Tensor, geometry: Geometry, height: int, width: int) -> Tensor:
        ctx.geometry = geometry
        return overlaid(pixels, geometry, height, width)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:
        return windows(gradient, ctx.geometry), None, None, None


class Conv2d(nn.Conv2d):
    """A convolution: one product of the weights and all windows."""

    bias: nn.Parameter

    def forward(self, x: Tensor) -> Tensor:
        pixels = Windows.apply(batch_last(x), geometry(self))  # (c, edge, edge, rows, columns, n)
        scores = torch.addmm(self.bias[:, None], self.weight.flatten(1), pixels.flatten(3).flatten(0, 2))
        return scores.unflatten(1, pixels.shape[3:]).permute(3, 0, 1, 2)


class ConvTranspose2d(nn.ConvTranspose2d):
    """A transposed convolution: one product of the weights and all pixels, whose windows are laid over one another."""

    bias: nn.Parameter

    def forward(self, x: Tensor, output_size: list[int] | None = None) -> Tensor:
        edge, stride, padding = geometry(self)
        x = batch_last(x)  # (c, rows, columns, n)
        pixels = (self.weight.flatten(1).t() @ x.flatten(1)).view(-1, edge, edge, *x.shape[1:])
        height, width = ((size - 1) * stride + edge - 2 * padding for size in x.shape[1:3])
        painted = Overlaid.apply(pixels, (edge, stride, padding), height, width)
        return (painted + self.bias[:, None, None, None]).permute(3, 0, 1, 2)


class BatchNorm2d(nn.BatchNorm2d):
    """Batch normalisation, each channel a row of memory: what group normalisation does, several times as fast."""

    momentum: float
    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor

    def forward(self, x: Tensor) -> Tensor:
        x = batch_last(x)
        rows = x.flatten(1)[None]  # (1, c, values)
        if self.training:
            _, c, values = rows.shape
            rows, mean, scale = torch.native_group_norm(rows, self.weight, self.bias, 1, c, values, c, self.eps)
            self.remember(mean[0], (scale[0] ** -2 - self.eps) * (values / (values - 1)))
        else:
            rows = super().forward(rows[..., None])
        return rows.view(x.shape).permute(3, 0, 1, 2)

    @torch.no_grad()
    def remember(self, mean: Tensor, variance: Tensor) -> None:
        """Move the running statistics (c,) towards a batch's."""
        self.num_batches_tracked.add_(1)
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)


class MaxPool2d(nn.MaxPool2d):
    """Max pooling; PyTorch's own is fast on ``channels_last``, and takes the batch for the channels here."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.transpose(0, 1)).transpose(0, 1)


def geometry(layer: nn.Conv2d | nn.ConvTranspose2d) -> Geometry:
    """Of a layer whose windows are square."""
    return layer.kernel_size[0], layer.stride[0], layer.padding[0]  # type: ignore[return-value]
