"""A chain of small layers that computes what PyTorch's own do, in half the time on a CPU.

Where channels and pixels are few, most time goes into other things than arithmetic: into calls, and into memory. So
here the image varies fastest in memory, that every product and sum may run along a whole batch; a chain is one node of
autograd, whose steps work in the memory where they worked on the batch before; and products apart, a step is one pass
compiled for it, over pieces that fit the processor's cache.

Layers, their parameters and shapes outside are PyTorch's, (n, channels, height, width). The steps within see
(channels, height, width, n).
"""

from typing import Any, Protocol, cast

import numpy as np
import torch
from torch import Tensor, nn

from generator.nets import kernels

Shape = tuple[int, ...]

#: Numbers that stay in the cache between two passes over them: half a MiB.
CACHED = 1 << 17

#: With respect to what a step was given (if wanted), and to its layer's parameters, in their order.
Gradients = tuple[Tensor | None, ...]


def arranged(images: Tensor) -> Tensor:
    """The same tensor, (n, c, h, w), laid out with the image varying fastest."""
    return batch_last(images).contiguous().permute(3, 0, 1, 2)


def batch_last(x: Tensor) -> Tensor:
    """(n, c, h, w) seen as (c, h, w, n)."""
    return x.permute(1, 2, 3, 0)


class Chain(nn.Sequential):
    """``nn.Sequential`` of convolutions, transposed ones, and activations: a ReLU, then a batch normalisation, then a
    maximum pooling if wanted. Windows are square, and neither grouped nor dilated, nor padded where they are pooled.

    The way back through it lasts until it is next called with as many images. ValueError for other layers.
    """

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__(*layers)
        self.plans: dict[Shape, Plan] = {}

    def forward(self, images: Tensor) -> Tensor:
        """(n, c, h, w) to such a shape, arranged; ``images`` best are, too."""
        if images.shape not in self.plans:
            self.plans[images.shape] = Plan(self, images.shape)
        return cast(Tensor, Passage.apply(self.plans[images.shape], images, *self.parameters()))


class Plan:
    """What a chain does to images of one shape (n, c, h, w)."""

    def __init__(self, chain: Chain, shape: Shape) -> None:
        self.steps: list[Step] = []
        self.calls = 0
        n, *one = shape
        shape = (*one, n)
        layers = list(chain)
        while layers:
            match layers:
                case [nn.Conv2d() as layer, *layers]:
                    step: Step = Convolution(layer, shape)
                case [nn.ConvTranspose2d() as layer, *layers]:
                    step = TransposedConvolution(layer, shape)
                case [nn.ReLU(), nn.BatchNorm2d() as layer, nn.MaxPool2d() as pooling, *layers]:
                    step = Activation(layer, pooling, shape)
                case [nn.ReLU(), nn.BatchNorm2d() as layer, *layers]:
                    step = Activation(layer, None, shape)
                case _:
                    raise ValueError(f"a chain cannot go on with {layers[0]}")
            self.steps.append(step)
            shape = step.shape


class Passage(torch.autograd.Function):
    """There and back through a plan."""

    @staticmethod
    def forward(ctx: Any, plan: Plan, images: Tensor, *parameters: Tensor) -> Tensor:
        plan.calls += 1
        ctx.plan, ctx.call = plan, plan.calls
        x = batch_last(images.detach()).contiguous()
        for step in plan.steps:
            x = step.forward(x)
        return kept(x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Gradients:
        if ctx.call != ctx.plan.calls:
            raise RuntimeError("this chain was called again, and no longer knows the way back from the call before")
        blamed: Tensor | None = batch_last(gradient).contiguous()
        of_parameters: list[Tensor | None] = []
        for place, step in reversed(list(enumerate(ctx.plan.steps))):
            blamed, *own = step.backward(blamed, wanted=place > 0 or ctx.needs_input_grad[1])
            of_parameters[:0] = own
        return None, None if blamed is None else kept(blamed), *of_parameters


def kept(x: Tensor) -> Tensor:
    """(c, h, w, n) out of a step's memory, as (n, c, h, w), arranged."""
    return x.clone(memory_format=torch.contiguous_format).permute(3, 0, 1, 2)


class Step(Protocol):
    """A layer at work on one shape, in memory of its own. It keeps views of the layer's parameters, which may change in
    place only.
    """

    shape: Shape  #: (c, h, w, n) of what it returns

    def forward(self, x: Tensor) -> Tensor:
        """(c, h, w, n), contiguous, to ``shape``."""
        ...

    def backward(self, gradient: Tensor, wanted: bool) -> Gradients:
        """From the gradient, contiguous, with respect to what ``forward`` last returned."""
        ...


class Windows:
    """The windows that a layer slides over images of one shape (c, h, w, n): cut out of them, or laid back."""

    def __init__(self, layer: nn.Conv2d | nn.ConvTranspose2d, shape: Shape) -> None:
        edge, self.stride, self.padding = geometry(layer)
        c, h, w, n = shape
        self.rows, self.columns = ((size + 2 * self.padding - edge) // self.stride + 1 for size in (h, w))
        #: All windows, pixel by pixel of a window.
        self.pixels = torch.empty(c * edge * edge, self.rows * self.columns * n)
        self.windows = self.pixels.view(c, edge, edge, self.rows, self.columns, n).numpy()

    def cut(self, images: Tensor) -> Tensor:
        """``pixels`` of ``images`` (c, h, w, n) in a frame of zeros."""
        kernels.cut(images.numpy(), self.stride, self.padding, self.windows)
        return self.pixels

    def lay(self, bias: Tensor, images: Tensor) -> None:
        """Overwrite ``images`` (c, h, w, n) with ``pixels``, each where it comes from, added up, and the bias (c,)."""
        kernels.lay(self.windows, bias.numpy(), self.stride, self.padding, images.numpy())


class Convolution:
    """One product of the weights and all windows."""

    def __init__(self, layer: nn.Conv2d, shape: Shape) -> None:
        self.weight, self.bias = layer.weight.detach().flatten(1), cast(Tensor, layer.bias).detach()[:, None]
        self.weight_shape = layer.weight.shape
        self.windows = Windows(layer, shape)
        self.shape: Shape = (layer.out_channels, self.windows.rows, self.windows.columns, shape[-1])
        self.scores = torch.empty(layer.out_channels, self.windows.pixels.shape[1])
        self.blamed, self.nothing = torch.empty(shape), torch.zeros(shape[0])

    def forward(self, x: Tensor) -> Tensor:
        return torch.addmm(self.bias, self.weight, self.windows.cut(x), out=self.scores).view(self.shape)

    def backward(self, gradient: Tensor, wanted: bool) -> Gradients:
        gradient = gradient.view(self.scores.shape)
        of_weight = (gradient @ self.windows.pixels.t()).view(self.weight_shape)
        of_bias = gradient.sum(dim=1)
        if not wanted:
            return None, of_weight, of_bias
        torch.mm(self.weight.t(), gradient, out=self.windows.pixels)
        self.windows.lay(self.nothing, self.blamed)
        return self.blamed, of_weight, of_bias


class TransposedConvolution:
    """Products of the weights and all pixels, whose windows are laid over one another: some channels at a time, so that
    their windows stay in the cache between.
    """

    def __init__(self, layer: nn.ConvTranspose2d, shape: Shape) -> None:
        edge, stride, padding = geometry(layer)
        c, h, w, n = shape
        height, width = ((size - 1) * stride + edge - 2 * padding for size in (h, w))
        self.shape: Shape = (layer.out_channels, height, width, n)
        channels = range(1, layer.out_channels + 1)
        self.at_once = max(
            k for k in channels if layer.out_channels % k == 0 and (k == 1 or k * edge**2 * h * w * n <= CACHED)
        )
        self.windows = Windows(layer, (self.at_once, height, width, n))
        self.weight_shape, self.columns = layer.weight.shape, self.at_once * edge**2
        self.weights = layer.weight.detach().flatten(1).split(self.columns, dim=1)
        self.biases = cast(Tensor, layer.bias).detach().split(self.at_once)
        self.result, self.blamed = torch.empty(self.shape), torch.empty(c, h * w * n)
        self.given_shape = shape

    def forward(self, x: Tensor) -> Tensor:
        self.given = x.view(self.blamed.shape)
        for weight, bias, images in zip(self.weights, self.biases, self.result.split(self.at_once), strict=True):
            torch.mm(weight.t(), self.given, out=self.windows.pixels)
            self.windows.lay(bias, images)
        return self.result

    def backward(self, gradient: Tensor, wanted: bool) -> Gradients:
        of_bias = gradient.sum(dim=(1, 2, 3))
        of_weight = torch.empty(self.weight_shape).flatten(1)
        parts = zip(self.weights, gradient.split(self.at_once), of_weight.split(self.columns, dim=1), strict=True)
        for place, (weight, images, to) in enumerate(parts):
            pixels = self.windows.cut(images)
            torch.mm(self.given, pixels.t(), out=to)
            if wanted:
                torch.addmm(self.blamed, weight, pixels, beta=1 if place else 0, out=self.blamed)
        return self.blamed.view(self.given_shape) if wanted else None, of_weight.view(self.weight_shape), of_bias


class Activation:
    """ReLU, normalisation by the batch's own mean and variance (by the running ones where nothing is learned), and
    pooling, if there is any.
    """

    def __init__(self, layer: nn.BatchNorm2d, pooling: nn.MaxPool2d | None, shape: Shape) -> None:
        c, h, w, n = shape
        self.layer = layer
        self.weight, self.bias, self.running_mean, self.running_variance = (
            cast(Tensor, one).detach().numpy()
            for one in (layer.weight, layer.bias, layer.running_mean, layer.running_var)
        )
        self.edge = 1 if pooling is None else cast(int, pooling.kernel_size)
        self.stride = 1 if pooling is None else cast(int, pooling.stride)
        self.shape: Shape = (c, *((size - self.edge) // self.stride + 1 for size in (h, w)), n)
        self.result, self.blamed = torch.empty(self.shape), torch.empty(shape)
        self.place = np.empty(self.shape, np.uint8)
        self.mean, self.variance = np.empty((2, c))

    def forward(self, x: Tensor) -> Tensor:
        layer, self.given = self.layer, x.numpy()
        self.learning = layer.training
        momentum = cast(float, layer.momentum) if self.learning else 0.0
        kernels.activate(
            self.given,
            self.weight,
            self.bias,
            layer.eps,
            self.edge,
            self.stride,
            momentum,
            self.running_mean,
            self.running_variance,
            self.mean,
            self.variance,
            self.result.numpy(),
            self.place,
        )
        if self.learning:
            cast(Tensor, layer.num_batches_tracked).add_(1)
        return self.result

    def backward(self, gradient: Tensor, wanted: bool) -> Gradients:
        if not self.learning:
            raise RuntimeError("a chain that does not learn knows no way back")
        of_weight, of_bias = torch.empty(len(self.weight)), torch.empty(len(self.bias))
        kernels.activate_back(
            gradient.numpy(),
            self.place,
            self.given,
            self.weight,
            self.layer.eps,
            self.edge,
            self.stride,
            self.mean,
            self.variance,
            self.blamed.numpy(),
            of_weight.numpy(),
            of_bias.numpy(),
        )
        return self.blamed, of_weight, of_bias


def geometry(layer: nn.Conv2d | nn.ConvTranspose2d) -> tuple[int, int, int]:
    """Edge, stride and padding of a layer's windows."""
    return layer.kernel_size[0], layer.stride[0], cast(int, layer.padding[0])
