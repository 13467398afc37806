"""The Swiss roll: a sheet rolled up in space, and what each method makes of it. No images at all."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.manifold import Isomap
from torch import nn

from generator.dataset import Dataset
from generator.layouts import tsne, umap
from generator.metric import Metric
from generator.metrics import intervals
from generator.metrics.blocks import parts
from generator.metrics.embedding import lengths, rank_correlation
from generator.nets.training import repeatable
from generator.vocabulary import Experiment, Fact, Outcome, Study, Variant, param

HEIGHT = 21.0
BATCH = 100  # points that the autoencoder sees at once
ROLL_SEED = 0  # one roll for all methods and seeds
METHODS = {"pca": "PCA", "umap": "UMAP", "tsne": "t-SNE", "isomap": "Isomap", "autoencoder": "Autoencoder"}

#: Parameters that only one of them looks at.
OWN = {"tsne": ("steps",), "isomap": ("n_neighbors",), "autoencoder": ("epochs", "learning_rate")}


@dataclass(frozen=True)
class Params:
    method: str = param("pca", unit="1", choices=tuple(METHODS))
    points: int = param(2_000, unit="1", label="number of points", at_least=100)
    n_neighbors: int = param(  # Isomap's, of which the fewest points have enough
        10, unit="1", label="number of neighbours", symbol="n_neighbors", at_least=1, below=100
    )
    steps: int = param(250, unit="1", at_least=1)  # t-SNE's, after its early ones
    epochs: int = param(200, unit="1", at_least=1)  # the autoencoder's
    learning_rate: float = param(0.001, unit="1", above=0)  # the autoencoder's


experiment = Experiment(
    title="Swiss roll",
    summary="Tries to unroll a sheet that lies rolled up in space",
    section="maps",
    task="study",
    material="points of a Swiss roll",
    variants=tuple(
        Variant(method, title, {"method": method}, uses=("method", "points", *OWN.get(method, ())))
        for method, title in METHODS.items()
    ),
    order=8,
    figures=("swiss_roll",),
)

warm_up = umap.warm_up


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Study:
    """Map the roll to the plane. ``unrolled``: Spearman's rank correlation between the distances on the sheet and on
    the map, over pairs that share no point; in [-1, 1], 1 for a sheet that lies flat again, higher is better.
    """
    rng = np.random.default_rng(ROLL_SEED)
    turn = 1.5 * np.pi * (1 + 2 * rng.random(params.points))  # (n,) radians: one turn and a half
    height = HEIGHT * rng.random(params.points)
    roll = np.stack([turn * np.cos(turn), height, turn * np.sin(turn)], axis=1).astype(np.float32)  # (n, 3)
    facts: dict[str, Fact] = {"n_points": params.points}
    if params.method == "autoencoder":
        placed, missed = squeeze(roll, params, seed)
        facts["unexplained_variance"] = missed
    else:
        placed = lay_out(roll, params, seed)  # (n, 2)
    one, other = rng.permutation(params.points)[: params.points // 2 * 2].reshape(2, -1)
    along, apart = lengths(sheet(turn, height), one, other), lengths(placed, one, other)  # (pairs,) both
    unrolled = rank_correlation(along, apart)
    blocks = tuple(rank_correlation(along[part], apart[part]) for part in parts(len(one)))
    low, high = intervals.spearman(unrolled, len(one))
    return Study(
        arrays={
            "roll": roll,
            "position": arc_length(turn).astype(np.float32),  # (n,) from the spiral's centre along the sheet
            "coordinates": np.ascontiguousarray(placed, np.float32),
        },
        metrics=(Metric(name="unrolled", value=unrolled, better="higher", low=low, high=high, blocks=blocks),),
        facts=facts,
    )


def sheet(turn: np.ndarray, height: np.ndarray) -> np.ndarray:
    """The points on the sheet rolled out, (n, 2): along the spiral, and up.

    Rolling stretches nothing, and a rolled-out rectangle is convex: the shortest way within the sheet between two
    points is the straight line between them here.
    """
    return np.stack([arc_length(turn), height], axis=1)


def arc_length(turn: np.ndarray) -> np.ndarray:
    """Length of the spiral r = t from its centre to each angle t (radians), in the units of r.

    The integral of sqrt(1 + t²), which is (t sqrt(1 + t²) + arsinh t) / 2.
    """
    length: np.ndarray = (turn * np.sqrt(1 + turn**2) + np.arcsinh(turn)) / 2
    return length


def lay_out(roll: np.ndarray, params: Params, seed: int) -> np.ndarray:
    """The roll (n, 3) on the plane (n, 2), by one of the methods from elsewhere."""
    match params.method:
        case "pca":
            placed: np.ndarray = PCA(2).fit_transform(roll)
        case "isomap":
            # Tenenbaum, de Silva and Langford, Science 290 (2000): distances along a graph of neighbours.
            # The dense solver draws no start from NumPy's global generator.
            placed = Isomap(n_neighbors=params.n_neighbors, n_components=2, eigen_solver="dense").fit_transform(roll)
        case "tsne":
            placed = tsne.lay_out(roll, seed=seed, steps=params.steps).coordinates
        case "umap":
            placed = umap.lay_out(roll, seed=seed)
        case _:
            raise ValueError(f"no method {params.method!r}")
    return placed


def squeeze(roll: np.ndarray, params: Params, seed: int) -> tuple[np.ndarray, float]:
    """The two numbers in the waist of a small autoencoder that is trained to give its points back, (n, 2), and the
    share of the points' variance that it fails to give back.
    """
    repeatable(seed)
    points = torch.from_numpy((roll - roll.mean(axis=0)) / roll.std())
    encoder, decoder = dense(3, 128, 64, 32, 2), dense(2, 32, 64, 128, 3)
    parameters = [*encoder.parameters(), *decoder.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=params.learning_rate, fused=True)
    for _epoch in range(params.epochs):
        for batch in points[torch.randperm(len(points))].split(BATCH):
            optimizer.zero_grad()
            nn.functional.mse_loss(decoder(encoder(batch)), batch).backward()
            optimizer.step()
    with torch.inference_mode():
        codes = encoder(points)
        return codes.numpy(), float((decoder(codes) - points).square().sum() / points.square().sum())


def dense(*widths: int) -> nn.Sequential:
    """Dense layers of these widths with tanh between them."""
    layers: list[nn.Module] = []
    for before, after in itertools.pairwise(widths):
        layers += [nn.Linear(before, after), nn.Tanh()]
    return nn.Sequential(*layers[:-1])
