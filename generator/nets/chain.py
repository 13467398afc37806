"""A chain of small layers that computes what PyTorch's own do, in two thirds of the time on a CPU.

Where channels and pixels are few, most time goes into other things than arithmetic. So here the image varies fastest in
memory, that every product and sum may run along a whole batch; and a chain is one node of autograd, whose steps work
in the memory where they worked on the batch before, while that is in the processor's cache.

Layers, their parameters and shapes outside are PyTorch's, (n, channels, height, width). The steps within see
(channels, height, width, n).
"""

from collections.abc import Callable
from typing import Any, Protocol, cast

import torch
from torch import Tensor, nn

Shape = tuple[int, ...]

#: With respect to what a step was given (if wanted), and to its layer's parameters, in their order.
Gradients = tuple[Tensor | None, ...]

aten = torch.ops.aten


def arranged(images: Tensor) -> Tensor:
    """The same tensor, (n, c, h, w), laid out with the image varying fastest."""
    return batch_last(images).contiguous().permute(3, 0, 1, 2)


def batch_last(x: Tensor) -> Tensor:
    """(n, c, h, w) seen as (c, h, w, n)."""
    return x.permute(1, 2, 3, 0)


class Chain(nn.Sequential):
    """``nn.Sequential`` of the layers in ``STEPS``, whose windows are square, and neither grouped nor dilated, nor
    padded where they are pooled.

    The way back through it lasts until it is next called with as many images. ValueError if the first layer is a ReLU,
    which would work in the caller's memory.
    """

    def __init__(self, *layers: nn.Module) -> None:
        if isinstance(layers[0], nn.ReLU):
            raise ValueError("a chain cannot begin with a ReLU: it would overwrite what it is given")
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
        for layer in chain:
            self.steps.append(STEPS[type(layer)](layer, shape))
            shape = self.steps[-1].shape


class Passage(torch.autograd.Function):
    """There and back through a plan."""

    @staticmethod
    def forward(ctx: Any, plan: Plan, images: Tensor, *parameters: Tensor) -> Tensor:
        plan.calls += 1
        ctx.plan, ctx.call = plan, plan.calls
        x = batch_last(images)
        for step in plan.steps:
            x = step.forward(x)
        return kept(x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Gradients:
        if ctx.call != ctx.plan.calls:
            raise RuntimeError("this chain was called again, and no longer knows the way back from the call before")
        blamed: Tensor | None = batch_last(gradient)
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
        """(c, h, w, n) to ``shape``."""
        ...

    def backward(self, gradient: Tensor, wanted: bool) -> Gradients:
        """From the gradient with respect to what ``forward`` last returned."""
        ...


class Windows:
    """The windows that a layer slides over images of one shape (c, h, w, n): cut out of them, or laid back."""

    def __init__(self, layer: nn.Conv2d | nn.ConvTranspose2d, shape: Shape) -> None:
        edge, stride, padding = geometry(layer)
        c, h, w, n = shape
        tall, wide = h + 2 * padding, w + 2 * padding
        self.rows, self.columns = (tall - edge) // stride + 1, (wide - edge) // stride + 1
        self.framed = padding > 0
        self.frame = torch.empty(c, tall, wide, n)
        self.images = self.frame[:, padding : padding + h, padding : padding + w]
        cut = torch.empty(c, edge, edge, self.rows, self.columns, n)
        down, right = wide * n, n
        uncut = self.frame.as_strided(cut.shape, (tall * down, down, right, stride * down, stride * right, 1))
        self.cut_out, self.in_place = cut, uncut
        self.pairs = [(uncut[:, i, j], cut[:, i, j]) for i in range(edge) for j in range(edge)]
        #: All windows, pixel by pixel of a window: (c * edge * edge, rows * columns * n).
        self.pixels = cut.view(c * edge * edge, -1)

    def cut(self, images: Tensor) -> Tensor:
        """``pixels`` of ``images`` (c, h, w, n) in a frame of zeros."""
        if self.framed:
            self.frame.zero_()
        self.images.copy_(images)
        self.cut_out.copy_(self.in_place)
        return self.pixels

    def laid(self) -> Tensor:
        """``pixels``, each where it comes from and added up: (c, h, w, n). The adjoint of ``cut``."""
        self.frame.zero_()
        for place, pixel in self.pairs:
            place.add_(pixel)
        return self.images


class Convolution:
    """One product of the weights and all windows."""

    def __init__(self, layer: nn.Conv2d, shape: Shape) -> None:
        self.weight, self.bias = layer.weight.detach().flatten(1), cast(Tensor, layer.bias).detach()[:, None]
        self.weight_shape = layer.weight.shape
        self.windows = Windows(layer, shape)
        self.shape: Shape = (layer.out_channels, self.windows.rows, self.windows.columns, shape[-1])
        self.scores = torch.empty(layer.out_channels, self.windows.pixels.shape[1])

    def forward(self, x: Tensor) -> Tensor:
        return torch.addmm(self.bias, self.weight, self.windows.cut(x), out=self.scores).view(self.shape)

    def backward(self, gradient: Tensor, wanted: bool) -> Gradients:
        gradient = gradient.reshape(self.scores.shape)
        of_weight = (gradient @ self.windows.pixels.t()).view(self.weight_shape)
        of_bias = gradient.sum(dim=1)
        if not wanted:
            return None, of_weight, of_bias
        torch.mm(self.weight.t(), gradient, out=self.windows.pixels)
        return self.windows.laid(), of_weight, of_bias


class TransposedConvolution:
    """One product of the weights and all pixels, whose windows are laid over one another."""

    def __init__(self, layer: nn.ConvTranspose2d, shape: Shape) -> None:
        edge, stride, padding = geometry(layer)
        c, h, w, n = shape
        height, width = ((size - 1) * stride + edge - 2 * padding for size in (h, w))
        self.shape: Shape = (layer.out_channels, height, width, n)
        self.weight, self.bias = (
            layer.weight.detach().flatten(1),
            cast(Tensor, layer.bias).detach()[:, None, None, None],
        )
        self.weight_shape = layer.weight.shape
        self.windows = Windows(layer, self.shape)
        self.blamed, self.given_shape = torch.empty(c, h * w * n), shape

    def forward(self, x: Tensor) -> Tensor:
        self.given = x.reshape(self.blamed.shape)
        torch.mm(self.weight.t(), self.given, out=self.windows.pixels)
        return self.windows.laid().add_(self.bias)

    def backward(self, gradient: Tensor, wanted: bool) -> Gradients:
        of_bias = gradient.sum(dim=(1, 2, 3))
        pixels = self.windows.cut(gradient)
        of_weight = (self.given @ pixels.t()).view(self.weight_shape)
        torch.mm(self.weight, pixels, out=self.blamed)
        return self.blamed.view(self.given_shape), of_weight, of_bias


class Rectification:
    """In place: no step needs what it returned before."""

    def __init__(self, layer: nn.ReLU, shape: Shape) -> None:
        self.shape = shape

    def forward(self, x: Tensor) -> Tensor:
        self.result = x.relu_()
        return self.result

    def backward(self, gradient: Tensor, wanted: bool) -> Gradients:
        return (aten.threshold_backward(gradient, self.result, 0),)


class Normalisation:
    """Each channel a row of memory: what group normalisation does, several times as fast."""

    def __init__(self, layer: nn.BatchNorm2d, shape: Shape) -> None:
        c, h, w, n = self.shape = shape
        self.layer, self.values = layer, h * w * n
        self.weight, self.bias = layer.weight.detach(), layer.bias.detach()
        self.geometry = 1, c, self.values, c

    def forward(self, x: Tensor) -> Tensor:
        layer = self.layer
        self.rows = x.reshape(1, -1, self.values)  # (1, c, values)
        if layer.training:
            result, self.mean, self.scale = torch.native_group_norm(
                self.rows, self.weight, self.bias, *self.geometry, layer.eps
            )
            self.remember(self.mean[0], (self.scale[0] ** -2 - layer.eps) * (self.values / (self.values - 1)))
        else:
            result = layer(self.rows[..., None])
        return result.view(self.shape)

    def remember(self, mean: Tensor, variance: Tensor) -> None:
        """Move the running statistics (c,) towards a batch's."""
        for seen, running in ((mean, self.layer.running_mean), (variance, self.layer.running_var)):
            cast(Tensor, running).lerp_(seen, cast(float, self.layer.momentum))
        cast(Tensor, self.layer.num_batches_tracked).add_(1)

    def backward(self, gradient: Tensor, wanted: bool) -> Gradients:
        blamed, of_weight, of_bias = aten.native_group_norm_backward(
            gradient.reshape(self.rows.shape),
            *(self.rows, self.mean, self.scale, self.weight),
            *self.geometry,
            [True, True, True],
        )
        return blamed.view(self.shape), of_weight, of_bias


class Pooling:
    """The greatest of each window. PyTorch's own is fast where channels vary fastest: here the images are those."""

    def __init__(self, layer: nn.MaxPool2d, shape: Shape) -> None:
        c, h, w, n = shape
        edge, stride = cast(int, layer.kernel_size), cast(int, layer.stride)
        self.shape: Shape = (c, (h - edge) // stride + 1, (w - edge) // stride + 1, n)
        self.settings = [edge, edge], [stride, stride], [0, 0], [1, 1], False

    def forward(self, x: Tensor) -> Tensor:
        self.given = x.permute(0, 3, 1, 2)  # (c, n, h, w)
        result, self.at = aten.max_pool2d_with_indices(self.given, *self.settings)
        return result.permute(0, 2, 3, 1)

    def backward(self, gradient: Tensor, wanted: bool) -> Gradients:
        blamed = aten.max_pool2d_with_indices_backward(
            gradient.permute(0, 3, 1, 2), self.given, *self.settings, self.at
        )
        return (blamed.permute(0, 2, 3, 1),)


#: From a layer and the shape (c, h, w, n) that it will be given.
STEPS: dict[type[nn.Module], Callable[[Any, Shape], Step]] = {
    nn.Conv2d: Convolution,
    nn.ConvTranspose2d: TransposedConvolution,
    nn.ReLU: Rectification,
    nn.BatchNorm2d: Normalisation,
    nn.MaxPool2d: Pooling,
}


def geometry(layer: nn.Conv2d | nn.ConvTranspose2d) -> tuple[int, int, int]:
    """Edge, stride and padding of a layer's windows."""
    return layer.kernel_size[0], layer.stride[0], cast(int, layer.padding[0])
