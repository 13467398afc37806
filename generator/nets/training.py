"""Training and prediction of a classifier network, on tensors held in memory, on the CPU."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.adam import adam

from generator.dataset import Part

PREDICTED_AT_ONCE = 500  # images; small enough for the activations to stay in the cache


class Schedule(StrEnum):
    """How the learning rate goes."""

    CONSTANT = "constant"
    ONE_CYCLE = "one_cycle"  # rises to its peak and falls to nothing: Smith and Topin, arXiv:1708.07120


@dataclass(frozen=True)
class Training:
    """How a network is trained."""

    epochs: int
    batch_size: int
    learning_rate: float  # the peak, if the schedule has one
    schedule: Schedule


def repeatable(seed: int) -> None:
    """Have PyTorch draw from ``seed``, and refuse what it cannot repeat to the last bit."""
    torch.use_deterministic_algorithms(True)
    # It would also write over all memory it is about to fill, at no small cost.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    torch.manual_seed(seed)


class Adam:
    """What ``torch.optim.Adam`` does, without the bookkeeping that takes it longer where parameters are few."""

    def __init__(self, network: nn.Module, learning_rate: float, weight_decay: float) -> None:
        self.learning_rate, self.weight_decay = learning_rate, weight_decay
        self.parameters: list[Tensor] = list(network.parameters())
        self.means, self.squares = ([torch.zeros_like(one) for one in self.parameters] for _ in range(2))
        self.steps = [torch.zeros(()) for _ in self.parameters]

    def state(self) -> list[list[Tensor]]:
        """What the next step depends on, besides parameters and gradients."""
        return [self.means, self.squares, self.steps]

    def load(self, state: list[list[Tensor]]) -> None:
        """Go on from a ``state``."""
        self.means, self.squares, self.steps = state

    def lessen(self, loss: Tensor) -> None:
        """Move the parameters one step down the gradient of ``loss``, a scalar."""
        gradients = torch.autograd.grad(loss, self.parameters)
        with torch.no_grad():
            adam(
                self.parameters,
                list(gradients),
                self.means,
                self.squares,
                [],
                self.steps,
                fused=True,
                amsgrad=False,
                beta1=0.9,
                beta2=0.999,
                lr=self.learning_rate,
                weight_decay=self.weight_decay,
                eps=1e-8,
                maximize=False,
            )


def tensors(part: Part) -> tuple[Tensor, Tensor]:
    """Images (n, 1, 28, 28) float32 in [0, 1] and labels (n,) int64."""
    height, width = part.images.shape[1:]
    images = torch.from_numpy(part.flat()).view(-1, 1, height, width)
    return images.contiguous(memory_format=torch.channels_last), torch.from_numpy(part.labels.astype(np.int64))


def train(
    network: nn.Module, train_part: Part, held_out: Part | None, training: Training, seed: int
) -> dict[str, np.ndarray]:
    """Train ``network`` in place by cross-entropy and Adam; return its curves, each (epochs,) float32.

    ``train_loss`` (nats) and ``train_accuracy``, both as met during the epoch, dropout and all; ``held_out_accuracy``,
    on ``held_out`` (if any) after it, which chooses nothing. Batches are drawn from ``seed``; the caller seeds torch
    for dropout.
    """
    images, labels = tensors(train_part)
    n = len(labels)
    network.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(network.parameters(), lr=training.learning_rate, fused=True)
    steps_per_epoch = -(-n // training.batch_size)
    scheduler = None
    if training.schedule is Schedule.ONE_CYCLE:
        scheduler = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=training.learning_rate, total_steps=training.epochs * steps_per_epoch
        )
    shuffler = torch.Generator().manual_seed(seed)
    curves: list[dict[str, float]] = []
    for _epoch in range(training.epochs):
        network.train()
        loss_sum, correct = torch.zeros(()), torch.zeros((), dtype=torch.int64)
        for batch in torch.split(torch.randperm(n, generator=shuffler), training.batch_size):
            wanted = labels[batch]
            scores = network(images[batch])  # (batch, n_classes)
            loss = nn.functional.cross_entropy(scores, wanted)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if scheduler is not None:
                scheduler.step()
            loss_sum += loss.detach() * len(batch)
            correct += (scores.argmax(dim=1) == wanted).sum()
        curves.append({"train_loss": float(loss_sum) / n, "train_accuracy": int(correct) / n})
        if held_out is not None:
            right = predict(network, held_out).argmax(axis=1) == held_out.labels
            curves[-1]["held_out_accuracy"] = float(right.mean())
    return {name: np.array([curve[name] for curve in curves], np.float32) for name in curves[0]}


def predict(network: nn.Module, part: Part) -> np.ndarray:
    """Probabilities (n, n_classes) float32, rows sum to 1, with dropout off."""
    images, _ = tensors(part)
    network.eval()
    with torch.inference_mode():
        scores = torch.cat([network(batch) for batch in torch.split(images, PREDICTED_AT_ONCE)])
        return scores.softmax(dim=1).numpy()


def count_parameters(network: nn.Module) -> int:
    """Numbers that training adjusts."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
