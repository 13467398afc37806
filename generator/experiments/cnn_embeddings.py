"""The classifier whose embeddings are looked at: trained for long enough to see it learn the images by heart."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from generator.dataset import Dataset
from generator.metrics.classification import accuracy
from generator.nets.embedder import Embedder, look_at, tensor
from generator.nets.training import count_parameters, repeatable
from generator.nets.weights import load, packed
from generator.vocabulary import Experiment, Outcome, Study, Variant, param

HELD_OUT = 12  # one image in so many of the training part: 5,000 of MNIST's 60,000


@dataclass(frozen=True)
class Params:
    epochs: int = param(20, unit="1", at_least=1)
    batch_size: int = param(32, unit="images", at_least=1)
    learning_rate: float = param(0.001, unit="1", above=0)


experiment = Experiment(
    title="CNN feature vectors",
    summary="Embeds the feature vectors of a classifier, with noise images among the digits",
    section="maps",
    task="study",
    variants=(Variant("trained", "Trained"),),
    order=9,
    figures=("learning_curve",),
)


def run(dataset: Dataset, params: Params, seed: int, inputs: Mapping[str, Outcome]) -> Study:
    """Train by Adam and cross-entropy, and keep the weights of the epoch whose held-out loss is lowest.

    Training loss and accuracy are as met during an epoch, while the network is still changing; held-out ones are taken
    after it.
    """
    repeatable(seed)
    images, labels = tensor(dataset.train.images), torch.from_numpy(dataset.train.labels.astype(np.int64))
    held_out, learned = torch.randperm(len(labels)).tensor_split([len(labels) // HELD_OUT])
    network = Embedder(dataset.n_classes)
    optimizer = torch.optim.Adam(network.parameters(), lr=params.learning_rate, fused=True)
    curves: list[tuple[float, float, float, float]] = []
    lowest, best_epoch, best = float("inf"), 0, packed(network)
    for epoch in range(1, params.epochs + 1):
        network.train()
        loss_sum, correct = torch.zeros(()), torch.zeros((), dtype=torch.int64)
        for batch in learned[torch.randperm(len(learned))].split(params.batch_size):
            wanted = labels[batch]
            scores, _ = network(images[batch])  # (batch, n_classes)
            loss = nn.functional.cross_entropy(scores, wanted)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss_sum += loss.detach() * len(batch)
            correct += (scores.detach().argmax(dim=1) == wanted).sum()
        held_out_loss, held_out_accuracy = _judge(network, images[held_out], labels[held_out])
        train_loss, train_accuracy = float(loss_sum) / len(learned), int(correct) / len(learned)
        curves.append((train_loss, held_out_loss, train_accuracy, held_out_accuracy))
        if held_out_loss < lowest:
            lowest, best_epoch, best = held_out_loss, epoch, packed(network)
    load(network, best)
    scores_of_test, _ = look_at(network, tensor(dataset.test.images))
    right = int((scores_of_test.argmax(axis=1) == dataset.test.labels).sum())
    names = ("train_loss", "held_out_loss", "train_accuracy", "held_out_accuracy")
    return Study(
        arrays={
            "state": best,
            **{name: np.array(curve, np.float32) for name, curve in zip(names, zip(*curves, strict=True), strict=True)},
        },
        metrics=(accuracy(right, len(dataset.test)),),
        facts={
            "epochs": params.epochs,
            "best_epoch": best_epoch,
            "loss": "nats",
            "n_parameters": count_parameters(network),
            "n_learned": len(learned),
            "n_held_out": len(held_out),
        },
    )


def _judge(network: Embedder, images: torch.Tensor, labels: torch.Tensor) -> tuple[float, float]:
    """Cross-entropy (nats) and accuracy on images that are not learned from."""
    scores = torch.from_numpy(look_at(network, images)[0])
    return float(nn.functional.cross_entropy(scores, labels)), float((scores.argmax(dim=1) == labels).double().mean())
