"""From a network to a classification: learn, then predict."""

import numpy as np
import torch
from torch import Tensor, nn

from generator.dataset import Dataset
from generator.nets.training import Training, count_parameters, predict, train
from generator.phase import phase
from generator.vocabulary import Classification


class Halved(nn.Module):
    """A network that computes in bfloat16 while it learns, where the processor does: numbers of half the length, twice
    as many at a time. Weights, and all of prediction, stay float32.

    Micikevicius et al., "Mixed precision training", ICLR 2018; Kalamkar et al., arXiv:1905.12322.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        # Other processors would do it in software, many times slower.
        self.possible: bool = torch.cpu._is_avx512_bf16_supported()

    def forward(self, images: Tensor) -> Tensor:
        """As the network's own."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.training and self.possible):
            scores: Tensor = self.network(images)
        return scores.float()


def classified(
    network: nn.Module,
    dataset: Dataset,
    training: Training,
    seed: int,
    *,
    held_out_curve: bool = True,
    halved: bool = False,
) -> Classification:
    """Train ``network`` in place for a fixed number of epochs and predict; the test images choose nothing."""
    held_out = dataset.test if held_out_curve else None
    curves = train(Halved(network) if halved else network, dataset.train, held_out, training, seed)
    with phase("prediction"):
        probabilities = predict(network, dataset.test)
    return Classification(
        predictions=probabilities.argmax(axis=1).astype(np.uint8),
        probabilities=probabilities,
        n_parameters=count_parameters(network),
        arrays=curves,
        facts={"epochs": training.epochs, "loss": "nats"},
    )
