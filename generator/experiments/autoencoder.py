"""Convolutional autoencoders: an image is squeezed through a few numbers and painted again from them.

The loss of a plain one is the squared error of the painting, mean over pixels and images. The variational one (Kingma
and Welling, arXiv:1312.6114) codes an image x as a normal distribution q(z|x), paints from a draw z of it, and
minimises the negative ELBO

    E[|x - painting(z)|²] / (2 v) + KL(q(z|x) || N(0, 1))

(``divergence`` below) for a decoder that is normal with variance v about its painting. Here v is near the mean squared
error reached, where the bound is tightest (Rybkin et al., arXiv:2006.13202). Both terms are divided by pixels / (2 v),
so that the loss is again a squared error per pixel, and learning rate and weight decay mean the same in all networks.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from scipy.special import chdtri
from torch import Tensor, nn

from generator.dataset import Dataset, Part
from generator.metrics import intervals
from generator.nets.chain import Chain, arranged, batch_last
from generator.nets.training import Adam, count_parameters, repeatable
from generator.nets.weights import from_torch_bytes, load, packed, torch_bytes
from generator.vocabulary import Embedding, Experiment, Fact, Need, Outcome, Variant, param

LATENT_SIZES = (1, 2, 3, 4, 8, 16, 32)
GO_ON = (2, 3)  # latent sizes of which a longer training goes on where the short one of the series ends
SAMPLE = 10_000  # training images of each of the networks that differ by their seed alone
SEEDS = 5
TRAVERSED = 15  # codes along each edge of the grid that is painted
AT_ONCE = 500  # images, where none is learned from
#: Of the members of a series, of each of which no page shows more than a number or a map.
BRIEF = {"epochs": 20, "held_out_curve": False, "keep_paintings": False}


@dataclass(frozen=True)
class Params:
    latent: int = param(2, unit="1", label="latent dimensions", at_least=1, at_most="n_pixels")
    variational: bool = param(False, unit="1")
    decoder_variance: float = param(0.15, unit="1", above=0)
    epochs: int = param(100, unit="1", at_least=1)
    batch_size: int = param(100, unit="images", at_least=2)  # batch normalisation knows no variance of one
    learning_rate: float = param(0.01, unit="1", above=0)
    weight_decay: float = param(0.00001, unit="1", at_least=0)
    held_out_curve: bool = param(True, unit="1", recording=True)
    keep_paintings: bool = param(True, unit="1", recording=True)


def begun(latent: int) -> tuple[Need, ...]:
    """The short training of a series that a longer one, of the same seed, goes on from; its time is part of that."""
    return (Need("start", "autoencoder", f"latent_{latent}", counted=True),)


experiment = Experiment(
    title="Autoencoder",
    summary="Compresses an image to a few values and reconstructs it from them",
    section="maps",
    task="embedding",
    variants=(
        # What a plain one looks at is named in the declaration: nothing is computed with it.
        Variant(
            "2d",
            "Two dimensions",
            needs=begun(2),
            uses=(plain := tuple(name for name in Params.__annotations__ if name != "decoder_variance")),
        ),
        Variant("3d", "Three dimensions", {"latent": 3}, needs=begun(3), uses=plain),
        Variant("vae", "Variational, two dimensions", {"variational": True}),
        *(
            Variant(
                f"latent_{latent}",
                params={"latent": latent, **BRIEF, "held_out_curve": latent in GO_ON},
                series="latent",
                uses=plain,
            )
            for latent in LATENT_SIZES
        ),
        *(
            Variant(f"seed_{repeat}", params=BRIEF, series="seed", uses=plain, sample=SAMPLE, repeat=repeat)
            for repeat in range(SEEDS)
        ),
    ),
    order=6,
    figures=("scatter", "reconstructions", "six_views", "digit_map", "learning_curve", "traversal", "latent_error"),
)


class Autoencoder(nn.Module):
    """Images (n, 1, 28, 28) in [-1, 1] to codes (n, latent) in [-1, 1] and back.

    The article's LeakyReLU has a negative slope of 0, which makes it this ReLU.
    """

    code: nn.Module

    def __init__(self, latent: int) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            Chain(
                nn.Conv2d(1, 16, kernel_size=3, stride=3, padding=1),
                nn.ReLU(),
                nn.BatchNorm2d(16),
                nn.MaxPool2d(2, stride=2),  # (n, 16, 5, 5)
                nn.Conv2d(16, 32, kernel_size=3, stride=2, padding=1),
                nn.ReLU(),
                nn.BatchNorm2d(32),
                nn.MaxPool2d(2, stride=1),  # (n, 32, 2, 2)
                nn.Conv2d(32, 64, kernel_size=2),
                nn.ReLU(),
                nn.BatchNorm2d(64),  # (n, 64, 1, 1)
            ),
            nn.Flatten(),
        )
        self.code = nn.Sequential(nn.Linear(64, latent), nn.Tanh())
        self.decoder = nn.Sequential(
            nn.Linear(latent, 64),
            nn.ReLU(),
            nn.Unflatten(1, (64, 1, 1)),
            Chain(
                nn.ConvTranspose2d(64, 32, kernel_size=2),  # (n, 32, 2, 2)
                nn.ReLU(),
                nn.BatchNorm2d(32),
                nn.ConvTranspose2d(32, 16, kernel_size=3, stride=2),  # (n, 16, 5, 5)
                nn.ReLU(),
                nn.BatchNorm2d(16),
                nn.ConvTranspose2d(16, 8, kernel_size=5, stride=3, padding=1),  # (n, 8, 15, 15)
                nn.ReLU(),
                nn.BatchNorm2d(8),
                nn.ConvTranspose2d(8, 1, kernel_size=2, stride=2, padding=1),  # (n, 1, 28, 28)
            ),
            nn.Tanh(),
        )

    def encode(self, images: Tensor) -> Tensor:
        """(n, 1, 28, 28) to (n, latent)."""
        return self.code(self.encoder(images))

    def loss(self, images: Tensor) -> Tensor:
        """Mean squared error of the paintings, in the images' scale: a scalar from 0 to 4."""
        return squared_error(self.decoder(self.encode(images)), images)

    def axes(self, codes: Tensor, steps: int) -> Tensor:
        """Where to look along each axis of the codes (n, latent): (latent, steps), each from least to greatest.

        From bound to bound, whatever the codes are.
        """
        return torch.linspace(-1, 1, steps).repeat(codes.shape[1], 1)


class VariationalAutoencoder(Autoencoder):
    """The same layers, but an image's code is a normal distribution, free to lie anywhere; its mean stands for it."""

    def __init__(self, latent: int, decoder_variance: float) -> None:
        super().__init__(latent)
        self.decoder_variance = decoder_variance
        self.code = nn.Linear(64, latent)
        self.log_variance = nn.Linear(64, latent)

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and logarithm of the variance of each image's q(z|x): (n, 1, 28, 28) to (n, latent) twice."""
        features = self.encoder(images)
        return self.code(features), self.log_variance(features)

    def loss(self, images: Tensor) -> Tensor:
        """The negative ELBO, but for a constant, per pixel and times twice the decoder's variance: a scalar."""
        mean, log_variance = self.posterior(images)
        drawn = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        error = squared_error(self.decoder(drawn), images)
        weight = 2 * self.decoder_variance / images[0].numel()
        return error + weight * divergence(mean, log_variance).mean()

    def axes(self, codes: Tensor, steps: int) -> Tensor:
        """Where to look along each axis of the codes (n, latent): (latent, steps), each from least to greatest.

        Nothing bounds these codes, and they need not lie as the prior does. Each axis is cut into ``steps`` pieces that
        hold the same number of codes; the values are the medians of the pieces.
        """
        return torch.quantile(codes, (torch.arange(steps) + 0.5) / steps, dim=0).T


def squared_error(paintings: Tensor, images: Tensor) -> Tensor:
    """The mean of it, a scalar, for (n, 1, 28, 28) arranged: as ``mse_loss``, in a fraction of the time."""
    apart = batch_last(paintings - images).reshape(-1)
    return apart.dot(apart) / apart.numel()


def divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback-Leibler divergence, in nats, of normal distributions (n, latent) from the standard one: (n,), from 0."""
    return (mean**2 + log_variance.exp() - log_variance - 1).sum(dim=1) / 2


def against_prior(mean: Tensor, log_variance: Tensor) -> dict[str, Fact]:
    """How the codes of images, (n, latent), lie to the standard normal distribution that they are drawn towards.

    ``divergence_from_prior``: mean over the images of KL(q(z|x) || N(0, 1)), in nats. ``outside_prior_95``: share of
    the means outside the ball about 0, in the plane a disc, that holds 95 % of the prior. ``code_deviation_1`` and
    ``code_deviation_2``, in the plane: standard deviation of the means along each axis, where the prior has 1.
    """
    latent = mean.shape[1]
    radius_squared = float(chdtri(latent, 0.05))  # 5.99 in the plane
    facts: dict[str, Fact] = {
        "divergence_from_prior": float(divergence(mean, log_variance).mean()),
        "outside_prior_95": float((mean.square().sum(dim=1) > radius_squared).double().mean()),
    }
    if latent == 2:
        first, second = mean.std(dim=0, correction=0).tolist()
        facts |= {"code_deviation_1": first, "code_deviation_2": second}
    return facts


def warm_up() -> None:
    """Compile what a training step needs, on two black images."""
    network = Autoencoder(1)
    Adam(network, 0.0, 0.0).lessen(network.loss(arranged(torch.zeros(2, 1, 28, 28))))


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Embedding:
    """Learn to paint the training images for a fixed number of epochs; the test images choose nothing.

    From ``start``, an embedding by the same network under the same seed, the training goes on to where it would have
    come by itself, to the last bit; unless ``start`` learned for longer, or otherwise.
    """
    repeatable(seed)
    network = (
        VariationalAutoencoder(params.latent, params.decoder_variance)
        if params.variational
        else Autoencoder(params.latent)
    )
    learned, unseen = scaled(dataset.train), scaled(dataset.test)
    training = Training(network, params)
    start = inputs.get("start")
    if isinstance(start, Embedding):
        training.resume(start.arrays)
    training.run(learned, unseen if params.held_out_curve else None)
    codes = applied(network.encode, learned)  # (n_train, latent)
    paintings = applied(lambda images: network.decoder(network.encode(images)), unseen)  # (n_test, 1, 28, 28)
    errors = (paintings - unseen).square().mean(dim=(1, 2, 3)).double().numpy()  # (n_test,)
    low, high = intervals.mean(errors)
    arrays = {**training.curves(), "state": packed(network), "checkpoint": training.checkpoint()}
    if params.keep_paintings:
        arrays["reconstructions"] = grey(paintings)  # (n_test, 28, 28)
        if params.latent == 2:
            arrays |= traversal(network, codes)
    facts: dict[str, Fact] = {}
    if isinstance(network, VariationalAutoencoder):
        both = applied(lambda images: torch.cat(network.posterior(images), dim=1), learned)  # (n_train, 2 latent)
        facts |= against_prior(*both.chunk(2, dim=1))
    return Embedding(
        coordinates=codes.numpy(),
        arrays=arrays,
        facts={
            "epochs": params.epochs,
            "loss": "negative ELBO" if params.variational else "mean squared error",
            "n_parameters": count_parameters(network),
            "reconstruction_error": float(errors.mean()),
            "reconstruction_error_low": low,
            "reconstruction_error_high": high,
            **facts,
        },
    )


class Training:
    """Adam on a network's loss, which can stop after any epoch and go on later."""

    def __init__(self, network: Autoencoder, params: Params) -> None:
        self.network, self.params = network, params
        self.optimizer = Adam(network, params.learning_rate, params.weight_decay)
        self.train_loss: list[float] = []
        self.held_out_loss: list[float] = []

    def run(self, learned: Tensor, unseen: Tensor | None) -> None:
        """Train in place for the epochs that are left."""
        while len(self.train_loss) < self.params.epochs:
            self.network.train()
            total = torch.zeros(())
            for batch in torch.randperm(len(learned)).split(self.params.batch_size):
                loss = self.network.loss(arranged(learned[batch]))
                self.optimizer.lessen(loss)
                total += loss.detach() * len(batch)
            self.train_loss.append(float(total) / len(learned))
            if unseen is not None:
                self.network.eval()
                with torch.no_grad():
                    losses = [self.network.loss(arranged(batch)) * len(batch) for batch in unseen.split(AT_ONCE)]
                self.held_out_loss.append(float(torch.stack(losses).sum()) / len(unseen))
        self.network.eval()

    def curves(self) -> dict[str, np.ndarray]:
        """The loss met during each epoch, and that of the unseen images (if any) after it: (epochs,) float32."""
        curves = {"train_loss": self.train_loss, "held_out_loss": self.held_out_loss}
        return {name: np.array(curve, np.float32) for name, curve in curves.items() if curve}

    def checkpoint(self) -> np.ndarray:
        """What, besides weights and curves, the next epoch depends on: (bytes,) uint8."""
        return torch_bytes(
            {"setting": self.setting(), "optimizer": self.optimizer.state(), "random": torch.get_rng_state()}
        )

    def setting(self) -> dict[str, Any]:
        """The parameters in which two trainings must agree for one to go on from the other."""
        return asdict(replace(self.params, epochs=0, keep_paintings=True))

    def resume(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Be where another training was when it left these, unless it went on for longer or with other parameters."""
        known = from_torch_bytes(arrays["checkpoint"])
        if known["setting"] != self.setting() or len(arrays["train_loss"]) > self.params.epochs:
            return
        load(self.network, arrays["state"])
        self.optimizer.load(known["optimizer"])
        torch.set_rng_state(known["random"])
        self.train_loss = [float(loss) for loss in arrays["train_loss"]]
        self.held_out_loss = [float(loss) for loss in arrays.get("held_out_loss", ())]


def scaled(part: Part) -> Tensor:
    """Images (n, 1, 28, 28) float32, black -1 and white 1."""
    return torch.from_numpy(part.flat(127.5)).sub_(1).view(-1, 1, *part.images.shape[1:])


def grey(paintings: Tensor) -> np.ndarray:
    """(n, 1, 28, 28) in [-1, 1] to (n, 28, 28) uint8."""
    return paintings.squeeze(1).add(1).mul(127.5).round().to(torch.uint8).numpy()


def applied(compute: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """What ``compute`` gives for the images (n, 1, 28, 28), some at a time and without learning: (n, ...)."""
    with torch.no_grad():
        return torch.cat([compute(arranged(batch)).contiguous() for batch in images.split(AT_ONCE)])


def traversal(network: Autoencoder, codes: Tensor) -> dict[str, np.ndarray]:
    """What the decoder paints over a grid among the codes (n, 2): ``traversal`` (15, 15, 28, 28) uint8.

    Laid out like a plot: columns go from the least first number to the greatest, rows from the greatest second number
    to the least; ``traversal_at`` (2, 15) has the numbers of each axis, ascending.
    """
    at = network.axes(codes, TRAVERSED)
    second, first = torch.meshgrid(at[1].flip(0), at[0], indexing="ij")
    with torch.no_grad():
        painted = network.decoder(torch.stack([first.flatten(), second.flatten()], dim=1))
    paintings = grey(painted).reshape(TRAVERSED, TRAVERSED, *painted.shape[2:])
    return {"traversal": paintings, "traversal_at": at.numpy()}
