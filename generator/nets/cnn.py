"""The convolutional classifier that one experiment trains and others ask."""

from torch import nn


def network(n_classes: int, dropout: float) -> nn.Sequential:
    """(n, 1, 28, 28) to scores (n, n_classes): two pooled convolutions of 32 filters 5x5, then two dense layers.

    Pooling comes before the ReLU: both keep the order of what they see, so that changing places changes no result, and
    a quarter of the numbers goes through the ReLU.
    """
    return nn.Sequential(
        nn.Conv2d(1, 32, kernel_size=5, padding="same"),
        nn.MaxPool2d(2),  # (n, 32, 14, 14)
        nn.ReLU(),
        nn.Conv2d(32, 32, kernel_size=5, padding="same"),
        nn.MaxPool2d(2),  # (n, 32, 7, 7)
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, 128),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(128, n_classes),
    )
